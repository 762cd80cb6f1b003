/*
 * test_net_plan.c - what the store is asked for a request, and what is counted.
 */
#include "net/parser.h"
#include "net/plan.h"
#include "tests/support.h"

#include <string.h>

#define NOW_MS UINT64_C(1763622000000)
#define DAYS_30_S (60 * 60 * 24 * 30)

/* The one request of message. */
static struct request read_request(const char *message)
{
    struct parser parser = {0};
    struct request request;
    size_t used;

    CHECK(parser_next(&parser, 100, message, strlen(message), &used, &request));
    return request;
}

/* The operation that message is. */
static struct pawl_op plan(const char *message)
{
    struct request request = read_request(message);
    struct pawl_op op;

    memset(&op, 0xff, sizeof op);
    CHECK(plan_asks_store(&request));
    plan_op(&request, NOW_MS, &op);
    return op;
}

Test(plan, reads_expiry_as_memcached_does)
{
    CHECK_NUMBER(plan_expiry_ms(0, NOW_MS), 0);
    CHECK_NUMBER(plan_expiry_ms(1, NOW_MS), NOW_MS + 1000);
    CHECK_NUMBER(plan_expiry_ms(DAYS_30_S, NOW_MS),
                 NOW_MS + DAYS_30_S * UINT64_C(1000));
    CHECK_NUMBER(plan_expiry_ms(DAYS_30_S + 1, NOW_MS),
                 (DAYS_30_S + 1) * UINT64_C(1000));
    CHECK_NUMBER(plan_expiry_ms(1763622001, NOW_MS), NOW_MS + 1000);
    CHECK(plan_expiry_ms(-1, NOW_MS) > 0);
    CHECK(plan_expiry_ms(-1, NOW_MS) < NOW_MS);
}

Test(plan, hands_a_value_on)
{
    struct pawl_op op = plan("set key 7 -1 3\r\nabc\r\n");

    CHECK_NUMBER(op.verb, PAWL_SET);
    CHECK_BYTES(op.key, op.key_bytes, TEXT("key"));
    CHECK_BYTES(op.value, op.value_bytes, TEXT("abc"));
    CHECK_NUMBER(op.flags, 7);
    CHECK_NUMBER(op.expiry_ms, plan_expiry_ms(-1, NOW_MS));
    CHECK_NUMBER(op.version, 0);
}

Test(plan, makes_cas_a_set_of_one_version)
{
    CHECK_NUMBER(plan("cas k 0 0 1 42\r\nx\r\n").verb, PAWL_SET);
    CHECK_NUMBER(plan("cas k 0 0 1 42\r\nx\r\n").version, 42);
}

Test(plan, lets_cas_of_version_zero_never_store)
{
    CHECK(plan("cas k 0 0 1 0\r\nx\r\n").version > PAWL_VERSION_MAX);
}

Test(plan, bounds_take_and_give_where_the_client_does_not)
{
    CHECK_NUMBER(plan("take k 3\r\n").amount, 3);
    CHECK_NUMBER(plan("take k 3\r\n").bound, 0);
    CHECK_NUMBER(plan("take k 3 5\r\n").bound, 5);
    CHECK_NUMBER(plan("give k 3\r\n").bound, UINT64_MAX);
    CHECK_NUMBER(plan("give k 3 0\r\n").bound, 0);
    CHECK_NUMBER(plan("give k 3 5\r\n").bound, 5);
}

Test(plan, makes_no_change_depend_on_a_version_but_cas)
{
    static const char *const messages[] = {"add k 0 0 1\r\nx\r\n",
                                           "replace k 0 0 1\r\nx\r\n",
                                           "append k 0 0 1\r\nx\r\n",
                                           "prepend k 0 0 1\r\nx\r\n",
                                           "incr k 5\r\n",
                                           "decr k 5\r\n",
                                           "take k 5\r\n",
                                           "give k 5\r\n",
                                           "delete k\r\n",
                                           "touch k 5\r\n",
                                           "gat 5 k\r\n"};

    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        CHECK_NUMBER(plan(messages[i]).version, 0);
    }
}

Test(plan, asks_the_store_only_where_it_has_a_part)
{
    static const char *const messages[] = {
        "version\r\n",      "stats\r\n",  "verbosity 1\r\n", "quit\r\n",
        "flush_all 10\r\n", "gat 10\r\n", "incr k x\r\n",    "nonsense\r\n"};

    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct request request = read_request(messages[i]);

        CHECK(!plan_asks_store(&request));
        CHECK(!plan_repeats(&request));
    }
    CHECK_NUMBER(plan("flush_all\r\n").verb, PAWL_FLUSH);
    CHECK_NUMBER(plan("flush_all 0\r\n").verb, PAWL_FLUSH);
    CHECK_NUMBER(plan("flush_all -1\r\n").verb, PAWL_FLUSH);
}

Test(plan, repeats_only_what_changes_nothing)
{
    struct request get = read_request("get k\r\n");
    struct request gets = read_request("gets k\r\n");
    struct request gat = read_request("gat 1 k\r\n");
    struct request take = read_request("take k 1\r\n");

    CHECK(plan_repeats(&get));
    CHECK(plan_repeats(&gets));
    CHECK(!plan_repeats(&gat));
    CHECK(!plan_repeats(&take));
}

/* Counts message with status; every counter that moved must be in wanted. */
static void check_counted(const char *message, enum pawl_status status,
                          const enum counter *wanted, size_t count)
{
    struct request request = read_request(message);
    struct counters row;
    struct counter_sums sums;
    uint64_t moved = 0;

    memset(&row, 0, sizeof row);
    plan_count(&request, status, &row);
    counters_sum(&row, 1, &sums);
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        moved += sums.of[i];
    }
    CHECK_NUMBER(moved, count);
    for (size_t i = 0; i < count; i++) {
        CHECK_NUMBER(sums.of[wanted[i]], 1);
    }
}

#define CHECK_COUNTED(message, status, ...)              \
    do {                                                 \
        const enum counter wanted_[] = {__VA_ARGS__};    \
        check_counted(message, status, wanted_,          \
                      sizeof wanted_ / sizeof *wanted_); \
    } while (0)

Test(plan, counts_what_came_of_it)
{
    CHECK_COUNTED("get k\r\n", PAWL_OK, COUNTER_cmd_get, COUNTER_get_hits);
    CHECK_COUNTED("gets k\r\n", PAWL_NOT_FOUND, COUNTER_cmd_get,
                  COUNTER_get_misses);
    CHECK_COUNTED("gat 1 k\r\n", PAWL_OK, COUNTER_cmd_touch,
                  COUNTER_touch_hits);
    CHECK_COUNTED("take k 1\r\n", PAWL_OK, COUNTER_cmd_take, COUNTER_take_hits);
    CHECK_COUNTED("take k 1\r\n", PAWL_REFUSED, COUNTER_cmd_take,
                  COUNTER_take_refused);
    CHECK_COUNTED("give k 1\r\n", PAWL_NOT_FOUND, COUNTER_cmd_give,
                  COUNTER_give_misses);
    CHECK_COUNTED("cas k 0 0 1 1\r\nx\r\n", PAWL_EXISTS, COUNTER_cmd_set,
                  COUNTER_cas_badval);
    CHECK_COUNTED("cas k 0 0 1 1\r\nx\r\n", PAWL_OK, COUNTER_cmd_set,
                  COUNTER_cas_hits);
    CHECK_COUNTED("set k 0 0 1\r\nx\r\n", PAWL_NO_MEMORY, COUNTER_cmd_set,
                  COUNTER_store_no_memory);
    CHECK_COUNTED("incr k 1\r\n", PAWL_NOT_FOUND, COUNTER_incr_misses);
    CHECK_COUNTED("delete k\r\n", PAWL_OK, COUNTER_delete_hits);
}
