/*
 * stats.c - rows of stats.def, with the workers' sums or worked out.
 */
#include "net/stats.h"

#include "net/clock.h"
#include "net/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define VALUE_BYTES_MAX 64

/* What the expressions of GAUGE rows are about. */
struct facts {
    const struct options *options;
    uint64_t uptime_s;
    uint64_t time_s;
    uint64_t connections;
    uint64_t workers;
    struct rusage usage;
    struct pawl_stats store;
    struct counter_sums sums;
};

static void collect(struct shared *shared, struct facts *facts)
{
    facts->options = shared->options;
    facts->uptime_s = (clock_steady_ms() - shared->started_ms) / 1000;
    facts->time_s = clock_wall_ms() / 1000;
    facts->connections =
        atomic_load_explicit(&shared->connections, memory_order_relaxed);
    facts->workers = shared->workers;
    (void)getrusage(RUSAGE_SELF, &facts->usage);
    pawl_stats(shared->store, &facts->store);
    counters_sum(shared->rows, shared->workers, &facts->sums);
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        facts->sums.of[i] -= atomic_load_explicit(&shared->forgotten.of[i],
                                                  memory_order_relaxed);
    }
}

static bool show_number(const char *name, uint64_t number, struct buffer *out)
{
    char value[VALUE_BYTES_MAX];

    (void)snprintf(value, sizeof value, "%" PRIu64, number);
    return reply_stat(name, value, out);
}

static bool show_time(const char *name, struct timeval time, struct buffer *out)
{
    char value[VALUE_BYTES_MAX];

    (void)snprintf(value, sizeof value, "%ld.%06ld", (long)time.tv_sec,
                   (long)time.tv_usec);
    return reply_stat(name, value, out);
}

#define show_NUMBER(name, value, out) show_number(name, (uint64_t)(value), out)
#define show_TIME(name, value, out) show_time(name, value, out)
#define show_TEXT(name, value, out) reply_stat(name, value, out)

static bool show_all(const struct facts *facts, struct buffer *out)
{
    return
#define COUNTER(name, help) \
    show_number(#name, facts->sums.of[COUNTER_##name], out) &&
#define GAUGE(name, kind, value, help) show_##kind(#name, value, out) &&
#include "net/stats.def"
#undef COUNTER
#undef GAUGE
        true;
}

static bool show_setting(void *context, const char *name, const char *value)
{
    return reply_stat(name, value[0] != '\0' ? value : "NULL", context);
}

/* The rows are their workers' to write, so forgetting is subtracting. */
static void forget(struct shared *shared)
{
    struct counter_sums sums;

    counters_sum(shared->rows, shared->workers, &sums);
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        atomic_store_explicit(&shared->forgotten.of[i], sums.of[i],
                              memory_order_relaxed);
    }
}

static bool asks_for(const struct request *request, const char *word)
{
    return request->key_bytes == strlen(word) &&
           memcmp(request->key, word, request->key_bytes) == 0;
}

/* Kinds that memcached has and that say nothing about pawld's store. */
static bool is_empty_kind(const struct request *request)
{
    return asks_for(request, "items") || asks_for(request, "slabs") ||
           asks_for(request, "sizes") || asks_for(request, "conns");
}

bool stats_answer(struct shared *shared, const struct request *request,
                  struct buffer *out)
{
    struct request unknown = {.fault = FAULT_UNKNOWN};
    struct facts facts;

    if (request->key_bytes == 0) {
        collect(shared, &facts);
        return show_all(&facts, out) && reply_end(request, out);
    }
    if (asks_for(request, "settings")) {
        return options_list(shared->options, show_setting, out) &&
               reply_end(request, out);
    }
    if (asks_for(request, "reset")) {
        forget(shared);
        return buffer_append(out, "RESET\r\n", 7);
    }
    return is_empty_kind(request) ? reply_end(request, out)
                                  : reply_fault(&unknown, out);
}
