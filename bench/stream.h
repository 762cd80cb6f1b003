/*
 * stream.h - the keys that a thread will ask for, made beforehand.
 *
 * They stand one behind the other, so that the processor fetches them ahead,
 * and what is measured is the table and not the making of keys.
 */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "bench/dataset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
    char *keys;
    size_t key_bytes;
    size_t count; /* a power of two */
};

/*
 * Draws count keys, a power of two, uniformly among the records of the
 * dataset, or always the first record where hot. False where there is no
 * memory.
 */
bool stream_init(struct stream *self, const struct dataset *dataset,
                 size_t count, uint64_t seed, bool hot);

void stream_fini(struct stream *self);

/* The key number i, counted round. */
static inline const char *stream_key(const struct stream *self, size_t i)
{
    return self->keys + (i & (self->count - 1)) * self->key_bytes;
}

#endif
