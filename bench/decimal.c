/*
 * decimal.c - numbers to digits and back.
 */
#include "bench/decimal.h"

#define TEN(tens)                                                       \
    tens "0" tens "1" tens "2" tens "3" tens "4" tens "5" tens "6" tens \
         "7" tens "8" tens "9"

const char decimal_pairs[201] = TEN("0") TEN("1") TEN("2") TEN("3") TEN("4")
    TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

char *decimal_put(char *to, uint64_t number)
{
    char digits[DECIMAL_BYTES_MAX];
    size_t at = sizeof digits;
    while (number >= 10) {
        at -= 2;
        memcpy(digits + at, decimal_pairs + 2 * (number % 100), 2);
        number /= 100;
    }
    if (number > 0 || at == sizeof digits) {
        digits[--at] = (char)('0' + number);
    }
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}
