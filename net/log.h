/*
 * log.h - lines for the operator, on stderr.
 *
 * A line is written by one write(), so lines of several threads do not mix.
 * Any thread.
 */
#ifndef PAWL_NET_LOG_H
#define PAWL_NET_LOG_H

enum log_level {
    LOG_ALWAYS,     /* start, stop, and what an operator must act on */
    LOG_CONNECTION, /* -v: what happens to connections */
    LOG_DETAIL,     /* -vv */
};

/* Lines above level are left out from now on. */
void log_set_level(unsigned level);

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level,
                                                    const char *format, ...);

#endif
