/*
 * ask.h - one request, one reply.
 *
 * Sends a command of the protocol and reads what comes back. Keys and numbers
 * are good already (arguments.h). Outcomes are answered as a status; with an
 * error the sentence is in client->why.
 */
#ifndef PAWL_CLI_ASK_H
#define PAWL_CLI_ASK_H

#include "tools/cli/client.h"
#include "tools/cli/reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record as the server gave it; value is good until the next request. */
struct record {
    const char *value;
    size_t value_bytes;
    uint64_t version;
    uint64_t number; /* where is_number */
    uint32_t flags;
    bool is_number;
};

/* What a storage command sends. expiry is as memcached reads it. */
struct storage {
    const char *verb;
    const char *key;
    const char *value;
    size_t value_bytes;
    uint32_t flags;
    uint64_t expiry;
    uint64_t version; /* cas only */
};

/* The bit of a reply word in the set of those that make sense. */
#define EXPECT(word) (1u << REPLY_##word)

/*
 * Sends a request of one line, given as for printf and without its end, of at
 * most 500 bytes, and reads one line. A reply outside the set expected, errors
 * excepted, is STATUS_FAILED.
 */
enum status ask_line(struct client *client, unsigned expected,
                     struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads one record. STATUS_DONE, STATUS_NOT_FOUND or an error. */
enum status ask_get(struct client *client, const char *key,
                    struct record *record);

/* Runs set, add, replace, append, prepend or cas. */
enum status ask_store(struct client *client, const struct storage *storage,
                      struct reply *reply);

/*
 * Asks for statistics, all of them or those of what (not NULL, may be empty);
 * ask_next_stat() then answers each by STATUS_DONE, with name and value good
 * until the next call, and STATUS_NOT_FOUND at the end.
 */
enum status ask_stats(struct client *client, const char *what);
enum status ask_next_stat(struct client *client, const char **name,
                          const char **value);

#endif
