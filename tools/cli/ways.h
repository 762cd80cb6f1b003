/*
 * ways.h - the ways to sell the last seat.
 *
 * The seats that are left are a number under one key. Each way is what a shop
 * might do: sell one, then the next, until it is told that none is left. What
 * it sold it knows from the replies alone.
 */
#ifndef PAWL_CLI_WAYS_H
#define PAWL_CLI_WAYS_H

#include "tools/cli/client.h"
#include "tools/cli/tally.h"

#include <stdbool.h>
#include <stddef.h>

/* One shop. Several sell the seats of one key and report to one tally. */
struct seller {
    struct client *client;
    const char *key;
    struct tally *tally;
};

struct way {
    const char *name;
    const char *title;

    /* Whether the way promises that each seat is sold just once. */
    bool exact;

    /* Sells until none is left: STATUS_DONE, or an error. */
    enum status (*sell)(const struct seller *self);
};

extern const struct way ways[];
extern const size_t way_count;

/* Sets how many seats are left, for an hour; STATUS_DONE or an error. */
enum status ways_open_sale(const struct seller *self);

/* Removes the key; STATUS_DONE, also where it is gone, or an error. */
enum status ways_close_sale(const struct seller *self);

#endif
