/*
 * dataset.h - the records of a benchmark, known from their number.
 *
 * Record i has a key ("k" and zero-padded digits) and a value, each of a size
 * that is fixed or drawn from a range by a hash of i. Nothing is kept, so ten
 * million records cost nothing here, and whatever a server answers can be
 * checked without having been remembered. A dataset of counters has the same
 * number as every record's value instead.
 */
#ifndef BENCH_DATASET_H
#define BENCH_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATASET_KEY_BYTES_MAX 250
#define DATASET_VALUE_BYTES_MAX (1024u * 1024u * 1024u)

/* Sizes in bytes, from the least to the most, both included. */
struct span {
    size_t least;
    size_t most;
};

/* Read by many threads once it is made. */
struct dataset {
    uint64_t records;
    struct span key_bytes;
    struct span value_bytes;
    bool counters;
    char number[24]; /* each value, where counters */
    size_t number_bytes;
    char *text; /* values begin somewhere in it */
};

/*
 * Describes records numbered from 0, whose keys can name as many as named.
 * Answers NULL, or the sentence that says why it cannot be: the keys too short
 * for so many digits, or no memory.
 */
const char *dataset_init(struct dataset *self, uint64_t records, uint64_t named,
                         struct span key_bytes, struct span value_bytes);

/* Makes every value this number. Before other threads read. */
void dataset_count_from(struct dataset *self, uint64_t number);

void dataset_fini(struct dataset *self);

/* Writes the key of a record to room for DATASET_KEY_BYTES_MAX; its size. */
size_t dataset_key(const struct dataset *self, uint64_t record, char *to);

/* The value of a record, which the dataset owns, and its size. */
const char *dataset_value(const struct dataset *self, uint64_t record,
                          size_t *value_bytes);

#endif
