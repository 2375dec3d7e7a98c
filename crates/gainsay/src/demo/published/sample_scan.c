/*
 * Palisade SDK 1: a complete program that scans the files named on its command line.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#include <stdio.h>

#include "palisade.h"

int main(int argc, char **argv)
{
    int harmful = 0;
    palisade_session *session = palisade_open("sample_scan");

    if (session == NULL) {
        fprintf(stderr, "no Palisade agent runs on this machine\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        palisade_answer answer = palisade_scan_file(session, argv[i]);
        if (answer == PALISADE_FAILED) {
            fprintf(stderr, "%s: could not be scanned: %s\n", argv[i], palisade_why(session));
            continue;
        }
        printf("%s: %s\n", argv[i], answer == PALISADE_HARMLESS ? "nothing found" : palisade_why(session));
        harmful += answer == PALISADE_HARMFUL;
    }
    palisade_close(session);
    return harmful > 0;
}
