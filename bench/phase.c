/*
 * phase.c - starting, watching and ending crews.
 */
#include "bench/phase.h"
#include "bench/crew.h"
#include "bench/interrupt.h"
#include "bench/process.h"
#include "bench/progress.h"
#include "bench/timing.h"

#include <stdio.h>
#include <string.h>

#define FAILURE_BYTES 200
#define TICK_NS (500 * UINT64_C(1000000))

/* Threads are up and waiting well before the first request is sent. */
#define LEAD_NS (5 * UINT64_C(1000000))

/* The server's processor time at the ends of the measured time. */
struct watch {
    pid_t server;
    bool begun;
    bool over;
    uint64_t begin_ns;
    uint64_t begin_cpu_ns;
    uint64_t end_ns;
    uint64_t end_cpu_ns;
};

static void watch_begin(struct watch *self, uint64_t now_ns)
{
    self->begun = true;
    self->begin_ns = now_ns;
    self->begin_cpu_ns = process_cpu_ns(self->server);
}

static void watch_end(struct watch *self, uint64_t now_ns)
{
    self->over = true;
    self->end_ns = now_ns;
    self->end_cpu_ns = process_cpu_ns(self->server);
}

static void watch_look(struct watch *self, const struct plan *plan)
{
    uint64_t now_ns = timing_now_ns();
    if (self->server != 0 && !self->begun && now_ns >= plan->measure_ns) {
        watch_begin(self, now_ns);
    }
    if (self->begun && !self->over && now_ns >= plan->end_ns) {
        watch_end(self, now_ns);
    }
}

/* When there is something to look at next. */
static uint64_t next_look_ns(const struct plan *plan, uint64_t now_ns)
{
    uint64_t look_ns = now_ns + TICK_NS;
    if (now_ns < plan->measure_ns && plan->measure_ns < look_ns) {
        look_ns = plan->measure_ns;
    }
    if (now_ns < plan->end_ns && plan->end_ns < look_ns) {
        look_ns = plan->end_ns;
    }
    return look_ns;
}

static void show(const struct crew *crew, struct progress *progress)
{
    uint64_t now_ns = timing_now_ns();
    struct tally *sum = progress->shown ? tally_create() : NULL;
    if (sum != NULL && now_ns - progress->last_ns >= TICK_NS) {
        const struct plan *plan = crew->plan;
        bool timed = plan->end_ns != UINT64_MAX && plan->end_ns > now_ns;
        crew_sum(crew, sum);
        progress_show(progress, sum, now_ns, timed ? plan->end_ns - now_ns : 0);
    }
    tally_destroy(sum);
}

/* Until every thread of the crew has ended. */
static void supervise(struct crew *crew, struct plan *beside,
                      struct watch *watch, struct progress *progress)
{
    for (unsigned ended = 0; ended < crew->worker_count;) {
        if (crew_wait(crew, next_look_ns(crew->plan, timing_now_ns()))) {
            ended++;
        }
        watch_look(watch, crew->plan);
        show(crew, progress);
        if (interrupt_seen() ||
            (beside != NULL && counter_read(&beside->stop) != 0)) {
            counter_write(&crew->plan->stop, 1);
        }
    }
    if (watch->begun && !watch->over) {
        watch_end(watch, timing_now_ns());
    }
}

static void set_times(struct plan *plan, const struct phase_options *options,
                      uint64_t begin_ns)
{
    bool timed = options->seconds > 0;
    plan->begin_ns = begin_ns;
    plan->measure_ns =
        begin_ns + (timed ? timing_of_seconds(options->warmup_seconds) : 0);
    plan->end_ns = timed
                       ? plan->measure_ns + timing_of_seconds(options->seconds)
                       : UINT64_MAX;
}

/* Both crews from start to end. */
static void work(struct crew *crew, struct crew *beside,
                 const struct phase_options *options, struct watch *watch)
{
    struct progress progress;
    progress_begin(&progress, options->label, options->quiet);
    uint64_t begin_ns = timing_now_ns() + LEAD_NS;
    set_times(crew->plan, options, begin_ns);
    if (beside != NULL) {
        set_times(beside->plan, options, begin_ns);
    }
    if (crew_start(crew) && (beside == NULL || crew_start(beside))) {
        supervise(crew, beside != NULL ? beside->plan : NULL, watch, &progress);
    }
    counter_write(&crew->plan->stop, 1);
    crew_join(crew);
    if (beside != NULL) {
        counter_write(&beside->plan->stop, 1);
        crew_join(beside);
    }
    progress_end(&progress);
}

static bool collect(struct phase *self, const struct crew *crew,
                    const struct crew *beside, const struct watch *watch)
{
    self->tally = tally_create();
    self->beside = beside != NULL ? tally_create() : NULL;
    if (self->tally == NULL || (beside != NULL && self->beside == NULL)) {
        phase_fini(self);
        return false;
    }
    crew_sum(crew, self->tally);
    self->measured_ns = crew_measured_ns(crew);
    self->threads = crew->worker_count;
    if (beside != NULL) {
        crew_sum(beside, self->beside);
        self->beside_ns = crew_measured_ns(beside);
    }
    if (watch->begun && watch->end_ns > watch->begin_ns) {
        self->server_share = (double)(watch->end_cpu_ns - watch->begin_cpu_ns) /
                             (double)(watch->end_ns - watch->begin_ns);
    }
    return true;
}

static const char *failure_of(const struct crew *crew,
                              const struct crew *beside)
{
    const char *failure = crew_failure(crew);
    return failure == NULL && beside != NULL ? crew_failure(beside) : failure;
}

bool phase_run(struct phase *self, const struct phase_options *options,
               struct plan *plan, struct plan *beside, char *failure)
{
    struct crew crews[2] = {0};
    struct crew *second = beside != NULL ? &crews[1] : NULL;
    struct watch watch = {.server = options->server};
    memset(self, 0, sizeof *self);
    if (crew_init(&crews[0], plan) &&
        (second == NULL || crew_init(second, beside))) {
        work(&crews[0], second, options, &watch);
    }
    bool fine = false;
    const char *why = failure_of(&crews[0], second);
    if (why != NULL) {
        snprintf(failure, FAILURE_BYTES, "%s", why);
    } else if (!collect(self, &crews[0], second, &watch)) {
        snprintf(failure, FAILURE_BYTES, "out of memory");
    } else {
        self->resident_bytes = process_resident_bytes(options->server);
        fine = true;
    }
    crew_fini(&crews[0]);
    if (second != NULL) {
        crew_fini(second);
    }
    return fine;
}

void phase_fini(struct phase *self)
{
    tally_destroy(self->tally);
    tally_destroy(self->beside);
    memset(self, 0, sizeof *self);
}
