/*
 * number.h - unsigned 64-bit decimal text.
 */
#ifndef PAWL_STORE_NUMBER_H
#define PAWL_STORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "18446744073709551615" */
#define NUMBER_DIGITS_MAX 20

/*
 * Reads canonical text: digits only, no leading zero but in "0", at most
 * 2^64 - 1. *number is set where true is answered.
 */
bool number_read(const void *text, size_t text_bytes, uint64_t *number);

/*
 * Reads what memcached's incr takes for a number: blanks before, one '+',
 * leading zeros, and anything behind one blank after the digits are let pass.
 */
bool number_read_lenient(const void *text, size_t text_bytes, uint64_t *number);

/* Writes canonical text and a final NUL; answers its length, 1 to 20. */
size_t number_write(uint64_t number, char text[NUMBER_DIGITS_MAX + 1]);

#endif
