/*
 * openloop.h - requests that become due at a fixed rate.
 *
 * The n-th request of a thread is due at the start plus n times its gap, no
 * matter how earlier ones fared. One that finds every connection at its depth
 * waits, and its latency counts from when it was due.
 */
#ifndef BENCH_OPENLOOP_H
#define BENCH_OPENLOOP_H

#include "bench/worker.h"

/* When the next request is due. */
uint64_t openloop_next_ns(const struct worker *worker);

/* Whether that lies in the time to send. */
bool openloop_has_more(const struct worker *worker);

/*
 * Sends everything that is due and finds a connection below its depth. False
 * where the worker cannot go on.
 */
bool openloop_send(struct worker *worker, uint64_t now_ns);

#endif
