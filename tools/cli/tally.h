/*
 * tally.h - which seats were sold, how often, as many sellers report it.
 *
 * A seat is the number that was left when it was sold, 1 to seat_count. So a
 * seat that was sold to two is seen as such, and not only a wrong sum.
 */
#ifndef PAWL_CLI_TALLY_H
#define PAWL_CLI_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* To be read once all sellers have ended; sold, refused, retried at any time.
 */
struct tally {
    uint64_t seat_count;
    _Atomic uint32_t *times; /* how often seat i + 1 was sold */
    _Atomic uint64_t sold;
    _Atomic uint64_t refused;
    _Atomic uint64_t retried;
};

/* False where there is no memory; no fini is needed then. */
bool tally_init(struct tally *self, uint64_t seat_count);
void tally_fini(struct tally *self);

/* What a seller reports, from any thread. */
void tally_sold(struct tally *self, uint64_t seat);
void tally_refused(struct tally *self);
void tally_retried(struct tally *self);

/* Seats sold more than once, and never. */
uint64_t tally_oversold(const struct tally *self);
uint64_t tally_unsold(const struct tally *self);

#endif
