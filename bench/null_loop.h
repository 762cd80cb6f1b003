/*
 * null_loop.h - the event loop of the null server.
 *
 * One read and one write a connection and turn, as pawld does.
 */
#ifndef BENCH_NULL_LOOP_H
#define BENCH_NULL_LOOP_H

#include "bench/null_reply.h"

#include <stdbool.h>
#include <stdint.h>

struct null_loop {
    const struct null_value *value;
    int listener; /* non-blocking; the caller's */
    int stop;     /* an eventfd; readable: end */
    int epoll;
};

/*
 * Serves whoever connects, until stop becomes readable; then closes all.
 * Argument is a struct null_loop whose first three fields are set. Answers
 * NULL, or the argument where no epoll could be had.
 */
void *null_loop_run(void *argument);

#endif
