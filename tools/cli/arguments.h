/*
 * arguments.h - a command's arguments, checked against its usage.
 *
 * All are read and checked before anything is sent.
 */
#ifndef PAWL_CLI_ARGUMENTS_H
#define PAWL_CLI_ARGUMENTS_H

#include "tools/cli/status.h"

#include <stddef.h>
#include <stdint.h>

/* One argument, as it was given and as it was understood. */
struct argument {
    const char *text; /* ends with a NUL, which bytes does not count */
    size_t bytes;
    uint64_t number; /* where it is a number */
    char *owned;     /* what was read from standard input, or NULL */
};

struct arguments {
    struct argument *items;
    size_t count;
};

/*
 * Reads count words by usage (usage.h). STATUS_USAGE or STATUS_LOCAL after one
 * line on standard error; self is to be given to arguments_fini() in any case.
 */
enum status arguments_init(struct arguments *self, const char *command,
                           const char *usage, char **words, size_t count);

void arguments_fini(struct arguments *self);

#endif
