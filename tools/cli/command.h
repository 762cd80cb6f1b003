/*
 * command.h - what can be asked of pawl: the rows of command.def.
 */
#ifndef PAWL_CLI_COMMAND_H
#define PAWL_CLI_COMMAND_H

#include "tools/cli/arguments.h"
#include "tools/cli/client.h"
#include "tools/cli/options.h"
#include "tools/cli/report.h"
#include "tools/cli/status.h"

#include <stdbool.h>
#include <stddef.h>

/* A command that is being run. All of it is borrowed from main(). */
struct call {
    const struct command *command;
    const struct options *options;
    const struct arguments *arguments;
    struct client *client; /* connected where the command wants a server */
    struct report *report;
};

struct command {
    const char *name;
    const char *usage;
    const char *help;
    bool wants_server;
    unsigned options; /* the set of those it takes besides the common ones */

    /*
     * Does it and reports what came of it. With an error either one line was
     * printed or the sentence is in call->client->why.
     */
    enum status (*run)(const struct call *call);
};

extern const struct command commands[];
extern const size_t command_count;

/* The command of this name, or NULL. */
const struct command *command_find(const char *name);

/* The functions of the table that live in a file of their own. */
enum status run_race(const struct call *call);
enum status run_help(const struct call *call);

#endif
