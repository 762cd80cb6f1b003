/*
 * client.h - one connection to a server that speaks lines and blocks.
 *
 * Blocking, with a limit on how long the server may be silent. It knows bytes
 * and no commands. A function that does not answer STATUS_DONE has left one
 * sentence in why; the connection is then good for nothing but being closed.
 */
#ifndef PAWL_CLI_CLIENT_H
#define PAWL_CLI_CLIENT_H

#include "tools/cli/status.h"

#include <stddef.h>
#include <sys/uio.h>

struct client {
    int fd;       /* -1: not connected */
    char *buffer; /* what was received; [start, end) is unread */
    size_t start;
    size_t end;
    size_t room;
    char why[256]; /* the sentence of the last error, or empty */
};

/* A client without a connection, on which all functions but open fail. */
void client_init(struct client *self);

/*
 * Connects to HOST, HOST:PORT, [IPV6], [IPV6]:PORT or unix:PATH; without a
 * port to pawld's. Every later wait is limited to timeout_s seconds as well.
 * STATUS_USAGE where server is none of these, STATUS_UNREACHABLE, STATUS_LOCAL.
 */
enum status client_open(struct client *self, const char *server,
                        unsigned timeout_s);

/* Closes what is open and frees the buffer. */
void client_close(struct client *self);

/* Sends all parts in their order, which it uses up. STATUS_LOST. */
enum status client_send(struct client *self, struct iovec *parts, size_t count);

/*
 * Receives one line; *line is its text without the line end, good until the
 * next call. STATUS_LOST, STATUS_FAILED where no line end comes, STATUS_LOCAL.
 */
enum status client_line(struct client *self, char **line);

/*
 * Receives just so many bytes; *block is good until the next call.
 * STATUS_LOST, STATUS_LOCAL.
 */
enum status client_block(struct client *self, size_t bytes, char **block);

/* Puts a sentence into why and answers status. */
enum status client_fail(struct client *self, enum status status,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
