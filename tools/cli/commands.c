/*
 * commands.c - the commands that are one request, or one for each key.
 */
#include "tools/cli/command.h"

#include "tools/cli/ask.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* memcached takes an expiry beyond 30 days for a Unix time. */
#define EXPIRY_SPAN_MAX_S (UINT64_C(60) * 60 * 24 * 30)

/* The expiry, as a server reads it, of what ends after span_s seconds. */
static uint64_t expiry_after(uint64_t span_s)
{
    return span_s > EXPIRY_SPAN_MAX_S ? (uint64_t)time(NULL) + span_s : span_s;
}

static const struct argument *argument(const struct call *call, size_t index)
{
    return &call->arguments->items[index];
}

/* Reports a reply that is an outcome; an error passes through. */
static enum status report(const struct call *call, const char *key,
                          const struct reply *reply, enum status status)
{
    enum status printed;

    if (status_is_error(status)) {
        return status;
    }
    printed = call->report->format->reply(call->report, key, reply);
    return printed == STATUS_DONE ? status : printed;
}

static enum value_style style_of(const struct call *call)
{
    if (strcmp(call->command->name, "gets") == 0) {
        return VALUE_WITH_VERSION;
    }
    return call->arguments->count > 1 || isatty(STDOUT_FILENO)
               ? VALUE_AND_NEWLINE
               : VALUE_AS_IS;
}

static enum status get_one(const struct call *call, const char *key)
{
    const struct report_format *format = call->report->format;
    struct record record;
    enum status status = ask_get(call->client, key, &record);
    enum status printed = STATUS_DONE;

    if (status == STATUS_DONE) {
        printed = format->record(call->report, key, &record, style_of(call));
    } else if (status == STATUS_NOT_FOUND) {
        printed = format->missing(call->report, key);
    }
    return printed == STATUS_DONE ? status : printed;
}

static enum status run_get(const struct call *call)
{
    enum status worst = STATUS_DONE;

    for (size_t i = 0; i < call->arguments->count; i++) {
        enum status status = get_one(call, argument(call, i)->text);

        if (status_is_error(status)) {
            return status;
        }
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* Stores value; a version of 0 asks for none in particular. */
static enum status store(const struct call *call, const struct argument *value,
                         uint64_t version)
{
    const struct storage storage = {
        .verb = call->command->name,
        .key = argument(call, 0)->text,
        .value = value->text,
        .value_bytes = value->bytes,
        .flags = (uint32_t)call->options->number[OPTION_FLAGS],
        .expiry = expiry_after(call->options->number[OPTION_TTL]),
        .version = version,
    };
    struct reply reply;
    enum status status = ask_store(call->client, &storage, &reply);

    return report(call, storage.key, &reply, status);
}

static enum status run_store(const struct call *call)
{
    return store(call, argument(call, 1), 0);
}

static enum status run_cas(const struct call *call)
{
    return store(call, argument(call, 2), argument(call, 1)->number);
}

/* take and give. The limit goes out only where it was given. */
static enum status run_bounded(const struct call *call)
{
    const char *key = argument(call, 0)->text;
    bool limited = call->arguments->count > 2;
    struct reply reply;
    enum status status = ask_line(
        call->client,
        EXPECT(TAKEN) | EXPECT(GIVEN) | EXPECT(REFUSED) | EXPECT(NOT_FOUND),
        &reply, "%s %s %s%s%s", call->command->name, key,
        argument(call, 1)->text, limited ? " " : "",
        limited ? argument(call, 2)->text : "");

    return report(call, key, &reply, status);
}

static enum status run_count(const struct call *call)
{
    const char *key = argument(call, 0)->text;
    struct reply reply;
    enum status status =
        ask_line(call->client, EXPECT(NUMBER) | EXPECT(NOT_FOUND), &reply,
                 "%s %s %s", call->command->name, key, argument(call, 1)->text);

    return report(call, key, &reply, status);
}

static enum status run_touch(const struct call *call)
{
    const char *key = argument(call, 0)->text;
    struct reply reply;
    enum status status = ask_line(
        call->client, EXPECT(TOUCHED) | EXPECT(NOT_FOUND), &reply,
        "touch %s %" PRIu64, key, expiry_after(argument(call, 1)->number));

    return report(call, key, &reply, status);
}

static enum status run_delete(const struct call *call)
{
    const char *key = argument(call, 0)->text;
    struct reply reply;
    enum status status =
        ask_line(call->client, EXPECT(DELETED) | EXPECT(NOT_FOUND), &reply,
                 "delete %s", key);

    return report(call, key, &reply, status);
}

static enum status run_flush(const struct call *call)
{
    uint64_t span_s =
        call->arguments->count > 0 ? argument(call, 0)->number : 0;
    struct reply reply;
    enum status status = ask_line(call->client, EXPECT(OK), &reply,
                                  "flush_all %" PRIu64, expiry_after(span_s));

    return report(call, NULL, &reply, status);
}

static enum status run_stats(const struct call *call)
{
    const struct report_format *format = call->report->format;
    const char *name;
    const char *value;
    enum status printed;
    enum status status =
        ask_stats(call->client,
                  call->arguments->count > 0 ? argument(call, 0)->text : "");

    while (status == STATUS_DONE) {
        status = ask_next_stat(call->client, &name, &value);
        if (status == STATUS_DONE) {
            status = format->stat(call->report, name, value);
        }
    }
    printed = format->stats_end(call->report, status == STATUS_NOT_FOUND);
    return status == STATUS_NOT_FOUND ? printed : status;
}

static enum status run_version(const struct call *call)
{
    struct reply reply;
    enum status status =
        ask_line(call->client, EXPECT(VERSION), &reply, "version");

    return status == STATUS_DONE
               ? call->report->format->version(call->report, reply.text)
               : status;
}

#define SERVER true
#define NO_SERVER false
#define STORE_OPTIONS (OPTION_BIT(TTL) | OPTION_BIT(FLAGS))
#define RACE_OPTIONS (OPTION_BIT(CLIENTS) | OPTION_BIT(SEATS))

const struct command commands[] = {
#define COMMAND(name, usage, server, options, function, help) \
    {#name, usage, help, server, options, run_##function},
#include "tools/cli/command.def"
#undef COMMAND
};
const size_t command_count = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}
