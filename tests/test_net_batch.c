/*
 * test_net_batch.c - bytes in at one end, replies at the other.
 *
 * A socket, with a store between, and no loop.
 */
#include "net/batch.h"
#include "tests/support.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARENA_BYTES (64 * 1024)
#define ROUNDS_MAX 100000

static struct options options;
static struct shared shared;
static struct counters row;
static struct batch *batch;
static struct arena arena;
static struct conn conn;
static int peer;

static void open_all(void)
{
    int pair[2];

    store_open();
    options = (struct options){.item_max = PAWL_VALUE_BYTES_DEFAULT,
                               .connections = 10};
    shared = (struct shared){.options = &options, .store = store};
    batch = calloc(1, sizeof *batch);
    arena = (struct arena){malloc(ARENA_BYTES), 0, ARENA_BYTES};
    CHECK(batch != NULL && arena.bytes != NULL);
    batch->shared = &shared;
    batch->thread = me;
    batch->row = &row;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    conn.fd = pair[0];
    peer = pair[1];
}

static void close_all(void)
{
    buffer_release(&conn.in);
    buffer_release(&conn.out);
    buffer_release(&batch->replies);
    (void)close(conn.fd);
    (void)close(peer);
    free(batch);
    free(arena.bytes);
    store_close();
}

TestSuite(batch, .init = open_all, .fini = close_all);

/* What a worker does with the connection's input in one turn. */
static enum batch_fill take_turn(void)
{
    enum batch_fill fill;

    batch_begin_turn(batch, batch->now_ms);
    conn.turn_requests = 0;
    do {
        fill = batch_fill(batch, &conn);
        batch_run(batch);
        batch_clear(batch);
    } while (fill == BATCH_FULL);
    if (conn.held) {
        conn.held = false;
        fill = BATCH_HELD;
    }
    conn_keep_input(&conn);
    conn_count_input(&conn, &shared.input_bytes);
    arena.used = 0;
    return fill;
}

/* A turn in which the socket is ready; false where nothing goes on. */
static bool turn_once(void)
{
    size_t sent = conn_send(&conn, NULL, 0);

    if (conn.paused && buffer_bytes(&conn.out) > 0) {
        return sent > 0;
    }
    if (conn.paused || conn.queued) {
        conn.paused = false;
        conn_take_up(&conn);
    } else if (conn_read(&conn, &arena) == 0) {
        conn_keep_input(&conn);
        return sent > 0;
    }
    conn.queued = take_turn() == BATCH_HELD;
    return true;
}

static void say(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(peer, bytes, count, MSG_DONTWAIT);

        if (sent > 0) {
            bytes += sent;
            count -= (size_t)sent;
        }
        (void)turn_once();
    }
}

/* The next count bytes of replies are wanted. */
static void hear(const char *wanted, size_t count)
{
    char bytes[4096];

    for (unsigned round = 0; count > 0; round++) {
        size_t room = count < sizeof bytes ? count : sizeof bytes;
        ssize_t got = recv(peer, bytes, room, MSG_DONTWAIT);

        CHECK(round < ROUNDS_MAX);
        if (got > 0) {
            CHECK_BYTES(bytes, (size_t)got, wanted, (size_t)got);
            wanted += got;
            count -= (size_t)got;
        }
        (void)turn_once();
    }
}

static void hear_nothing(void)
{
    char byte;

    while (turn_once()) {
    }
    CHECK(recv(peer, &byte, 1, MSG_DONTWAIT) < 0);
}

Test(batch, answers_in_the_order_of_the_requests)
{
    say(TEXT("set k 5 0 3\r\nabc\r\nget k l k\r\nincr n 1\r\nset n 0 0 1\r\n"
             "7\r\ndecr n 2\r\nnonsense\r\ndelete k\r\nget k\r\n"));
    hear(TEXT("STORED\r\nVALUE k 5 3\r\nabc\r\nVALUE k 5 3\r\nabc\r\nEND\r\n"
              "NOT_FOUND\r\nSTORED\r\n5\r\nERROR\r\nDELETED\r\nEND\r\n"));
    hear_nothing();
}

Test(batch, keeps_half_a_request_for_later)
{
    say(TEXT("set k 0 0 10\r\n01234"));
    hear_nothing();
    CHECK(buffer_bytes(&conn.in) > 0);
    say(TEXT("56789\r\nget k\r\n"));
    hear(TEXT("STORED\r\nVALUE k 0 10\r\n0123456789\r\nEND\r\n"));
    hear_nothing();
    CHECK(conn.in.bytes == NULL);
    CHECK(conn.out.bytes == NULL);
}

Test(batch, takes_lists_longer_than_a_batch)
{
    enum {
        KEYS = 3 * BATCH_REQUESTS + 1
    };
    static char line[5 + 2 * KEYS + 2];
    static char wanted[KEYS * 16 + 16];
    size_t bytes = 0;

    say(TEXT("set k 0 0 1\r\nx\r\n"));
    hear(TEXT("STORED\r\n"));
    memcpy(line, "get", 3);
    for (size_t i = 0; i < KEYS; i++) {
        memcpy(line + 3 + 2 * i, " k", 2);
        bytes += (size_t)sprintf(wanted + bytes, "VALUE k 0 1\r\nx\r\n");
    }
    memcpy(line + 3 + 2 * KEYS, "\r\n", 2);
    bytes += (size_t)sprintf(wanted + bytes, "END\r\n");
    say(line, 3 + 2 * KEYS + 2);
    hear(wanted, bytes);
    hear_nothing();
}

/* A value of bytes letters, stored under key and put as its reply into to. */
static size_t store_letters(const char *key, char letter, size_t bytes,
                            char *to)
{
    char *value = malloc(bytes);
    size_t count;

    CHECK(value != NULL);
    memset(value, letter, bytes);
    (void)store_value(key, strlen(key), value, bytes);
    count = (size_t)sprintf(to, "VALUE %s 0 %zu\r\n", key, bytes);
    memcpy(to + count, value, bytes);
    memcpy(to + count + bytes, "\r\nEND\r\n", 7);
    free(value);
    atomic_store(&shared.value_bytes_largest, bytes);
    return count + bytes + 7;
}

Test(batch, holds_little_for_a_peer_that_does_not_read)
{
    enum {
        VALUE_BYTES = 300000,
        GETS = 100
    };
    static char wanted[VALUE_BYTES + 100];
    size_t bytes = store_letters("k", 'x', VALUE_BYTES, wanted);

    for (unsigned i = 0; i < GETS; i++) {
        say(TEXT("get k\r\n"));
    }
    while (turn_once()) {
    }
    CHECK(conn.paused);
    CHECK(buffer_bytes(&conn.out) <= CONN_REPLY_BYTES_MAX);
    CHECK(batch->replies.capacity <= 4 * CONN_REPLY_BYTES_MAX);
    for (unsigned i = 0; i < GETS; i++) {
        hear(wanted, bytes);
    }
    hear_nothing();
    CHECK(conn.out.bytes == NULL);
}

/* A store of its own for the connection. */
static void reopen(const struct pawl_options *wanted)
{
    pawl_part(me);
    pawl_destroy(store);
    store_open_with(wanted);
    batch->thread = me;
    shared.store = store;
}

Test(batch, sends_a_value_larger_than_the_bound_alone)
{
    enum {
        VALUE_BYTES = 3 * CONN_REPLY_BYTES_MAX
    };
    char *wanted = malloc(VALUE_BYTES + 100);
    size_t bytes;

    options.item_max = VALUE_BYTES;
    reopen(&(struct pawl_options){.value_bytes_max = VALUE_BYTES});
    bytes = store_letters("k", 'x', VALUE_BYTES, wanted);
    say(TEXT("get k\r\nget k\r\nget l\r\n"));
    hear(wanted, bytes);
    hear(wanted, bytes);
    hear(TEXT("END\r\n"));
    hear_nothing();
    free(wanted);
}

enum {
    MIXED_BYTES = 400000,
    MIXED_ROUNDS = 40
};

/* A pipeline of writes between large reads, none of its replies read yet. */
static void say_mixed(void)
{
    (void)store_value(TEXT("n"), TEXT("1000"));
    for (unsigned i = 0; i < MIXED_ROUNDS; i++) {
        say(TEXT("get big\r\nget n\r\ndecr n 1\r\nget big\r\ngat 0 big\r\n"));
    }
    while (turn_once()) {
    }
}

/* Each read shows just the writes before it, each of them done once. */
static void hear_mixed(const char *big, size_t bytes)
{
    char line[64];

    for (unsigned i = 0; i < MIXED_ROUNDS; i++) {
        size_t count =
            (size_t)sprintf(line, "VALUE n 0 %d\r\n%u\r\nEND\r\n%u\r\n",
                            i == 0 ? 4 : 3, 1000 - i, 999 - i);

        hear(big, bytes);
        hear(line, count);
        hear(big, bytes);
        hear(big, bytes);
    }
    hear_nothing();
}

Test(batch, runs_nothing_twice_and_nothing_early, .timeout = HANG_SECONDS)
{
    static char big[MIXED_BYTES + 100];
    size_t bytes = store_letters("big", 'x', MIXED_BYTES, big);

    say_mixed();
    CHECK(conn.paused);
    CHECK(buffer_bytes(&conn.out) <= CONN_REPLY_BYTES_MAX);
    hear_mixed(big, bytes);
}

Test(batch, rather_holds_more_than_runs_twice, .timeout = HANG_SECONDS)
{
    static char big[MIXED_BYTES + 100];
    size_t bytes = store_letters("big", 'x', MIXED_BYTES, big);

    /* As if the large value had come after the requests were planned. */
    atomic_store(&shared.value_bytes_largest, 1);
    say_mixed();
    CHECK(buffer_bytes(&conn.out) > CONN_REPLY_BYTES_MAX);
    hear_mixed(big, bytes);
}

/* The next line of replies. */
static size_t hear_line(char *line, size_t room)
{
    size_t count = 0;

    for (unsigned round = 0; count == 0 || line[count - 1] != '\n'; round++) {
        CHECK(round < ROUNDS_MAX && count < room);
        if (recv(peer, line + count, 1, MSG_DONTWAIT) == 1) {
            count++;
        } else {
            (void)turn_once();
        }
    }
    return count;
}

enum {
    SHORT_VALUE_BYTES = 900,
    SHORT_ROUNDS = 12000
};

/* Sends replacements, each with a count behind it, and checks the replies. */
static unsigned replace_and_count(void)
{
    char request[SHORT_VALUE_BYTES + 100];
    char line[100];
    char number[32];
    unsigned stored = 0;
    int head = sprintf(request, "set k 0 0 %d\r\n", SHORT_VALUE_BYTES);

    memset(request + head, 'x', SHORT_VALUE_BYTES);
    memcpy(request + head + SHORT_VALUE_BYTES, "\r\nincr n 1\r\n", 12);
    for (unsigned i = 0; i < SHORT_ROUNDS; i++) {
        say(request, (size_t)head + SHORT_VALUE_BYTES + 12);
    }
    for (unsigned i = 0; i < SHORT_ROUNDS; i++) {
        size_t count = hear_line(line, sizeof line);
        bool taken = memcmp(line, "STORED\r\n", 8) == 0;

        if (!taken) {
            CHECK_BYTES(line, count,
                        TEXT("SERVER_ERROR out of memory storing object\r\n"));
        }
        stored += taken;
        hear(number, (size_t)sprintf(number, "%u\r\n", i + 1));
    }
    hear_nothing();
    return stored;
}

Test(batch, answers_all_where_readers_hold_memory_back, .timeout = HANG_SECONDS)
{
    struct pawl_options small = PAWL_OPTIONS_INIT;
    struct pawl_thread *reader;
    unsigned stored;

    small.memory_bytes = 6 * 1024 * 1024;
    small.value_bytes_max = 64 * 1024;
    reopen(&small);
    (void)store_value(TEXT("n"), TEXT("0"));
    CHECK_OK(pawl_join(store, &reader));
    pawl_enter(reader);
    stored = replace_and_count();
    pawl_leave(reader);
    pawl_part(reader);
    CHECK(stored > 0 && stored < SHORT_ROUNDS);
}

/* Lines that are all there at once; how many requests a turn took of them. */
static unsigned requests_of_a_turn(const char *lines, size_t bytes)
{
    CHECK(send(peer, lines, bytes, 0) == (ssize_t)bytes);
    (void)conn_read(&conn, &arena);
    conn.queued = take_turn() == BATCH_HELD;
    CHECK(conn.queued);
    return conn.turn_requests;
}

Test(batch, gives_large_values_their_share_of_a_turn_and_no_more)
{
    enum {
        VALUE_BYTES = 1000 * 1000,
        APPENDS = 20
    };
    static char reply[VALUE_BYTES + 100];
    char lines[APPENDS * 20];
    size_t bytes = 0;

    (void)store_letters("k", 'x', VALUE_BYTES, reply);
    for (unsigned i = 0; i < APPENDS; i++) {
        bytes += (size_t)sprintf(lines + bytes, "append k 0 0 1\r\ny\r\n");
    }
    CHECK_NUMBER(requests_of_a_turn(lines, bytes),
                 BATCH_TURN_BYTES / VALUE_BYTES + 1);
    for (unsigned i = 0; i < APPENDS; i++) {
        hear(TEXT("STORED\r\n"));
    }
    CHECK_NUMBER(peek(TEXT("k")).value_bytes, VALUE_BYTES + APPENDS);
}

enum {
    HALF_BYTES = 5 * CONN_READ_BYTES
};

/* A value in two pieces; the connection has nothing more to do in between. */
static void say_half_a_value(void)
{
    static char half[HALF_BYTES + 100];
    int head = sprintf(half, "set k 0 0 %d\r\n", 2 * HALF_BYTES);

    memset(half + head, 'x', HALF_BYTES);
    say(half, (size_t)head + HALF_BYTES);
    while (turn_once()) {
    }
}

static void say_the_other_half(void)
{
    static char half[HALF_BYTES + 2];

    memset(half, 'x', HALF_BYTES);
    memcpy(half + HALF_BYTES, "\r\n", 2);
    say(half, sizeof half);
}

Test(batch, refuses_a_half_value_where_others_fill_the_input_memory)
{
    shared.input_bytes_max = 100000;
    atomic_store(&shared.input_bytes, 100001);
    say_half_a_value();
    hear(TEXT("SERVER_ERROR out of memory storing object\r\n"));
    CHECK(conn.in.bytes == NULL);
    say_the_other_half();
    say(TEXT("get k\r\n"));
    hear(TEXT("END\r\n"));
    CHECK_NUMBER(atomic_load(&row.of[COUNTER_store_no_memory]), 1);
    CHECK_NUMBER(atomic_load(&shared.input_bytes), 100001);
}

Test(batch, gathers_one_value_however_large)
{
    shared.input_bytes_max = 1;
    say_half_a_value();
    CHECK_NUMBER(atomic_load(&shared.input_bytes), conn.in.capacity);
    say_the_other_half();
    hear(TEXT("STORED\r\n"));
    CHECK_NUMBER(atomic_load(&shared.input_bytes), 0);
}

Test(batch, stops_at_quit)
{
    say(TEXT("get k\r\nquit\r\nset k 0 0 1\r\nx\r\n"));
    hear(TEXT("END\r\n"));
    CHECK(conn.closing);
    check_absent(TEXT("k"));
}

Test(batch, gives_one_connection_its_share_of_a_turn_and_no_more)
{
    enum {
        LINES = BATCH_TURN_REQUESTS + 10
    };
    static char lines[LINES * 7];

    for (size_t i = 0; i < LINES; i++) {
        memcpy(lines + 7 * i, "get k\r\n", 7);
    }
    CHECK(send(peer, lines, sizeof lines, 0) == (ssize_t)sizeof lines);
    (void)conn_read(&conn, &arena);
    CHECK(take_turn() == BATCH_HELD);
    CHECK_NUMBER(conn.turn_requests, BATCH_TURN_REQUESTS);
    conn_take_up(&conn);
    CHECK(take_turn() == BATCH_TAKEN);
    CHECK_NUMBER(conn.turn_requests, 10);
}

Test(batch, replaces_a_delayed_flush_by_a_later_one)
{
    batch->now_ms = 1000;
    say(TEXT("flush_all 10\r\n"));
    hear(TEXT("OK\r\n"));
    CHECK_NUMBER(atomic_load(&shared.flush_due_ms), 11000);
    say(TEXT("flush_all\r\n"));
    hear(TEXT("OK\r\n"));
    CHECK_NUMBER(atomic_load(&shared.flush_due_ms), 0);
}
