/*
 * crew.h - the threads that carry out one plan together.
 */
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include "bench/plan.h"
#include "bench/tally.h"
#include "bench/worker.h"

#include <semaphore.h>
#include <stdbool.h>

struct crew {
    struct plan *plan;
    struct worker *workers;
    unsigned worker_count;
    unsigned started;
    sem_t ended; /* posted by each thread that ends */
};

/*
 * Connects for the plan, whose times may be set until crew_start(). Where
 * false is answered crew_failure() says why, and crew_fini() is called all the
 * same.
 */
bool crew_init(struct crew *self, struct plan *plan);

/* Starts the threads. False as crew_init(). */
bool crew_start(struct crew *self);

/*
 * Waits until the given time, a signal, or that one more thread has ended.
 * Answers true in the last case: once for each thread.
 */
bool crew_wait(struct crew *self, uint64_t until_ns);

/* Waits for all that were started. */
void crew_join(struct crew *self);

/* After crew_join(): why one of them could not go on, or NULL. */
const char *crew_failure(const struct crew *self);

/* Adds up what all have counted; also while they run, for the counts. */
void crew_sum(const struct crew *self, struct tally *sum);

/*
 * After crew_join(): how long was measured, until the end planned or the
 * moment the last of them ended, whichever came first.
 */
uint64_t crew_measured_ns(const struct crew *self);

/* Disconnects and frees, after crew_join() where threads were started. */
void crew_fini(struct crew *self);

#endif
