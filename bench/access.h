/*
 * access.h - which record does the next request touch?
 *
 * Uniform; zipfian, where record 0 is the most wanted; or hot, where a share
 * of all requests goes to the first few records and the rest to the others.
 */
#ifndef BENCH_ACCESS_H
#define BENCH_ACCESS_H

#include "bench/random.h"

#include <stdint.h>

/* clang-format off */
#define ACCESSES(row)                                                          \
    row(UNIFORM, "uniform", "every record alike")                              \
    row(ZIPF, "zipf", "record i with weight 1 / (i + 1)^theta")                \
    row(HOT, "hot", "a share of all requests to the first few records")
/* clang-format on */

enum access_kind {
#define ACCESS_ENUM(name, word, sentence) ACCESS_##name,
    ACCESSES(ACCESS_ENUM)
#undef ACCESS_ENUM
    ACCESS_KINDS
};

/* Read by many threads once it is made. */
struct access {
    enum access_kind kind;
    uint64_t records;

    double hot_share; /* HOT: 0 to 1 */
    uint64_t hot_records;

    double theta; /* ZIPF: over 0, under 1 */
    double zeta;
    double eta;
    double second;
};

/* How the records are chosen, before their number is known. */
struct access_choice {
    enum access_kind kind;
    double theta;
    double hot_share;
    uint64_t hot_records;
};

/*
 * Prepares to choose among records (at least 1). A zipfian one sums up their
 * weights, which takes some nanoseconds a record.
 */
void access_init(struct access *self, const struct access_choice *choice,
                 uint64_t records);

/* The number of a record, from 0. Any thread, with a generator of its own. */
uint64_t access_pick(const struct access *self, struct random *random);

/* The word for a kind, and the kind for a word: ACCESS_KINDS if unknown. */
const char *access_text(enum access_kind kind);
enum access_kind access_named(const char *word);

#endif
