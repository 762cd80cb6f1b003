/*
 * options.h - a command's options from one table: reading, checking, helping.
 *
 * A row says where its field lies in the command's struct, how its text is
 * read, and what it is unless given, as text too: defaults are read by the
 * same reader, and help shows them.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* The exit status of a wrong command line, as in sysexits.h. */
#define OPTIONS_USAGE 64

/* Reads text into field; answers NULL, or what the text should have been. */
typedef const char *(*option_reader)(const char *text, void *field);

struct option_row {
    const char *name;
    int letter;           /* or 0 */
    const char *argument; /* what help calls it; NULL: a switch, a bool */
    size_t offset;
    option_reader read;
    const char *fallback; /* NULL: the field stays all zero */
    const char *help;
};

struct option_table {
    const char *program; /* before each complaint */
    const char *usage;
    const char *sentence;
    const struct option_row *rows;
    size_t row_count;
    void (*more)(void); /* prints the end of help, or NULL */
};

/*
 * Reads the command line, argv[0] being the command's name, into options,
 * which is all zero. Prints help, or one line that says what is wrong.
 * Answers -1 to go on, or the exit status. No arguments may be left over.
 */
int options_read(const struct option_table *table, int argc, char **argv,
                 void *options);

/* Readers. Each says the type of its field. */
const char *option_text(const char *text, void *field);     /* const char * */
const char *option_switch(const char *text, void *field);   /* bool */
const char *option_unsigned(const char *text, void *field); /* unsigned, >0 */
const char *option_count(const char *text, void *field);    /* uint64_t */
const char *option_real(const char *text, void *field);     /* double, >=0 */
const char *option_pid(const char *text, void *field);      /* pid_t */

/*
 * Reads a whole number with k, M or G behind it for thousands, up to the
 * byte *behind. False where text begins otherwise or is too large.
 */
bool option_number(const char *text, unsigned long long *number,
                   const char **behind);

#endif
