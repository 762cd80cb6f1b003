/*
 * number.c - unsigned 64-bit numbers as the protocol writes them.
 */
#include "tools/cli/number.h"

bool number_parse(const char *text, size_t bytes, uint64_t *number)
{
    uint64_t value = 0;

    if (bytes == 0 || bytes > NUMBER_DIGITS_MAX ||
        (text[0] == '0' && bytes > 1)) {
        return false;
    }
    for (size_t i = 0; i < bytes; i++) {
        unsigned digit = (unsigned)text[i] - '0';

        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    *number = value;
    return true;
}
