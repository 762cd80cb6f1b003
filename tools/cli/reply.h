/*
 * reply.h - what a one-line reply of the server says.
 *
 * All replies but those to get and stats are one line that starts with a word
 * or is a number. The words, and the status that each stands for, are the rows
 * of reply.def.
 */
#ifndef PAWL_CLI_REPLY_H
#define PAWL_CLI_REPLY_H

#include "tools/cli/status.h"

#include <stdbool.h>
#include <stdint.h>

enum reply_word {
#define REPLY(word, shape, status, said) REPLY_##word,
#include "tools/cli/reply.def"
#undef REPLY
};

struct reply {
    enum reply_word word;
    uint64_t number;  /* NUMBER TAKEN GIVEN REFUSED; else 0 */
    uint64_t version; /* TAKEN GIVEN REFUSED; else 0 */
    const char *text; /* VERSION and errors: the rest of the line, borrowed */
};

/* Reads line; false, and *reply undefined, where it is no reply at all. */
bool reply_parse(const char *line, struct reply *reply);

/* The status that a reply stands for. */
enum status reply_status(const struct reply *reply);

/* A few words that say what the reply means, never NULL. */
const char *reply_said(const struct reply *reply);

/* Whether reply->number means something. */
bool reply_has_number(const struct reply *reply);

#endif
