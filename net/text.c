/*
 * text.c - two digits at a time, from a table, and eight bytes at a time.
 */
#include "net/text.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324"
    "25262728293031323334353637383940414243444546474849"
    "50515253545556575859606162636465666768697071727374"
    "75767778798081828384858687888990919293949596979899";

/* Eight digits at a time are short chains of work that run side by side. */
#define CHUNK UINT64_C(100000000)

const char *text_find_blank(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t tops = ones << 7;

    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                  "the first byte in memory is the lowest");
    while (end - at >= 8) {
        uint64_t differs;
        uint64_t blanks;

        memcpy(&differs, at, 8);
        differs ^= ones * ' ';
        blanks = (differs - ones) & ~differs & tops;
        if (blanks != 0) {
            return at + __builtin_ctzll(blanks) / 8;
        }
        at += 8;
    }
    while (at < end && *at != ' ') {
        at++;
    }
    return at;
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

static char *write_pair(char *at, uint32_t pair)
{
    memcpy(at, &digit_pairs[2 * pair], 2);
    return at + 2;
}

/* All eight digits of a number below CHUNK. */
static char *write_chunk(char *at, uint32_t number)
{
    uint32_t high = number / 10000;
    uint32_t low = number % 10000;

    at = write_pair(at, high / 100);
    at = write_pair(at, high % 100);
    at = write_pair(at, low / 100);
    return write_pair(at, low % 100);
}

/* A number below CHUNK, without leading zeros. */
static char *write_first(char *at, uint32_t number)
{
    if (number < 10) {
        *at = (char)('0' + number);
        return at + 1;
    }
    if (number < 100) {
        return write_pair(at, number);
    }
    if (number < 10000) {
        at = write_first(at, number / 100);
        return write_pair(at, number % 100);
    }
    at = write_first(at, number / 10000);
    at = write_pair(at, number % 10000 / 100);
    return write_pair(at, number % 100);
}

char *text_write_number(char *at, uint64_t number)
{
    if (number >= CHUNK * CHUNK) {
        at = write_first(at, (uint32_t)(number / (CHUNK * CHUNK)));
        number %= CHUNK * CHUNK;
        at = write_chunk(at, (uint32_t)(number / CHUNK));
        return write_chunk(at, (uint32_t)(number % CHUNK));
    }
    if (number >= CHUNK) {
        at = write_first(at, (uint32_t)(number / CHUNK));
        return write_chunk(at, (uint32_t)(number % CHUNK));
    }
    return write_first(at, (uint32_t)number);
}
