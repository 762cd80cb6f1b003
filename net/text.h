/*
 * text.h - words, and numbers as the protocol writes them.
 *
 * Numbers are decimal digits and nothing else: no sign but where said, no
 * blanks, no prefix. Reading refuses what does not fit instead of cutting it
 * off.
 */
#ifndef PAWL_NET_TEXT_H
#define PAWL_NET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that the longest 64-bit number takes, without a final zero byte. */
#define TEXT_NUMBER_BYTES_MAX 20

/* The first blank from at on, or end where there is none before it. */
const char *text_find_blank(const char *at, const char *end);

/*
 * Reads all of text as a number up to max. *number stays untouched where
 * false is answered: no digits, something else than digits, or too large.
 */
bool text_read_number(const char *text, size_t bytes, uint64_t max,
                      uint64_t *number);

/* As above, with an optional '-' in front, from -max to max. */
bool text_read_signed(const char *text, size_t bytes, int64_t max,
                      int64_t *number);

/*
 * Reads a size: a number with an optional k, m, g or t (powers of 1024,
 * either case, optionally followed by b or ib), up to max.
 */
bool text_read_size(const char *text, size_t bytes, uint64_t max,
                    uint64_t *size);

/*
 * Writes number at at, which has TEXT_NUMBER_BYTES_MAX bytes of room, and
 * answers the end of what was written.
 */
char *text_write_number(char *at, uint64_t number);

#endif
