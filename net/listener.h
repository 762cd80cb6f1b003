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
 * Opens what options ask for, workers sockets each. 0, or, with a sentence in
 * message and nothing open, the exit status for it: EX_USAGE where the options
 * are wrong, EXIT_FAILURE where the system refuses. An address that other
 * machines can reach is wrong unless options say insecure.
 */
int listeners_open(struct listeners *self, const struct options *options,
                   size_t workers, char message[OPTIONS_MESSAGE_BYTES]);

/* Closes them all and removes the unix sockets. */
void listeners_close(struct listeners *self);

#endif
