/*
 * stress_value.c - values under many readers and writers.
 *
 * Whole or not there, never half of one and half of another, and good until the
 * section ends.
 */
#include "tests/block.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(value, .init = store_open, .fini = store_close,
          .timeout = HANG_SECONDS);

#define BLOCK_MAX 2000
#define VALUE_MAX 16000

struct crowd {
    unsigned key_count;
    unsigned steps;
    unsigned long_percent; /* of values that are 64 KiB and more */
};

/* ---- writers ------------------------------------------------------------- */

struct writer {
    struct worker *worker;
    struct pawl_thread *thread;
    uint32_t counter;
    char room[200000];
};

static size_t next_block(struct writer *writer, uint32_t key,
                         unsigned long_percent)
{
    struct dice *dice = &writer->worker->dice;
    uint64_t bytes = BLOCK_HEAD_BYTES + dice_below(dice, BLOCK_MAX);
    if (dice_chance(dice, long_percent)) {
        bytes = 65536 + dice_below(dice, 100000);
    }
    struct block block = {key, writer->worker->index, writer->counter++,
                          (uint32_t)bytes};
    block_write(block, writer->room);
    return bytes;
}

/* What is there: its version, and whether it is short enough to add to. */
static bool is_short(struct writer *writer, uint32_t key, uint64_t *version)
{
    size_t bytes = 0;
    enum pawl_status status =
        pawl_copy(writer->thread, &key, sizeof key, NULL, 0, &bytes, version);
    return status == PAWL_TOO_LARGE && bytes < VALUE_MAX;
}

static void write_step(struct writer *writer, uint32_t key, size_t bytes)
{
    struct pawl_thread *thread = writer->thread;
    const void *value = writer->room;
    uint64_t version = 0;
    bool add_to = is_short(writer, key, &version);
    enum pawl_status status = PAWL_OK;
    switch (dice_below(&writer->worker->dice, 8)) {
    case 0:
        status = pawl_delete(thread, &key, sizeof key, 0);
        break;
    case 1:
        status = pawl_touch(thread, &key, sizeof key, PAWL_EXPIRY_MS_MAX);
        break;
    case 2:
        status = pawl_add(thread, &key, sizeof key, value, bytes, 0, 0, NULL);
        break;
    case 3:
        status = pawl_compare_and_set(thread, &key, sizeof key,
                                      version | (version == 0), value, bytes, 0,
                                      0, NULL);
        break;
    case 4:
    case 5:
        if (add_to) {
            status = pawl_append(thread, &key, sizeof key, value, bytes, NULL);
        }
        break;
    case 6:
        if (add_to) {
            status = pawl_prepend(thread, &key, sizeof key, value, bytes, NULL);
        }
        break;
    default:
        status = pawl_set(thread, &key, sizeof key, value, bytes, 0, 0, NULL);
        break;
    }
    CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND ||
          status == PAWL_NOT_STORED || status == PAWL_EXISTS);
}

static void write_values(struct worker *worker)
{
    struct crowd *crowd = worker->context;
    struct writer *writer = malloc(sizeof *writer);
    *writer = (struct writer){.worker = worker, .thread = worker->thread};
    for (unsigned step = 0; step < crowd->steps; step++) {
        uint32_t key = (uint32_t)dice_below(&worker->dice, crowd->key_count);
        size_t bytes = next_block(writer, key, crowd->long_percent);
        write_step(writer, key, bytes);
    }
    free(writer);
}

/* ---- readers ------------------------------------------------------------- */

#define BORROWED 8

/* Borrows several values, and checks them again before the section ends. */
static void read_section(struct worker *worker, struct crowd *crowd)
{
    struct pawl_view views[BORROWED];
    uint32_t keys[BORROWED];
    enum pawl_status statuses[BORROWED];
    pawl_enter(worker->thread);
    for (unsigned i = 0; i < BORROWED; i++) {
        keys[i] = (uint32_t)dice_below(&worker->dice, crowd->key_count);
        statuses[i] =
            pawl_get(worker->thread, &keys[i], sizeof keys[i], &views[i]);
        CHECK(statuses[i] == PAWL_OK || statuses[i] == PAWL_NOT_FOUND);
        if (statuses[i] == PAWL_OK) {
            block_check(views[i].value, views[i].value_bytes, keys[i]);
        }
    }
    for (unsigned i = 0; i < BORROWED; i++) {
        if (statuses[i] == PAWL_OK) {
            block_check(views[i].value, views[i].value_bytes, keys[i]);
        }
    }
    pawl_leave(worker->thread);
}

static void read_copy(struct worker *worker, struct crowd *crowd, char *room)
{
    size_t bytes = 0;
    uint32_t key = (uint32_t)dice_below(&worker->dice, crowd->key_count);
    enum pawl_status status = pawl_copy(worker->thread, &key, sizeof key, room,
                                        PAWL_VALUE_BYTES_DEFAULT, &bytes, NULL);
    if (status == PAWL_OK) {
        block_check(room, bytes, key);
    } else {
        CHECK_STATUS(status, PAWL_NOT_FOUND);
    }
}

static void read_values(struct worker *worker)
{
    struct crowd *crowd = worker->context;
    char *room = malloc(PAWL_VALUE_BYTES_DEFAULT);
    for (unsigned step = 0; step < crowd->steps; step += BORROWED) {
        read_section(worker, crowd);
        read_copy(worker, crowd, room);
    }
    free(room);
}

static void read_or_write(struct worker *worker)
{
    if (worker->index % 2 == 0) {
        write_values(worker);
    } else {
        read_values(worker);
    }
}

Test(value, is_whole_for_every_reader_of_one_hot_key)
{
    struct crowd crowd = {1, scaled(60000), 0};
    team_run(4, read_or_write, &crowd);
}

Test(value, is_whole_for_every_reader_of_many_keys)
{
    struct crowd crowd = {2000, scaled(60000), 0};
    team_run(8, read_or_write, &crowd);
}

Test(value, is_whole_where_it_is_long)
{
    struct crowd crowd = {5, scaled(6000), 50};
    team_run(4, read_or_write, &crowd);
}

/* ---- nothing appended is lost -------------------------------------------- */

#define APPENDERS 8

struct rope {
    unsigned steps;
    uint64_t *versions; /* of each append, APPENDERS rows */
};

/* Odd workers put theirs before, even ones behind. */
static void add_to_rope(struct worker *worker)
{
    struct rope *rope = worker->context;
    uint64_t last = 0;
    for (unsigned step = 0; step < rope->steps; step++) {
        char room[64];
        uint64_t version = 0;
        struct block block = {0, worker->index, step,
                              BLOCK_HEAD_BYTES + step % 32};
        block_write(block, room);
        CHECK_OK(worker->index % 2 == 0
                     ? pawl_append(worker->thread, TEXT("rope"), room,
                                   block.bytes, &version)
                     : pawl_prepend(worker->thread, TEXT("rope"), room,
                                    block.bytes, &version));
        CHECK(version > last);
        last = version;
        rope->versions[worker->index * rope->steps + step] = version;
    }
}

/* Every worker's blocks are all there, the later further outside. */
static void check_rope(const char *value, size_t bytes, unsigned steps)
{
    unsigned behind[APPENDERS] = {0};
    size_t offset = 0;
    while (offset < bytes) {
        struct block block;
        CHECK(block_read(value, bytes, &offset, &block));
        CHECK(block.writer <= APPENDERS);
        if (block.writer == APPENDERS) {
            continue;
        }
        unsigned place = behind[block.writer]++;
        CHECK_NUMBER(block.counter,
                     block.writer % 2 == 0 ? place : steps - 1 - place);
    }
    for (unsigned i = 0; i < APPENDERS; i++) {
        CHECK_NUMBER(behind[i], steps);
    }
}

static int compare_versions(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

Test(value, keeps_all_that_was_appended_and_prepended)
{
    struct rope rope = {.steps = scaled(1000)};
    size_t count = (size_t)rope.steps * APPENDERS;
    char first[BLOCK_HEAD_BYTES];
    struct pawl_view view;
    rope.versions = calloc(count, sizeof *rope.versions);
    block_write((struct block){0, APPENDERS, 0, BLOCK_HEAD_BYTES}, first);
    store_value(TEXT("rope"), first, sizeof first);
    team_run(APPENDERS, add_to_rope, &rope);
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("rope"), &view));
    check_rope(view.value, view.value_bytes, rope.steps);
    qsort(rope.versions, count, sizeof *rope.versions, compare_versions);
    for (size_t i = 1; i < count; i++) {
        CHECK(rope.versions[i] > rope.versions[i - 1]);
    }
    CHECK_NUMBER(view.version, rope.versions[count - 1]);
    pawl_leave(me);
    free(rope.versions);
}
