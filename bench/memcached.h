/*
 * memcached.h - what the classic and the meta spelling share.
 */
#ifndef BENCH_MEMCACHED_H
#define BENCH_MEMCACHED_H

#include "bench/protocol.h"

#include <string.h>

static inline char *put_bytes(char *to, const char *from, size_t bytes)
{
    memcpy(to, from, bytes);
    return to + bytes;
}

/* A string constant, without its NUL. */
#define PUT(to, text) put_bytes((to), (text), sizeof(text) - 1)

static inline char *put_key(char *to, const struct dataset *dataset,
                            uint64_t record)
{
    return to + dataset_key(dataset, record, to);
}

/* A reply that is one line. */
struct line_row {
    const char *word;
    size_t word_bytes;
    enum outcome outcome;
};

#define LINE(word, outcome)                       \
    {                                             \
        word, sizeof(word) - 1, OUTCOME_##outcome \
    }

/* A whole line in the input: [at, last) without its end, [at, behind) with. */
struct line {
    const char *at;
    const char *last;
    const char *behind;
};

/* Finds the line that begins at from; false where it does not end by end. */
static inline bool line_read(const char *from, const char *end,
                             struct line *line)
{
    const char *newline = memchr(from, '\n', (size_t)(end - from));
    if (newline == NULL) {
        return false;
    }
    line->at = from;
    line->behind = newline + 1;
    line->last = newline > from && newline[-1] == '\r' ? newline - 1 : newline;
    return true;
}

/* Whether the line begins with this string constant. */
#define LINE_BEGINS(line, text)                                 \
    ((size_t)((line)->last - (line)->at) >= sizeof(text) - 1 && \
     memcmp((line)->at, (text), sizeof(text) - 1) == 0)

/*
 * The row whose word the line begins with, followed by a space or its end:
 * one of rows, or one of the errors that any request may get, or NULL.
 */
const struct line_row *line_find(const struct line_row *rows, size_t count,
                                 const struct line *line);

/* Tells an outcome that the line is all of. Answers the line's size. */
size_t line_reply(const struct line *line, enum outcome outcome,
                  struct reply *reply);

/* PARSE_MORE, or PARSE_GARBAGE where a line grows beyond all measure. */
size_t line_missing(const char *from, const char *end);

#endif
