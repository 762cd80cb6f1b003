/*
 * number.h - unsigned 64-bit numbers as the protocol writes them.
 */
#ifndef PAWL_CLI_NUMBER_H
#define PAWL_CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digits of 2^64 - 1. */
#define NUMBER_DIGITS_MAX 20

/*
 * Reads text[0..bytes) as a canonical decimal: digits only, no sign, no
 * leading zero, at most 2^64 - 1. False, and *number left alone, otherwise.
 */
bool number_parse(const char *text, size_t bytes, uint64_t *number);

#endif
