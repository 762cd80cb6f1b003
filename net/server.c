/*
 * server.c - what is made first is undone last.
 *
 * Signals are blocked before any thread starts, so that they come to this one
 * only, which waits for them and does nothing else.
 */
#include "net/server.h"

#include "net/clock.h"
#include "net/listener.h"
#include "net/log.h"
#include "net/shared.h"
#include "net/worker.h"
#include "store/pawl.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * Descriptors that are no connections: a worker's epoll, wake-up and reserve,
 * beside its listeners, and the program's.
 */
#define DESCRIPTORS_WORKER 3
#define DESCRIPTORS_PROGRAM 16

/* The part of --memory that half requests may take besides. */
#define INPUT_SHARE 4

struct server {
    struct options *options;
    char *message;
    struct listeners listeners;
    struct shared shared;
    struct worker **workers;
};

/* Leaves a sentence, and answers status. */
__attribute__((format(printf, 3, 4))) static int complain(
    const struct server *self, int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(self->message, OPTIONS_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
    return status;
}

static void choose_workers(struct options *options)
{
    cpu_set_t set;

    if (options->workers == 0) {
        options->workers = sched_getaffinity(0, sizeof set, &set) == 0
                               ? (uint64_t)CPU_COUNT(&set)
                               : 1;
    }
}

static rlim_t descriptors_wanted(const struct options *options,
                                 size_t listeners)
{
    return options->connections + DESCRIPTORS_PROGRAM +
           options->workers * (DESCRIPTORS_WORKER + listeners);
}

/* Descriptors for all connections, and whatever listeners there will be. */
static void raise_descriptors(const struct options *options)
{
    rlim_t wanted = descriptors_wanted(options, LISTENERS_MAX);
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted) {
        return;
    }
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted) {
        struct rlimit raised = {wanted, wanted};

        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
            return;
        }
        limit.rlim_cur = limit.rlim_max;
    }
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Or fewer connections. */
static void fit_connections(const struct server *self)
{
    struct options *options = self->options;
    rlim_t wanted = descriptors_wanted(options, self->listeners.count);
    struct rlimit limit;
    rlim_t missing;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted) {
        return;
    }
    missing = wanted - limit.rlim_cur;
    options->connections =
        options->connections > missing ? options->connections - missing : 1;
    log_line(LOG_ALWAYS,
             "pawld: the limit on open files allows %" PRIu64 " connections",
             options->connections);
}

static int change_user(const struct server *self)
{
    const char *name = self->options->user;
    const struct passwd *user;

    if (name[0] == '\0' || geteuid() != 0) {
        return 0;
    }
    user = getpwnam(name);
    if (user == NULL) {
        return complain(self, EX_USAGE, "--user: there is no user '%s'", name);
    }
    if (initgroups(name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
        setuid(user->pw_uid) < 0) {
        return complain(self, EXIT_FAILURE, "--user: cannot become '%s': %s",
                        name, strerror(errno));
    }
    return 0;
}

static int open_store(struct server *self)
{
    const struct options *options = self->options;
    struct pawl_options wanted = PAWL_OPTIONS_INIT;
    enum pawl_status status;

    wanted.memory_bytes = options->memory;
    wanted.full = (enum pawl_full)options->full;
    wanted.value_bytes_max = options->item_max;
    wanted.clock_ms = clock_turn_ms;
    status = pawl_create(&wanted, &self->shared.store);
    return status == PAWL_OK
               ? 0
               : complain(self, EXIT_FAILURE, "cannot make the store: %s",
                          pawl_status_text(status));
}

static int open_workers(struct server *self)
{
    size_t count = self->options->workers;
    struct shared *shared = &self->shared;

    shared->options = self->options;
    shared->workers = count;
    shared->started_ms = clock_steady_ms();
    shared->input_bytes_max = self->options->memory / INPUT_SHARE;
    shared->rows =
        aligned_alloc(_Alignof(struct counters), count * sizeof *shared->rows);
    self->workers = calloc(count, sizeof *self->workers);
    if (shared->rows == NULL || self->workers == NULL) {
        return complain(self, EXIT_FAILURE, "no memory for %zu workers", count);
    }
    memset(shared->rows, 0, count * sizeof *shared->rows);
    for (size_t i = 0; i < count; i++) {
        self->workers[i] = worker_create(shared, &self->listeners, i);
        if (self->workers[i] == NULL) {
            return complain(self, EXIT_FAILURE, "cannot make %zu workers: %s",
                            count, strerror(errno));
        }
    }
    return 0;
}

static void close_all(struct server *self)
{
    for (size_t i = 0; self->workers != NULL && i < self->options->workers;
         i++) {
        worker_destroy(self->workers[i]);
    }
    free(self->workers);
    free(self->shared.rows);
    pawl_destroy(self->shared.store);
    listeners_close(&self->listeners);
}

/* One line that says where it listens: for people, and for scripts to read. */
static void announce(const struct server *self)
{
    char names[OPTIONS_MESSAGE_BYTES / 2] = "";
    size_t used = 0;

    for (size_t i = 0; i < self->listeners.count; i++) {
        size_t room = sizeof names - used;
        int bytes = snprintf(names + used, room, "%s%s", i > 0 ? ", " : "",
                             self->listeners.of[i].name);

        used += bytes > 0 && (size_t)bytes < room ? (size_t)bytes : 0;
    }
    log_line(LOG_ALWAYS, "pawld %s listening on %s, %" PRIu64 " worker%s",
             pawl_release(), names, self->options->workers,
             self->options->workers == 1 ? "" : "s");
}

static void stop(struct server *self, size_t started)
{
    /* edge stop-asked: the other side is run() in worker.c. */
    atomic_store_explicit(&self->shared.stopping, true, memory_order_release);
    for (size_t i = 0; i < started; i++) {
        worker_wake(self->workers[i]);
    }
    for (size_t i = 0; i < started; i++) {
        worker_join(self->workers[i]);
    }
}

/* Starts the workers and waits for a signal. */
static int serve(struct server *self, const sigset_t *signals)
{
    size_t started = 0;
    int signal = 0;
    int result = 0;

    while (started < self->options->workers && result == 0) {
        result = worker_start(self->workers[started]);
        started += result == 0;
    }
    if (result == 0) {
        announce(self);
        while (sigwait(signals, &signal) != 0) {
        }
        log_line(LOG_ALWAYS, "pawld: %s, stopping", strsignal(signal));
    }
    stop(self, started);
    return result == 0
               ? 0
               : complain(self, EXIT_FAILURE, "cannot start a thread: %s",
                          strerror(result));
}

int server_run(struct options *options, char message[OPTIONS_MESSAGE_BYTES])
{
    struct server server = {
        .options = options,
        .message = message,
        .shared = {.accepting = PTHREAD_MUTEX_INITIALIZER},
    };
    sigset_t signals;
    int result;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN); /* there is nothing to read anew */
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    log_set_level((unsigned)options->verbosity);
    choose_workers(options);
    raise_descriptors(options);
    result = listeners_open_tcp(&server.listeners, options, options->workers,
                                message);
    if (result == 0) {
        result = change_user(&server);
    }
    if (result == 0) {
        result = listeners_open_unix(&server.listeners, options, message);
    }
    if (result == 0) {
        fit_connections(&server);
        result = open_store(&server);
    }
    if (result == 0) {
        result = open_workers(&server);
    }
    if (result == 0) {
        result = serve(&server, &signals);
    }
    close_all(&server);
    return result;
}
