/*
 * test_net_buffer.c - bytes come out of a buffer as they went in.
 */
#include "net/buffer.h"
#include "tests/support.h"

#include <string.h>

static struct buffer buffer;

static void release(void)
{
    buffer_release(&buffer);
}

TestSuite(buffer, .fini = release);

Test(buffer, owns_nothing_while_it_is_empty)
{
    CHECK_NUMBER(buffer_bytes(&buffer), 0);
    CHECK(buffer_append(&buffer, TEXT("bytes")));
    buffer_release(&buffer);
    CHECK(buffer.bytes == NULL);
    CHECK_NUMBER(buffer.capacity, 0);
}

Test(buffer, gives_bytes_back_in_order)
{
    struct dice dice = dice_new(2);
    unsigned char put = 0;
    unsigned char taken = 0;

    for (unsigned round = 0; round < 20000; round++) {
        size_t bytes = dice_below(&dice, 300);

        if (dice_chance(&dice, 50)) {
            char *room = buffer_reserve(&buffer, bytes);

            CHECK(room != NULL);
            for (size_t i = 0; i < bytes; i++) {
                room[i] = (char)put++;
            }
            buffer_commit(&buffer, bytes);
        } else {
            if (bytes > buffer_bytes(&buffer)) {
                bytes = buffer_bytes(&buffer);
            }
            for (size_t i = 0; i < bytes; i++) {
                CHECK_NUMBER((unsigned char)buffer_front(&buffer)[i], taken++);
            }
            buffer_take(&buffer, bytes);
        }
        CHECK_NUMBER((unsigned char)(put - taken),
                     (unsigned char)buffer_bytes(&buffer));
    }
}

Test(buffer, stays_in_proportion_to_what_waits)
{
    static char bytes[1000];

    for (unsigned round = 0; round < 10000; round++) {
        CHECK(buffer_append(&buffer, bytes, sizeof bytes));
        if (round >= 10) {
            buffer_take(&buffer, sizeof bytes);
        }
    }
    CHECK_NUMBER(buffer_bytes(&buffer), 10 * sizeof bytes);
    CHECK(buffer.capacity <= 8 * 10 * sizeof bytes);
}

Test(buffer, refuses_what_no_memory_can_hold)
{
    CHECK(buffer_append(&buffer, TEXT("bytes")));
    CHECK(buffer_reserve(&buffer, SIZE_MAX / 2) == NULL);
    CHECK(!buffer_append(&buffer, NULL, SIZE_MAX));
    CHECK_BYTES(buffer_front(&buffer), buffer_bytes(&buffer), TEXT("bytes"));
}
