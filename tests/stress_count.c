/*
 * stress_count.c - takes and gives from many threads.
 *
 * Nothing is sold twice, nothing is lost, and no order of events is impossible.
 */
#include "tests/history.h"
#include "tests/support.h"

TestSuite(count, .init = store_open, .fini = store_close,
          .timeout = HANG_SECONDS);

#define TEAM 8
#define FLOOR 10
#define CEILING 2000
#define START "1000"

/* A million takes and gives in all, on key_count keys. */
struct market {
    unsigned key_count;
    unsigned steps; /* of each worker */
    struct history_log logs[TEAM + 1];
};

static void note_start(struct market *market)
{
    for (uint32_t key = 0; key < market->key_count; key++) {
        struct pawl_op op = {
            .verb = PAWL_SET, .value = START, .value_bytes = 4};
        history_run(&market->logs[TEAM], me, &key, &op, 1);
        CHECK_OK(op.status);
    }
}

/* What each key holds at last must follow from all that was noted. */
static void note_end(struct market *market)
{
    for (uint32_t key = 0; key < market->key_count; key++) {
        struct pawl_op op = {.verb = PAWL_GET};
        history_run(&market->logs[TEAM], me, &key, &op, 1);
        CHECK_OK(op.status);
    }
}

static struct pawl_op take_or_give(struct dice *dice)
{
    bool take = dice_chance(dice, 50);
    return (struct pawl_op){
        .verb = take ? PAWL_TAKE : PAWL_GIVE,
        .amount = 1 + dice_below(dice, take ? 50 : 40),
        .bound = take ? FLOOR : CEILING,
    };
}

/*
 * Growth goes on as the trade does: for each few operations the worker stores
 * a record of its own elsewhere, and now and then deletes an older one.
 */
static void crowd(struct worker *worker, uint64_t step)
{
    uint64_t key[2] = {worker->index + 1, step};
    CHECK_OK(
        pawl_set(worker->thread, key, sizeof key, TEXT("crowd"), 0, 0, NULL));
    if (dice_chance(&worker->dice, 30)) {
        key[1] = dice_below(&worker->dice, step + 1);
        enum pawl_status status =
            pawl_delete(worker->thread, key, sizeof key, 0);
        CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND);
    }
}

static void trade(struct worker *worker)
{
    struct market *market = worker->context;
    for (unsigned step = 0; step < market->steps; step++) {
        uint32_t key = (uint32_t)dice_below(&worker->dice, market->key_count);
        struct pawl_op op = take_or_give(&worker->dice);
        history_run(&market->logs[worker->index], worker->thread, &key, &op, 1);
        CHECK(op.status == PAWL_OK || op.status == PAWL_REFUSED);
        if (step % 4 == 0) {
            crowd(worker, step);
        }
    }
}

#define BATCH 16

static void trade_in_batches(struct worker *worker)
{
    struct market *market = worker->context;
    for (unsigned step = 0; step < market->steps; step += BATCH) {
        uint32_t keys[BATCH];
        struct pawl_op ops[BATCH];
        for (unsigned i = 0; i < BATCH; i++) {
            keys[i] = (uint32_t)dice_below(&worker->dice, market->key_count);
            ops[i] = take_or_give(&worker->dice);
        }
        history_run(&market->logs[worker->index], worker->thread, keys, ops,
                    BATCH);
        crowd(worker, step);
    }
}

static void run_market(unsigned key_count, void (*work)(struct worker *))
{
    static struct market market;
    struct pawl_stats stats;
    market = (struct market){
        .key_count = key_count,
        .steps = 1000000 / TEAM,
    };
    note_start(&market);
    team_run(TEAM, work, &market);
    note_end(&market);
    history_check(market.logs, TEAM + 1);
    pawl_stats(store, &stats);
    CHECK(stats.growths > 0);
}

Test(count, a_million_takes_and_gives_on_one_key_add_up)
{
    run_market(1, trade);
}

Test(count, a_million_takes_and_gives_on_a_thousand_keys_add_up)
{
    run_market(1000, trade);
}

Test(count, a_million_takes_and_gives_in_batches_add_up)
{
    run_market(3, trade_in_batches);
}

/* ---- every change of a counter, against every other ---------------------- */

/* Whatever can be done to a number; text has room for one. */
static struct pawl_op any_change(struct dice *dice, uint64_t seen, char *text)
{
    static const enum pawl_verb verbs[] = {
        PAWL_TAKE,   PAWL_GIVE, PAWL_INCR, PAWL_DECR,    PAWL_GET,
        PAWL_TOUCH,  PAWL_SET,  PAWL_ADD,  PAWL_REPLACE, PAWL_APPEND,
        PAWL_DELETE, PAWL_TAKE, PAWL_ADD,  PAWL_TOUCH,   PAWL_PREPEND,
    };
    struct pawl_op op = take_or_give(dice);
    op.verb = verbs[dice_below(dice, sizeof verbs / sizeof verbs[0])];
    op.bound = op.verb == PAWL_TAKE ? FLOOR : CEILING;
    op.version = dice_chance(dice, 25) ? seen : 0;
    op.expiry_ms = dice_chance(dice, 50) ? PAWL_EXPIRY_MS_MAX : 0;
    op.value = text;
    if (op.verb != PAWL_APPEND && op.verb != PAWL_PREPEND) {
        op.value_bytes = number_text(dice_below(dice, 1000), text);
    }
    return op;
}

static void disturb(struct worker *worker)
{
    struct market *market = worker->context;
    struct dice *dice = &worker->dice;
    uint64_t seen = 0;
    for (unsigned step = 0; step < market->steps; step++) {
        char text[24];
        uint32_t key = (uint32_t)dice_below(dice, market->key_count);
        struct pawl_op op = any_change(dice, seen, text);
        history_run(&market->logs[worker->index], worker->thread, &key, &op, 1);
        seen = op.view.version;
        if (step % 8 == 0) {
            crowd(worker, step);
        }
    }
}

static void run_disturbed(unsigned key_count, unsigned team, unsigned steps)
{
    static struct market market;
    market = (struct market){.key_count = key_count, .steps = steps};
    team_run(team, disturb, &market);
    history_check(market.logs, TEAM + 1);
}

Test(count, every_mix_of_changes_by_two_threads_has_an_order)
{
    run_disturbed(1, 2, scaled(300000));
}

Test(count, every_mix_of_changes_by_eight_threads_has_an_order)
{
    run_disturbed(3, TEAM, scaled(600000) / TEAM);
}

/* ---- counting beside those who copy the record --------------------------- */

/* Appending nothing puts a copy of the counter in its place, again and again.
 */
static void count_or_copy(struct worker *worker)
{
    unsigned steps = scaled(400000);
    for (unsigned step = 0; step < steps; step++) {
        struct pawl_thread *thread = worker->thread;
        if (worker->index % 2 == 0) {
            CHECK_OK(pawl_incr(thread, TEXT("n"), 1, NULL, NULL));
        } else if (step % 2 == 0) {
            CHECK_OK(pawl_append(thread, TEXT("n"), NULL, 0, NULL));
        } else {
            CHECK_OK(pawl_touch(thread, TEXT("n"), PAWL_EXPIRY_MS_MAX - step));
        }
    }
}

Test(count, no_change_is_lost_while_others_copy_the_record)
{
    store_value(TEXT("n"), TEXT("0"));
    team_run(4, count_or_copy, NULL);
    CHECK_NUMBER(peek(TEXT("n")).number, 2 * (uint64_t)scaled(400000));
}

/* ---- the last seat ------------------------------------------------------- */

struct sale {
    _Atomic uint64_t sold;
    _Atomic uint64_t refused;
    unsigned tries;
};

#define SEATS 10000

static void start_sale(struct sale *sale)
{
    *sale = (struct sale){.tries = 2 * SEATS / TEAM};
    store_value(TEXT("seats"), TEXT("10000"));
}

static void check_sale(struct sale *sale)
{
    CHECK_NUMBER(sale->sold, SEATS);
    check_value(TEXT("seats"), TEXT("0"));
}

static void buy_by_take(struct worker *worker)
{
    struct sale *sale = worker->context;
    for (unsigned i = 0; i < sale->tries; i++) {
        uint64_t left = 0;
        enum pawl_status status =
            pawl_take(worker->thread, TEXT("seats"), 1, 0, &left, NULL);
        if (status == PAWL_OK) {
            sale->sold++;
        } else {
            CHECK_STATUS(status, PAWL_REFUSED);
            CHECK_NUMBER(left, 0);
            sale->refused++;
        }
    }
}

Test(count, ten_thousand_seats_are_sold_once_by_take)
{
    static struct sale sale;
    start_sale(&sale);
    team_run(TEAM, buy_by_take, &sale);
    check_sale(&sale);
    CHECK_NUMBER(sale.refused, SEATS);
}

static void buy_in_batches(struct worker *worker)
{
    struct sale *sale = worker->context;
    for (unsigned i = 0; i < sale->tries; i += BATCH) {
        struct pawl_op ops[BATCH];
        for (unsigned j = 0; j < BATCH; j++) {
            ops[j] = (struct pawl_op){
                .verb = PAWL_TAKE,
                .key = "seats",
                .key_bytes = 5,
                .amount = 1,
            };
        }
        CHECK_OK(pawl_run(worker->thread, ops, BATCH));
        for (unsigned j = 0; j < BATCH; j++) {
            sale->sold += ops[j].status == PAWL_OK;
        }
    }
}

Test(count, ten_thousand_seats_are_sold_once_in_batches)
{
    static struct sale sale;
    start_sale(&sale);
    team_run(TEAM, buy_in_batches, &sale);
    check_sale(&sale);
}

/* One seat by read and compare-and-set; false where none is left. */
static bool buy_one(struct pawl_thread *thread)
{
    for (;;) {
        char text[24];
        struct pawl_view view;
        pawl_enter(thread);
        CHECK_OK(pawl_get(thread, TEXT("seats"), &view));
        pawl_leave(thread);
        CHECK(view.is_number);
        if (view.number == 0) {
            return false;
        }
        enum pawl_status status = pawl_compare_and_set(
            thread, TEXT("seats"), view.version, text,
            number_text(view.number - 1, text), 0, 0, NULL);
        if (status == PAWL_OK) {
            return true;
        }
        CHECK_STATUS(status, PAWL_EXISTS);
    }
}

static void buy_by_cas(struct worker *worker)
{
    struct sale *sale = worker->context;
    while (buy_one(worker->thread)) {
        sale->sold++;
    }
}

Test(count, ten_thousand_seats_are_sold_once_by_compare_and_set)
{
    static struct sale sale;
    start_sale(&sale);
    team_run(TEAM, buy_by_cas, &sale);
    check_sale(&sale);
}

/* Both ways at once, and some seats are given back. */
static void buy_any_way(struct worker *worker)
{
    struct sale *sale = worker->context;
    while (worker->index % 2 == 0 ? buy_one(worker->thread)
                                  : pawl_take(worker->thread, TEXT("seats"), 1,
                                              0, NULL, NULL) == PAWL_OK) {
        sale->sold++;
        if (dice_chance(&worker->dice, 10)) {
            CHECK_OK(pawl_give(worker->thread, TEXT("seats"), 1, UINT64_MAX,
                               NULL, NULL));
            sale->sold--;
        }
    }
}

Test(count, seats_are_sold_once_where_both_ways_are_mixed)
{
    static struct sale sale;
    start_sale(&sale);
    team_run(TEAM, buy_any_way, &sale);
    CHECK_NUMBER(sale.sold + peek(TEXT("seats")).number, SEATS);
}
