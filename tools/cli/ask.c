/*
 * ask.c - one request, one reply.
 */
#include "tools/cli/ask.h"

#include "store/pawl.h"
#include "tools/cli/number.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_LINE_BYTES 512
#define LINE_END "\r\n"
#define VALUE_LINE "VALUE "
#define STAT_LINE "STAT "
#define LAST_LINE "END"
#define AFTER_VALUE LINE_END LAST_LINE LINE_END

/* Turns a reply that is an error, or not one of expected, into a sentence. */
static enum status check(struct client *client, unsigned expected,
                         const struct reply *reply, const char *line)
{
    enum status status = reply_status(reply);

    if (status_is_error(status)) {
        return client_fail(client, status, "%s%s%s", reply_said(reply),
                           *reply->text != '\0' ? ": " : "", reply->text);
    }
    if (!(expected & (1u << reply->word))) {
        return client_fail(client, STATUS_FAILED, "unexpected reply: %.80s",
                           line);
    }
    return status;
}

static enum status parse(struct client *client, unsigned expected,
                         struct reply *reply, const char *line)
{
    if (!reply_parse(line, reply)) {
        return client_fail(client, STATUS_FAILED, "unexpected reply: %.80s",
                           line);
    }
    return check(client, expected, reply, line);
}

static enum status read_reply(struct client *client, unsigned expected,
                              struct reply *reply)
{
    char *line;
    enum status status = client_line(client, &line);

    return status == STATUS_DONE ? parse(client, expected, reply, line)
                                 : status;
}

__attribute__((format(printf, 2, 0))) static enum status send_formatted(
    struct client *client, const char *format, va_list arguments)
{
    char line[REQUEST_LINE_BYTES];
    size_t room = sizeof line - strlen(LINE_END);
    int bytes = vsnprintf(line, room, format, arguments);

    assert(bytes > 0 && (size_t)bytes < room);
    memcpy(line + bytes, LINE_END, strlen(LINE_END));
    return client_send(
        client, &(struct iovec){line, (size_t)bytes + strlen(LINE_END)}, 1);
}

__attribute__((format(printf, 2, 3))) static enum status send_line(
    struct client *client, const char *format, ...)
{
    enum status status;
    va_list arguments;

    va_start(arguments, format);
    status = send_formatted(client, format, arguments);
    va_end(arguments);
    return status;
}

/*
 * Reads what follows "VALUE " in the line that announces a value: the key, the
 * flags, the size and the version.
 */
static bool parse_header(char *words, const char *key, struct record *record)
{
    uint64_t numbers[3];
    char *rest;
    const char *word = strtok_r(words, " ", &rest);

    if (word == NULL || strcmp(word, key) != 0) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        word = strtok_r(NULL, " ", &rest);
        if (word == NULL || !number_parse(word, strlen(word), &numbers[i])) {
            return false;
        }
    }
    record->flags = (uint32_t)numbers[0];
    record->value_bytes = (size_t)numbers[1];
    record->version = numbers[2];
    return numbers[0] <= UINT32_MAX && numbers[1] <= PAWL_VALUE_BYTES_MAX &&
           *rest == '\0';
}

/* Receives the value that record announces, and the line behind it. */
static enum status read_value(struct client *client, struct record *record)
{
    size_t bytes = record->value_bytes;
    char *block;
    enum status status =
        client_block(client, bytes + strlen(AFTER_VALUE), &block);

    if (status != STATUS_DONE) {
        return status;
    }
    if (memcmp(block + bytes, AFTER_VALUE, strlen(AFTER_VALUE)) != 0) {
        return client_fail(client, STATUS_FAILED,
                           "the value does not end where it should");
    }
    record->value = block;
    record->is_number = number_parse(block, bytes, &record->number);
    return STATUS_DONE;
}

enum status ask_line(struct client *client, unsigned expected,
                     struct reply *reply, const char *format, ...)
{
    enum status status;
    va_list arguments;

    va_start(arguments, format);
    status = send_formatted(client, format, arguments);
    va_end(arguments);
    return status == STATUS_DONE ? read_reply(client, expected, reply) : status;
}

enum status ask_get(struct client *client, const char *key,
                    struct record *record)
{
    struct reply reply;
    char *line;
    enum status status = send_line(client, "gets %s", key);

    if (status == STATUS_DONE) {
        status = client_line(client, &line);
    }
    if (status != STATUS_DONE) {
        return status;
    }
    *record = (struct record){0};
    if (strcmp(line, LAST_LINE) == 0) {
        return STATUS_NOT_FOUND;
    }
    if (strncmp(line, VALUE_LINE, strlen(VALUE_LINE)) != 0) {
        return parse(client, 0, &reply, line);
    }
    if (!parse_header(line + strlen(VALUE_LINE), key, record)) {
        return client_fail(client, STATUS_FAILED,
                           "a value of '%s' came with a wrong header", key);
    }
    return read_value(client, record);
}

enum status ask_store(struct client *client, const struct storage *storage,
                      struct reply *reply)
{
    char line[REQUEST_LINE_BYTES];
    char version[1 + NUMBER_DIGITS_MAX + 1] = "";
    struct iovec parts[] = {
        {line, 0},
        {(void *)(uintptr_t)storage->value, storage->value_bytes},
        {(char[]){LINE_END}, strlen(LINE_END)},
    };
    enum status status;

    if (storage->version != 0) {
        snprintf(version, sizeof version, " %" PRIu64, storage->version);
    }
    parts[0].iov_len = (size_t)snprintf(
        line, sizeof line, "%s %s %" PRIu32 " %" PRIu64 " %zu%s" LINE_END,
        storage->verb, storage->key, storage->flags, storage->expiry,
        storage->value_bytes, version);
    status = client_send(client, parts, 3);
    return status == STATUS_DONE
               ? read_reply(client,
                            EXPECT(STORED) | EXPECT(NOT_STORED) |
                                EXPECT(EXISTS) | EXPECT(NOT_FOUND),
                            reply)
               : status;
}

enum status ask_stats(struct client *client, const char *what)
{
    return send_line(client, "stats%s%s", *what != '\0' ? " " : "", what);
}

enum status ask_next_stat(struct client *client, const char **name,
                          const char **value)
{
    struct reply reply;
    char *line;
    enum status status = client_line(client, &line);

    if (status != STATUS_DONE) {
        return status;
    }
    if (strcmp(line, LAST_LINE) == 0) {
        return STATUS_NOT_FOUND;
    }
    if (strncmp(line, STAT_LINE, strlen(STAT_LINE)) == 0) {
        char *space = strchr(line + strlen(STAT_LINE), ' ');

        *name = line + strlen(STAT_LINE);
        *value = space != NULL ? space + 1 : "";
        if (space != NULL) {
            *space = '\0';
        }
        return STATUS_DONE;
    }
    status = parse(client, EXPECT(RESET) | EXPECT(OK), &reply, line);
    return status == STATUS_DONE ? STATUS_NOT_FOUND : status;
}
