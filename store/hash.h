/*
 * hash.h - from a key to the place it belongs.
 *
 * XXH3 over the key with a secret of random bytes that each store draws for
 * itself: without the secret nobody can choose keys that meet in one bucket.
 * Three disjoint parts of the 64 bits are used: the low 16 say which tag a
 * slot carries, the next 16 which partition, and the upper 32, from the top
 * down, which bucket; so a table of twice the size splits bucket b into 2b and
 * 2b + 1.
 */
#ifndef PAWL_STORE_HASH_H
#define PAWL_STORE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define HASH_BUCKET_BITS_MAX 32

struct hash_secret {
    unsigned char bytes[XXH3_SECRET_SIZE_MIN + 56];
};

static inline uint64_t hash_key(const struct hash_secret *secret,
                                const void *key, size_t key_bytes)
{
    return XXH3_64bits_withSecret(key, key_bytes, secret->bytes,
                                  sizeof(secret->bytes));
}

/* 1 to 65535: 0 is the tag of slots without a record. */
static inline uint64_t hash_tag(uint64_t hash)
{
    uint64_t tag = hash & 0xffff;

    return tag != 0 ? tag : 1;
}

static inline unsigned hash_partition(uint64_t hash, unsigned partitions)
{
    return (unsigned)(((hash >> 16 & 0xffff) * partitions) >> 16);
}

/* bits is 1 to HASH_BUCKET_BITS_MAX: the table has 2^bits buckets. */
static inline uint64_t hash_bucket(uint64_t hash, unsigned bits)
{
    return hash >> (64 - bits);
}

#endif
