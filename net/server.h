/*
 * server.h - the life of pawld: open, serve until told to stop, close.
 */
#ifndef PAWL_NET_SERVER_H
#define PAWL_NET_SERVER_H

#include "net/options.h"

/*
 * Serves as options say, until SIGTERM or SIGINT comes; call it before any
 * other thread exists. Answers the exit status: 0 after an orderly stop, or
 * with a sentence in message EX_USAGE where the options are wrong, and
 * EXIT_FAILURE where the server cannot start. May lower options->connections to
 * what the system allows, and sets options->workers where it is 0.
 */
int server_run(struct options *options, char message[OPTIONS_MESSAGE_BYTES]);

#endif
