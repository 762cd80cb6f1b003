/*
 * grow.h - a table is doubled, bucket by bucket, by whoever comes along.
 */
#ifndef PAWL_STORE_GROW_H
#define PAWL_STORE_GROW_H

#include <stdbool.h>
#include <stddef.h>

#include "store/table.h"

/* Whether the table is being moved out of. */
static inline bool grow_is_moving(struct table *table)
{
    /* edge table-next: the other side is grow_begin(). */
    return load_acquire(&table->next) != NULL;
}

/* Moves a few buckets where the partition's root, table, is moving. */
void grow_help(struct pawl_thread *thread, struct partition *partition,
               struct table *table);

/* As grow_help(), but buckets of them. */
void grow_step(struct pawl_thread *thread, struct partition *partition,
               struct table *table, size_t buckets);

/*
 * Sees to it that the bucket, of a table that is moving, has moved. Bounded;
 * any number of threads may do so at once. PAWL_NO_MEMORY: it has not, and can
 * still be read.
 */
enum pawl_status grow_bucket(struct pawl_thread *thread, struct table *table,
                             struct bucket *bucket);

/*
 * Counts one more overflow block in table, and begins to double it where
 * there are many. Where that cannot be had chains grow longer instead.
 */
void grow_count_overflow(struct pawl_thread *thread,
                         struct partition *partition, struct table *table);

/*
 * Begins to double table because a chain in it is full; moves older tables to
 * their end first. PAWL_NO_MEMORY.
 */
enum pawl_status grow_now(struct pawl_thread *thread,
                          struct partition *partition, struct table *table);

#endif
