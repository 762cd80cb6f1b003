/*
 * server.c - the table of servers, and the life of one.
 */
#include "bench/server.h"
#include "bench/address.h"
#include "bench/process.h"
#include "bench/program.h"
#include "bench/timing.h"

#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a server may take to accept, and to go. */
#define PATIENCE_NS (10 * TIMING_SECOND_NS)
#define LOOK_NS (20 * UINT64_C(1000000))

static const char *const pawld_arguments[] = {
    "--listen", "{address}", "--workers", "1", NULL,
};
static const char *const null_arguments[] = {
    "--listen", "{address}", "--workers", "1", NULL,
};
static const char *const memcached_arguments[] = {
    "-l", "127.0.0.1", "-p", "{port}", "-U", "0",      "-t", "1",
    "-m", "16384",     "-c", "4096",   "-u", "nobody", NULL,
};
static const char *const redis_arguments[] = {
    "--bind",       "127.0.0.1", "--port",       "{port}", "--save", "",
    "--appendonly", "no",        "--maxclients", "4096",   NULL,
};

const struct server_row server_rows[SERVER_COUNT] = {
    {"pawld", "pawld", "text", true, true, true, pawld_arguments},
    {"memcached", "memcached", "text", true, false, true, memcached_arguments},
    {"redis", "redis-server", "resp", false, false, true, redis_arguments},
    {"null", "pawl-null", "text", true, true, false, null_arguments},
};

/* A port that is free now, or 0. */
static unsigned free_port(void)
{
    struct address address;
    struct sockaddr_in name;
    socklen_t bytes = sizeof name;
    if (address_parse(&address, "127.0.0.1:0") != NULL) {
        return 0;
    }
    int fd = address_listen(&address);
    if (fd < 0) {
        return 0;
    }
    bool fine = getsockname(fd, (struct sockaddr *)&name, &bytes) == 0;
    close(fd);
    return fine ? ntohs(name.sin_port) : 0;
}

static bool is_up(const struct server *self)
{
    struct address address;
    if (address_parse(&address, self->address) != NULL) {
        return false;
    }
    int fd = address_connect(&address);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

/* Whether it ended; then it is no more to be waited for. */
static bool is_gone(struct server *self)
{
    if (waitpid(self->pid, NULL, WNOHANG) == 0) {
        return false;
    }
    self->pid = 0;
    return true;
}

static void ask_version(struct server *self, char *path)
{
    char option[] = "--version";
    char *argv[] = {path, option, NULL};
    if (!program_ask(argv, -1, self->version, sizeof self->version)) {
        snprintf(self->version, sizeof self->version, "%s", self->row->program);
    }
    self->version[strcspn(self->version, "\n")] = '\0';
}

/* Writes the command line, for execv and for people. */
static void spell(struct server *self, char *path, char *port, char *argv[])
{
    size_t count = 0;
    argv[count++] = path;
    for (size_t i = 0; self->row->arguments[i] != NULL; i++) {
        const char *argument = self->row->arguments[i];
        if (strcmp(argument, "{port}") == 0) {
            argument = port;
        } else if (strcmp(argument, "{address}") == 0) {
            argument = self->address;
        }
        argv[count++] = (char *)(uintptr_t)argument;
    }
    argv[count] = NULL;
    size_t at = 0;
    for (size_t i = 0; i < count && at < sizeof self->command; i++) {
        const char *quote = argv[i][0] == '\0' ? "''" : argv[i];
        at += (size_t)snprintf(self->command + at, sizeof self->command - at,
                               "%s%s", i > 0 ? " " : "",
                               i > 0 ? quote : self->row->program);
    }
}

const char *server_start(struct server *self, const struct server_row *row,
                         int processor)
{
    char path[PATH_MAX];
    char *argv[SERVER_ARGUMENTS_MAX];
    char port[16];
    memset(self, 0, sizeof *self);
    self->row = row;
    if (!program_find(row->program, path, sizeof path)) {
        return "it is not installed";
    }
    unsigned number = free_port();
    snprintf(port, sizeof port, "%u", number);
    snprintf(self->address, sizeof self->address, "127.0.0.1:%u", number);
    ask_version(self, path);
    spell(self, path, port, argv);
    self->pid = program_start(argv, processor, -1);
    if (self->pid < 0) {
        self->pid = 0;
        return "it cannot be started";
    }
    uint64_t begin_ns = timing_now_ns();
    while (!is_up(self)) {
        if (is_gone(self)) {
            return "it ended instead of serving";
        }
        if (timing_now_ns() - begin_ns > PATIENCE_NS) {
            server_stop(self);
            return "it does not accept connections";
        }
        timing_sleep(LOOK_NS);
    }
    timing_sleep(10 * LOOK_NS);
    self->resident_bytes = process_resident_bytes(self->pid);
    return NULL;
}

void server_stop(struct server *self)
{
    if (self->pid <= 0) {
        return;
    }
    kill(self->pid, SIGTERM);
    uint64_t begin_ns = timing_now_ns();
    while (!is_gone(self)) {
        if (timing_now_ns() - begin_ns > PATIENCE_NS) {
            kill(self->pid, SIGKILL);
        }
        timing_sleep(LOOK_NS);
    }
}
