/* feltcogs: a binary heap of keyed pointers, smallest key first. MIT licence, see LICENSE. */
#include <stddef.h>
#include <stdint.h>

typedef struct { uint64_t key; void *item; } heap_entry;

void heap_push(heap_entry *heap, size_t *count, uint64_t key, void *item)
{
    size_t at = (*count)++;
    while (at > 0 && heap[(at - 1) / 2].key > key) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at].key = key;
    heap[at].item = item;
}

void *heap_pop(heap_entry *heap, size_t *count)
{
    if (*count == 0)
        return NULL;
    void *smallest = heap[0].item;
    heap_entry last = heap[--*count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= *count)
            break;
        if (child + 1 < *count && heap[child + 1].key < heap[child].key)
            child++;
        if (heap[child].key >= last.key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return smallest;
}
