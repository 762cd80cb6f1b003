/*
 * decimal.h - numbers to digits and back, at once for each request.
 */
#ifndef BENCH_DECIMAL_H
#define BENCH_DECIMAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The digits of 2^64 - 1. */
#define DECIMAL_BYTES_MAX 20

/* "00" to "99", one behind the other. */
extern const char decimal_pairs[201];

/* Eight digits of a number below 10^8, zeros in front. */
static inline char *decimal_put8(char *to, uint32_t number)
{
    uint32_t high = number / 10000, low = number % 10000;
    memcpy(to, decimal_pairs + 2 * (high / 100), 2);
    memcpy(to + 2, decimal_pairs + 2 * (high % 100), 2);
    memcpy(to + 4, decimal_pairs + 2 * (low / 100), 2);
    memcpy(to + 6, decimal_pairs + 2 * (low % 100), 2);
    return to + 8;
}

/* Sixteen digits of a number below 10^16, zeros in front. */
static inline char *decimal_put16(char *to, uint64_t number)
{
    to = decimal_put8(to, (uint32_t)(number / 100000000));
    return decimal_put8(to, (uint32_t)(number % 100000000));
}

/* Writes number without leading zeros; answers the end. */
char *decimal_put(char *to, uint64_t number);

/* How many digits number has. */
static inline size_t decimal_digits(uint64_t number)
{
    size_t digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

/*
 * Reads digits at from, before end, into *number. Answers the first byte that
 * is no digit, or NULL where there is no digit or the number passes 64 bits.
 */
static inline const char *decimal_get(const char *from, const char *end,
                                      uint64_t *number)
{
    uint64_t value = 0;
    const char *at = from;
    for (; at < end && (unsigned char)(*at - '0') < 10; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return NULL;
        }
        value = value * 10 + digit;
    }
    if (at == from) {
        return NULL;
    }
    *number = value;
    return at;
}

#endif
