/*
 * noise.h - threads that are stopped anywhere, for a moment.
 *
 * A race shows where one thread stops between two steps and others go on. Left
 * alone that hardly happens, so here a timer interrupts the thread at random
 * instants, wherever it is, and puts it to sleep for as long as others need
 * for many operations. It only disturbs: nothing waits for it.
 */
#ifndef PAWL_TESTS_NOISE_H
#define PAWL_TESTS_NOISE_H

#include <stdint.h>

/* Disturbs the calling thread until noise_end(), differently for each seed. */
void noise_begin(uint64_t seed);

/* The thread that began it; before it ends. */
void noise_end(void);

#endif
