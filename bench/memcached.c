/*
 * memcached.c - lines, and the errors that any request may get.
 */
#include "bench/memcached.h"

#define LINE_BYTES_MAX 2048

static const struct line_row *find(const struct line_row *rows, size_t count,
                                   const struct line *line)
{
    size_t bytes = (size_t)(line->last - line->at);
    for (size_t i = 0; i < count; i++) {
        const struct line_row *row = &rows[i];
        if (bytes >= row->word_bytes &&
            memcmp(line->at, row->word, row->word_bytes) == 0 &&
            (bytes == row->word_bytes || line->at[row->word_bytes] == ' ')) {
            return row;
        }
    }
    return NULL;
}

const struct line_row *line_find(const struct line_row *rows, size_t count,
                                 const struct line *line)
{
    static const struct line_row errors[] = {
        LINE("ERROR", UNKNOWN),
        LINE("CLIENT_ERROR", ERROR),
        LINE("SERVER_ERROR", ERROR),
    };
    const struct line_row *row = find(rows, count, line);
    return row != NULL ? row
                       : find(errors, sizeof errors / sizeof *errors, line);
}

size_t line_reply(const struct line *line, enum outcome outcome,
                  struct reply *reply)
{
    reply->outcome = outcome;
    reply->final = true;
    reply->value = line->at;
    reply->value_bytes = (size_t)(line->last - line->at);
    return (size_t)(line->behind - line->at);
}

size_t line_missing(const char *from, const char *end)
{
    return end - from > LINE_BYTES_MAX ? PARSE_GARBAGE : PARSE_MORE;
}
