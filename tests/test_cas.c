/*
 * test_cas.c - compare-and-set: only on the version that is expected.
 */
#include "tests/support.h"

TestSuite(cas, .init = store_open, .fini = store_close);

Test(cas, stores_on_the_expected_version)
{
    uint64_t version = 0;
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(pawl_compare_and_set(me, TEXT("k"), first, TEXT("two"), 5, 0,
                                  &version));
    CHECK(version > first);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("two")), version);
    CHECK_NUMBER(peek(TEXT("k")).flags, 5);
}

Test(cas, tells_the_version_that_is_there_instead)
{
    uint64_t version = 0;
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    uint64_t second = store_value(TEXT("k"), TEXT("two"));
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("x"), 0, 0, &version),
        PAWL_EXISTS);
    CHECK_NUMBER(version, second);
    CHECK_STATUS(pawl_compare_and_set(me, TEXT("k"), second + 1, TEXT("x"), 0,
                                      0, &version),
                 PAWL_EXISTS);
    CHECK_NUMBER(version, second);
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), UINT64_MAX, TEXT("x"), 0, 0, NULL),
        PAWL_EXISTS);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("two")), second);
}

Test(cas, succeeds_once_for_one_version)
{
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("two"), 0, 0, NULL));
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("three"), 0, 0, NULL),
        PAWL_EXISTS);
    check_value(TEXT("k"), TEXT("two"));
}

Test(cas, of_an_absent_key_is_not_found)
{
    uint64_t version = 9;
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), 7, TEXT("x"), 0, 0, &version),
        PAWL_NOT_FOUND);
    CHECK_NUMBER(version, 9);
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(pawl_delete(me, TEXT("k"), 0));
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("x"), 0, 0, &version),
        PAWL_NOT_FOUND);
    check_absent(TEXT("k"));
}

Test(cas, of_a_record_created_anew_fails_with_the_old_version)
{
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(pawl_delete(me, TEXT("k"), 0));
    store_value(TEXT("k"), TEXT("one"));
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("x"), 0, 0, NULL),
        PAWL_EXISTS);
    check_value(TEXT("k"), TEXT("one"));
}

Test(cas, sees_the_change_of_a_counter)
{
    uint64_t taken = 0;
    uint64_t first = store_value(TEXT("k"), TEXT("10"));
    CHECK_OK(pawl_take(me, TEXT("k"), 1, 0, NULL, &taken));
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("9"), 0, 0, NULL),
        PAWL_EXISTS);
    CHECK_OK(pawl_compare_and_set(me, TEXT("k"), taken, TEXT("8"), 0, 0, NULL));
    check_value(TEXT("k"), TEXT("8"));
}

Test(cas, is_not_disturbed_by_touch)
{
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(pawl_touch(me, TEXT("k"), PAWL_EXPIRY_MS_MAX));
    CHECK_OK(
        pawl_compare_and_set(me, TEXT("k"), first, TEXT("two"), 0, 0, NULL));
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, 0);
}

/* The condition as a field of each operation that can carry one. */

static const enum pawl_verb conditional[] = {
    PAWL_SET,   PAWL_REPLACE, PAWL_APPEND, PAWL_PREPEND, PAWL_DELETE,
    PAWL_TOUCH, PAWL_INCR,    PAWL_DECR,   PAWL_TAKE,    PAWL_GIVE,
};
#define CONDITIONAL_COUNT (sizeof conditional / sizeof conditional[0])

static struct pawl_op operation(enum pawl_verb verb, uint64_t version)
{
    return (struct pawl_op){
        .verb = verb,
        .key = "k",
        .key_bytes = 1,
        .value = "1",
        .value_bytes = 1,
        .amount = 1,
        .bound = verb == PAWL_GIVE ? UINT64_MAX : 0,
        .version = version,
    };
}

Test(cas, every_changing_operation_honours_a_version)
{
    for (size_t i = 0; i < CONDITIONAL_COUNT; i++) {
        uint64_t old = store_value(TEXT("k"), TEXT("50"));
        uint64_t now = store_value(TEXT("k"), TEXT("51"));
        struct pawl_op wrong = operation(conditional[i], old);
        CHECK_STATUS(run_one(&wrong), PAWL_EXISTS);
        CHECK_NUMBER(wrong.view.version, now);
        CHECK_NUMBER(check_value(TEXT("k"), TEXT("51")), now);
        struct pawl_op right = operation(conditional[i], now);
        CHECK_OK(run_one(&right));
    }
}

Test(cas, every_changing_operation_with_a_version_needs_a_record)
{
    for (size_t i = 0; i < CONDITIONAL_COUNT; i++) {
        struct pawl_op op = operation(conditional[i], 7);
        CHECK_STATUS(run_one(&op), PAWL_NOT_FOUND);
        check_absent(TEXT("k"));
    }
    struct pawl_op add = operation(PAWL_ADD, 7);
    CHECK_STATUS(run_one(&add), PAWL_NOT_FOUND);
    check_absent(TEXT("k"));
}

Test(cas, add_with_a_version_never_stores)
{
    uint64_t now = store_value(TEXT("k"), TEXT("there"));
    struct pawl_op op = operation(PAWL_ADD, now + 1);
    CHECK_STATUS(run_one(&op), PAWL_EXISTS);
    CHECK_NUMBER(op.view.version, now);
    op = operation(PAWL_ADD, now);
    CHECK_STATUS(run_one(&op), PAWL_NOT_STORED);
    CHECK_NUMBER(op.view.version, now);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("there")), now);
}

Test(cas, get_and_flush_read_no_version)
{
    uint64_t now = store_value(TEXT("k"), TEXT("there"));
    struct pawl_op get = operation(PAWL_GET, now + 1);
    CHECK_OK(run_one(&get));
    CHECK_NUMBER(get.view.version, now);
    struct pawl_op flush = operation(PAWL_FLUSH, now + 1);
    CHECK_OK(run_one(&flush));
    check_absent(TEXT("k"));
}
