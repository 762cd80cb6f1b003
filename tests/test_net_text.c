/*
 * test_net_text.c - numbers of the protocol, read and written.
 */
#include "net/text.h"
#include "tests/support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What every number is tried around. */
static const uint64_t corners[] = {
    0,
    9,
    10,
    99,
    100,
    9999,
    10000,
    UINT32_MAX,
    INT64_MAX,
    UINT64_C(9999999999999999999),
    UINT64_C(10000000000000000000),
    UINT64_MAX - 1,
    UINT64_MAX,
};

static void check_round_trip(uint64_t number)
{
    char wanted[TEXT_NUMBER_BYTES_MAX + 1];
    char seen[TEXT_NUMBER_BYTES_MAX];
    int bytes = snprintf(wanted, sizeof wanted, "%" PRIu64, number);
    char *end = text_write_number(seen, number);
    uint64_t read = ~number;

    CHECK_BYTES(seen, (size_t)(end - seen), wanted, (size_t)bytes);
    CHECK(text_read_number(wanted, (size_t)bytes, UINT64_MAX, &read));
    CHECK_NUMBER(read, number);
}

Test(text, writes_and_reads_every_number_alike)
{
    struct dice dice = dice_new(1);

    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        check_round_trip(corners[i]);
        check_round_trip(corners[i] + 1);
    }
    for (unsigned i = 0; i < 100000; i++) {
        check_round_trip(dice_roll(&dice) >> dice_below(&dice, 64));
    }
}

Test(text, refuses_what_is_no_number_and_leaves_the_result_alone)
{
    static const char *const wrong[] = {"",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1x",
                                        "0x1",
                                        "1.0",
                                        "\t1",
                                        "18446744073709551616",
                                        "99999999999999999999999999"};
    uint64_t number = 42;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(
            !text_read_number(wrong[i], strlen(wrong[i]), UINT64_MAX, &number));
        CHECK_NUMBER(number, 42);
    }
}

Test(text, keeps_to_the_bound_it_is_given)
{
    uint64_t number;

    CHECK(text_read_number(TEXT("4294967295"), UINT32_MAX, &number));
    CHECK(!text_read_number(TEXT("4294967296"), UINT32_MAX, &number));
    CHECK(text_read_number(TEXT("0"), 0, &number));
    CHECK(!text_read_number(TEXT("1"), 0, &number));
    CHECK(text_read_number(TEXT("00000000000000000000000007"), 7, &number));
    CHECK_NUMBER(number, 7);
}

Test(text, reads_only_the_bytes_it_is_given)
{
    uint64_t number;

    CHECK(text_read_number("123456", 3, UINT64_MAX, &number));
    CHECK_NUMBER(number, 123);
}

Test(text, reads_a_sign_where_one_may_stand)
{
    int64_t number;

    CHECK(text_read_signed(TEXT("-7"), 10, &number));
    CHECK(number == -7);
    CHECK(text_read_signed(TEXT("10"), 10, &number));
    CHECK(number == 10);
    CHECK(!text_read_signed(TEXT("-11"), 10, &number));
    CHECK(!text_read_signed(TEXT("-"), 10, &number));
    CHECK(!text_read_signed(TEXT("--1"), 10, &number));
    CHECK(!text_read_signed(TEXT(""), 10, &number));
    CHECK(number == 10);
}

Test(text, reads_sizes_with_their_units)
{
    static const struct {
        const char *text;
        uint64_t size;
    } right[] = {{"0", 0},
                 {"1023", 1023},
                 {"1k", 1024},
                 {"2K", 2048},
                 {"3kb", 3072},
                 {"4KiB", 4096},
                 {"5m", UINT64_C(5) << 20},
                 {"6GB", UINT64_C(6) << 30},
                 {"7tib", UINT64_C(7) << 40}};
    uint64_t size;

    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        CHECK(text_read_size(right[i].text, strlen(right[i].text), UINT64_MAX,
                             &size));
        CHECK_NUMBER(size, right[i].size);
    }
}

Test(text, refuses_sizes_that_are_none_or_too_large)
{
    static const char *const wrong[] = {"",    "k",     "1x",  "1 k", "1kk",
                                        "1ki", "1kibb", "-1k", "1k1"};
    uint64_t size = 42;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!text_read_size(wrong[i], strlen(wrong[i]), UINT64_MAX, &size));
    }
    CHECK(text_read_size(TEXT("1k"), 1024, &size));
    CHECK(!text_read_size(TEXT("1k"), 1023, &size));
    CHECK(!text_read_size(TEXT("16777216t"), UINT64_MAX, &size));
    CHECK_NUMBER(size, 1024);
}
