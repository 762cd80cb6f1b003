/*
 * status.h - how a command ends, and what the shell is told of it.
 *
 * The functions of this program answer an enum status; the one of the command
 * is the exit status of the process. The first three are outcomes, which the
 * server decided and which a script branches on; the others are errors.
 */
#ifndef PAWL_CLI_STATUS_H
#define PAWL_CLI_STATUS_H

#include <stdbool.h>

enum status {
#define STATUS(name, code, meaning) STATUS_##name = code,
#include "tools/cli/status.def"
#undef STATUS
};

static inline bool status_is_error(enum status status)
{
    return status > STATUS_NOT_FOUND;
}

/*
 * Prints one line, "pawl: " and the message, to standard error. Bytes that
 * would steer a terminal become question marks: the message may quote a
 * server.
 */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
