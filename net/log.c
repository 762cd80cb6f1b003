/*
 * log.c - one buffer a line, and the level in one word that all threads read.
 */
#include "net/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES_MAX 512

static _Atomic unsigned log_level;

void log_set_level(unsigned level)
{
    atomic_store_explicit(&log_level, level, memory_order_relaxed);
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
    /* Nothing can be done about a log that takes no lines. */
    if (write(STDERR_FILENO, line, (size_t)bytes + 1) < 0) {
        return;
    }
}
