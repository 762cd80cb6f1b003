/*
 * phase.h - one crew at work, another beside it where asked for, watched.
 */
#ifndef BENCH_PHASE_H
#define BENCH_PHASE_H

#include "bench/plan.h"
#include "bench/tally.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a phase left. The tallies are the owner's to destroy. */
struct phase {
    struct tally *tally;
    uint64_t measured_ns;
    unsigned threads;

    struct tally *beside; /* of the crew beside, or NULL */
    uint64_t beside_ns;

    double server_share;     /* of one processor, while measured */
    uint64_t resident_bytes; /* of the server, at the end */
};

struct phase_options {
    const char *label; /* on the progress line */
    bool quiet;
    pid_t server; /* to be watched, or 0 */
    double warmup_seconds;
    double seconds; /* 0: until all requests are sent */
};

/*
 * Carries out plan, and beside, where not NULL, until plan is done. Sets
 * their times. Answers true, or false with the reason in failure (200 bytes);
 * self is then empty. An interrupt ends it early, with what there is.
 */
bool phase_run(struct phase *self, const struct phase_options *options,
               struct plan *plan, struct plan *beside, char *failure);

/* Frees the tallies. An all-zero phase is let pass. */
void phase_fini(struct phase *self);

#endif
