/*
 * crosscheck.c - redis-benchmark, asked and read.
 */
#include "bench/crosscheck.h"
#include "bench/program.h"
#include "bench/timing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Stores per key, so that nearly every key is there. */
#define FILL_FACTOR 6

static double children_cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Runs one of its tests; whether it printed a rate for it. */
static bool ask(const struct crosscheck *self, char *test, unsigned depth,
                uint64_t requests, double *rate)
{
    char path[PATH_MAX], port[16], depths[16], clients[16], keys[24], count[24];
    char said[8192];
    char host[] = "-h", name[] = "127.0.0.1", p[] = "-p", c[] = "-c",
         d[] = "-d", size[] = "32", depth_of[] = "-P", n[] = "-n", r[] = "-r",
         t[] = "-t", csv[] = "--csv";
    snprintf(port, sizeof port, "%s", strrchr(self->address, ':') + 1);
    snprintf(depths, sizeof depths, "%u", depth);
    snprintf(clients, sizeof clients, "%u", self->connections);
    snprintf(keys, sizeof keys, "%llu", (unsigned long long)self->keys);
    snprintf(count, sizeof count, "%llu", (unsigned long long)requests);
    char *argv[] = {path, host, name,     p,      port, c,     clients,
                    d,    size, depth_of, depths, n,    count, r,
                    keys, t,    test,     csv,    NULL};
    if (!program_find("redis-benchmark", path, sizeof path) ||
        !program_ask(argv, self->processor, said, sizeof said)) {
        return false;
    }
    const char *line = strstr(said, "\n\"");
    const char *comma = line != NULL ? strstr(line, ",\"") : NULL;
    *rate = comma != NULL ? strtod(comma + 2, NULL) : 0;
    return *rate > 0;
}

bool crosscheck_run(struct crosscheck *self)
{
    char set[] = "set", get[] = "get";
    double ignored;
    if (self->requests == 0 ||
        (self->fill &&
         !ask(self, set, 64, self->keys * FILL_FACTOR, &ignored))) {
        return false;
    }
    double cpu = children_cpu_seconds();
    uint64_t begin_ns = timing_now_ns();
    if (!ask(self, get, self->depth, self->requests, &self->rate)) {
        return false;
    }
    double seconds = timing_seconds(timing_now_ns() - begin_ns);
    self->busy = (children_cpu_seconds() - cpu) / seconds;
    return true;
}

void crosscheck_version(char *said, size_t said_bytes)
{
    char path[PATH_MAX];
    char version[] = "--version";
    char *argv[] = {path, version, NULL};
    said[0] = '\0';
    if (program_find("redis-benchmark", path, sizeof path) &&
        program_ask(argv, -1, said, said_bytes)) {
        said[strcspn(said, "\n")] = '\0';
    }
}
