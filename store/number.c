#include "store/number.h"

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/*
 * Reads digits from *at on until something else or end; false where there is
 * none or they pass 2^64 - 1.
 */
static bool read_digits(const unsigned char **at, const unsigned char *end,
                        uint64_t *number)
{
    const unsigned char *from = *at;
    uint64_t sum = 0;

    for (; *at < end && is_digit(**at); (*at)++) {
        if (__builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(**at - '0'), &sum)) {
            return false;
        }
    }
    *number = sum;
    return *at > from;
}

bool number_read(const void *text, size_t text_bytes, uint64_t *number)
{
    const unsigned char *at = text;
    const unsigned char *end = at + text_bytes;
    uint64_t found;

    if (text_bytes == 0 || text_bytes > NUMBER_DIGITS_MAX) {
        return false;
    }
    if (*at == '0' && text_bytes > 1) {
        return false;
    }
    if (!read_digits(&at, end, &found) || at != end) {
        return false;
    }
    *number = found;
    return true;
}

bool number_read_lenient(const void *text, size_t text_bytes, uint64_t *number)
{
    const unsigned char *at = text;
    const unsigned char *end = at + text_bytes;
    uint64_t found;

    while (at < end && is_blank(*at)) {
        at++;
    }
    if (at < end && *at == '+') {
        at++;
    }
    if (!read_digits(&at, end, &found)) {
        return false;
    }
    if (at < end && !is_blank(*at)) {
        return false;
    }
    *number = found;
    return true;
}

size_t number_write(uint64_t number, char text[NUMBER_DIGITS_MAX + 1])
{
    char reversed[NUMBER_DIGITS_MAX];
    size_t count = 0;

    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (size_t i = 0; i < count; i++) {
        text[i] = reversed[count - 1 - i];
    }
    text[count] = '\0';
    return count;
}
