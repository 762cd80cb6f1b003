/*
 * ways.c - the ways to sell the last seat.
 */
#include "tools/cli/ways.h"

#include "tools/cli/ask.h"
#include "tools/cli/number.h"

#include <inttypes.h>
#include <stdio.h>

/* A race that was killed leaves a key that ends by itself. */
#define SALE_EXPIRY_S 3600

/* Writes how many are left, with set, or with cas and the version seen. */
static enum status put(const struct seller *self, const char *verb,
                       uint64_t left, uint64_t version)
{
    char text[NUMBER_DIGITS_MAX + 1];
    struct reply reply;
    const struct storage storage = {
        .verb = verb,
        .key = self->key,
        .value = text,
        .value_bytes = (size_t)snprintf(text, sizeof text, "%" PRIu64, left),
        .expiry = SALE_EXPIRY_S,
        .version = version,
    };

    return ask_store(self->client, &storage, &reply);
}

/* A reply that no honest server gives here. */
static enum status nonsense(const struct seller *self)
{
    return client_fail(self->client, STATUS_FAILED,
                       "the key of the race is gone, or is not what was set");
}

static enum status look(const struct seller *self, struct record *record)
{
    enum status status = ask_get(self->client, self->key, record);

    if (status_is_error(status)) {
        return status;
    }
    if (status == STATUS_NOT_FOUND || !record->is_number ||
        record->number > self->tally->seat_count) {
        return nonsense(self);
    }
    return STATUS_DONE;
}

/*
 * Sees how many are left, and writes one less. Between the two steps others
 * do the same: cas notices it, and looks again; set does not.
 */
static enum status sell_by_writing(const struct seller *self, const char *verb,
                                   bool compare)
{
    struct record seen;
    enum status status = look(self, &seen);

    while (status == STATUS_DONE && seen.number > 0) {
        status = put(self, verb, seen.number - 1, compare ? seen.version : 0);
        if (status == STATUS_DONE) {
            tally_sold(self->tally, seen.number);
        } else if (status == STATUS_REFUSED) {
            tally_retried(self->tally);
        } else {
            return status_is_error(status) ? status : nonsense(self);
        }
        status = look(self, &seen);
    }
    return status;
}

static enum status sell_naively(const struct seller *self)
{
    return sell_by_writing(self, "set", false);
}

static enum status sell_by_compare(const struct seller *self)
{
    return sell_by_writing(self, "cas", true);
}

/* One step, in which nobody can come between. */
static enum status sell_by_take(const struct seller *self)
{
    struct reply reply;
    enum status status;

    for (;;) {
        status = ask_line(self->client,
                          EXPECT(TAKEN) | EXPECT(REFUSED) | EXPECT(NOT_FOUND),
                          &reply, "take %s 1", self->key);
        if (status == STATUS_REFUSED) {
            tally_refused(self->tally);
            return STATUS_DONE;
        }
        if (status_is_error(status)) {
            return status;
        }
        if (status == STATUS_NOT_FOUND ||
            reply.number >= self->tally->seat_count) {
            return nonsense(self);
        }
        tally_sold(self->tally, reply.number + 1);
    }
}

const struct way ways[] = {
    {"naive", "naive read-then-write", false, sell_naively},
    {"take", "take", true, sell_by_take},
    {"cas", "gets and cas", true, sell_by_compare},
};
const size_t way_count = sizeof ways / sizeof ways[0];

enum status ways_open_sale(const struct seller *self)
{
    enum status status = put(self, "set", self->tally->seat_count, 0);

    return status == STATUS_DONE || status_is_error(status) ? status
                                                            : nonsense(self);
}

enum status ways_close_sale(const struct seller *self)
{
    struct reply reply;
    enum status status =
        ask_line(self->client, EXPECT(DELETED) | EXPECT(NOT_FOUND), &reply,
                 "delete %s", self->key);

    return status_is_error(status) ? status : STATUS_DONE;
}
