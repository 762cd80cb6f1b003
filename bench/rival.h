/*
 * rival.h - what every store inside the process can do, for comparing them.
 *
 * A rival is a row of functions over a table with string keys and values that
 * are copied out. Keys of one table have one size, and so have its values.
 * Numbers are kept in whatever way suits the rival. A key is there once it was
 * put; nothing is deleted, but what is overwritten is reclaimed, while other
 * threads read.
 *
 * The hash is XXH3 for all but pawl, which has its own.
 */
#ifndef BENCH_RIVAL_H
#define BENCH_RIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest batch. */
#define RIVAL_BATCH_MAX 1024

enum rival_verb {
    RIVAL_GET,
    RIVAL_SET,
    RIVAL_TAKE,
    RIVAL_VERBS
};

struct rival {
    const char *name;
    const char *sentence;
    size_t key_bytes_max; /* what this one can hold */
    size_t value_bytes_max;

    /*
     * An empty table that starts small and ends with its process; NULL where
     * it cannot be.
     */
    void *(*create)(void);

    /* The calling thread's handle, and its end; NULL where it cannot be. */
    void *(*join)(void *table);
    void (*part)(void *member);

    /* Says that the thread holds nothing; called every few hundred calls. */
    void (*rest)(void *member);

    /* Copies the whole value out; whether it is there. */
    bool (*get)(void *member, const char *key, size_t key_bytes, char *value);

    /* Whether it was stored. */
    bool (*set)(void *member, const char *key, size_t key_bytes,
                const char *value, size_t value_bytes);

    /* Makes the value a number; then takes 1 from it, where that is left. */
    bool (*count)(void *member, const char *key, size_t key_bytes,
                  uint64_t number);
    bool (*take)(void *member, const char *key, size_t key_bytes);

    /*
     * Does the verb for count keys that stand one behind the other, at most
     * RIVAL_BATCH_MAX; value is stored for each, or what each is copied to.
     * Answers how many were there, or stored. NULL where there is no such call.
     */
    size_t (*run)(void *member, enum rival_verb verb, const char *keys,
                  size_t key_bytes, size_t count, char *value,
                  size_t value_bytes);
};

/* All of them, ended by NULL. */
extern const struct rival *const rivals[];

extern const struct rival rival_pawl;
extern const struct rival rival_lfht;
extern const struct rival rival_ck;
extern const struct rival rival_tbb;

#ifdef __cplusplus
}
#endif

#endif
