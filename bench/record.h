/*
 * record.h - a key, and a value that is bytes or a number, for ck and urcu.
 */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct record {
    _Atomic uint64_t number; /* where the value is one */
    uint16_t key_bytes;
    uint16_t value_bytes;
    char bytes[]; /* the key, then the value */
};

#define RECORD_VALUE_BYTES_MAX 4096

static inline uint64_t record_hash(const char *key, size_t key_bytes)
{
    return XXH3_64bits(key, key_bytes);
}

/*
 * A record in front of which offset bytes are the table's own; the start of
 * all is answered, NULL where there is no memory.
 */
static inline void *record_create(size_t offset, const char *key,
                                  size_t key_bytes, const char *value,
                                  size_t value_bytes)
{
    char *whole =
        malloc(offset + sizeof(struct record) + key_bytes + value_bytes);
    if (whole != NULL) {
        struct record *self = (struct record *)(void *)(whole + offset);
        self->key_bytes = (uint16_t)key_bytes;
        self->value_bytes = (uint16_t)value_bytes;
        memcpy(self->bytes, key, key_bytes);
        memcpy(self->bytes + key_bytes, value, value_bytes);
    }
    return whole;
}

static inline bool record_is(const struct record *self, const char *key,
                             size_t key_bytes)
{
    return self->key_bytes == key_bytes &&
           memcmp(self->bytes, key, key_bytes) == 0;
}

static inline void record_copy(const struct record *self, char *value)
{
    memcpy(value, self->bytes + self->key_bytes, self->value_bytes);
}

/* Takes 1 where it is left. */
static inline bool record_take(struct record *self)
{
    uint64_t number = atomic_load(&self->number);
    while (number > 0) {
        if (atomic_compare_exchange_weak(&self->number, &number, number - 1)) {
            return true;
        }
    }
    return false;
}

#endif
