/*
 * hatch.h - a rival in a process of its own.
 *
 * There its memory can be told from everybody else's, and it ends without
 * being taken apart. The parent asks for one job after the other.
 */
#ifndef BENCH_HATCH_H
#define BENCH_HATCH_H

#include "bench/rival.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The table that a rival is to hold. */
struct hatch_table {
    uint64_t records;
    size_t key_bytes;
    size_t value_bytes;
    bool counters; /* numbers from the start */
};

enum job_kind {
    JOB_LOAD,  /* puts every record, timing each */
    JOB_COUNT, /* makes every record a number */
    JOB_LAP,   /* does one thing for a while */
};

struct job {
    enum job_kind kind;
    enum rival_verb verb;
    size_t batch;
    unsigned threads;
    bool hot; /* always the same record */
    double seconds;
};

/* What came of it; a job fills in what it knows. */
struct job_result {
    bool fine; /* every operation did what it should */
    double rate;
    double record_bytes; /* resident, more than before the first record */
    uint64_t p9999_ns;   /* of single insertions */
    uint64_t max_ns;
};

struct hatch {
    pid_t pid;
    int socket;
    uint64_t records;
};

/* Starts the process; false where it cannot be had. No other thread runs. */
bool hatch_open(struct hatch *self, const struct rival *rival,
                const struct hatch_table *table);

/*
 * Asks for a job and waits for it; false where the process has died, or takes
 * minutes longer than it should. Then only hatch_close() is left.
 */
bool hatch_ask(struct hatch *self, const struct job *job,
               struct job_result *answer);

/* Ends the process. An all-zero hatch is let pass. */
void hatch_close(struct hatch *self);

#endif
