/*
 * arguments.c - a command's arguments, checked against its usage.
 */
#include "tools/cli/arguments.h"

#include "tools/cli/number.h"
#include "tools/cli/usage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES 65536

static enum status check_word(const struct argument_row *row,
                              const struct argument *argument)
{
    bool good =
        argument->bytes >= row->least && argument->bytes <= row->greatest;

    for (size_t i = 0; i < argument->bytes; i++) {
        unsigned char byte = (unsigned char)argument->text[i];

        good = good && byte > ' ' && byte != 0x7f;
    }
    if (!good) {
        complain("%s has %" PRIu64 " to %" PRIu64
                 " bytes without spaces and control characters, not '%.40s'",
                 row->word, row->least, row->greatest, argument->text);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}

static enum status check_number(const struct argument_row *row,
                                struct argument *argument)
{
    if (!number_parse(argument->text, argument->bytes, &argument->number) ||
        argument->number < row->least || argument->number > row->greatest) {
        complain("%s is a number from %" PRIu64 " to %" PRIu64 ", not '%.40s'",
                 row->word, row->least, row->greatest, argument->text);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}

/* Reads standard input to its end into argument, which owns it. */
static enum status read_input(struct argument *argument)
{
    size_t got;
    size_t room = 0;

    argument->bytes = 0;
    do {
        if (room - argument->bytes < READ_BYTES) {
            char *larger = realloc(argument->owned, 2 * room + READ_BYTES);

            if (larger == NULL) {
                complain("out of memory for the value on standard input");
                return STATUS_LOCAL;
            }
            argument->owned = larger;
            room = 2 * room + READ_BYTES;
        }
        got = fread(argument->owned + argument->bytes, 1,
                    room - argument->bytes - 1, stdin);
        argument->bytes += got;
    } while (got > 0);
    argument->owned[argument->bytes] = '\0';
    argument->text = argument->owned;
    if (ferror(stdin)) {
        complain("standard input: %s", strerror(errno));
        return STATUS_LOCAL;
    }
    return STATUS_DONE;
}

static enum status read_argument(const struct argument_row *row, char *word,
                                 struct argument *argument)
{
    *argument = (struct argument){.text = word, .bytes = strlen(word)};
    switch (row->kind) {
    case ARGUMENT_WORD:
        return check_word(row, argument);
    case ARGUMENT_NUMBER:
        return check_number(row, argument);
    case ARGUMENT_VALUE:
        return strcmp(word, "-") == 0 ? read_input(argument) : STATUS_DONE;
    }
    return STATUS_USAGE;
}

/* Whether a command may have just so many arguments. */
static enum status check_count(const char *command, const char *usage,
                               size_t count)
{
    struct usage at = {.next = usage};

    for (size_t i = 0; i < count; i++) {
        if (!usage_step(&at)) {
            complain("%s: too many arguments; usage: pawl %s %s", command,
                     command, usage);
            return STATUS_USAGE;
        }
    }
    if (usage_step(&at) && !at.optional) {
        complain("%s: %s is missing; usage: pawl %s %s", command, at.row->word,
                 command, usage);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}

enum status arguments_init(struct arguments *self, const char *command,
                           const char *usage, char **words, size_t count)
{
    struct usage at = {.next = usage};
    enum status status = check_count(command, usage, count);

    *self = (struct arguments){0};
    if (status != STATUS_DONE || count == 0) {
        return status;
    }
    self->items = calloc(count, sizeof self->items[0]);
    if (self->items == NULL) {
        complain("out of memory");
        return STATUS_LOCAL;
    }
    while (self->count < count && status == STATUS_DONE && usage_step(&at)) {
        status = read_argument(at.row, words[self->count],
                               &self->items[self->count]);
        self->count++;
    }
    return status;
}

void arguments_fini(struct arguments *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->items[i].owned);
    }
    free(self->items);
    *self = (struct arguments){0};
}
