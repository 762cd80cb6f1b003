/*
 * race.h - the last seat, live: many clients sell the same seats at once.
 *
 * Every way of ways.h is run in turn, each by a thread a client with its own
 * connection. What was sold is counted from the replies that they got.
 */
#ifndef PAWL_CLI_RACE_H
#define PAWL_CLI_RACE_H

#include "tools/cli/status.h"
#include "tools/cli/ways.h"

#include <stdbool.h>
#include <stdint.h>

/* What is raced for. */
struct race {
    const char *server;
    unsigned timeout_s;
    uint64_t client_count;
    uint64_t seat_count;
    bool live; /* draw a line that tells how far it is, on standard output */
};

/* What came of one way. */
struct race_result {
    const struct way *way;
    enum status status; /* STATUS_DONE, or what went wrong, and why */
    char why[256];
    uint64_t sold;     /* sales in all */
    uint64_t oversold; /* seats that were sold more than once */
    uint64_t unsold;   /* seats that were never sold */
    uint64_t refused;  /* times that take was told no */
    uint64_t retried;  /* times that cas was told no */
    double seconds;
};

/*
 * Lets all clients sell all seats in one way. Blocks until all are told that
 * none is left, or have failed. result->status is answered as well.
 */
enum status race_run(const struct race *race, const struct way *way,
                     struct race_result *result);

#endif
