/*
 * report.h - what a command prints: plain text, or JSON.
 *
 * Each function prints one result to standard output and answers STATUS_LOCAL
 * where that fails for want of memory. Plain text says what did not succeed in
 * one line on standard error; JSON says it in the object.
 */
#ifndef PAWL_CLI_REPORT_H
#define PAWL_CLI_REPORT_H

#include "tools/cli/ask.h"
#include "tools/cli/race.h"
#include "tools/cli/reply.h"
#include "tools/cli/status.h"

#include <stdbool.h>

struct report;

/* How a value is printed as plain text. */
enum value_style {
    VALUE_AS_IS,
    VALUE_AND_NEWLINE,
    VALUE_WITH_VERSION, /* the version before it, a newline behind it */
};

/* One way of printing. Both are const: what changes is in struct report. */
struct report_format {
    /* The record of key, as get found it. */
    enum status (*record)(struct report *self, const char *key,
                          const struct record *record, enum value_style style);

    /* No record has the key. */
    enum status (*missing)(struct report *self, const char *key);

    /* A reply of one line; key is NULL where the command has none. */
    enum status (*reply)(struct report *self, const char *key,
                         const struct reply *reply);

    /*
     * One counter, and the end of them: printed where they are whole, and
     * forgotten otherwise. stats_end() follows stat() in any case.
     */
    enum status (*stat)(struct report *self, const char *name,
                        const char *value);
    enum status (*stats_end)(struct report *self, bool whole);

    /* The release of the server. */
    enum status (*version)(struct report *self, const char *version);

    /* What one way of selling sold. */
    enum status (*race)(struct report *self, const struct race *race,
                        const struct race_result *result);
};

struct report {
    const struct report_format *format;
    void *pending; /* JSON: the counters so far */
};

extern const struct report_format report_text;
extern const struct report_format report_json;

#endif
