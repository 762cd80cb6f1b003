/*
 * options.c - one table, three sources, one way to read a value.
 *
 * Sources are read from the strongest to the weakest, and a row remembers
 * which one has set it: what a weaker source says is still checked, and then
 * left alone.
 */
#include "net/options.h"

#include "net/text.h"
#include "store/pawl.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX 65536
#define NAME_BYTES_MAX 64
#define PLACE_BYTES_MAX 160

enum source {
    SOURCE_PRESET,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_FLAGS
};

enum kind {
    KIND_NUMBER,
    KIND_OCTAL,
    KIND_SIZE,
    KIND_BOUND,     /* a size, or 0: no bound */
    KIND_MEGABYTES, /* the same, in megabytes where it has no unit */
    KIND_TEXT,
    KIND_FILE,   /* a text that no config file may give */
    KIND_LIST,   /* texts that add up */
    KIND_SWITCH, /* yes or no; a flag means yes */
    KIND_FULL,   /* a word of enum pawl_full */
    KIND_REFUSE, /* a flag that means PAWL_FULL_REFUSE */
    KIND_LOUDER, /* a number; each flag adds one */
    KIND_SHOW,   /* a flag for the command line alone */
};

struct row {
    const char *name;
    char letter;
    enum kind kind;
    size_t offset;
    uint64_t least;
    uint64_t most;
    const char *preset;
    const char *setting;
    const char *argument;
    const char *help;
};

static const struct row rows[OPTION_COUNT] = {
#define OPTION(field, name, letter, kind, least, most, preset, setting, \
               argument, help)                                          \
    {name,     letter, KIND_##kind, offsetof(struct options, field),    \
     least,    most,   preset,      setting,                            \
     argument, help},
#include "net/options.def"
#undef OPTION
};

/* What is being read: for messages, and to know who may say what. */
struct reading {
    struct options *options;
    enum source source;
    char *message;
    char place[PLACE_BYTES_MAX]; /* "--workers", "PAWLD_WORKERS", "file:3" */
};

__attribute__((format(printf, 2, 3))) static int complain(
    const struct reading *self, const char *format, ...)
{
    int prefix =
        snprintf(self->message, OPTIONS_MESSAGE_BYTES, "%s: ", self->place);
    va_list arguments;

    if (prefix < 0 || prefix >= OPTIONS_MESSAGE_BYTES) {
        return -1;
    }
    va_start(arguments, format);
    (void)vsnprintf(self->message + prefix,
                    OPTIONS_MESSAGE_BYTES - (size_t)prefix, format, arguments);
    va_end(arguments);
    return -1;
}

__attribute__((format(printf, 2, 3))) static void stand_at(struct reading *self,
                                                           const char *format,
                                                           ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(self->place, sizeof self->place, format, arguments);
    va_end(arguments);
}

static void *field_of(const struct row *row, struct options *options)
{
    return (char *)options + row->offset;
}

static bool takes_argument(const struct row *row)
{
    return row->argument[0] != '\0';
}

static bool read_word(const char *text, const char *const *words, size_t count,
                      uint64_t *number)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            *number = i % 2;
            return true;
        }
    }
    return false;
}

/* The octal number in text; what is not octal is above every bound. */
static uint64_t read_octal(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 8);

    return isdigit((unsigned char)*text) && *end == '\0' ? number : UINT64_MAX;
}

static bool may_be_none(const struct row *row)
{
    return row->kind == KIND_BOUND || row->kind == KIND_MEGABYTES;
}

static bool in_range(const struct row *row, uint64_t number)
{
    return (number == 0 && may_be_none(row)) ||
           (number >= row->least && number <= row->most);
}

/* A size; megabytes where the kind says so and there is no unit. */
static bool read_size(const struct row *row, const char *text, uint64_t *number)
{
    size_t bytes = strlen(text);

    if (row->kind == KIND_MEGABYTES &&
        text_read_number(text, bytes, row->most >> 20, number)) {
        *number <<= 20;
        return true;
    }
    return text_read_size(text, bytes, row->most, number);
}

static int read_number(const struct reading *self, const struct row *row,
                       const char *text, uint64_t *number)
{
    static const char *const switch_words[] = {"no", "yes", "0",
                                               "1",  "off", "on"};
    static const char *const full_words[] = {"refuse", "evict"};

    static_assert(PAWL_FULL_REFUSE == 0 && PAWL_FULL_EVICT == 1,
                  "full_words are in the order of enum pawl_full");
    switch (row->kind) {
    case KIND_OCTAL:
        *number = read_octal(text);
        return in_range(row, *number)
                   ? 0
                   : complain(self,
                              "'%s' is not an octal number up to %" PRIo64,
                              text, row->most);
    case KIND_SWITCH:
    case KIND_SHOW:
        return read_word(text, switch_words, 6, number)
                   ? 0
                   : complain(self, "'%s' is neither yes nor no", text);
    case KIND_FULL:
        return read_word(text, full_words, 2, number)
                   ? 0
                   : complain(self, "'%s' is neither evict nor refuse", text);
    case KIND_BOUND:
    case KIND_MEGABYTES:
    case KIND_SIZE:
        return read_size(row, text, number) && in_range(row, *number)
                   ? 0
                   : complain(self,
                              "'%s' is not a size from %" PRIu64 " to %" PRIu64
                              " bytes, such as 64m%s",
                              text, row->least, row->most,
                              may_be_none(row) ? ", nor 0" : "");
    default:
        return text_read_number(text, strlen(text), row->most, number) &&
                       in_range(row, *number)
                   ? 0
                   : complain(self,
                              "'%s' is not a number from %" PRIu64
                              " to %" PRIu64,
                              text, row->least, row->most);
    }
}

static int add_to_list(const struct reading *self, char *list, const char *text)
{
    size_t bytes = strlen(list);

    if (bytes + 1 + strlen(text) >= OPTIONS_LIST_BYTES) {
        return complain(self, "that is too much");
    }
    if (bytes > 0) {
        list[bytes++] = ',';
    }
    memcpy(list + bytes, text, strlen(text) + 1);
    return 0;
}

/* The source that has set the field of row, whatever row it was spelt by. */
static unsigned char *source_of(const struct row *row, struct options *options)
{
    size_t i = 0;

    while (rows[i].offset != row->offset) {
        i++;
    }
    return &options->source[i];
}

/* Gives the option of row the value text, unless a stronger source has. */
static int set_option(const struct reading *self, const struct row *row,
                      const char *text)
{
    unsigned char *source = source_of(row, self->options);
    void *field = field_of(row, self->options);
    bool stronger = *source > self->source;
    uint64_t number = 0;

    if (row->kind == KIND_TEXT || row->kind == KIND_FILE) {
        if (!stronger) {
            *(const char **)field = text;
            *source = (unsigned char)self->source;
        }
        return 0;
    }
    if (row->kind == KIND_LIST) {
        if (stronger) {
            return 0;
        }
        *source = (unsigned char)self->source;
        return add_to_list(self, field, text);
    }
    if (row->kind != KIND_REFUSE && read_number(self, row, text, &number) < 0) {
        return -1;
    }
    if (!stronger) {
        *(uint64_t *)field = number;
        *source = (unsigned char)self->source;
    }
    return 0;
}

/* A flag without an argument. */
static int set_flag(const struct reading *self, const struct row *row)
{
    uint64_t *number = field_of(row, self->options);

    if (row->kind == KIND_REFUSE) {
        return set_option(self, row, "");
    }
    if (row->kind == KIND_LOUDER && *number < row->most) {
        *source_of(row, self->options) = (unsigned char)self->source;
        *number += 1;
        return 0;
    }
    return row->kind == KIND_LOUDER ? 0 : set_option(self, row, "1");
}

static const struct row *find_name(const char *name, size_t bytes)
{
    for (size_t i = 0; bytes > 0 && i < OPTION_COUNT; i++) {
        if (strlen(rows[i].name) == bytes &&
            memcmp(rows[i].name, name, bytes) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct row *find_letter(char letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (rows[i].letter == letter) {
            return &rows[i];
        }
    }
    return NULL;
}

/* --name, --name=value or --name value. */
static int read_long(struct reading *self, char *const **argv)
{
    const char *text = **argv + 2;
    size_t bytes = strcspn(text, "=");
    const struct row *row = find_name(text, bytes);
    const char *value = text[bytes] == '=' ? text + bytes + 1 : NULL;

    stand_at(self, "%.*s", (int)bytes + 2, **argv);
    if (row == NULL) {
        return complain(self, "unknown option, see --help");
    }
    if (!takes_argument(row)) {
        return value == NULL ? set_flag(self, row)
                             : complain(self, "takes no value");
    }
    if (value == NULL) {
        value = *++*argv;
    }
    return value != NULL ? set_option(self, row, value)
                         : complain(self, "needs a value");
}

/* -x, -xyz, -xvalue or -x value. */
static int read_letters(struct reading *self, char *const **argv)
{
    const char *letters = **argv + 1;

    for (; *letters != '\0'; letters++) {
        const struct row *row = find_letter(*letters);
        const char *value = letters + 1;

        stand_at(self, "-%c", *letters);
        if (row == NULL) {
            return complain(self, "unknown option, see --help");
        }
        if (takes_argument(row)) {
            if (*value == '\0') {
                value = *++*argv;
            }
            return value != NULL ? set_option(self, row, value)
                                 : complain(self, "needs a value");
        }
        if (set_flag(self, row) < 0) {
            return -1;
        }
    }
    return 0;
}

static int read_flags(struct reading *self, char *const *argv)
{
    self->source = SOURCE_FLAGS;
    for (; *argv != NULL; argv++) {
        int result;

        if (strncmp(*argv, "--", 2) == 0 && (*argv)[2] != '\0') {
            result = read_long(self, &argv);
        } else if ((*argv)[0] == '-' && (*argv)[1] != '\0') {
            result = read_letters(self, &argv);
        } else {
            stand_at(self, "%s", *argv);
            return complain(self, "not an option, see --help");
        }
        if (result < 0) {
            return -1;
        }
        if (*argv == NULL) {
            break;
        }
    }
    return 0;
}

static int read_environment(struct reading *self)
{
    self->source = SOURCE_ENVIRONMENT;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *value;

        if (rows[i].name[0] == '\0' || rows[i].kind == KIND_SHOW) {
            continue;
        }
        stand_at(self, "PAWLD_%s", rows[i].name);
        for (char *c = self->place; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        }
        value = getenv(self->place);
        if (value != NULL && set_option(self, &rows[i], value) < 0) {
            return -1;
        }
    }
    return 0;
}

static char *trim(char *text)
{
    char *end = text + strlen(text);

    while (end > text && isspace((unsigned char)end[-1])) {
        *--end = '\0';
    }
    return text + strspn(text, " \t");
}

/* Cuts off a comment: from a # that begins the line, or follows a blank. */
static void cut_comment(char *line)
{
    for (char *at = line; (at = strchr(at, '#')) != NULL; at++) {
        if (at == line || isspace((unsigned char)at[-1])) {
            *at = '\0';
            return;
        }
    }
}

/* "name value", "name = value", or nothing but a comment. */
static int read_line(struct reading *self, char *line, unsigned number)
{
    const struct row *row;
    char *value;
    size_t bytes;

    cut_comment(line);
    line = trim(line);
    bytes = strcspn(line, " \t=");
    if (*line == '\0') {
        return 0;
    }
    stand_at(self, "%.80s:%u: %.*s", self->options->config, number,
             (int)(bytes < NAME_BYTES_MAX ? bytes : NAME_BYTES_MAX), line);
    row = find_name(line, bytes);
    if (row == NULL || row->kind == KIND_SHOW || row->kind == KIND_FILE) {
        return complain(self, "unknown setting");
    }
    value = line + bytes + strspn(line + bytes, " \t");
    if (*value == '=') {
        value++;
    }
    value = trim(value);
    return *value != '\0' ? set_option(self, row, value)
                          : complain(self, "needs a value");
}

static int load(struct reading *self, const char *path)
{
    struct options *options = self->options;
    FILE *file = fopen(path, "re");
    size_t bytes;

    stand_at(self, "%s", path);
    if (file == NULL) {
        return complain(self, "%s", strerror(errno));
    }
    options->file = malloc(CONFIG_BYTES_MAX + 1);
    bytes = options->file != NULL
                ? fread(options->file, 1, CONFIG_BYTES_MAX + 1, file)
                : 0;
    if (options->file == NULL || ferror(file)) {
        int reason = errno;

        (void)fclose(file);
        return complain(self, "%s", strerror(reason));
    }
    (void)fclose(file);
    if (bytes > CONFIG_BYTES_MAX) {
        return complain(self, "larger than %d bytes", CONFIG_BYTES_MAX);
    }
    options->file[bytes] = '\0';
    return 0;
}

static int read_file(struct reading *self)
{
    char *rest;
    unsigned number = 0;

    self->source = SOURCE_FILE;
    if (self->options->config[0] == '\0') {
        return 0;
    }
    if (load(self, self->options->config) < 0) {
        return -1;
    }
    rest = self->options->file;
    while (rest != NULL) {
        char *line = strsep(&rest, "\n");

        if (read_line(self, line, ++number) < 0) {
            return -1;
        }
    }
    return 0;
}

int options_read(struct options *options, int argc, char *const *argv,
                 char message[OPTIONS_MESSAGE_BYTES])
{
    struct reading reading = {options, SOURCE_PRESET, message, "preset"};

    *options = (struct options){0};
    options->unix_path = options->user = options->config = "";
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (rows[i].preset[0] != '\0' &&
            set_option(&reading, &rows[i], rows[i].preset) < 0) {
            return -1;
        }
    }
    if (read_flags(&reading, argc > 0 ? argv + 1 : argv) < 0) {
        return -1;
    }
    if (options->help || options->version) {
        return 0;
    }
    return read_environment(&reading) < 0 ? -1 : read_file(&reading);
}

void options_fini(struct options *options)
{
    free(options->file);
    options->file = NULL;
}

void options_help(FILE *file)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct row *row = &rows[i];
        char spelt[NAME_BYTES_MAX];
        char letter[] = "-x";
        bool both = row->letter != 0 && row->name[0] != '\0';

        letter[1] = row->letter;
        (void)snprintf(spelt, sizeof spelt, "%s%s%s%s%s%s",
                       row->letter != 0 ? letter : "   ", both ? ", " : " ",
                       row->name[0] != '\0' ? "--" : "", row->name,
                       takes_argument(row) ? " " : "", row->argument);
        (void)fprintf(file, "  %-28s %s", spelt, row->help);
        if (takes_argument(row) && row->preset[0] != '\0') {
            (void)fprintf(file, " [%s]", row->preset);
        }
        (void)fputc('\n', file);
    }
}

bool options_list(const struct options *options, options_show show,
                  void *context)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct row *row = &rows[i];
        const void *field = (const char *)options + row->offset;
        char digits[NAME_BYTES_MAX];
        const char *value = digits;

        if (row->setting[0] == '\0') {
            continue;
        }
        if (row->kind == KIND_LIST) {
            value = field;
        } else if (row->kind == KIND_TEXT || row->kind == KIND_FILE) {
            value = *(const char *const *)field;
        } else if (row->kind == KIND_FULL) {
            value = *(const uint64_t *)field == PAWL_FULL_EVICT ? "on" : "off";
        } else {
            (void)snprintf(digits, sizeof digits,
                           row->kind == KIND_OCTAL ? "%" PRIo64 : "%" PRIu64,
                           *(const uint64_t *)field);
        }
        if (!show(context, row->setting, value)) {
            return false;
        }
    }
    return true;
}
