/*
 * store_bench.h - libpawl and its rivals inside the process.
 *
 * Beside them stands what the machine allows.
 */
#ifndef BENCH_STORE_BENCH_H
#define BENCH_STORE_BENCH_H

#include "bench/hatch.h"
#include "bench/machine.h"
#include "bench/series.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_RIVALS_MAX 8
#define STORE_SIZES_MAX 8

/* One thread, and as many as were asked for. */
#define STORE_CROWDS 2

/* What is done to the tables: enum, name, verb, batch, on one record. */
/* clang-format off */
#define STORE_CELLS(row)                                                       \
    row(GET_1, "get", GET, 1, false)                                           \
    row(GET_32, "get by 32", GET, 32, false)                                   \
    row(GET_256, "get by 256", GET, 256, false)                                \
    row(SET_1, "set", SET, 1, false)                                           \
    row(SET_32, "set by 32", SET, 32, false)                                   \
    row(TAKE_1, "take", TAKE, 1, false)                                        \
    row(TAKE_32, "take by 32", TAKE, 32, false)                                \
    row(HOT_1, "take of one record", TAKE, 1, true)                            \
    row(HOT_32, "take of one by 32", TAKE, 32, true)
/* clang-format on */

enum store_cell {
#define STORE_CELL_ENUM(id, name, verb, batch, hot) STORE_##id,
    STORE_CELLS(STORE_CELL_ENUM)
#undef STORE_CELL_ENUM
    STORE_CELL_COUNT
};

struct store_cell_row {
    const char *name;
    enum rival_verb verb;
    size_t batch;
    bool hot;
};

extern const struct store_cell_row store_cells[STORE_CELL_COUNT];

struct store_sizes {
    size_t count;
    uint64_t records[STORE_SIZES_MAX];
};

struct store_options {
    struct store_sizes sizes;
    unsigned threads;
    unsigned rounds;
    double seconds;
    unsigned key_bytes;
    unsigned value_bytes;
    bool json;
    bool quiet;
};

/* One rival at one size. */
struct store_figures {
    bool fine;              /* it did all that it was asked */
    const char *failed_at;  /* what it was asked then, where not */
    bool stuck;             /* it did not come back from that */
    struct job_result load; /* from empty, of bytes */
    double counter_bytes;   /* resident a record: 10-byte key, number */
    struct series cells[STORE_CELL_COUNT][STORE_CROWDS];
};

struct store_result {
    size_t rival_count;
    const struct rival *rivals[STORE_RIVALS_MAX];
    struct store_figures figures[STORE_SIZES_MAX][STORE_RIVALS_MAX];
    struct machine machine[STORE_SIZES_MAX];
};

/*
 * Measures everything, rounds interleaved. Answers NULL, or the sentence that
 * says why it cannot be.
 */
const char *store_bench(const struct store_options *options,
                        struct store_result *result);

/* How many threads a crowd has: 1, or what was asked for. */
unsigned store_crowd(const struct store_options *options, unsigned crowd);

/* Crowds that differ: 1 where one thread was asked for. */
unsigned store_crowds(const struct store_options *options);

/* pawl-bench store: answers the exit status. */
int store_main(int argc, char **argv);

#endif
