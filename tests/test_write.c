/*
 * test_write.c - set, add, replace, append, prepend, delete.
 *
 * And what they answer about keys and sizes.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(write, .init = store_open, .fini = store_close);

Test(write, set_stores_where_nothing_is_and_where_something_is)
{
    uint64_t first = 0;
    uint64_t second = 0;
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("one"), 1, 0, &first));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("one")), first);
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("two"), 2, 0, &second));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("two")), second);
    CHECK(second > first);
    CHECK_NUMBER(peek(TEXT("k")).flags, 2);
}

Test(write, setting_the_same_value_again_gives_a_new_version)
{
    uint64_t first = store_value(TEXT("k"), TEXT("same"));
    uint64_t second = store_value(TEXT("k"), TEXT("same"));
    CHECK(second > first);
    first = store_value(TEXT("n"), TEXT("7"));
    second = store_value(TEXT("n"), TEXT("7"));
    CHECK(second > first);
}

Test(write, the_stored_value_is_a_copy_of_its_own)
{
    char key[] = "key";
    char value[] = "a value that changes";
    store_value(key, 3, value, 20);
    memset(key, 'x', 3);
    memset(value, 'x', 20);
    check_value(TEXT("key"), TEXT("a value that changes"));
}

Test(write, add_stores_only_where_no_record_is)
{
    uint64_t version = 0;
    CHECK_OK(pawl_add(me, TEXT("k"), TEXT("one"), 3, 0, &version));
    CHECK_STATUS(pawl_add(me, TEXT("k"), TEXT("two"), 4, 0, NULL),
                 PAWL_NOT_STORED);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("one")), version);
    CHECK_NUMBER(peek(TEXT("k")).flags, 3);
    CHECK_OK(pawl_delete(me, TEXT("k"), 0));
    uint64_t again = 0;
    CHECK_OK(pawl_add(me, TEXT("k"), TEXT("two"), 4, 0, &again));
    CHECK(again > version);
}

Test(write, replace_stores_only_where_a_record_is)
{
    uint64_t version = 9;
    CHECK_STATUS(pawl_replace(me, TEXT("k"), TEXT("one"), 0, 0, &version),
                 PAWL_NOT_STORED);
    CHECK_NUMBER(version, 9);
    check_absent(TEXT("k"));
    uint64_t first = store_value(TEXT("k"), TEXT("one"));
    CHECK_OK(pawl_replace(me, TEXT("k"), TEXT("two"), 5, 0, &version));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("two")), version);
    CHECK(version > first);
    CHECK_NUMBER(peek(TEXT("k")).flags, 5);
}

Test(write, append_and_prepend_need_a_record)
{
    CHECK_STATUS(pawl_append(me, TEXT("k"), TEXT("x"), NULL), PAWL_NOT_STORED);
    CHECK_STATUS(pawl_prepend(me, TEXT("k"), TEXT("x"), NULL), PAWL_NOT_STORED);
    check_absent(TEXT("k"));
}

Test(write, append_and_prepend_put_behind_and_before_and_keep_the_rest)
{
    uint64_t version = 0;
    uint64_t later = 0;
    CHECK_OK(
        pawl_set(me, TEXT("k"), TEXT("middle"), 17, PAWL_EXPIRY_MS_MAX, NULL));
    CHECK_OK(pawl_append(me, TEXT("k"), TEXT(" end"), &version));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("middle end")), version);
    CHECK_OK(pawl_prepend(me, TEXT("k"), TEXT("start "), &later));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("start middle end")), later);
    CHECK(later > version);
    CHECK_NUMBER(peek(TEXT("k")).flags, 17);
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX);
}

Test(write, appending_nothing_is_a_change_like_any_other)
{
    uint64_t version = 0;
    uint64_t first = store_value(TEXT("k"), TEXT("value"));
    CHECK_OK(pawl_append(me, TEXT("k"), NULL, 0, &version));
    CHECK(version > first);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("value")), version);
    CHECK_OK(pawl_prepend(me, TEXT("k"), NULL, 0, &first));
    CHECK(first > version);
    check_value(TEXT("k"), TEXT("value"));
}

Test(write, numbers_can_be_appended_to_and_become_numbers_again)
{
    store_value(TEXT("k"), TEXT("42"));
    CHECK_OK(pawl_append(me, TEXT("k"), TEXT("0"), NULL));
    check_value(TEXT("k"), TEXT("420"));
    CHECK(peek(TEXT("k")).is_number);
    CHECK_OK(pawl_prepend(me, TEXT("k"), TEXT("-"), NULL));
    check_value(TEXT("k"), TEXT("-420"));
    CHECK(!peek(TEXT("k")).is_number);
    store_value(TEXT("k"), TEXT("42"));
    CHECK_OK(pawl_prepend(me, TEXT("k"), TEXT("0"), NULL));
    check_value(TEXT("k"), TEXT("042"));
    CHECK(!peek(TEXT("k")).is_number);
}

Test(write, append_stops_at_the_largest_value_and_changes_nothing)
{
    size_t most = PAWL_VALUE_BYTES_DEFAULT;
    char *value = calloc(1, most + 1);
    uint64_t stored = store_value(TEXT("k"), value, most - 1);
    CHECK_STATUS(pawl_append(me, TEXT("k"), TEXT("xx"), NULL), PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_prepend(me, TEXT("k"), TEXT("xx"), NULL), PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_append(me, TEXT("k"), value, SIZE_MAX, NULL),
                 PAWL_TOO_LARGE);
    CHECK_NUMBER(check_value(TEXT("k"), value, most - 1), stored);
    CHECK_OK(pawl_append(me, TEXT("k"), TEXT("\0"), NULL));
    check_value(TEXT("k"), value, most);
    free(value);
}

Test(write, a_value_past_the_limit_is_refused_and_changes_nothing)
{
    size_t over = PAWL_VALUE_BYTES_DEFAULT + 1;
    char *value = calloc(1, over);
    uint64_t version = 9;
    uint64_t stored = store_value(TEXT("k"), TEXT("value"));
    CHECK_STATUS(pawl_set(me, TEXT("k"), value, over, 0, 0, &version),
                 PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_replace(me, TEXT("k"), value, over, 0, 0, &version),
                 PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_add(me, TEXT("new"), value, over, 0, 0, &version),
                 PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_set(me, TEXT("k"), value, SIZE_MAX, 0, 0, &version),
                 PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_compare_and_set(me, TEXT("k"), stored, value, over, 0, 0,
                                      &version),
                 PAWL_TOO_LARGE);
    CHECK_NUMBER(version, 9);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("value")), stored);
    check_absent(TEXT("new"));
    free(value);
}

Test(write, delete_removes_and_then_there_is_nothing_to_delete)
{
    store_value(TEXT("k"), TEXT("value"));
    CHECK_OK(pawl_delete(me, TEXT("k"), 0));
    check_absent(TEXT("k"));
    CHECK_STATUS(pawl_delete(me, TEXT("k"), 0), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_delete(me, TEXT("k"), 12345), PAWL_NOT_FOUND);
}

Test(write, delete_by_version_spares_every_other_version)
{
    uint64_t old = store_value(TEXT("k"), TEXT("old"));
    uint64_t now = store_value(TEXT("k"), TEXT("now"));
    CHECK_STATUS(pawl_delete(me, TEXT("k"), old), PAWL_EXISTS);
    CHECK_STATUS(pawl_delete(me, TEXT("k"), now + 1), PAWL_EXISTS);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("now")), now);
    CHECK_OK(pawl_delete(me, TEXT("k"), now));
    check_absent(TEXT("k"));
}

Test(write, touch_keeps_value_flags_and_version)
{
    uint64_t version = 0;
    uint64_t number = 0;
    CHECK_STATUS(pawl_touch(me, TEXT("k"), PAWL_EXPIRY_MS_MAX), PAWL_NOT_FOUND);
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("value"), 6, 0, &version));
    CHECK_OK(pawl_touch(me, TEXT("k"), PAWL_EXPIRY_MS_MAX));
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("value")), version);
    CHECK_NUMBER(peek(TEXT("k")).flags, 6);
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX);
    CHECK_OK(pawl_set(me, TEXT("n"), TEXT("41"), 7, 0, NULL));
    CHECK_OK(pawl_incr(me, TEXT("n"), 1, &number, &version));
    CHECK_OK(pawl_touch(me, TEXT("n"), PAWL_EXPIRY_MS_MAX - 1));
    CHECK_NUMBER(check_value(TEXT("n"), TEXT("42")), version);
    CHECK_NUMBER(peek(TEXT("n")).flags, 7);
    CHECK_NUMBER(peek(TEXT("n")).expiry_ms, PAWL_EXPIRY_MS_MAX - 1);
}

/* Every operation that takes a key, each with the status that it answers. */
static void check_key(const void *key, size_t bytes, enum pawl_status wanted)
{
    char room[8];
    struct pawl_view view;
    pawl_enter(me);
    CHECK_STATUS(pawl_get(me, key, bytes, &view), wanted);
    pawl_leave(me);
    CHECK_STATUS(pawl_copy(me, key, bytes, room, sizeof room, NULL, NULL),
                 wanted);
    CHECK_STATUS(pawl_set(me, key, bytes, TEXT("v"), 0, 0, NULL), wanted);
    CHECK_STATUS(pawl_add(me, key, bytes, TEXT("v"), 0, 0, NULL), wanted);
    CHECK_STATUS(pawl_replace(me, key, bytes, TEXT("v"), 0, 0, NULL), wanted);
    CHECK_STATUS(pawl_compare_and_set(me, key, bytes, 1, TEXT("v"), 0, 0, NULL),
                 wanted);
    CHECK_STATUS(pawl_append(me, key, bytes, TEXT("v"), NULL), wanted);
    CHECK_STATUS(pawl_prepend(me, key, bytes, TEXT("v"), NULL), wanted);
    CHECK_STATUS(pawl_delete(me, key, bytes, 0), wanted);
    CHECK_STATUS(pawl_touch(me, key, bytes, 0), wanted);
    CHECK_STATUS(pawl_incr(me, key, bytes, 1, NULL, NULL), wanted);
    CHECK_STATUS(pawl_decr(me, key, bytes, 1, NULL, NULL), wanted);
    CHECK_STATUS(pawl_take(me, key, bytes, 1, 0, NULL, NULL), wanted);
    CHECK_STATUS(pawl_give(me, key, bytes, 1, 9, NULL, NULL), wanted);
}

Test(write, a_key_has_1_to_250_bytes)
{
    char key[PAWL_KEY_BYTES_MAX + 2] = "k";
    check_key(key, 0, PAWL_BAD_KEY);
    check_key(NULL, 0, PAWL_BAD_KEY);
    check_key(key, PAWL_KEY_BYTES_MAX + 1, PAWL_BAD_KEY);
    check_key(key, 256 + 1, PAWL_BAD_KEY);
    check_key(key, 65536 + 1, PAWL_BAD_KEY);
    check_key(key, SIZE_MAX, PAWL_BAD_KEY);
    store_value(key, PAWL_KEY_BYTES_MAX, TEXT("longest"));
    check_value(key, PAWL_KEY_BYTES_MAX, TEXT("longest"));
}

Test(write, flags_keep_all_their_32_bits)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t flags = UINT32_C(1) << bit;
        CHECK_OK(pawl_set(me, TEXT("text"), TEXT("v"), flags, 0, NULL));
        CHECK_OK(pawl_set(me, TEXT("number"), TEXT("1"), flags, 0, NULL));
        CHECK_NUMBER(peek(TEXT("text")).flags, flags);
        CHECK_NUMBER(peek(TEXT("number")).flags, flags);
    }
}
