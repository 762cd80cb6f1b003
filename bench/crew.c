/*
 * crew.c - threads made, joined and summed up.
 */
#include "bench/crew.h"
#include "bench/timing.h"

#include <stdlib.h>
#include <string.h>

bool crew_init(struct crew *self, struct plan *plan)
{
    memset(self, 0, sizeof *self);
    self->plan = plan;
    sem_init(&self->ended, 0, 0);
    self->workers = calloc(plan->threads, sizeof *self->workers);
    if (self->workers == NULL) {
        return false;
    }
    for (unsigned i = 0; i < plan->threads; i++) {
        self->worker_count++;
        if (!worker_init(&self->workers[i], plan, i)) {
            return false;
        }
        self->workers[i].ended = &self->ended;
    }
    return true;
}

bool crew_start(struct crew *self)
{
    for (; self->started < self->worker_count; self->started++) {
        struct worker *worker = &self->workers[self->started];
        if (pthread_create(&worker->thread, NULL, worker_run, worker) != 0) {
            counter_write(&self->plan->stop, 1);
            return worker_fail(worker, "cannot start a thread");
        }
    }
    return true;
}

bool crew_wait(struct crew *self, uint64_t until_ns)
{
    struct timespec until = {
        .tv_sec = (time_t)(until_ns / TIMING_SECOND_NS),
        .tv_nsec = (long)(until_ns % TIMING_SECOND_NS),
    };
    return sem_clockwait(&self->ended, CLOCK_MONOTONIC, &until) == 0;
}

void crew_join(struct crew *self)
{
    for (; self->started > 0; self->started--) {
        pthread_join(self->workers[self->started - 1].thread, NULL);
    }
}

const char *crew_failure(const struct crew *self)
{
    if (self->workers == NULL) {
        return "out of memory";
    }
    for (unsigned i = 0; i < self->worker_count; i++) {
        if (self->workers[i].failure[0] != '\0') {
            return self->workers[i].failure;
        }
    }
    return NULL;
}

void crew_sum(const struct crew *self, struct tally *sum)
{
    for (unsigned i = 0; i < self->worker_count; i++) {
        tally_merge(sum, self->workers[i].tally);
    }
}

uint64_t crew_measured_ns(const struct crew *self)
{
    uint64_t end_ns = 0;
    for (unsigned i = 0; i < self->worker_count; i++) {
        if (self->workers[i].finish_ns > end_ns) {
            end_ns = self->workers[i].finish_ns;
        }
    }
    if (end_ns > self->plan->end_ns) {
        end_ns = self->plan->end_ns;
    }
    uint64_t begin_ns = self->plan->measure_ns;
    return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

void crew_fini(struct crew *self)
{
    for (unsigned i = 0; i < self->worker_count; i++) {
        worker_fini(&self->workers[i]);
    }
    sem_destroy(&self->ended);
    free(self->workers);
    self->workers = NULL;
    self->worker_count = 0;
}
