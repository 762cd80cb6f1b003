/*
 * help.c - what pawl can do, printed from its tables.
 */
#include "tools/cli/command.h"

#include "tools/cli/usage.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS 80
#define TERM_INDENT 12
#define OPTION_INDENT 26
#define EXIT_INDENT 6

static const struct {
    int code;
    const char *meaning;
} exits[] = {
#define STATUS(name, code, meaning) {code, meaning},
#include "tools/cli/status.def"
#undef STATUS
};

static const char intro[] =
    "Asks a pawld, or with the classic commands any memcached, for one thing, "
    "and tells by its exit status what came of it. Numbers are printed "
    "plainly, values as they are; errors are one line on standard error.";

static const char examples[] =
    "Examples:\n"
    "  pawl set seats 100\n"
    "  if left=$(pawl take seats 2); then echo \"sold, $left left\"; fi\n"
    "  pawl --json get seats | jq -r .version\n"
    "  read -r version value <<<\"$(pawl gets seats)\"\n"
    "  pawl cas seats \"$version\" 50 || echo \"somebody was faster\"\n"
    "  pawl add --ttl 30 lock:nightly \"$HOSTNAME\" && nightly\n"
    "  pawl set photo - <photo.jpg\n"
    "  pawl --server unix:/run/pawld.sock stats\n"
    "  pawl race --clients 100 --seats 1000\n";

/* Prints text in lines of COLUMNS, indented; column is where it starts. */
static void print_wrapped(const char *text, int indent, int column)
{
    while (*text != '\0') {
        int bytes = (int)strcspn(text, " ");

        if (column > indent && column + 1 + bytes > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        column +=
            column < indent
                ? printf("%*s%.*s", indent - column, "", bytes, text)
                : printf("%s%.*s", column > indent ? " " : "", bytes, text);
        text += bytes;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* Prints a term, and its help behind it or, where it is long, below it. */
static void print_entry(int column, const char *help, int indent)
{
    if (column + 2 > indent) {
        putchar('\n');
        column = 0;
    }
    print_wrapped(help, indent, column);
}

static void print_options(const char *title, unsigned set)
{
    printf("\n%s:\n", title);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];

        if (set & (1u << i)) {
            print_entry(printf("  -%c, --%s%s%s", row->letter, row->word,
                               row->argument != NULL ? " " : "",
                               row->argument != NULL ? row->argument : ""),
                        row->help, OPTION_INDENT);
        }
    }
}

/* Prints a command as it is typed, with the options that are its own. */
static int print_synopsis(const struct command *command)
{
    int column = printf("  %s", command->name);

    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        if (command->options & (1u << i)) {
            column += printf(" [--%s %s]", option_rows[i].word,
                             option_rows[i].argument);
        }
    }
    return column +
           printf("%s%s", *command->usage != '\0' ? " " : "", command->usage);
}

/* Prints the arguments that usage names, or all where it is NULL. */
static void print_arguments(const char *usage)
{
    printf("\nArguments:\n");
    for (size_t i = 0; i < argument_row_count; i++) {
        const struct argument_row *row = &argument_rows[i];

        if (usage == NULL || usage_names(usage, row)) {
            print_entry(printf("  %s", row->word), row->help, TERM_INDENT);
        }
    }
}

static void print_exits(void)
{
    printf("\nExit status:\n");
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
        print_entry(printf("  %d", exits[i].code), exits[i].meaning,
                    EXIT_INDENT);
    }
}

static void print_all(void)
{
    unsigned special = 0;

    printf("pawl - the command line of pawld, a store of versioned records\n\n"
           "Usage: pawl [OPTION...] COMMAND [ARGUMENT...]\n\n");
    print_wrapped(intro, 0, 0);
    printf("\nCommands:\n");
    for (size_t i = 0; i < command_count; i++) {
        print_entry(print_synopsis(&commands[i]), commands[i].help,
                    TERM_INDENT);
        special |= commands[i].options;
    }
    print_arguments(NULL);
    print_options("Options", OPTIONS_COMMON);
    print_options("Options of some commands", special);
    print_exits();
    printf("\n%s", examples);
}

static void print_one(const struct command *command)
{
    printf("Usage:\n");
    print_synopsis(command);
    printf("\n\n");
    print_wrapped(command->help, 0, 0);
    if (*command->usage != '\0') {
        print_arguments(command->usage);
    }
    if (command->options != 0) {
        print_options("Options", command->options);
    }
    print_exits();
}

enum status run_help(const struct call *call)
{
    const char *name =
        call->arguments->count > 0 ? call->arguments->items[0].text : NULL;
    const struct command *command = name != NULL ? command_find(name) : NULL;

    if (command != NULL) {
        print_one(command);
    } else if (name == NULL) {
        print_all();
    } else {
        complain("no command is called '%s'; see pawl help", name);
        return STATUS_USAGE;
    }
    return STATUS_DONE;
}
