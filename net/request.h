/*
 * request.h - one request, as read from a connection's bytes.
 *
 * key and value point into those bytes: they are good as long as the caller
 * of parser_next() keeps them in place.
 */
#ifndef PAWL_NET_REQUEST_H
#define PAWL_NET_REQUEST_H

#include "net/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is wrong with a request, and the line that says so. The wording is
 * memcached's where it has one for the case.
 */
#define REQUEST_FAULTS(row)                                                    \
    row(NONE, "") row(UNKNOWN, "ERROR")                                        \
        row(FORMAT, "CLIENT_ERROR bad command line format")                    \
            row(CHUNK, "CLIENT_ERROR bad data chunk")                          \
                row(EXPIRY, "CLIENT_ERROR invalid exptime argument")           \
                    row(AMOUNT, "CLIENT_ERROR invalid numeric delta argument") \
                        row(DELETE, "CLIENT_ERROR bad command line format.  "  \
                                    "Usage: delete <key> [noreply]")           \
                            row(TOO_LARGE,                                     \
                                "SERVER_ERROR object too large for cache")     \
                                row(MEMORY, "SERVER_ERROR out of memory "      \
                                            "storing object")                  \
                                    row(LINE, "CLIENT_ERROR line too long")    \
                                        row(SILENT, "")

enum request_fault {
#define REQUEST_FAULT(name, line) FAULT_##name,
    REQUEST_FAULTS(REQUEST_FAULT)
#undef REQUEST_FAULT
};

struct request {
    const struct command *command; /* NULL where fault is UNKNOWN or LINE */
    enum request_fault fault;
    bool noreply; /* nothing is answered, not even what is wrong */
    bool last;    /* of the keys in a list: END follows its reply */
    bool closes;  /* the connection ends after this request */

    uint32_t key_bytes; /* 0: there is no key, and the store is not asked */
    uint32_t flags;
    const char *key; /* or the word of a GRAMMAR_WORD */
    const char *value;
    size_t value_bytes;
    int64_t expiry_s; /* as the client wrote it; the delay of a DELAY */
    uint64_t number;  /* amount, version or level */
    uint64_t bound;   /* floor or ceiling, where has_bound */
    bool has_bound;
    bool has_delay;
};

#endif
