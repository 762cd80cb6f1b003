/*
 * lap.c - pinned threads, started together and stopped by the clock.
 */
#include "bench/lap.h"
#include "bench/timing.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* So many operations are done between two looks at the clock. */
#define CHUNK 1024u

struct start {
    pthread_mutex_t lock;
    pthread_cond_t change;
    unsigned waiting;
    enum {
        START_WAIT,
        START_GO,
        START_CANCEL
    } signal;
};

struct runner {
    struct start *start;
    unsigned index;
    pthread_t thread;
    void (*function)(void *argument);
    void *argument;
};

/* Thread index goes to that one of the processors this process may use. */
static void pin(unsigned index)
{
    cpu_set_t may, just;
    if (sched_getaffinity(0, sizeof may, &may) != 0) {
        return;
    }
    unsigned wanted = index % (unsigned)CPU_COUNT(&may);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &may) && wanted-- == 0) {
            CPU_ZERO(&just);
            CPU_SET(cpu, &just);
            pthread_setaffinity_np(pthread_self(), sizeof just, &just);
            return;
        }
    }
}

static void *runner_main(void *argument)
{
    struct runner *self = argument;
    struct start *start = self->start;
    pin(self->index);
    pthread_mutex_lock(&start->lock);
    start->waiting++;
    pthread_cond_broadcast(&start->change);
    while (start->signal == START_WAIT) {
        pthread_cond_wait(&start->change, &start->lock);
    }
    bool go = start->signal == START_GO;
    pthread_mutex_unlock(&start->lock);
    if (go) {
        self->function(self->argument);
    }
    return NULL;
}

/* Lets all go once all are there; or none. */
static void release(struct start *start, unsigned started, bool go)
{
    pthread_mutex_lock(&start->lock);
    while (start->waiting < started) {
        pthread_cond_wait(&start->change, &start->lock);
    }
    start->signal = go ? START_GO : START_CANCEL;
    pthread_cond_broadcast(&start->change);
    pthread_mutex_unlock(&start->lock);
}

bool lap_threads(unsigned threads, void (*function)(void *argument),
                 void *arguments, size_t each)
{
    struct start start = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .change = PTHREAD_COND_INITIALIZER,
    };
    struct runner runners[LAP_THREADS_MAX];
    unsigned started = 0;
    for (; started < threads; started++) {
        runners[started] = (struct runner){
            .start = &start,
            .index = started,
            .function = function,
            .argument = (char *)arguments + started * each,
        };
        if (pthread_create(&runners[started].thread, NULL, runner_main,
                           &runners[started]) != 0) {
            break;
        }
    }
    release(&start, started, started == threads);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(runners[i].thread, NULL);
    }
    return started == threads;
}

struct lapper {
    const struct lap *lap;
    unsigned index;
    uint64_t calls;
    uint64_t fine;
    uint64_t time_ns;
};

/* A few hundred single calls; value is what is stored, or copied to. */
static size_t chunk_single(const struct lap *lap, void *member,
                           const struct stream *stream, size_t from,
                           char *value)
{
    const struct rival *rival = lap->rival;
    size_t fine = 0;
    switch (lap->verb) {
    case RIVAL_GET:
        for (size_t i = from; i < from + CHUNK; i++) {
            fine += rival->get(member, stream_key(stream, i), stream->key_bytes,
                               value);
        }
        break;
    case RIVAL_SET:
        for (size_t i = from; i < from + CHUNK; i++) {
            fine += rival->set(member, stream_key(stream, i), stream->key_bytes,
                               value, lap->value_bytes);
        }
        break;
    default:
        for (size_t i = from; i < from + CHUNK; i++) {
            fine +=
                rival->take(member, stream_key(stream, i), stream->key_bytes);
        }
        break;
    }
    return fine;
}

static size_t chunk_batches(const struct lap *lap, void *member,
                            const struct stream *stream, size_t from,
                            char *value)
{
    size_t fine = 0;
    for (size_t i = from; i < from + CHUNK; i += lap->batch) {
        fine += lap->rival->run(member, lap->verb, stream_key(stream, i),
                                stream->key_bytes, lap->batch, value,
                                lap->value_bytes);
    }
    return fine;
}

static void lapper_main(void *argument)
{
    struct lapper *self = argument;
    const struct lap *lap = self->lap;
    const struct stream *stream = &lap->streams[self->index];
    char value[DATASET_KEY_BYTES_MAX + 4096] = {0};
    void *member = lap->rival->join(lap->table);
    if (member == NULL) {
        return;
    }
    __builtin_memcpy(value, lap->value, lap->value_bytes);
    uint64_t begin_ns = timing_now_ns();
    uint64_t end_ns = begin_ns + timing_of_seconds(lap->seconds);
    uint64_t now_ns = begin_ns;
    for (; now_ns < end_ns; now_ns = timing_now_ns()) {
        self->fine +=
            lap->batch == 1
                ? chunk_single(lap, member, stream, self->calls, value)
                : chunk_batches(lap, member, stream, self->calls, value);
        self->calls += CHUNK;
        lap->rival->rest(member);
    }
    self->time_ns = now_ns - begin_ns;
    lap->rival->part(member);
}

bool lap_run(const struct lap *lap, struct lap_result *result)
{
    struct lapper lappers[LAP_THREADS_MAX];
    *result = (struct lap_result){0};
    for (unsigned i = 0; i < lap->threads; i++) {
        lappers[i] = (struct lapper){.lap = lap, .index = i};
    }
    if (!lap_threads(lap->threads, lapper_main, lappers, sizeof *lappers)) {
        return false;
    }
    for (unsigned i = 0; i < lap->threads; i++) {
        if (lappers[i].time_ns == 0) {
            return false;
        }
        result->calls += lappers[i].calls;
        result->fine += lappers[i].fine;
        result->rate +=
            (double)lappers[i].calls / timing_seconds(lappers[i].time_ns);
    }
    return true;
}
