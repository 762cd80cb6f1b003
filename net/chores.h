/*
 * chores.h - what a worker does besides answering.
 *
 * It removes what has expired, and does a flush_all whose time has come. While
 * requests come, chores are done every CHORES_STEP_MS; when none come, every
 * CHORES_IDLE_MS as long as there are records; and never in an empty and idle
 * server, which uses no processor time at all.
 */
#ifndef PAWL_NET_CHORES_H
#define PAWL_NET_CHORES_H

#include "net/shared.h"

#include <stdbool.h>

#define CHORES_STEP_MS 100
#define CHORES_IDLE_MS 1000

struct chores {
    uint64_t done_ms; /* when they were done last, on the steady clock */
    bool worked;      /* operations were run since */
    bool records;     /* there were records then */
};

/* The batch was run: there may be records now. */
void chores_note_work(struct chores *self);

bool chores_are_due(const struct chores *self, uint64_t steady_ms);
void chores_do(struct chores *self, struct pawl *store,
               struct pawl_thread *thread, uint64_t steady_ms);

/*
 * How long a worker may sleep, -1 for ever: until chores are due, or a delayed
 * flush_all. now_ms is the wall clock.
 */
int chores_timeout_ms(const struct chores *self, const struct shared *shared,
                      uint64_t steady_ms, uint64_t now_ms);

/* Flushes where a delayed flush_all is due and no other worker has done it. */
void chores_flush_if_due(struct shared *shared, struct pawl_thread *thread,
                         uint64_t now_ms);

#endif
