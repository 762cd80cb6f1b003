/*
 * workload.h - what a run asks for: a mixture of verbs over records.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include "bench/access.h"
#include "bench/protocol.h"

#include <stdbool.h>

/* How the next record is found. */
enum flow {
    FLOW_PICK,   /* by the access distribution */
    FLOW_LATEST, /* writes make new records, reads prefer the newest */
    FLOW_ONCE,   /* each record once, in order; then the run is over */
    FLOW_LOADED, /* uniformly among those a FLOW_ONCE has written so far */
};

/*
 * Rows: enum, name, flow, distribution unless told otherwise, whether values
 * are counters whose sum is checked, the shares of the verbs in percent, and
 * a sentence.
 */
/* clang-format off */
#define WORKLOADS(row)                                                         \
    row(GET, "get", PICK, UNIFORM, false, SHARE(GET, 100),                     \
        "read records")                                                        \
    row(SET, "set", PICK, UNIFORM, false, SHARE(SET, 100),                     \
        "overwrite records")                                                   \
    row(MIX, "mix", PICK, UNIFORM, false, SHARE(GET, 95) SHARE(SET, 5),        \
        "read and overwrite, --ratio of each")                                 \
    row(INCR, "incr", PICK, UNIFORM, true, SHARE(INCR, 100),                   \
        "raise counters; checks the sum")                                      \
    row(CAS, "cas", PICK, UNIFORM, false, SHARE(GETS, 100),                    \
        "gets, then cas of that version, again until it succeeds")             \
    row(TAKE, "take", PICK, UNIFORM, true, SHARE(TAKE, 100),                   \
        "take from counters; checks the sum")                                  \
    row(TAKE_GIVE, "take-give", PICK, UNIFORM, true,                           \
        SHARE(TAKE, 50) SHARE(GIVE, 50),                                       \
        "take from counters and give back; checks the sum")                    \
    row(TRANSFER, "transfer", PICK, UNIFORM, true, SHARE(TRANSFER, 100),       \
        "txn of a take and a give between two counters; checks the sum")       \
    row(YCSB_A, "ycsb-a", PICK, ZIPF, false, SHARE(GET, 50) SHARE(SET, 50),    \
        "YCSB A: half reads, half updates")                                    \
    row(YCSB_B, "ycsb-b", PICK, ZIPF, false, SHARE(GET, 95) SHARE(SET, 5),     \
        "YCSB B: reads, 5 % updates")                                          \
    row(YCSB_C, "ycsb-c", PICK, ZIPF, false, SHARE(GET, 100),                  \
        "YCSB C: reads only")                                                  \
    row(YCSB_D, "ycsb-d", LATEST, ZIPF, false, SHARE(GET, 95) SHARE(SET, 5),   \
        "YCSB D: reads of the latest, 5 % inserts")                            \
    row(YCSB_F, "ycsb-f", PICK, ZIPF, false, SHARE(GET, 50) SHARE(FETCH, 50),  \
        "YCSB F: half reads, half read-modify-writes")                         \
    row(LOAD, "load", ONCE, UNIFORM, false, SHARE(SET, 100),                   \
        "write each record once; --readers of what is there meanwhile")        \
    row(READBACK, "readback", ONCE, UNIFORM, false, SHARE(GET, 100),           \
        "read each record once")                                               \
    row(READ_LOADED, "read-loaded", LOADED, UNIFORM, false, SHARE(GET, 100),   \
        "what the readers of a load do")
/* clang-format on */

enum workload_kind {
#define WORKLOAD_ENUM(name, ...) WORKLOAD_##name,
    WORKLOADS(WORKLOAD_ENUM)
#undef WORKLOAD_ENUM
    WORKLOAD_KINDS
};

struct workload {
    const char *name;
    const char *sentence;
    enum flow flow;
    enum access_kind access;
    bool counters;
    unsigned char percent[VERB_COUNT]; /* 100 in all */
};

extern const struct workload workloads[WORKLOAD_KINDS];

/* The workload of that name, or NULL. */
const struct workload *workload_named(const char *name);

/* Whether it expects the records to be there before it begins. */
bool workload_needs_records(const struct workload *self);

/* Draws a verb by the shares. */
enum verb workload_verb(const struct workload *self, struct random *random);

/*
 * The first verb of the workload, or of what follows its verbs, that the
 * protocol cannot say; VERB_COUNT where it can say all.
 */
enum verb workload_unsayable(const struct workload *self,
                             const struct protocol *protocol);

/*
 * What a request leads to on the same record: a gets to a cas, a fetch to a
 * set, a failed cas to another gets; VERB_COUNT where the record is done with.
 */
enum verb workload_follow(enum verb verb, enum outcome outcome);

#endif
