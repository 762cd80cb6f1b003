/*
 * options.h - what was set on the command line, from the rows of options.def.
 */
#ifndef PAWL_CLI_OPTIONS_H
#define PAWL_CLI_OPTIONS_H

#include "tools/cli/status.h"

#include <stdbool.h>
#include <stdint.h>

enum option_name {
#define OPTION(name, word, letter, argument, preset, least, greatest, help) \
    OPTION_##name,
#include "tools/cli/options.def"
#undef OPTION
    OPTION_COUNT
};

/* The bit of an option in a set of them. */
#define OPTION_BIT(name) (1u << OPTION_##name)

/* The options that every command takes. */
#define OPTIONS_COMMON                                             \
    (OPTION_BIT(SERVER) | OPTION_BIT(JSON) | OPTION_BIT(TIMEOUT) | \
     OPTION_BIT(HELP) | OPTION_BIT(VERSION))

struct options {
    unsigned given;                /* the set of those that were there */
    const char *server;            /* borrowed, never NULL */
    uint64_t number[OPTION_COUNT]; /* as given, or the default */
};

/*
 * Reads the options of argv, moves them to its front and answers the index of
 * the first other argument in *first. Options may stand anywhere up to "--".
 * STATUS_USAGE after one line on standard error.
 */
enum status options_parse(struct options *self, int argc, char **argv,
                          int *first);

/*
 * Whether those given are common or in the set allowed; after one line that
 * names the first that is not, STATUS_USAGE.
 */
enum status options_check(const struct options *self, unsigned allowed,
                          const char *command);

/* For the help: the row of an option. */
struct option_row {
    const char *word;
    char letter;
    const char *argument; /* NULL: none */
    uint64_t preset;
    uint64_t least;
    uint64_t greatest;
    const char *help;
};
extern const struct option_row option_rows[OPTION_COUNT];

#endif
