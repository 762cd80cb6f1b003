/*
 * test_read.c - what get, borrowing and copying, shows of a record.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(read, .init = store_open, .fini = store_close);

Test(read, get_shows_the_whole_record)
{
    uint64_t version = 0;
    struct pawl_view view;
    CHECK_OK(pawl_set(me, TEXT("seat"), TEXT("12 A"), 0xfffffffe,
                      PAWL_EXPIRY_MS_MAX, &version));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("seat"), &view));
    CHECK_BYTES(view.value, view.value_bytes, TEXT("12 A"));
    CHECK_NUMBER(view.version, version);
    CHECK_NUMBER(view.expiry_ms, PAWL_EXPIRY_MS_MAX);
    CHECK_NUMBER(view.flags, 0xfffffffe);
    CHECK(!view.is_number);
    pawl_leave(me);
}

Test(read, get_of_an_absent_key_answers_not_found_and_a_zero_view)
{
    static const struct pawl_view zero;
    struct pawl_view view;
    memset(&view, 0x5a, sizeof view);
    pawl_enter(me);
    CHECK_STATUS(pawl_get(me, TEXT("none"), &view), PAWL_NOT_FOUND);
    pawl_leave(me);
    CHECK(view.value == NULL);
    CHECK_NUMBER(view.value_bytes, 0);
    CHECK_NUMBER(view.version, 0);
    CHECK_NUMBER(view.expiry_ms, 0);
    CHECK_NUMBER(view.number, 0);
    CHECK_NUMBER(view.flags, 0);
    CHECK(!view.is_number);
    CHECK(memcmp(view.digits, zero.digits, sizeof zero.digits) == 0);
}

Test(read, a_number_is_shown_as_text_and_as_number)
{
    struct pawl_view view;
    store_value(TEXT("n"), TEXT("18446744073709551615"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("n"), &view));
    CHECK(view.is_number);
    CHECK_NUMBER(view.number, UINT64_MAX);
    CHECK_BYTES(view.value, view.value_bytes, TEXT("18446744073709551615"));
    pawl_leave(me);
}

Test(read, copy_gives_value_size_and_version)
{
    char room[16];
    size_t bytes = 0;
    uint64_t version = 0;
    memset(room, '.', sizeof room);
    uint64_t stored = store_value(TEXT("k"), TEXT("value"));
    CHECK_OK(pawl_copy(me, TEXT("k"), room, sizeof room, &bytes, &version));
    CHECK_BYTES(room, sizeof room, TEXT("value..........."));
    CHECK_NUMBER(bytes, 5);
    CHECK_NUMBER(version, stored);
}

Test(read, copy_into_too_little_room_tells_the_size_and_writes_nothing)
{
    char room[4] = "....";
    size_t bytes = 0;
    uint64_t version = 0;
    uint64_t stored = store_value(TEXT("k"), TEXT("value"));
    CHECK_STATUS(pawl_copy(me, TEXT("k"), room, 4, &bytes, &version),
                 PAWL_TOO_LARGE);
    CHECK_BYTES(room, 4, TEXT("...."));
    CHECK_NUMBER(bytes, 5);
    CHECK_NUMBER(version, stored);
}

Test(read, copy_of_a_number_into_too_little_room_writes_nothing)
{
    char room[4] = "....";
    size_t bytes = 0;
    store_value(TEXT("k"), TEXT("12345"));
    CHECK_STATUS(pawl_copy(me, TEXT("k"), room, 4, &bytes, NULL),
                 PAWL_TOO_LARGE);
    CHECK_BYTES(room, 4, TEXT("...."));
    CHECK_NUMBER(bytes, 5);
}

Test(read, copy_needs_neither_size_nor_version_nor_room_for_nothing)
{
    char room[5];
    store_value(TEXT("k"), TEXT("value"));
    CHECK_OK(pawl_copy(me, TEXT("k"), room, sizeof room, NULL, NULL));
    CHECK_BYTES(room, sizeof room, TEXT("value"));
    store_value(TEXT("empty"), NULL, 0);
    CHECK_OK(pawl_copy(me, TEXT("empty"), NULL, 0, NULL, NULL));
}

Test(read, copy_of_an_absent_key_leaves_everything_alone)
{
    char room[4] = "....";
    size_t bytes = 77;
    uint64_t version = 78;
    CHECK_STATUS(pawl_copy(me, TEXT("none"), room, 4, &bytes, &version),
                 PAWL_NOT_FOUND);
    CHECK_BYTES(room, 4, TEXT("...."));
    CHECK_NUMBER(bytes, 77);
    CHECK_NUMBER(version, 78);
}

Test(read, a_borrowed_value_outlives_overwrite_and_delete)
{
    struct pawl_view first;
    struct pawl_view second;
    struct pawl_thread *writer;
    CHECK_OK(pawl_join(store, &writer));
    store_value(TEXT("k"), TEXT("the first value, a long one"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("k"), &first));
    CHECK_OK(pawl_set(writer, TEXT("k"), TEXT("the second"), 0, 0, NULL));
    CHECK_OK(pawl_get(me, TEXT("k"), &second));
    CHECK_OK(pawl_delete(writer, TEXT("k"), 0));
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_OK(pawl_set(writer, TEXT("k"), &i, sizeof i, 0, 0, NULL));
    }
    CHECK_BYTES(first.value, first.value_bytes,
                TEXT("the first value, a long one"));
    CHECK_BYTES(second.value, second.value_bytes, TEXT("the second"));
    CHECK(second.version > first.version);
    pawl_leave(me);
    pawl_part(writer);
}

Test(read, sections_nest_and_the_outermost_one_counts)
{
    struct pawl_view view;
    store_value(TEXT("k"), TEXT("borrowed, and kept"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("k"), &view));
    pawl_enter(me);
    pawl_enter(me);
    pawl_leave(me);
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("other"), 0, 0, NULL));
    pawl_leave(me);
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_OK(pawl_set(me, TEXT("k"), &i, sizeof i, 0, 0, NULL));
    }
    CHECK_BYTES(view.value, view.value_bytes, TEXT("borrowed, and kept"));
    pawl_leave(me);
}

Test(read, keys_are_bytes_and_may_hold_nul)
{
    store_value(TEXT("a"), TEXT("1 byte"));
    store_value(TEXT("a\0"), TEXT("2 bytes"));
    store_value(TEXT("a\0b"), TEXT("3 bytes"));
    store_value(TEXT("\0"), TEXT("nul"));
    store_value(TEXT("\xff\xfe\r\n "), TEXT("odd"));
    check_value(TEXT("a"), TEXT("1 byte"));
    check_value(TEXT("a\0"), TEXT("2 bytes"));
    check_value(TEXT("a\0b"), TEXT("3 bytes"));
    check_value(TEXT("\0"), TEXT("nul"));
    check_value(TEXT("\xff\xfe\r\n "), TEXT("odd"));
    check_absent(TEXT("a\0c"));
    check_absent(TEXT("\0\0"));
}

Test(read, keys_of_every_length_are_told_apart)
{
    unsigned char key[PAWL_KEY_BYTES_MAX];
    memset(key, 'k', sizeof key);
    for (size_t bytes = 1; bytes <= sizeof key; bytes++) {
        store_value(key, bytes, &bytes, sizeof bytes);
    }
    for (size_t bytes = 1; bytes <= sizeof key; bytes++) {
        check_value(key, bytes, &bytes, sizeof bytes);
        key[bytes - 1] = 'x';
        check_absent(key, bytes);
        key[bytes - 1] = 'k';
    }
}

/* Stores and reads a value of this size whose bytes follow from its size. */
static void check_size(unsigned char *value, size_t bytes)
{
    struct dice dice = {bytes};
    for (size_t i = 0; i < bytes; i += 8) {
        uint64_t eight = dice_roll(&dice);
        memcpy(value + i, &eight, bytes - i < 8 ? bytes - i : 8);
    }
    uint64_t version = store_value(TEXT("sized"), value, bytes);
    CHECK_NUMBER(check_value(TEXT("sized"), value, bytes), version);
}

Test(read, values_of_every_size_up_to_the_limit_come_back)
{
    unsigned char *value = malloc(PAWL_VALUE_BYTES_DEFAULT);
    for (size_t bytes = 0; bytes <= 2048; bytes++) {
        check_size(value, bytes);
    }
    for (size_t power = 4096; power <= PAWL_VALUE_BYTES_DEFAULT; power *= 2) {
        check_size(value, power - 1);
        check_size(value, power);
        check_size(value, 1);
        if (power < PAWL_VALUE_BYTES_DEFAULT) {
            check_size(value, power + 1);
            check_size(value, power + power / 2);
        }
    }
    free(value);
}

Test(read, many_records_are_all_found_while_the_table_grows)
{
    const uint64_t count = scaled(200000);
    struct pawl_stats before;
    struct pawl_stats after;
    pawl_stats(store, &before);
    for (uint64_t i = 0; i < count; i++) {
        CHECK_OK(pawl_add(me, &i, sizeof i, &i, sizeof i, 0, 0, NULL));
        uint64_t old = i / 2;
        check_value(&old, sizeof old, &old, sizeof old);
    }
    for (uint64_t i = 0; i < count; i++) {
        check_value(&i, sizeof i, &i, sizeof i);
    }
    check_absent(&count, sizeof count);
    pawl_stats(store, &after);
    CHECK_NUMBER(after.records, count);
    CHECK(after.growths > before.growths);
}
