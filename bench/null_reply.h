/*
 * null_reply.h - answers shaped like memcached's, without a store behind them.
 *
 * Every get is a hit on the same value, every change a success. What is left
 * of a server then is reading, splitting into lines, and writing.
 */
#ifndef BENCH_NULL_REPLY_H
#define BENCH_NULL_REPLY_H

#include "net/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* The value that every get finds. */
struct null_value {
    const char *bytes;
    size_t count;
};

/*
 * Answers every whole request in the input: takes them from in, appends
 * the replies to out. False where there is no memory or where a line does not
 * end: the connection is then to be closed.
 */
bool null_reply(const struct null_value *value, struct buffer *in,
                struct buffer *out);

#endif
