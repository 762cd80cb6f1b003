/*
 * usage.c - the arguments that a command takes, as its usage says.
 */
#include "tools/cli/usage.h"

#include <string.h>

#define WORD_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const struct argument_row argument_rows[] = {
#define ARGUMENT(word, kind, least, greatest, help) \
    {#word, ARGUMENT_##kind, least, greatest, help},
#include "tools/cli/usage.def"
#undef ARGUMENT
};
const size_t argument_row_count =
    sizeof argument_rows / sizeof argument_rows[0];

bool usage_step(struct usage *self)
{
    size_t bytes;

    if (self->repeated) {
        self->optional = true;
        return true;
    }
    self->next += strspn(self->next, " ]");
    self->optional = *self->next == '[';
    self->next += self->optional;
    bytes = strspn(self->next, WORD_LETTERS);
    self->row = NULL;
    for (size_t i = 0; i < argument_row_count; i++) {
        if (strlen(argument_rows[i].word) == bytes &&
            memcmp(argument_rows[i].word, self->next, bytes) == 0) {
            self->row = &argument_rows[i];
        }
    }
    self->next += bytes;
    self->repeated = strncmp(self->next, "...", 3) == 0;
    return self->row != NULL;
}

bool usage_names(const char *usage, const struct argument_row *row)
{
    struct usage at = {.next = usage};

    while (usage_step(&at) && at.row != row && !at.repeated) {
    }
    return at.row == row;
}
