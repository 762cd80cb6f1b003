/*
 * null_main.c - pawl-null: the limit that the kernel's loopback sets.
 *
 * Same shape as a real server: a thread a worker, each with its own listener
 * on the shared port and its own event loop; but no store. What a server
 * reaches of this one's rate is what its own work leaves over.
 */
#include "bench/address.h"
#include "bench/null_loop.h"
#include "bench/options.h"
#include "bench/process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WORKERS_MAX 256u
#define VALUE_BYTES_MAX (1024u * 1024u)

struct null_options {
    const char *listen;
    unsigned workers;
    unsigned value_bytes;
};

static int read_options(struct null_options *options, int argc, char **argv)
{
    static const struct option_row rows[] = {
        {"listen", 'l', "ADDRESS", offsetof(struct null_options, listen),
         option_text, "127.0.0.1:7296", "HOST:PORT or [ADDRESS]:PORT"},
        {"workers", 't', "N", offsetof(struct null_options, workers),
         option_unsigned, "1", "threads, an event loop each"},
        {"value-size", 'd', "N", offsetof(struct null_options, value_bytes),
         option_unsigned, "32", "bytes of the value that every get finds"},
    };
    static const struct option_table table = {
        .program = "pawl-null",
        .usage = "pawl-null [options]",
        .sentence = "Answers memcached's requests without a store, to measure "
                    "what the kernel allows.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    int status = options_read(&table, argc, argv, options);
    if (status < 0 && (options->workers > WORKERS_MAX ||
                       options->value_bytes > VALUE_BYTES_MAX)) {
        fputs("pawl-null: at most 256 workers, and 1 MiB of value\n", stderr);
        return OPTIONS_USAGE;
    }
    return status;
}

static int complain(const char *what)
{
    fprintf(stderr, "pawl-null: %s: %s\n", what, strerror(errno));
    return EXIT_FAILURE;
}

/* Runs the loops until SIGINT or SIGTERM, which all threads have blocked. */
static int serve(struct null_loop *loops, unsigned count, int stop)
{
    pthread_t threads[WORKERS_MAX];
    unsigned started = 0;
    while (started < count &&
           pthread_create(&threads[started], NULL, null_loop_run,
                          &loops[started]) == 0) {
        started++;
    }
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    int number;
    if (started == count) {
        sigwait(&ends, &number);
    }
    eventfd_write(stop, 1);
    bool fine = started == count;
    for (unsigned i = 0; i < started; i++) {
        void *answer;
        pthread_join(threads[i], &answer);
        fine = fine && answer == NULL;
    }
    return fine ? EXIT_SUCCESS : complain("cannot serve");
}

static void block_ends(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
}

int main(int argc, char **argv)
{
    struct null_options options = {0};
    int status = read_options(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    struct address address;
    const char *trouble = address_parse(&address, options.listen);
    if (trouble != NULL) {
        fprintf(stderr, "pawl-null: %s: %s\n", options.listen, trouble);
        return OPTIONS_USAGE;
    }
    process_lift_limits();
    struct null_loop loops[WORKERS_MAX];
    char *bytes = malloc(options.value_bytes);
    int stop = eventfd(0, EFD_CLOEXEC);
    if (bytes == NULL || stop < 0) {
        return complain("cannot start");
    }
    memset(bytes, 'x', options.value_bytes);
    struct null_value value = {.bytes = bytes, .count = options.value_bytes};
    for (unsigned i = 0; i < options.workers; i++) {
        int listener = address_listen(&address);
        if (listener < 0) {
            return complain(options.listen);
        }
        loops[i] = (struct null_loop){
            .value = &value, .listener = listener, .stop = stop};
    }
    block_ends();
    status = serve(loops, options.workers, stop);
    for (unsigned i = 0; i < options.workers; i++) {
        close(loops[i].listener);
    }
    close(stop);
    free(bytes);
    return status;
}
