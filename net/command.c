/*
 * command.c - rows become a table, and a search through them.
 *
 * The search is a chain of compares that the compiler turns into one length and
 * one or two words each.
 */
#include "net/command.h"

#include <limits.h>
#include <string.h>

#define ANY UINT_MAX

const struct command commands[COMMAND_COUNT] = {
#define COMMAND(name, word, grammar, least, most, verb, counted, happened, \
                missed, refused, done, usage, help)                        \
    [COMMAND_##name] = {word,           sizeof word - 1,                   \
                        COMMAND_##name, GRAMMAR_##grammar,                 \
                        least,          most,                              \
                        usage,          help},
#include "net/commands.def"
#undef COMMAND
};

const struct command *command_find(const char *word, size_t bytes)
{
#define COMMAND(name, text, ...)                                              \
    if (bytes == sizeof text - 1 && memcmp(word, text, sizeof text - 1) == 0) \
        return &commands[COMMAND_##name];
#include "net/commands.def"
#undef COMMAND
    return NULL;
}
