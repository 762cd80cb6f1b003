/*
 * usage.h - the arguments that a command takes, as its usage says.
 *
 * The usage of a command, "KEY N [FLOOR]", is its grammar as well: each word
 * names a row of usage.def, which says what is allowed there. Brackets make an
 * argument optional, "..." behind the last one lets it be repeated.
 */
#ifndef PAWL_CLI_USAGE_H
#define PAWL_CLI_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_kind {
    ARGUMENT_WORD,   /* bytes without spaces and control characters */
    ARGUMENT_NUMBER, /* a canonical decimal */
    ARGUMENT_VALUE,  /* any bytes, or - for standard input */
};

/* A row of usage.def. */
struct argument_row {
    const char *word;
    enum argument_kind kind;
    uint64_t least; /* of the number, or of the bytes of a word */
    uint64_t greatest;
    const char *help;
};
extern const struct argument_row argument_rows[];
extern const size_t argument_row_count;

/* Where the reading of a usage has come to. Start with next alone set. */
struct usage {
    const char *next;
    const struct argument_row *row; /* the argument just met */
    bool optional;                  /* it need not be there */
    bool repeated;                  /* it may be there any number of times */
};

/*
 * Steps to the next argument; false at the end. One that may be repeated is
 * met again and again, optional from the second time on.
 */
bool usage_step(struct usage *self);

/* Whether a usage names the argument of row. */
bool usage_names(const char *usage, const struct argument_row *row);

#endif
