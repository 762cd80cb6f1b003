/*
 * stress_iterate.c - walks while others write and the table doubles.
 *
 * A record that is there throughout is visited exactly once.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(iterate, .init = store_open, .fini = store_close,
          .timeout = HANG_SECONDS);

#define WRITERS 3
#define WALKERS 2

/* Keys from 0 stay throughout; behind them are those that come and go. */
struct park {
    unsigned staying;
    unsigned passing; /* for each writer */
    _Atomic unsigned writing;
    _Atomic unsigned walks;
};

struct visits {
    const struct park *park;
    unsigned *times;
};

static unsigned key_count(const struct park *park)
{
    return park->staying + WRITERS * park->passing;
}

/* A record is a number where its key is odd; either way it tells its key. */
static size_t value_of(unsigned key, unsigned round, char room[32])
{
    memset(room, 'v', 32);
    memcpy(room, &key, sizeof key);
    return key % 2 == 1 ? number_text((uint64_t)key * 1000 + round, room)
                        : sizeof key + round % 20;
}

static void check_shown(unsigned key, const struct pawl_view *view)
{
    unsigned shown = 0;
    CHECK_NUMBER(view->is_number, key % 2);
    if (view->is_number) {
        shown = (unsigned)(view->number / 1000);
    } else {
        memcpy(&shown, view->value, sizeof shown);
    }
    CHECK_NUMBER(shown, key);
}

static void put(struct pawl_thread *thread, unsigned key, unsigned round)
{
    char room[32];
    size_t bytes = value_of(key, round, room);
    CHECK_OK(pawl_set(thread, &key, sizeof key, room, bytes, 0, 0, NULL));
}

/* ---- walkers ------------------------------------------------------------- */

static bool visit(void *context, const void *key, size_t key_bytes,
                  const struct pawl_view *view)
{
    struct visits *visits = context;
    unsigned number = 0;
    CHECK_NUMBER(key_bytes, sizeof number);
    memcpy(&number, key, sizeof number);
    CHECK(number < key_count(visits->park));
    check_shown(number, view);
    visits->times[number]++;
    return true;
}

static void walk(struct worker *worker, struct park *park)
{
    struct visits visits = {park, calloc(key_count(park), sizeof(unsigned))};
    CHECK_OK(pawl_iterate(worker->thread, visit, &visits));
    for (unsigned key = 0; key < park->staying; key++) {
        CHECK_NUMBER(visits.times[key], 1);
    }
    for (unsigned key = park->staying; key < key_count(park); key++) {
        CHECK(visits.times[key] <= 1);
    }
    free(visits.times);
    park->walks++;
}

/* ---- writers ------------------------------------------------------------- */

/* Overwrites, counts or touches a staying record, never removing it. */
static void stir(struct worker *worker, struct park *park, unsigned round)
{
    unsigned key = (unsigned)dice_below(&worker->dice, park->staying);
    if (dice_chance(&worker->dice, 30)) {
        CHECK_OK(
            pawl_touch(worker->thread, &key, sizeof key, PAWL_EXPIRY_MS_MAX));
    } else {
        put(worker->thread, key, round % 1000);
    }
}

static void write_and_delete(struct worker *worker, struct park *park)
{
    unsigned first = park->staying + worker->index * park->passing;
    for (unsigned i = 0; i < park->passing; i++) {
        put(worker->thread, first + i, 0);
        stir(worker, park, i);
        if (dice_chance(&worker->dice, 30)) {
            unsigned key = first + (unsigned)dice_below(&worker->dice, i + 1);
            enum pawl_status status =
                pawl_delete(worker->thread, &key, sizeof key, 0);
            CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND);
        }
    }
}

static void write_or_walk(struct worker *worker)
{
    struct park *park = worker->context;
    if (worker->index < WRITERS) {
        write_and_delete(worker, park);
        park->writing--;
        return;
    }
    do {
        walk(worker, park);
    } while (park->writing > 0);
    walk(worker, park);
}

static void run_park(unsigned partitions)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    struct pawl_stats stats;
    struct park park = {
        .staying = 5000, .passing = scaled(100000), .writing = WRITERS};
    store_close();
    options.partitions = partitions;
    store_open_with(&options);
    for (unsigned key = 0; key < park.staying; key++) {
        put(me, key, 0);
    }
    team_run(WRITERS + WALKERS, write_or_walk, &park);
    pawl_stats(store, &stats);
    CHECK(stats.growths > 0);
    CHECK(park.walks >= 2 * WALKERS);
}

Test(iterate, visits_what_stays_exactly_once_while_one_partition_grows)
{
    run_park(1);
}

Test(iterate, visits_what_stays_exactly_once_while_five_partitions_grow)
{
    run_park(5);
}
