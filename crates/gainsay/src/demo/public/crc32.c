/* feltcogs: CRC-32 as in IEEE 802.3, four bits at a time. MIT licence, see LICENSE. */
#include <stddef.h>
#include <stdint.h>

static const uint32_t nibble_table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t crc32_begin(void)
{
    return 0xffffffffu;
}

uint32_t crc32_add(uint32_t crc, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    while (count-- > 0) {
        crc = nibble_table[(crc ^ *at) & 0x0f] ^ (crc >> 4);
        crc = nibble_table[(crc ^ (uint32_t)(*at >> 4)) & 0x0f] ^ (crc >> 4);
        at++;
    }
    return crc;
}

uint32_t crc32_end(uint32_t crc)
{
    return ~crc;
}
