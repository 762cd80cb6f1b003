/*
 * insert.h - a new key goes into a bucket, once.
 */
#ifndef PAWL_STORE_INSERT_H
#define PAWL_STORE_INSERT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/table.h"

enum insert_outcome {
    INSERT_DONE,   /* the record is there */
    INSERT_UNUSED, /* the slot was taken; nobody has seen the record */
    INSERT_KILLED, /* it lost; others may be looking at it: retire it */
};

/*
 * Tries to insert record, pending and with a version above the bucket's floor,
 * into place->vacant. Its key was found nowhere in the bucket.
 */
enum insert_outcome insert_record(struct place *place, struct record *record,
                                  uint64_t tag);

/*
 * Decides the fate of the record that was seen in slot as word, TENTATIVE, and
 * cleans the slot. On return the slot no longer holds word.
 */
void insert_resolve(struct bucket *bucket, uint64_t *slot, uint64_t word);

/*
 * Ends the chance of a tentative record, unless it is published already; the
 * slot stays. Answers whether it is published.
 */
bool insert_kill(struct record *record);

#endif
