/*
 * options.h - what pawld was told.
 *
 * By flags, else by PAWLD_* in the environment, else by a config file, else by
 * the presets of options.def.
 *
 * Nothing here prints or exits. The texts of options point into the
 * arguments, the environment and the options themselves.
 */
#ifndef PAWL_NET_OPTIONS_H
#define PAWL_NET_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_LIST_BYTES 1024
#define OPTIONS_MESSAGE_BYTES 512

enum option_row {
#define OPTION(field, long_name, short_name, kind, ...) OPTION_##field##_##kind,
#include "net/options.def"
#undef OPTION
    OPTION_COUNT
};

struct options {
    char listen[OPTIONS_LIST_BYTES]; /* with commas in between */
    const char *unix_path;           /* texts: "" where not given */
    const char *user;
    const char *config;
    uint64_t port;
    uint64_t unix_mode;
    uint64_t insecure;
    uint64_t workers;
    uint64_t memory;
    uint64_t full; /* enum pawl_full */
    uint64_t item_max;
    uint64_t connections;
    uint64_t idle_timeout;
    uint64_t udp_port;
    uint64_t verbosity;
    uint64_t help;
    uint64_t version;

    unsigned char source[OPTION_COUNT]; /* who has set it (options.c) */
    char *file;                         /* the config file's text */
};

/*
 * Reads all sources. 0, or -1 with a sentence in message about the first thing
 * that is wrong. options_fini() either way.
 */
int options_read(struct options *options, int argc, char *const *argv,
                 char message[OPTIONS_MESSAGE_BYTES]);
void options_fini(struct options *options);

/* Prints what --help prints about the options. */
void options_help(FILE *file);

/*
 * Calls show with each setting's name and its value as text, in order, until
 * it answers false; answers whether it never did.
 */
typedef _Bool (*options_show)(void *context, const char *name,
                              const char *value);
_Bool options_list(const struct options *options, options_show show,
                   void *context);

#endif
