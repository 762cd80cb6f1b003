/*
 * options.c - getopt_long fed from a table.
 */
#include "bench/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define ROWS_MAX 64
#define HELP_VALUE 1000

static void print_row(const struct option_row *row)
{
    char left[64];
    const char *argument = row->argument != NULL ? row->argument : "";
    const char *space = row->argument != NULL ? " " : "";
    if (row->letter != 0) {
        snprintf(left, sizeof left, "-%c, --%s%s%s", row->letter, row->name,
                 space, argument);
    } else {
        snprintf(left, sizeof left, "    --%s%s%s", row->name, space, argument);
    }
    printf("  %-26s %s", left, row->help);
    if (row->fallback != NULL && row->argument != NULL) {
        printf(" [%s]", row->fallback);
    }
    putchar('\n');
}

static void print_help(const struct option_table *table)
{
    printf("usage: %s\n%s\n\n", table->usage, table->sentence);
    for (size_t i = 0; i < table->row_count; i++) {
        print_row(&table->rows[i]);
    }
    printf("  %-26s %s\n", "-h, --help", "this text");
    if (table->more != NULL) {
        table->more();
    }
}

static int complain(const struct option_table *table, const char *name,
                    const char *text, const char *complaint)
{
    fprintf(stderr, "%s: --%s: \"%s\": %s\n", table->program, name, text,
            complaint);
    return OPTIONS_USAGE;
}

static int read_row(const struct option_table *table,
                    const struct option_row *row, const char *text,
                    void *options)
{
    const char *complaint = row->read(text, (char *)options + row->offset);
    return complaint == NULL ? -1 : complain(table, row->name, text, complaint);
}

static int read_defaults(const struct option_table *table, void *options)
{
    int status = -1;
    for (size_t i = 0; i < table->row_count && status < 0; i++) {
        const struct option_row *row = &table->rows[i];
        if (row->fallback != NULL) {
            status = read_row(table, row, row->fallback, options);
        }
    }
    return status;
}

/* The short and the long spellings, as getopt_long wants them. */
static void spell(const struct option_table *table, struct option *longs,
                  char *shorts)
{
    *shorts++ = ':';
    for (size_t i = 0; i < table->row_count; i++) {
        const struct option_row *row = &table->rows[i];
        bool takes = row->argument != NULL;
        longs[i] = (struct option){
            .name = row->name,
            .has_arg = takes ? required_argument : no_argument,
            .val = HELP_VALUE + 1 + (int)i,
        };
        if (row->letter != 0) {
            *shorts++ = (char)row->letter;
            *shorts = ':';
            shorts += takes;
        }
    }
    *shorts++ = 'h';
    *shorts = '\0';
    longs[table->row_count] =
        (struct option){.name = "help", .val = HELP_VALUE};
    longs[table->row_count + 1] = (struct option){0};
}

static const struct option_row *row_of(const struct option_table *table,
                                       int value)
{
    if (value > HELP_VALUE) {
        return &table->rows[value - HELP_VALUE - 1];
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (table->rows[i].letter == value) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static int reject(const struct option_table *table, int value,
                  const char *argument)
{
    fprintf(stderr, "%s: %s: %s (see --help)\n", table->program, argument,
            value == ':' ? "needs an argument" : "unknown option");
    return OPTIONS_USAGE;
}

int options_read(const struct option_table *table, int argc, char **argv,
                 void *options)
{
    struct option longs[ROWS_MAX + 2];
    char shorts[2 * ROWS_MAX + 3];
    spell(table, longs, shorts);
    int status = read_defaults(table, options);
    opterr = 0;
    optind = 1;
    while (status < 0) {
        int value = getopt_long(argc, argv, shorts, longs, NULL);
        if (value == -1) {
            break;
        }
        if (value == HELP_VALUE || value == 'h') {
            print_help(table);
            return EXIT_SUCCESS;
        }
        const struct option_row *row = row_of(table, value);
        if (row == NULL) {
            return reject(table, value, argv[optind - 1]);
        }
        status = read_row(table, row, optarg, options);
    }
    if (status < 0 && optind < argc) {
        return reject(table, '?', argv[optind]);
    }
    return status;
}

const char *option_text(const char *text, void *field)
{
    *(const char **)field = text;
    return NULL;
}

const char *option_switch(const char *text, void *field)
{
    (void)text;
    *(bool *)field = true;
    return NULL;
}

bool option_number(const char *text, unsigned long long *number,
                   const char **behind)
{
    static const char suffixes[] = "kMG";
    char *end;
    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0) {
        return false;
    }
    const char *suffix = *end != '\0' ? strchr(suffixes, *end) : NULL;
    for (long i = suffix != NULL ? suffix - suffixes + 1 : 0; i > 0; i--) {
        if (value > UINT64_MAX / 1000) {
            return false;
        }
        value *= 1000;
    }
    *number = value;
    *behind = suffix != NULL ? end + 1 : end;
    return true;
}

const char *option_count(const char *text, void *field)
{
    unsigned long long number;
    const char *behind;
    if (!option_number(text, &number, &behind) || *behind != '\0') {
        return "not a whole number (k, M and G are thousands)";
    }
    *(uint64_t *)field = number;
    return NULL;
}

const char *option_unsigned(const char *text, void *field)
{
    uint64_t number = 0;
    if (option_count(text, &number) != NULL || number == 0 ||
        number > 1000000) {
        return "not a whole number from 1 to 1M";
    }
    *(unsigned *)field = (unsigned)number;
    return NULL;
}

const char *option_real(const char *text, void *field)
{
    char *end;
    double real = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(real) || real < 0 ||
        real > 1e9) {
        return "not a number from 0 to 10^9";
    }
    *(double *)field = real;
    return NULL;
}

const char *option_pid(const char *text, void *field)
{
    unsigned number = 0;
    if (option_unsigned(text, &number) != NULL) {
        return "not a process id";
    }
    *(pid_t *)field = (pid_t)number;
    return NULL;
}
