/* feltcogs: a ring buffer of bytes for one writer and one reader. MIT licence, see LICENSE. */
#include "ringbuf.h"

bool ringbuf_init(ringbuf *ring, uint8_t *storage, size_t capacity)
{
    if (storage == NULL || capacity == 0 || (capacity & (capacity - 1)) != 0)
        return false;
    ring->slots = storage;
    ring->mask = capacity - 1;
    ring->head = ring->tail = 0;
    return true;
}

size_t ringbuf_fill(const ringbuf *ring)
{
    return ring->head - ring->tail;
}

size_t ringbuf_write(ringbuf *ring, const uint8_t *bytes, size_t count)
{
    size_t room = ring->mask + 1 - ringbuf_fill(ring);
    if (count > room)
        count = room;
    for (size_t i = 0; i < count; i++)
        ring->slots[(ring->head + i) & ring->mask] = bytes[i];
    ring->head += count;
    return count;
}

size_t ringbuf_peek(const ringbuf *ring, uint8_t *bytes, size_t count)
{
    size_t fill = ringbuf_fill(ring);
    if (count > fill)
        count = fill;
    for (size_t i = 0; i < count; i++)
        bytes[i] = ring->slots[(ring->tail + i) & ring->mask];
    return count;
}

size_t ringbuf_read(ringbuf *ring, uint8_t *bytes, size_t count)
{
    count = ringbuf_peek(ring, bytes, count);
    ring->tail += count;
    return count;
}
