/*
 * stress_insert.c - threads insert and delete the same keys at once.
 *
 * A key has at most one record, whatever the table does meanwhile.
 */
#include "tests/history.h"
#include "tests/support.h"

#include <pthread.h>

TestSuite(insert, .init = store_open, .fini = store_close,
          .timeout = HANG_SECONDS);

/* ---- one winner a round -------------------------------------------------- */

/*
 * All workers add the same keys at once. Then, all having met, each round's
 * winners are counted, and the keys deleted by all at once.
 */
#define KEYS 4

struct race {
    pthread_barrier_t meeting;
    unsigned rounds;
    _Atomic unsigned added[KEYS];
    _Atomic unsigned deleted[KEYS];
    _Atomic uint64_t version[KEYS]; /* of the winner's record */
};

static void add_all(struct worker *worker, struct race *race)
{
    for (uint32_t i = 0; i < KEYS; i++) {
        uint32_t key = (i + worker->index) % KEYS;
        uint64_t version = 0;
        enum pawl_status status =
            pawl_add(worker->thread, &key, sizeof key, &worker->index,
                     sizeof worker->index, worker->index, 0, &version);
        if (status == PAWL_OK) {
            race->added[key]++;
            race->version[key] = version;
        } else {
            CHECK_STATUS(status, PAWL_NOT_STORED);
        }
    }
}

/* Every worker sees the winner's record, whole. */
static void look_at_all(struct worker *worker, struct race *race)
{
    for (uint32_t key = 0; key < KEYS; key++) {
        struct pawl_view view;
        pawl_enter(worker->thread);
        CHECK_OK(pawl_get(worker->thread, &key, sizeof key, &view));
        CHECK_NUMBER(view.version, race->version[key]);
        CHECK_BYTES(view.value, view.value_bytes, &view.flags,
                    sizeof view.flags);
        pawl_leave(worker->thread);
    }
}

static void delete_all(struct worker *worker, struct race *race)
{
    for (uint32_t key = 0; key < KEYS; key++) {
        enum pawl_status status =
            pawl_delete(worker->thread, &key, sizeof key, 0);
        CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND);
        race->deleted[key] += status == PAWL_OK;
    }
}

static void run_rounds(struct worker *worker)
{
    struct race *race = worker->context;
    for (unsigned round = 1; round <= race->rounds; round++) {
        pthread_barrier_wait(&race->meeting);
        add_all(worker, race);
        pthread_barrier_wait(&race->meeting);
        for (unsigned key = 0; key < KEYS; key++) {
            CHECK_NUMBER(race->added[key], round);
        }
        look_at_all(worker, race);
        pthread_barrier_wait(&race->meeting);
        delete_all(worker, race);
        pthread_barrier_wait(&race->meeting);
        for (unsigned key = 0; key < KEYS; key++) {
            CHECK_NUMBER(race->deleted[key], round);
        }
    }
}

static void run_race(unsigned team)
{
    static struct race race;
    race = (struct race){.rounds = scaled(40000) / team + 10};
    pthread_barrier_init(&race.meeting, NULL, team);
    team_run(team, run_rounds, &race);
    pthread_barrier_destroy(&race.meeting);
}

Test(insert, has_one_winner_of_two)
{
    run_race(2);
}

Test(insert, has_one_winner_of_five)
{
    run_race(5);
}

Test(insert, has_one_winner_of_sixteen)
{
    run_race(16);
}

/* ---- without meeting: versions tell -------------------------------------- */

struct crowd {
    unsigned hot_keys; /* half of all operations are on these */
    unsigned key_count;
    unsigned steps;
    struct history_log logs[TEAM_MAX];
};

static uint32_t choose_key(struct dice *dice, const struct crowd *crowd)
{
    return (uint32_t)dice_below(dice, dice_chance(dice, 50) ? crowd->hot_keys
                                                            : crowd->key_count);
}

static void add_and_delete(struct worker *worker)
{
    static const enum pawl_verb verbs[] = {
        PAWL_ADD, PAWL_ADD, PAWL_ADD,    PAWL_SET,
        PAWL_GET, PAWL_GET, PAWL_DELETE, PAWL_DELETE,
    };
    struct crowd *crowd = worker->context;
    struct dice *dice = &worker->dice;
    uint64_t seen = 0;
    for (unsigned step = 0; step < crowd->steps; step++) {
        char text[24];
        uint32_t key = choose_key(dice, crowd);
        struct pawl_op op = {
            .verb = verbs[dice_below(dice, sizeof verbs / sizeof verbs[0])],
            .value = text,
            .value_bytes = number_text(dice_below(dice, 1000000), text),
        };
        if (op.verb == PAWL_DELETE && dice_chance(dice, 30)) {
            op.version = seen;
        }
        history_run(&crowd->logs[worker->index], worker->thread, &key, &op, 1);
        seen = op.view.version;
    }
}

static void run_crowd(unsigned team, unsigned hot_keys, unsigned key_count)
{
    static struct crowd crowd;
    crowd = (struct crowd){hot_keys, key_count, scaled(600000) / team, {{0}}};
    team_run(team, add_and_delete, &crowd);
    history_check(crowd.logs, team);
}

Test(insert, and_delete_by_two_threads_on_one_key_have_an_order)
{
    run_crowd(2, 1, 1);
}

Test(insert, and_delete_by_sixteen_threads_on_eight_keys_have_an_order)
{
    run_crowd(16, 8, 8);
}

/*
 * Two inserts of a key see each other at once where both take the first empty
 * slot. So here a small table is kept full of other keys that come and go:
 * which slot is the first one changes all the time.
 */
static void open_small(void)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    store_close();
    options.partitions = 1;
    store_open_with(&options);
}

Test(insert, and_delete_by_three_threads_in_full_buckets_have_an_order)
{
    open_small();
    run_crowd(3, 1, 60);
}

Test(insert, and_delete_by_eight_threads_in_full_buckets_have_an_order)
{
    open_small();
    run_crowd(8, 3, 80);
}

/* ---- while the table doubles --------------------------------------------- */

/*
 * All workers insert the same long row of new keys, so that each key is raced
 * for while the table doubles under it; each key is won once.
 */
struct row {
    unsigned count;
    _Atomic uint64_t won;
};

static void add_row(struct worker *worker)
{
    struct row *row = worker->context;
    uint64_t won = 0;
    for (unsigned key = 0; key < row->count; key++) {
        enum pawl_status status =
            pawl_add(worker->thread, &key, sizeof key, &worker->index,
                     sizeof worker->index, 0, 0, NULL);
        CHECK(status == PAWL_OK || status == PAWL_NOT_STORED);
        won += status == PAWL_OK;
    }
    row->won += won;
}

static bool count_visit(void *context, const void *key, size_t key_bytes,
                        const struct pawl_view *view)
{
    (void)key;
    (void)key_bytes;
    (void)view;
    ++*(uint64_t *)context;
    return true;
}

Test(insert, of_a_row_of_keys_wins_each_once_while_the_table_doubles)
{
    static struct row row;
    struct pawl_stats stats;
    uint64_t visited = 0;
    row = (struct row){.count = scaled(400000)};
    team_run(4, add_row, &row);
    CHECK_NUMBER(row.won, row.count);
    CHECK_OK(pawl_iterate(me, count_visit, &visited));
    CHECK_NUMBER(visited, row.count);
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, row.count);
    CHECK(stats.growths > 3);
}

/* Each worker's own keys: what one puts in, no other's growth may lose. */
static void keep_row(struct worker *worker)
{
    struct row *row = worker->context;
    for (unsigned i = 0; i < row->count; i++) {
        unsigned key[2] = {worker->index, i};
        CHECK_OK(pawl_add(worker->thread, key, sizeof key, key, sizeof key, 0,
                          0, NULL));
        key[1] = (unsigned)dice_below(&worker->dice, i + 1);
        unsigned value[2] = {0, 0};
        CHECK_OK(pawl_copy(worker->thread, key, sizeof key, value, sizeof value,
                           NULL, NULL));
        CHECK_BYTES(value, sizeof value, key, sizeof key);
    }
    for (unsigned i = 0; i < row->count; i++) {
        unsigned key[2] = {worker->index, i};
        CHECK_OK(pawl_delete(worker->thread, key, sizeof key, 0));
    }
}

Test(insert, of_own_keys_is_never_lost_while_the_table_doubles)
{
    static struct row row;
    struct pawl_stats stats;
    row = (struct row){.count = scaled(100000)};
    team_run(4, keep_row, &row);
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, 0);
    CHECK(stats.growths > 3);
}
