/* feltcogs: a ring buffer of bytes for one writer and one reader. MIT licence, see LICENSE. */
#ifndef FELTCOGS_RINGBUF_H
#define FELTCOGS_RINGBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *slots;
    size_t mask;            /* capacity minus one; the capacity is a power of two */
    size_t head, tail;      /* both only ever grow; the difference is the fill */
} ringbuf;

bool ringbuf_init(ringbuf *ring, uint8_t *storage, size_t capacity);
size_t ringbuf_fill(const ringbuf *ring);
size_t ringbuf_write(ringbuf *ring, const uint8_t *bytes, size_t count);
size_t ringbuf_read(ringbuf *ring, uint8_t *bytes, size_t count);
size_t ringbuf_peek(const ringbuf *ring, uint8_t *bytes, size_t count);

#endif
