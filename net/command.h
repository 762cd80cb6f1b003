/*
 * command.h - the table of commands, as the parser and the help see it.
 *
 * Each row of commands.def is one command. What the store does for it is in
 * plan.h, what is answered in reply.h: both read the same rows.
 */
#ifndef PAWL_NET_COMMAND_H
#define PAWL_NET_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* How the words behind the verb are read. */
enum grammar {
    GRAMMAR_KEYS,        /* key... */
    GRAMMAR_EXPIRY_KEYS, /* expiry key... */
    GRAMMAR_STORE,       /* key flags expiry bytes, then the value */
    GRAMMAR_STORE_CAS,   /* key flags expiry bytes version, then the value */
    GRAMMAR_AMOUNT,      /* key amount */
    GRAMMAR_BOUNDED,     /* key amount [bound] */
    GRAMMAR_KEY,         /* key */
    GRAMMAR_EXPIRY,      /* key expiry */
    GRAMMAR_DELAY,       /* [delay] */
    GRAMMAR_LEVEL,       /* level */
    GRAMMAR_WORD,        /* [word] */
    GRAMMAR_BARE,        /* nothing that matters */
};

enum command_name {
#define COMMAND(name, ...) COMMAND_##name,
#include "net/commands.def"
#undef COMMAND
    COMMAND_COUNT
};

struct command {
    const char *word;
    size_t word_bytes;
    enum command_name name;
    enum grammar grammar;
    unsigned arguments_min;
    unsigned arguments_max;
    const char *usage;
    const char *help;
};

/* All of them, COMMAND_COUNT rows, by name. */
extern const struct command commands[];

/* The command that word names, or NULL. */
const struct command *command_find(const char *word, size_t bytes);

/* Does it take a list of keys, and hence a line of up to 64 KiB? */
static inline bool command_lists_keys(const struct command *self)
{
    return self->grammar <= GRAMMAR_EXPIRY_KEYS;
}

#endif
