/*
 * listener.h - the sockets that connections come in by.
 *
 * Each TCP address has one socket a worker: the kernel spreads connections
 * over them (SO_REUSEPORT), and they are never moved. A unix socket is one
 * for all workers.
 */
#ifndef PAWL_NET_LISTENER_H
#define PAWL_NET_LISTENER_H

#include "net/options.h"

#include <stdbool.h>

#define LISTENERS_MAX 16
#define LISTENER_NAME_BYTES 128

struct listener {
    char name[LISTENER_NAME_BYTES]; /* "127.0.0.1:7295" or a path */
    bool local;                     /* a unix socket */
    int *fds;                       /* one a worker; equal for a unix socket */
};

struct listeners {
    struct listener of[LISTENERS_MAX];
    size_t count;
    size_t workers;
};

/*
 * Opens the addresses that options ask for, workers sockets each, which may
 * take root. 0, or, with a sentence in message, the exit status for it:
 * EX_USAGE where the options are wrong, EXIT_FAILURE where the system refuses.
 * An address that other machines can reach is wrong unless options say
 * insecure. listeners_close() either way.
 */
int listeners_open_tcp(struct listeners *self, const struct options *options,
                       size_t workers, char message[OPTIONS_MESSAGE_BYTES]);

/*
 * Then the unix socket, if they ask for one: answers like the former. It
 * belongs to the user who calls, who must be the one to remove it, too.
 */
int listeners_open_unix(struct listeners *self, const struct options *options,
                        char message[OPTIONS_MESSAGE_BYTES]);

/* Closes them all and removes the unix sockets. */
void listeners_close(struct listeners *self);

#endif
