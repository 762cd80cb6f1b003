/*
 * pawld.c - the program: what it was told, what it prints, how it exits.
 *
 * 0: an orderly stop, --help, --version. 1: it could not start. 64: it was
 * told something it does not understand (EX_USAGE of sysexits.h).
 */
#include "net/command.h"
#include "net/options.h"
#include "net/server.h"
#include "store/pawl.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static void print_help(void)
{
    (void)puts("Usage: pawld [option]...\n\n"
               "Keeps versioned records in memory and serves them in "
               "memcached's text\nprotocol, with take and give.\n\n"
               "Options:");
    options_help(stdout);
    (void)puts("\nEach --name is also PAWLD_NAME in the environment, with _ "
               "for -, and a line\n`name value` or `name = value` in the file "
               "of --config, where # at the start\nof a line or behind a blank "
               "begins a comment. There, what is a flag alone here\ntakes yes "
               "or no, and verbose 0, 1 or 2. Flags are stronger than the\n"
               "environment, and that than the file.");
    (void)puts("\nCommands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)printf("  %s\n      %s\n", commands[i].usage, commands[i].help);
    }
}

/* A full disk behind --help is a failure too. */
static int finish_output(void)
{
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(struct options *options, char message[OPTIONS_MESSAGE_BYTES])
{
    if (options->help) {
        print_help();
        return finish_output();
    }
    if (options->version) {
        (void)printf("pawld %s\n", pawl_release());
        return finish_output();
    }
    return server_run(options, message);
}

int main(int argc, char **argv)
{
    char message[OPTIONS_MESSAGE_BYTES] = "";
    struct options options;
    int status;

    status = options_read(&options, argc, argv, message) < 0
                 ? EX_USAGE
                 : run(&options, message);
    if (message[0] != '\0') {
        (void)fprintf(stderr, "pawld: %s\n", message);
    }
    options_fini(&options);
    return status;
}
