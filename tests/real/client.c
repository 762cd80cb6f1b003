/*
 * client.c - libmemcached. See README.md.
 */
#include <inttypes.h>
#include <libmemcached/memcached.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_BYTES 500000

static void ok(bool fact, const char *name)
{
    printf("%s - %s\n", fact ? "ok" : "not ok", name);
}

static bool stored(memcached_return_t outcome)
{
    return outcome == MEMCACHED_SUCCESS || outcome == MEMCACHED_STORED;
}

/* Is just this the value of key? */
static bool holds(memcached_st *client, const char *key, const char *value,
                  size_t bytes)
{
    memcached_return_t outcome;
    uint32_t flags;
    size_t got_bytes;
    char *got =
        memcached_get(client, key, strlen(key), &got_bytes, &flags, &outcome);
    bool same =
        got != NULL && got_bytes == bytes && memcmp(got, value, bytes) == 0;

    free(got);
    return same;
}

/*
 * Reads key with gets: answers a result to be freed by the caller, or NULL
 * where there is nothing.
 */
static memcached_result_st *gets(memcached_st *client, const char *key)
{
    size_t key_bytes = strlen(key);
    memcached_return_t outcome;
    memcached_result_st *result = NULL;

    if (memcached_mget(client, &key, &key_bytes, 1) == MEMCACHED_SUCCESS) {
        result = memcached_fetch_result(client, NULL, &outcome);
        /* One more: the END is still to be read. */
        while (memcached_fetch_result(client, NULL, &outcome) != NULL) {
        }
    }
    return result;
}

static memcached_return_t set(memcached_st *client, const char *key,
                              const char *value)
{
    return memcached_set(client, key, strlen(key), value, strlen(value), 0, 0);
}

static memcached_return_t cas(memcached_st *client, const char *key,
                              const char *value, uint64_t version)
{
    return memcached_cas(client, key, strlen(key), value, strlen(value), 0, 0,
                         version);
}

static void basic_storage(memcached_st *client, const char *key)
{
    size_t bytes = strlen(key);

    ok(stored(set(client, key, "one")), "set");
    ok(holds(client, key, "one", 3), "get");
    ok(memcached_exist(client, "no-such-key", 11) == MEMCACHED_NOTFOUND,
       "exist of a missing key");
    ok(memcached_add(client, key, bytes, "two", 3, 0, 0) == MEMCACHED_NOTSTORED,
       "add refuses");
    ok(stored(memcached_replace(client, key, bytes, "two", 3, 0, 0)),
       "replace");
    ok(stored(memcached_append(client, key, bytes, "-end", 4, 0, 0)), "append");
    ok(stored(memcached_prepend(client, key, bytes, "start-", 6, 0, 0)),
       "prepend");
    ok(holds(client, key, "start-two-end", 13), "append and prepend together");
}

static void basic_versions(memcached_st *client, const char *key)
{
    memcached_result_st *result = gets(client, key);
    uint64_t version = result ? memcached_result_cas(result) : 0;

    ok(version != 0, "gets");
    ok(stored(cas(client, key, "three", version)), "cas");
    ok(cas(client, key, "four", version) == MEMCACHED_DATA_EXISTS,
       "cas refuses a version that has passed");
    ok(memcached_delete(client, key, strlen(key), 0) == MEMCACHED_SUCCESS,
       "delete");
    ok(memcached_delete(client, key, strlen(key), 0) == MEMCACHED_NOTFOUND,
       "delete of nothing");
    memcached_result_free(result);
}

static void basic_counting(memcached_st *client, const char *key)
{
    size_t bytes = strlen(key);
    uint64_t now = 0;

    set(client, key, "10");
    memcached_increment(client, key, bytes, 5, &now);
    ok(now == 15, "incr");
    memcached_decrement(client, key, bytes, 6, &now);
    ok(now == 9, "decr");
    memcached_decrement(client, key, bytes, 100, &now);
    ok(now == 0, "decr cannot refuse: it stops at 0");
    ok(memcached_touch(client, key, bytes, 100) == MEMCACHED_SUCCESS, "touch");
}

static void basic_rest(memcached_st *client, const char *key)
{
    static char large[LARGE_BYTES];
    memcached_return_t outcome;
    memcached_stat_st *stats;

    for (size_t i = 0; i < sizeof large; i++) {
        large[i] = (char)i;
    }
    ok(stored(memcached_set(client, key, strlen(key), large, sizeof large, 0,
                            0)) &&
           holds(client, key, large, sizeof large),
       "a large value of all bytes");
    stats = memcached_stat(client, NULL, &outcome);
    ok(stats != NULL && outcome == MEMCACHED_SUCCESS, "stats");
    memcached_stat_free(client, stats);
    ok(memcached_version(client) == MEMCACHED_SUCCESS, "version");
    ok(memcached_flush(client, 0) == MEMCACHED_SUCCESS, "flush_all");
    ok(!holds(client, key, large, sizeof large),
       "nothing is there after flush_all");
}

/* Buys seats, each by a loop of gets and cas, until quota or sold out. */
static void race(memcached_st *client, const char *key, uint64_t quota)
{
    uint64_t bought = 0;

    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF) {
        return;
    }
    while (bought < quota) {
        memcached_result_st *result = gets(client, key);
        uint64_t version;
        uint64_t seats;
        char left[24];

        if (result == NULL) {
            fprintf(stderr, "gets: %s\n", memcached_last_error_message(client));
            exit(1);
        }
        version = memcached_result_cas(result);
        seats = strtoull(memcached_result_value(result), NULL, 10);
        memcached_result_free(result);
        if (seats == 0) {
            return;
        }
        snprintf(left, sizeof left, "%" PRIu64, seats - 1);
        if (stored(cas(client, key, left, version))) {
            printf("SOLD %" PRIu64 " %" PRIu64 "\n", seats, version);
            bought++;
        }
    }
}

int main(int argc, char **argv)
{
    memcached_st *client = memcached_create(NULL);

    if (argc < 5 ||
        memcached_server_add(client, argv[2],
                             (in_port_t)strtoul(argv[3], NULL, 10)) !=
            MEMCACHED_SUCCESS) {
        fprintf(stderr, "usage: client basic|race HOST PORT KEY [QUOTA]\n");
        return 1;
    }
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, 60000);
    if (strcmp(argv[1], "basic") == 0) {
        basic_storage(client, argv[4]);
        basic_versions(client, argv[4]);
        basic_counting(client, argv[4]);
        basic_rest(client, argv[4]);
    } else if (argc == 6) {
        race(client, argv[4], strtoull(argv[5], NULL, 10));
    }
    memcached_free(client);
    return 0;
}
