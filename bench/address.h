/*
 * address.h - where a server listens, in TCP or at a path.
 */
#ifndef BENCH_ADDRESS_H
#define BENCH_ADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage name;
    socklen_t name_bytes;
    const char *text; /* as it was given; the caller's */
};

/*
 * Reads text, asking the resolver for a host's first address. Answers NULL, or
 * the sentence that says what is wrong.
 */
const char *address_parse(struct address *self, const char *text);

/*
 * Connects within five seconds and answers a non-blocking socket without
 * Nagle's delay, or -1 with errno set.
 */
int address_connect(const struct address *self);

/*
 * Answers a non-blocking socket that listens there, shared with the others of
 * this process that do, or -1 with errno set.
 */
int address_listen(const struct address *self);

#endif
