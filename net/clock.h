/*
 * clock.h - what time it is, read once a turn.
 *
 * A worker reads the wall clock when a turn begins and all of the turn goes
 * by that, the store included: it is given clock_turn_ms(). A thread that has
 * no turns is given the time as it is.
 */
#ifndef PAWL_NET_CLOCK_H
#define PAWL_NET_CLOCK_H

#include <stdint.h>

/* The wall clock in milliseconds since 1970, now. */
uint64_t clock_wall_ms(void);

/* A clock that is never set, in milliseconds since some moment; coarse. */
uint64_t clock_steady_ms(void);

/* Begins a turn of the calling thread and answers its time. */
uint64_t clock_begin_turn(void);

/*
 * The time of the calling thread's turn, on the wall clock: the clock of
 * struct pawl_options.
 */
uint64_t clock_turn_ms(void *unused);

#endif
