/*
 * log.c - one buffer a line, and a count of the lines that found no room.
 *
 * Whoever reads stderr may be slow, or gone, and any peer can make pawld log:
 * so a line is written only where that takes no waiting. A pipe that poll()
 * calls ready takes PIPE_BUF bytes; the lock keeps two threads from both
 * relying on the same room, and is held for nothing that waits.
 */
#include "net/log.h"

#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES_MAX 512
static_assert(LINE_BYTES_MAX <= PIPE_BUF, "a line fits a pipe that is ready");

static _Atomic unsigned log_level;

static struct {
    pthread_mutex_t lock;
    unsigned long count; /* since the last line that was written */
} lost = {PTHREAD_MUTEX_INITIALIZER, 0};

void log_set_level(unsigned level)
{
    atomic_store_explicit(&log_level, level, memory_order_relaxed);
}

/* Answers whether all of line was written. */
static bool write_at_once(const char *line, size_t bytes)
{
    struct pollfd target = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&target, 1, 0) == 1 && (target.revents & POLLOUT) != 0 &&
           write(target.fd, line, bytes) == (ssize_t)bytes;
}

static bool tell_lost(void)
{
    char line[LINE_BYTES_MAX];
    int bytes = snprintf(line, sizeof line, "pawld: %lu lines are lost here\n",
                         lost.count);

    return bytes > 0 && write_at_once(line, (size_t)bytes);
}

static void write_line(const char *line, size_t bytes)
{
    (void)pthread_mutex_lock(&lost.lock);
    if (lost.count > 0 && tell_lost()) {
        lost.count = 0;
    }
    if (lost.count > 0 || !write_at_once(line, bytes)) {
        lost.count++;
    }
    (void)pthread_mutex_unlock(&lost.lock);
}

void log_line(enum log_level level, const char *format, ...)
{
    char line[LINE_BYTES_MAX];
    va_list arguments;
    int bytes;

    if (level > atomic_load_explicit(&log_level, memory_order_relaxed)) {
        return;
    }
    va_start(arguments, format);
    bytes = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (bytes < 0) {
        return;
    }
    if ((size_t)bytes > sizeof line - 2) {
        bytes = sizeof line - 2;
    }
    line[bytes] = '\n';
    write_line(line, (size_t)bytes + 1);
}
