/*
 * compare.h - pawld beside other servers: what is measured, and what came out.
 */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include "bench/host.h"
#include "bench/series.h"
#include "bench/server.h"
#include "bench/store_bench.h"
#include "bench/workload.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Rows: enum, title, workload, depth, keys of a get, percent of gets in a mix,
 * connections, rate of an open loop, keys, meta commands. KEYS is what the
 * options say, MANY what they say for the large table.
 */
/* clang-format off */
#define COMPARE_CELLS(row)                                                     \
    row(MANY_64, "get of many keys, depth 64", GET, 64, 1, 0, 50, 0, MANY, 0)  \
    row(GET_1, "get, depth 1", GET, 1, 1, 0, 50, 0, KEYS, 0)                   \
    row(GET_16, "get, depth 16", GET, 16, 1, 0, 50, 0, KEYS, 0)                \
    row(GET_64, "get, depth 64", GET, 64, 1, 0, 50, 0, KEYS, 0)                \
    row(MULTI_64, "get of 64 keys at once", GET, 1, 64, 0, 50, 0, KEYS, 0)     \
    row(META_64, "meta get, depth 64", GET, 64, 1, 0, 50, 0, KEYS, 1)          \
    row(SET_64, "set, depth 64", SET, 64, 1, 0, 50, 0, KEYS, 0)                \
    row(MIX_95, "95 % get, 5 % set, depth 64", MIX, 64, 1, 95, 50, 0, KEYS, 0) \
    row(MIX_50, "half get, half set, depth 64", MIX, 64, 1, 50, 50, 0, KEYS,   \
        0)                                                                     \
    row(CAS_64, "gets and cas, depth 64", CAS, 64, 1, 0, 50, 0, KEYS, 0)       \
    row(INCR_64, "incr, depth 64", INCR, 64, 1, 0, 50, 0, KEYS, 0)             \
    row(INCR_ONE, "incr of one key, depth 64", INCR, 64, 1, 0, 50, 0, 1, 0)    \
    row(TAKE_64, "take, depth 64", TAKE, 64, 1, 0, 50, 0, KEYS, 0)             \
    row(TAKE_ONE, "take of one key, depth 64", TAKE, 64, 1, 0, 50, 0, 1, 0)    \
    row(CROWD_16, "get, 1,000 connections, depth 16", GET, 16, 1, 0, 1000, 0,  \
        KEYS, 0)                                                               \
    row(OPEN_GET, "get, 20,000 a second (open loop)", GET, 16, 1, 0, 50,       \
        20000, KEYS, 0)
/* clang-format on */

enum compare_cell {
#define COMPARE_ENUM(id, ...) COMPARE_##id,
    COMPARE_CELLS(COMPARE_ENUM)
#undef COMPARE_ENUM
    COMPARE_CELL_COUNT
};

struct compare_cell_row {
    const char *title;
    enum workload_kind workload;
    unsigned depth;
    unsigned multi;
    unsigned ratio;
    unsigned connections;
    double rate;
    uint64_t keys; /* 0: as the options say; UINT64_MAX: the large table's */
    bool meta;
};

extern const struct compare_cell_row compare_cells[COMPARE_CELL_COUNT];

struct compare_options {
    unsigned rounds;
    double seconds;
    uint64_t keys;
    uint64_t many; /* of the large table, for memory and its own cell */
    const char *folder;
    const char *revision;
    bool no_store;
    bool quiet;
};

/* One server in one cell. Operations are keys for a get, else requests. */
/* clang-format off */
#define COMPARE_SERIES(row)                                                    \
    row(rate, "operations a second")                                           \
    row(server_us, "processor time of the server, us an operation")            \
    row(generator_us, "processor time of the generator, us an operation")      \
    row(busy, "share of its time the generator was busy")                      \
    row(p50, "latency, us")                                                    \
    row(p99, "latency, us")                                                    \
    row(p999, "latency, us")
/* clang-format on */

struct compare_figures {
#define COMPARE_FIELD(name, text) struct series name;
    COMPARE_SERIES(COMPARE_FIELD)
#undef COMPARE_FIELD
    char failure[200]; /* why a round failed, or empty */
    bool wrong;        /* what came back was not what is stored */
};

/* redis-benchmark against the same redis, in the same rounds. */
struct compare_check {
    struct series rate;
    struct series busy;
};

struct compare_result {
    struct host host;
    const char *missing[SERVER_COUNT]; /* why a server is not there, or NULL */
    struct server servers[SERVER_COUNT];
    double record_bytes[SERVER_COUNT]; /* resident, of the large table */
    double load_rate[SERVER_COUNT];
    struct compare_figures figures[COMPARE_CELL_COUNT][SERVER_COUNT];
    struct compare_check checks[COMPARE_CELL_COUNT];
    char checker[SERVER_LINE_BYTES]; /* redis-benchmark's version, or empty */
    struct store_options store_options;
    struct store_result *store; /* NULL: not measured */
    bool interrupted;
};

/* How many records a cell has. */
uint64_t compare_keys(const struct compare_options *options, unsigned cell);

/* pawl-bench compare: answers the exit status. */
int compare_main(int argc, char **argv);

#endif
