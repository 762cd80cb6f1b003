/*
 * server.h - the servers that are compared: how each is started and ended.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "bench/protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SERVER_ARGUMENTS_MAX 24
#define SERVER_LINE_BYTES 512

/* A kind of server, one worker on one processor. */
struct server_row {
    const char *name;
    const char *program;  /* found beside pawl-bench, or on the PATH */
    const char *protocol; /* the one it is compared in */
    bool meta;            /* speaks memcached's meta commands too */
    bool takes;           /* knows take */
    bool real;            /* has a store behind it: replies are checked */

    /* Ended by NULL; {port} and {address} are replaced. */
    const char *const *arguments;
};

#define SERVER_COUNT 4
extern const struct server_row server_rows[SERVER_COUNT];

/* One that runs. */
struct server {
    const struct server_row *row;
    pid_t pid;
    char address[32];
    char command[SERVER_LINE_BYTES]; /* for the report */
    char version[SERVER_LINE_BYTES]; /* what --version says, first line */
    uint64_t resident_bytes;         /* when it had just been started */
};

/*
 * Starts one on a free port of the loopback, on the given processor (-1: any),
 * and waits until it accepts. It ends with this process. Answers NULL, or the
 * sentence that says what is wrong.
 */
const char *server_start(struct server *self, const struct server_row *row,
                         int processor);

/* Ends it, by force where it does not go. An all-zero one is let pass. */
void server_stop(struct server *self);

#endif
