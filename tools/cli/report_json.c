/*
 * report_json.c - results as JSON, one object a line, for programs.
 *
 * Bytes that are not UTF-8 become base64 in a field whose name says so. Many
 * readers bend numbers of 2^53 and more (RFC 7493, 2.2), so those become
 * strings; versions, which are mostly that large, are strings always.
 */
#include "tools/cli/report.h"

#include "tools/cli/base64.h"
#include "tools/cli/number.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFE_NUMBER_MAX ((UINT64_C(1) << 53) - 1)

/* Adds name with bytes as text, or name_base64. 0, or -1 for no memory. */
static int add_bytes(json_t *object, const char *name, const char *bytes,
                     size_t count)
{
    json_t *text = json_stringn(bytes, count);
    char other_name[32];
    char *encoded;
    int result;

    if (text != NULL) {
        return json_object_set_new(object, name, text);
    }
    encoded = base64_encode(bytes, count);
    if (encoded == NULL) {
        return -1;
    }
    snprintf(other_name, sizeof other_name, "%s_base64", name);
    result = json_object_set_new(object, other_name, json_string(encoded));
    free(encoded);
    return result;
}

/* Adds a version, or a number that is too large for some. */
static int add_digits(json_t *object, const char *name, uint64_t number)
{
    char digits[NUMBER_DIGITS_MAX + 1];

    snprintf(digits, sizeof digits, "%" PRIu64, number);
    return json_object_set_new(object, name, json_string(digits));
}

static int add_number(json_t *object, const char *name, uint64_t number)
{
    return number <= SAFE_NUMBER_MAX
               ? json_object_set_new(object, name,
                                     json_integer((json_int_t)number))
               : add_digits(object, name, number);
}

static int add_text(json_t *object, const char *name, const char *text)
{
    return add_bytes(object, name, text, strlen(text));
}

/* Prints object, which it uses up. wrong: not all could be added. */
static enum status print(json_t *object, int wrong)
{
    if (object == NULL || wrong != 0 ||
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6)) != 0) {
        json_decref(object);
        complain("no JSON could be made or written");
        return STATUS_LOCAL;
    }
    putchar('\n');
    json_decref(object);
    return STATUS_DONE;
}

static enum status json_record(struct report *self, const char *key,
                               const struct record *record,
                               enum value_style style)
{
    json_t *object = json_object();
    int wrong = 0;

    (void)self;
    (void)style;
    wrong |= add_text(object, "key", key);
    wrong |= add_text(object, "status", "found");
    wrong |= add_bytes(object, "value", record->value, record->value_bytes);
    wrong |= add_number(object, "flags", record->flags);
    wrong |= add_digits(object, "version", record->version);
    if (record->is_number) {
        wrong |= add_number(object, "number", record->number);
    }
    return print(object, wrong);
}

static enum status json_missing(struct report *self, const char *key)
{
    json_t *object = json_object();
    int wrong = 0;

    (void)self;
    wrong |= add_text(object, "key", key);
    wrong |= add_text(object, "status", "not found");
    return print(object, wrong);
}

static enum status json_reply(struct report *self, const char *key,
                              const struct reply *reply)
{
    json_t *object = json_object();
    int wrong = 0;

    (void)self;
    if (key != NULL) {
        wrong |= add_text(object, "key", key);
    }
    wrong |= add_text(object, "status", reply_said(reply));
    if (reply_has_number(reply)) {
        wrong |= add_number(object, "number", reply->number);
    }
    if (reply->version != 0) {
        wrong |= add_digits(object, "version", reply->version);
    }
    return print(object, wrong);
}

static enum status json_stat(struct report *self, const char *name,
                             const char *value)
{
    uint64_t number;

    if (self->pending == NULL) {
        self->pending = json_object();
    }
    if (number_parse(value, strlen(value), &number)
            ? add_number(self->pending, name, number)
            : add_text(self->pending, name, value)) {
        complain("out of memory");
        return STATUS_LOCAL;
    }
    return STATUS_DONE;
}

static enum status json_stats_end(struct report *self, bool whole)
{
    json_t *object = self->pending != NULL ? self->pending : json_object();

    self->pending = NULL;
    if (!whole) {
        json_decref(object);
        return STATUS_DONE;
    }
    return print(object, 0);
}

static enum status json_version(struct report *self, const char *version)
{
    json_t *object = json_object();

    (void)self;
    return print(object, add_text(object, "version", version));
}

static enum status json_race(struct report *self, const struct race *race,
                             const struct race_result *result)
{
    json_t *object = json_object();
    int wrong = 0;

    (void)self;
    wrong |= add_text(object, "way", result->way->name);
    wrong |= add_number(object, "clients", race->client_count);
    wrong |= add_number(object, "seats", race->seat_count);
    wrong |= add_number(object, "sold", result->sold);
    wrong |= add_number(object, "oversold", result->oversold);
    wrong |= add_number(object, "unsold", result->unsold);
    wrong |= add_number(object, "refused", result->refused);
    wrong |= add_number(object, "retries", result->retried);
    wrong |= json_object_set_new(object, "seconds", json_real(result->seconds));
    return print(object, wrong);
}

const struct report_format report_json = {
    .record = json_record,
    .missing = json_missing,
    .reply = json_reply,
    .stat = json_stat,
    .stats_end = json_stats_end,
    .version = json_version,
    .race = json_race,
};
