/*
 * host.h - the machine and the revision that a report is about.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <sched.h>
#include <stdint.h>

struct host {
    char processor[128];
    char kernel[128];
    char system[128];
    char time[64];
    unsigned processors; /* that this process may use */
    uint64_t memory_bytes;
    cpu_set_t may;
    int server_processor; /* where servers go, and the generator; -1: any */
    int generator_processor;
};

/*
 * Looks around. The first two processors that may be used are given to the
 * servers and the generator; with one alone nobody is pinned.
 */
void host_look(struct host *self);

/* Moves this thread, and those it starts, to the generator's processor. */
void host_pin_generator(const struct host *self);

/* Lets it run everywhere again. */
void host_unpin(const struct host *self);

#endif
