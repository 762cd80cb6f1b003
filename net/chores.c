/*
 * chores.c - a little at a time, more where it pays.
 */
#include "net/chores.h"

#define SWEEP_BUCKETS 64
#define SWEEP_ROUNDS 4

/* Where a round removes this many records, there is more of it to do. */
#define SWEEP_RICH 16
#define SWEEP_ROUNDS_MAX 64

void chores_note_work(struct chores *self)
{
    self->worked = true;
}

bool chores_are_due(const struct chores *self, uint64_t steady_ms)
{
    return steady_ms - self->done_ms >= CHORES_STEP_MS;
}

void chores_do(struct chores *self, struct pawl *store,
               struct pawl_thread *thread, uint64_t steady_ms)
{
    struct pawl_stats stats;
    unsigned rounds = SWEEP_ROUNDS;

    for (unsigned round = 0; round < rounds; round++) {
        if (pawl_sweep(thread, SWEEP_BUCKETS) >= SWEEP_RICH) {
            rounds = SWEEP_ROUNDS_MAX;
        }
    }
    pawl_stats(store, &stats);
    self->records = stats.records > 0;
    self->worked = false;
    self->done_ms = steady_ms;
}

int chores_timeout_ms(const struct chores *self, const struct shared *shared,
                      uint64_t steady_ms, uint64_t now_ms)
{
    uint64_t due_ms =
        atomic_load_explicit(&shared->flush_due_ms, memory_order_relaxed);
    uint64_t step_ms = self->worked ? CHORES_STEP_MS : CHORES_IDLE_MS;
    uint64_t since_ms = steady_ms - self->done_ms;
    uint64_t wait_ms = since_ms < step_ms ? step_ms - since_ms : 0;
    bool flushes = due_ms != 0 && due_ms < now_ms + wait_ms;

    if (flushes) {
        return due_ms > now_ms ? (int)(due_ms - now_ms) : 0;
    }
    return self->worked || self->records || due_ms != 0 ? (int)wait_ms : -1;
}

void chores_flush_if_due(struct shared *shared, struct pawl_thread *thread,
                         uint64_t now_ms)
{
    uint64_t due_ms =
        atomic_load_explicit(&shared->flush_due_ms, memory_order_relaxed);

    if (due_ms != 0 && due_ms <= now_ms &&
        atomic_compare_exchange_strong_explicit(&shared->flush_due_ms, &due_ms,
                                                0, memory_order_relaxed,
                                                memory_order_relaxed)) {
        pawl_flush(thread);
    }
}
