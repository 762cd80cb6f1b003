/*
 * test_count.c - which values are numbers, and counting.
 *
 * What incr, decr, take and give do with them.
 */
#include "tests/support.h"

#include <string.h>

TestSuite(count, .init = store_open, .fini = store_close);

#define MAX_TEXT "18446744073709551615"

struct text {
    const char *bytes;
    size_t count;
};

/* ---- which values are numbers -------------------------------------------- */

static void check_is_number(const char *text, size_t bytes, bool wanted)
{
    store_value(TEXT("k"), text, bytes);
    check_value(TEXT("k"), text, bytes);
    if (peek(TEXT("k")).is_number != wanted) {
        check_failed(__FILE__, __LINE__, "\"%s\" is_number is not %d", text,
                     wanted);
    }
}

Test(count, canonical_text_is_kept_as_a_number)
{
    static const struct text canonical[] = {
        {TEXT("0")},
        {TEXT("7")},
        {TEXT("10")},
        {TEXT("9999999999999999999")},
        {TEXT("10000000000000000000")},
        {TEXT("18446744073709551614")},
        {TEXT(MAX_TEXT)},
    };
    for (size_t i = 0; i < sizeof canonical / sizeof canonical[0]; i++) {
        check_is_number(canonical[i].bytes, canonical[i].count, true);
    }
}

Test(count, other_text_is_kept_as_it_is)
{
    static const struct text other[] = {
        {TEXT("")},
        {TEXT("00")},
        {TEXT("01")},
        {TEXT("+1")},
        {TEXT("-1")},
        {TEXT("-0")},
        {TEXT(" 1")},
        {TEXT("1 ")},
        {TEXT("1\0")},
        {TEXT("\0001")},
        {TEXT("1.0")},
        {TEXT("1e3")},
        {TEXT("0x1")},
        {TEXT("12a")},
        {TEXT("a")},
        {TEXT("/")},
        {TEXT(":")},
        {TEXT("\xb1")},
        {TEXT("1\r\n")},
        {TEXT("1234 56")},
        {TEXT("000000000000000000001")},
        {TEXT("18446744073709551616")},
        {TEXT("18446744073709551620")},
        {TEXT("20000000000000000000")},
        {TEXT("99999999999999999999")},
        {TEXT("100000000000000000000")},
        {TEXT("184467440737095516150")},
    };
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        check_is_number(other[i].bytes, other[i].count, false);
    }
}

Test(count, every_power_of_ten_and_its_neighbours_are_kept_as_numbers)
{
    char text[24];
    uint64_t power = 1;
    for (unsigned digits = 1; digits <= 20; digits++) {
        for (uint64_t number = power - 1; number != power + 2; number++) {
            check_is_number(text, number_text(number, text), true);
            CHECK_NUMBER(peek(TEXT("k")).number, number);
        }
        power *= 10;
    }
}

/* ---- incr and decr ------------------------------------------------------- */

Test(count, incr_and_decr_tell_the_new_number_and_version)
{
    uint64_t number = 0;
    uint64_t version = 0;
    uint64_t stored = store_value(TEXT("k"), TEXT("99"));
    CHECK_OK(pawl_incr(me, TEXT("k"), 1, &number, &version));
    CHECK_NUMBER(number, 100);
    CHECK(version > stored);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("100")), version);
    uint64_t later = 0;
    CHECK_OK(pawl_decr(me, TEXT("k"), 95, &number, &later));
    CHECK_NUMBER(number, 5);
    CHECK(later > version);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("5")), later);
}

Test(count, incr_wraps_at_two_to_the_64)
{
    uint64_t number = 9;
    store_value(TEXT("k"), TEXT(MAX_TEXT));
    CHECK_OK(pawl_incr(me, TEXT("k"), 1, &number, NULL));
    CHECK_NUMBER(number, 0);
    check_value(TEXT("k"), TEXT("0"));
    CHECK_OK(pawl_incr(me, TEXT("k"), UINT64_MAX, &number, NULL));
    check_value(TEXT("k"), TEXT(MAX_TEXT));
    CHECK_OK(pawl_incr(me, TEXT("k"), UINT64_MAX, &number, NULL));
    check_value(TEXT("k"), TEXT("18446744073709551614"));
}

Test(count, decr_stops_at_0)
{
    uint64_t number = 9;
    store_value(TEXT("k"), TEXT("5"));
    CHECK_OK(pawl_decr(me, TEXT("k"), 6, &number, NULL));
    CHECK_NUMBER(number, 0);
    check_value(TEXT("k"), TEXT("0"));
    CHECK_OK(pawl_decr(me, TEXT("k"), UINT64_MAX, &number, NULL));
    CHECK_NUMBER(number, 0);
    store_value(TEXT("k"), TEXT(MAX_TEXT));
    CHECK_OK(pawl_decr(me, TEXT("k"), UINT64_MAX, &number, NULL));
    CHECK_NUMBER(number, 0);
}

Test(count, a_change_by_nothing_is_still_a_change)
{
    uint64_t number = 0;
    uint64_t version = 0;
    uint64_t last = store_value(TEXT("k"), TEXT("5"));
    CHECK_OK(pawl_incr(me, TEXT("k"), 0, &number, &version));
    CHECK_NUMBER(number, 5);
    CHECK(version > last);
    last = version;
    CHECK_OK(pawl_decr(me, TEXT("k"), 0, &number, &version));
    CHECK(version > last);
    last = version;
    CHECK_OK(pawl_take(me, TEXT("k"), 0, 5, &number, &version));
    CHECK(version > last);
    last = version;
    CHECK_OK(pawl_give(me, TEXT("k"), 0, 5, &number, &version));
    CHECK(version > last);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("5")), version);
}

Test(count, a_counter_keeps_its_flags_and_expiry)
{
    CHECK_OK(
        pawl_set(me, TEXT("k"), TEXT("5"), 77, PAWL_EXPIRY_MS_MAX - 1, NULL));
    CHECK_OK(pawl_incr(me, TEXT("k"), 1, NULL, NULL));
    CHECK_OK(pawl_decr(me, TEXT("k"), 1, NULL, NULL));
    CHECK_OK(pawl_take(me, TEXT("k"), 1, 0, NULL, NULL));
    CHECK_OK(pawl_give(me, TEXT("k"), 1, 10, NULL, NULL));
    CHECK_NUMBER(peek(TEXT("k")).flags, 77);
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX - 1);
}

/* ---- what is no number, and what nearly is ------------------------------- */

/* All four must answer wanted; number and version stay alone. */
static void check_all_refuse(enum pawl_status wanted)
{
    uint64_t number = 55;
    uint64_t version = 66;
    CHECK_STATUS(pawl_incr(me, TEXT("k"), 1, &number, &version), wanted);
    CHECK_STATUS(pawl_decr(me, TEXT("k"), 1, &number, &version), wanted);
    CHECK_STATUS(pawl_take(me, TEXT("k"), 1, 0, &number, &version), wanted);
    CHECK_STATUS(pawl_give(me, TEXT("k"), 1, UINT64_MAX, &number, &version),
                 wanted);
    CHECK_NUMBER(number, 55);
    CHECK_NUMBER(version, 66);
}

Test(count, nothing_is_counted_where_no_record_is)
{
    check_all_refuse(PAWL_NOT_FOUND);
    check_absent(TEXT("k"));
}

Test(count, a_value_that_is_no_number_is_left_alone)
{
    static const struct text wrong[] = {
        {TEXT("")},
        {TEXT("abc")},
        {TEXT("12a")},
        {TEXT("-1")},
        {TEXT("1.5")},
        {TEXT("0x10")},
        {TEXT("1\0")},
        {TEXT("+")},
        {TEXT(" ")},
        {TEXT("+ 1")},
        {TEXT("++1")},
        {TEXT("/")},
        {TEXT(":")},
        {TEXT("1\xa0")},
        {TEXT("1,000")},
        {TEXT("18446744073709551616")},
        {TEXT("99999999999999999999")},
        {TEXT("184467440737095516150")},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t stored =
            store_value(TEXT("k"), wrong[i].bytes, wrong[i].count);
        check_all_refuse(PAWL_NOT_A_NUMBER);
        CHECK_NUMBER(check_value(TEXT("k"), wrong[i].bytes, wrong[i].count),
                     stored);
    }
}

/* text counts as 12, and is canonical after the change. */
static void check_counts_as_12(const char *text, size_t bytes)
{
    uint64_t number = 0;
    store_value(TEXT("k"), text, bytes);
    CHECK_OK(pawl_incr(me, TEXT("k"), 1, &number, NULL));
    CHECK_NUMBER(number, 13);
    check_value(TEXT("k"), TEXT("13"));
    store_value(TEXT("k"), text, bytes);
    CHECK_OK(pawl_decr(me, TEXT("k"), 3, &number, NULL));
    check_value(TEXT("k"), TEXT("9"));
    store_value(TEXT("k"), text, bytes);
    CHECK_OK(pawl_take(me, TEXT("k"), 12, 0, &number, NULL));
    check_value(TEXT("k"), TEXT("0"));
    store_value(TEXT("k"), text, bytes);
    CHECK_OK(pawl_give(me, TEXT("k"), 88, 100, &number, NULL));
    check_value(TEXT("k"), TEXT("100"));
    CHECK(peek(TEXT("k")).is_number);
}

Test(count, text_that_memcached_takes_for_a_number_counts_and_gets_canonical)
{
    static const struct text lenient[] = {
        {TEXT("012")},          {TEXT("12 ")},
        {TEXT(" 12")},          {TEXT("+12")},
        {TEXT("12\n")},         {TEXT("12 apples")},
        {TEXT("\t 0012 \r\n")}, {TEXT("000000000000000000000000000012")},
    };
    for (size_t i = 0; i < sizeof lenient / sizeof lenient[0]; i++) {
        check_counts_as_12(lenient[i].bytes, lenient[i].count);
    }
}

Test(count, a_refusal_does_not_rewrite_text_that_counts)
{
    uint64_t number = 0;
    uint64_t version = 0;
    uint64_t stored = store_value(TEXT("k"), TEXT("007"));
    CHECK_STATUS(pawl_take(me, TEXT("k"), 8, 0, &number, &version),
                 PAWL_REFUSED);
    CHECK_NUMBER(number, 7);
    CHECK_NUMBER(version, stored);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("007")), stored);
}

/* ---- take and give ------------------------------------------------------- */

/* One take or give of the number, and what comes of it. */
struct bounded {
    uint64_t start;
    uint64_t amount;
    uint64_t bound;
    bool done;
};

static void check_bounded(bool take, const struct bounded *row)
{
    char text[24];
    uint64_t number = 0;
    uint64_t version = 0;
    uint64_t after = take ? row->start - row->amount : row->start + row->amount;
    uint64_t wanted = row->done ? after : row->start;
    uint64_t stored =
        store_value(TEXT("k"), text, number_text(row->start, text));
    CHECK_STATUS(take ? pawl_take(me, TEXT("k"), row->amount, row->bound,
                                  &number, &version)
                      : pawl_give(me, TEXT("k"), row->amount, row->bound,
                                  &number, &version),
                 row->done ? PAWL_OK : PAWL_REFUSED);
    CHECK_NUMBER(number, wanted);
    CHECK(row->done ? version > stored : version == stored);
    CHECK_NUMBER(check_value(TEXT("k"), text, number_text(wanted, text)),
                 version);
}

Test(count, take_leaves_at_least_the_floor_or_changes_nothing)
{
    static const struct bounded rows[] = {
        {10, 1, 0, true},
        {10, 10, 0, true},
        {10, 11, 0, false},
        {10, 5, 5, true},
        {10, 6, 5, false},
        {10, 0, 10, true},
        {10, 0, 11, false},
        {10, 1, 10, false},
        {0, 0, 0, true},
        {0, 1, 0, false},
        {5, UINT64_MAX, UINT64_MAX, false},
        {5, UINT64_MAX, 0, false},
        {5, UINT64_MAX - 1, 6, false},
        {5, 1, UINT64_MAX, false},
        {UINT64_MAX, UINT64_MAX, 0, true},
        {UINT64_MAX, UINT64_MAX, 1, false},
        {UINT64_MAX, 1, UINT64_MAX - 1, true},
        {UINT64_MAX, 0, UINT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_bounded(true, &rows[i]);
    }
}

Test(count, give_stays_at_most_at_the_ceiling_or_changes_nothing)
{
    static const struct bounded rows[] = {
        {10, 1, 11, true},
        {10, 2, 11, false},
        {10, 0, 10, true},
        {10, 0, 9, false},
        {10, 1, 0, false},
        {0, UINT64_MAX, UINT64_MAX, true},
        {1, UINT64_MAX, UINT64_MAX, false},
        {2, UINT64_MAX, 1, false},
        {UINT64_MAX, 0, UINT64_MAX, true},
        {UINT64_MAX, 1, UINT64_MAX, false},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, false},
        {UINT64_MAX - 1, 1, UINT64_MAX, true},
        {UINT64_MAX - 1, 1, UINT64_MAX - 1, false},
        {0, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_bounded(false, &rows[i]);
    }
}

Test(count, the_last_seat_is_taken_once)
{
    uint64_t number = 0;
    store_value(TEXT("seats"), TEXT("3"));
    for (uint64_t left = 3; left-- > 0;) {
        CHECK_OK(pawl_take(me, TEXT("seats"), 1, 0, &number, NULL));
        CHECK_NUMBER(number, left);
    }
    CHECK_STATUS(pawl_take(me, TEXT("seats"), 1, 0, &number, NULL),
                 PAWL_REFUSED);
    CHECK_NUMBER(number, 0);
}
