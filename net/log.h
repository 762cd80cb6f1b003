/*
 * log.h - lines for the operator, on stderr.
 *
 * A line is written by one write(), so lines of several threads do not mix. It
 * is dropped where stderr does not take it at once: nobody ever waits for
 * whoever reads the log. The next line that gets through is preceded by one
 * that says how many were lost. Any thread.
 */
#ifndef PAWL_NET_LOG_H
#define PAWL_NET_LOG_H

enum log_level {
    LOG_ALWAYS,     /* start, stop, and what an operator must act on */
    LOG_REFUSAL,    /* -v: connections that pawld refuses, or ends itself */
    LOG_CONNECTION, /* -vv: each connection as it comes and goes */
};

/* Lines above level are left out from now on. */
void log_set_level(unsigned level);

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level,
                                                    const char *format, ...);

#endif
