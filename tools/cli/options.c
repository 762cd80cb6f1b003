/*
 * options.c - what was set on the command line, from the rows of options.def.
 */
#include "tools/cli/options.h"

#include "tools/cli/number.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SERVER "127.0.0.1:7295"

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(name, word, letter, argument, preset, least, greatest, help) \
    [OPTION_##name] = {word, letter, argument, preset, least, greatest, help},
#include "tools/cli/options.def"
#undef OPTION
};

/* What getopt_long() wants to know of the rows. */
struct getopt_tables {
    char letters[2 * OPTION_COUNT + 1];
    struct option words[OPTION_COUNT + 1];
};

static void tables_init(struct getopt_tables *tables)
{
    char *letters = tables->letters;

    memset(tables, 0, sizeof *tables);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];

        *letters++ = row->letter;
        if (row->argument != NULL) {
            *letters++ = ':';
        }
        tables->words[i] = (struct option){.name = row->word,
                                           .has_arg = row->argument != NULL,
                                           .val = row->letter};
    }
}

static enum status set_option(struct options *self, int name, const char *text)
{
    const struct option_row *row = &option_rows[name];
    uint64_t number = 1;

    self->given |= 1u << name;
    if (name == OPTION_SERVER) {
        self->server = text;
        return STATUS_DONE;
    }
    if (row->argument != NULL &&
        (!number_parse(text, strlen(text), &number) || number < row->least ||
         number > row->greatest)) {
        complain("--%s is a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
                 row->word, row->least, row->greatest, text);
        return STATUS_USAGE;
    }
    self->number[name] = number;
    return STATUS_DONE;
}

static enum status set_letter(struct options *self, int letter)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (letter == option_rows[i].letter) {
            return set_option(self, i, optarg);
        }
    }
    /* getopt_long() has said already what is wrong. */
    return STATUS_USAGE;
}

enum status options_parse(struct options *self, int argc, char **argv,
                          int *first)
{
    struct getopt_tables tables;
    enum status status = STATUS_DONE;
    const char *server = getenv("PAWL_SERVER");
    int letter;

    *self = (struct options){
        .server = server != NULL && *server != '\0' ? server : DEFAULT_SERVER};
    for (int i = 0; i < OPTION_COUNT; i++) {
        self->number[i] = option_rows[i].preset;
    }
    tables_init(&tables);
    while (status == STATUS_DONE &&
           (letter = getopt_long(argc, argv, tables.letters, tables.words,
                                 NULL)) != -1) {
        status = set_letter(self, letter);
    }
    *first = optind;
    return status;
}

enum status options_check(const struct options *self, unsigned allowed,
                          const char *command)
{
    unsigned wrong = self->given & ~(allowed | OPTIONS_COMMON);

    if (wrong == 0) {
        return STATUS_DONE;
    }
    complain("--%s means nothing to '%s'",
             option_rows[__builtin_ctz(wrong)].word, command);
    return STATUS_USAGE;
}
