/*
 * test_net_command.c - what the table says of a command is what is understood.
 *
 * Requests are made from each row's usage, so a new row is tested by being
 * there.
 */
#include "net/parser.h"
#include "tests/support.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 256

/* One word of a usage as a client would write it; answers its end. */
static const char *write_word(const char *usage, char **to)
{
    if (*usage == '<') {
        *(*to)++ = '1';
        return strchr(usage, '>') + 1;
    }
    while (*usage != '\0' && strchr(" ]|.", *usage) == NULL) {
        *(*to)++ = *usage++;
    }
    return usage;
}

/* The request that usage describes, with or without what is in brackets. */
static void write_message(const struct command *command, bool options,
                          char *message)
{
    const char *usage = command->usage;
    char *to = message;

    while (*usage != '\0') {
        if (*usage == '[' && !options) {
            usage = strchr(usage, ']') + 1;
        } else if (*usage == '|') {
            usage += strcspn(usage, "]");
        } else if (strchr("[].", *usage) != NULL) {
            usage++;
        } else if (*usage == ' ') {
            *to++ = *usage++;
        } else {
            usage = write_word(usage, &to);
        }
    }
    memcpy(to, "\r\nx\r\n", 6);
}

static struct request parse(const char *message)
{
    struct parser parser = {0};
    struct request request;
    size_t used;

    CHECK(parser_next(&parser, 100, message, strlen(message), &used, &request));
    return request;
}

static void check_understood(const struct command *command, bool options)
{
    char message[MESSAGE_BYTES];
    struct request request;

    write_message(command, options, message);
    request = parse(message);
    if (request.command != command || request.fault != FAULT_NONE) {
        check_failed(__FILE__, __LINE__, "not understood: %s", message);
    }
    CHECK_NUMBER(request.noreply, options && strstr(message, "noreply") != 0);
}

Test(command, understands_its_own_usage)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        check_understood(&commands[i], false);
        check_understood(&commands[i], true);
    }
}

/* Word and count arguments after it are no request. */
static void check_refused(const struct command *command, unsigned count)
{
    char message[MESSAGE_BYTES];
    size_t bytes = (size_t)sprintf(message, "%s", command->word);

    for (unsigned i = 0; i < count; i++) {
        bytes += (size_t)sprintf(message + bytes, " 1");
    }
    (void)sprintf(message + bytes, "\r\n");
    CHECK_NUMBER(parse(message).fault, FAULT_UNKNOWN);
}

Test(command, counts_its_arguments)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].arguments_min > 0) {
            check_refused(&commands[i], commands[i].arguments_min - 1);
        }
        if (commands[i].arguments_max != UINT_MAX) {
            check_refused(&commands[i], commands[i].arguments_max + 1);
        }
    }
}

Test(command, is_found_by_its_whole_word)
{
    char longer[32];

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *word = commands[i].word;
        size_t bytes = commands[i].word_bytes;

        (void)snprintf(longer, sizeof longer, "%sz", word);
        CHECK(command_find(word, bytes) == &commands[i]);
        CHECK(command_find(word, bytes - 1) != &commands[i]);
        CHECK(command_find(longer, bytes + 1) == NULL);
        CHECK(strncmp(commands[i].usage, word, bytes) == 0);
    }
    CHECK(command_find("", 0) == NULL);
    CHECK(command_find("GET", 3) == NULL);
}
