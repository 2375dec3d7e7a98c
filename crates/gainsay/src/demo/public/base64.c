/* feltcogs: base64 as in RFC 4648, strict on the way in. MIT licence, see LICENSE. */
#include <stddef.h>
#include <stdint.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(const uint8_t *bytes, size_t count, char *out)
{
    char *start = out;
    for (size_t i = 0; i < count; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (i + 1 < count) group |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < count) group |= bytes[i + 2];
        *out++ = letters[group >> 18];
        *out++ = letters[group >> 12 & 63];
        *out++ = i + 1 < count ? letters[group >> 6 & 63] : '=';
        *out++ = i + 2 < count ? letters[group & 63] : '=';
    }
    *out = '\0';
    return (size_t)(out - start);
}

static int value_of(char letter)
{
    for (int i = 0; i < 64; i++)
        if (letters[i] == letter)
            return i;
    return -1;
}

/* Gives the number of bytes written, or -1 where the text is not base64 with its padding. */
long base64_decode(const char *text, size_t count, uint8_t *out)
{
    uint8_t *start = out;
    if (count % 4 != 0)
        return -1;
    for (size_t i = 0; i < count; i += 4) {
        int pad = (text[i + 3] == '=') + (text[i + 2] == '=');
        uint32_t group = 0;
        if (pad > 0 && i + 4 != count)
            return -1;
        for (size_t k = 0; k < 4; k++) {
            int value = k >= (size_t)(4 - pad) ? 0 : value_of(text[i + k]);
            if (value < 0)
                return -1;
            group = group << 6 | (uint32_t)value;
        }
        *out++ = (uint8_t)(group >> 16);
        if (pad < 2) *out++ = (uint8_t)(group >> 8);
        if (pad < 1) *out++ = (uint8_t)group;
    }
    return out - start;
}
