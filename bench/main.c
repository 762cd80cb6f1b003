/*
 * main.c - pawl-bench: one program, a command for each kind of benchmark.
 */
#include "bench/compare.h"
#include "bench/net.h"
#include "bench/options.h"
#include "bench/process.h"
#include "bench/store_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *sentence;
} commands[] = {
    {"net", net_main, "ask a server over the network"},
    {"compare", compare_main, "compare pawld with other servers: a report"},
    {"store", store_main, "compare libpawl with other tables in the process"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_usage(FILE *to)
{
    fputs("usage: pawl-bench COMMAND [options]\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].sentence);
    }
    fputs("\npawl-bench COMMAND --help tells its options.\n", to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return OPTIONS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    process_lift_limits();
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, argv[1]) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "pawl-bench: %s: unknown command (see --help)\n", argv[1]);
    return OPTIONS_USAGE;
}
