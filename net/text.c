/*
 * text.c - two digits at a time, from a table.
 */
#include "net/text.h"

#include <string.h>
#include <strings.h>

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324"
    "25262728293031323334353637383940414243444546474849"
    "50515253545556575859606162636465666768697071727374"
    "75767778798081828384858687888990919293949596979899";

static unsigned digits_of(uint64_t number)
{
    unsigned digits = 1;

    while (number >= 10000) {
        number /= 10000;
        digits += 4;
    }
    return digits + (number >= 10) + (number >= 100) + (number >= 1000);
}

bool text_read_number(const char *text, size_t bytes, uint64_t max,
                      uint64_t *number)
{
    uint64_t sum = 0;

    if (bytes == 0) {
        return false;
    }
    for (size_t i = 0; i < bytes; i++) {
        unsigned digit = (unsigned)(unsigned char)text[i] - '0';

        if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, digit, &sum)) {
            return false;
        }
    }
    if (sum > max) {
        return false;
    }
    *number = sum;
    return true;
}

bool text_read_signed(const char *text, size_t bytes, int64_t max,
                      int64_t *number)
{
    bool negative = bytes > 0 && text[0] == '-';
    uint64_t magnitude;

    if (!text_read_number(text + negative, bytes - negative, (uint64_t)max,
                          &magnitude)) {
        return false;
    }
    *number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* The power of 1024 that a unit such as "k", "MB" or "GiB" names, or -1. */
static int unit_power(const char *unit, size_t bytes)
{
    static const char letters[] = "kmgt";
    const char *letter;

    if (bytes == 0) {
        return 0;
    }
    letter = memchr(letters, unit[0] | 0x20, sizeof letters - 1);
    if (letter == NULL) {
        return -1;
    }
    if (bytes == 1 || (bytes == 2 && strncasecmp(unit + 1, "b", 1) == 0) ||
        (bytes == 3 && strncasecmp(unit + 1, "ib", 2) == 0)) {
        return (int)(letter - letters) + 1;
    }
    return -1;
}

bool text_read_size(const char *text, size_t bytes, uint64_t max,
                    uint64_t *size)
{
    size_t digits = 0;
    uint64_t number;
    int power;

    while (digits < bytes && text[digits] >= '0' && text[digits] <= '9') {
        digits++;
    }
    power = unit_power(text + digits, bytes - digits);
    if (power < 0 ||
        !text_read_number(text, digits, max >> (10 * power), &number)) {
        return false;
    }
    *size = number << (10 * power);
    return true;
}

char *text_write_number(char *at, uint64_t number)
{
    char *end = at + digits_of(number);
    char *p = end;

    while (number >= 100) {
        p -= 2;
        memcpy(p, &digit_pairs[2 * (number % 100)], 2);
        number /= 100;
    }
    if (number >= 10) {
        memcpy(at, &digit_pairs[2 * number], 2);
    } else {
        *at = (char)('0' + number);
    }
    return end;
}
