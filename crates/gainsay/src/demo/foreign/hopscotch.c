/* Counts the ways to hop along a chalk row of n squares in steps of one, two or three. */
#include <stdio.h>
#include <stdlib.h>

static unsigned long long ways(unsigned squares, unsigned puddle)
{
    unsigned long long recent[3] = {1, 0, 0};

    for (unsigned square = 1; square <= squares; square++) {
        unsigned long long here = square == puddle ? 0 : recent[0] + recent[1] + recent[2];
        recent[2] = recent[1];
        recent[1] = recent[0];
        recent[0] = here;
    }
    return recent[0];
}

int main(int argc, char **argv)
{
    unsigned squares = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10;
    unsigned puddle = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

    if (squares > 60) {
        fprintf(stderr, "sixty squares at most\n");
        return 1;
    }
    printf("%u squares: %llu ways\n", squares, ways(squares, puddle));
    return 0;
}
