/*
 * report_text.c - results as plain text, for people and for shells.
 */
#include "tools/cli/report.h"

#include <inttypes.h>
#include <stdio.h>

static enum status text_record(struct report *self, const char *key,
                               const struct record *record,
                               enum value_style style)
{
    (void)self;
    (void)key;
    if (style == VALUE_WITH_VERSION) {
        printf("%" PRIu64 " ", record->version);
    }
    fwrite(record->value, 1, record->value_bytes, stdout);
    if (style != VALUE_AS_IS) {
        putchar('\n');
    }
    return STATUS_DONE;
}

static enum status text_missing(struct report *self, const char *key)
{
    (void)self;
    complain("%s: not found", key);
    return STATUS_DONE;
}

static enum status text_reply(struct report *self, const char *key,
                              const struct reply *reply)
{
    (void)self;
    if (reply_has_number(reply)) {
        printf("%" PRIu64 "\n", reply->number);
    }
    if (reply_status(reply) != STATUS_DONE) {
        complain("%s: %s", key, reply_said(reply));
    }
    return STATUS_DONE;
}

static enum status text_stat(struct report *self, const char *name,
                             const char *value)
{
    (void)self;
    printf("%s %s\n", name, value);
    return STATUS_DONE;
}

static enum status text_stats_end(struct report *self, bool whole)
{
    (void)self;
    (void)whole;
    return STATUS_DONE;
}

static enum status text_version(struct report *self, const char *version)
{
    (void)self;
    printf("%s\n", version);
    return STATUS_DONE;
}

/* Prints a figure and what it counts, where there is something to count. */
static void print_figure(uint64_t count, const char *what)
{
    if (count > 0) {
        printf(", %" PRIu64 " %s", count, what);
    }
}

static enum status text_race(struct report *self, const struct race *race,
                             const struct race_result *result)
{
    (void)self;
    printf("%-22s  %" PRIu64 " seats, %" PRIu64 " clients: sold %" PRIu64,
           result->way->title, race->seat_count, race->client_count,
           result->sold);
    print_figure(result->oversold, "seats more than once");
    print_figure(result->unsold, "seats never");
    if (result->oversold == 0 && result->unsold == 0) {
        printf(", each seat once");
    }
    print_figure(result->refused, "refused");
    print_figure(result->retried, "retries");
    printf(", in %.2f s\n", result->seconds);
    fflush(stdout);
    return STATUS_DONE;
}

const struct report_format report_text = {
    .record = text_record,
    .missing = text_missing,
    .reply = text_reply,
    .stat = text_stat,
    .stats_end = text_stats_end,
    .version = text_version,
    .race = text_race,
};
