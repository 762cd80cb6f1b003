/*
 * grow.c - a table is doubled, bucket by bucket, by whoever comes along.
 *
 * Only a partition's root is doubled, so at most two tables are in use. A
 * bucket b moves to the buckets 2b and 2b + 1 of the next table, its children:
 *   freeze  set FROZEN in each slot and in the last link of the chain: from
 *           then on nothing in them changes. A tentative record is killed
 *           first, unless it is published;
 *   copy    deal the records to the children in the order of the slots, each
 *           to the first slot not yet dealt, every slot written by
 *           compare-and-set from 0; then EMPTY to the slots that are left, and
 *           the floor to their floors;
 *   finish  set MOVED in the link: the children are open.
 *
 * Helpers cannot disagree: a frozen bucket says for each slot of the children
 * which word goes there, so who comes second finds it there.
 * A late helper does no harm: a slot leaves 0 once and never returns to it (an
 * emptied slot is SLOT_EMPTY), so long after the bucket was finished and its
 * children live on, every compare-and-set from 0 fails.
 * Nothing is lost or seen twice: until MOVED is set nobody goes to the
 * children; afterwards nobody changes the bucket. A reader that came before
 * reads the frozen words, which were true when it came.
 * The floor is read after every slot is frozen: a removal raises it before it
 * empties its slot, and one that did empty its slot did so before the freeze.
 *
 * Progress: lock-free. Buckets are claimed in portions so that helpers spread;
 * but no claim is relied on: once all are claimed, helpers go over them again
 * in order, move what a stopped thread left behind, and note how far all is
 * moved. The table is done when that note reaches its end.
 */
#include "store/grow.h"

#include "store/check.h"
#include "store/insert.h"

/* Buckets that a writer moves on its way. */
#define BUCKETS_A_WRITE 8

/* Buckets that are gone over again on the way, once all are claimed. */
#define VERIFIED_A_STEP 64

/* A table is doubled when more than 1 of 4 buckets has overflowed. */
#define OVERFLOW_SHARE 4

/* What goes to one child. */
struct deal {
    size_t count;
    uint64_t word[CHAIN_SLOTS_MAX];
};

static void freeze_slot(uint64_t *slot)
{
    /* edge record-published: the other side is table_replace(). */
    uint64_t word = load_acquire(slot);
    uint64_t next;

    do {
        if ((word & SLOT_FROZEN) != 0) {
            return;
        }
        next = word | SLOT_FROZEN;
        if ((word & SLOT_TENTATIVE) != 0 && slot_record(word) != NULL) {
            next = insert_kill(slot_record(word))
                       ? (word & ~SLOT_TENTATIVE) | SLOT_FROZEN
                       : SLOT_EMPTY | SLOT_FROZEN;
        }
        /* edge record-published: the other side is table_read_slot(). */
    } while (!cas_release(slot, &word, next));
}

static void freeze(struct bucket *bucket)
{
    struct chain chain = chain_first(bucket);
    uint64_t link;

    for (;;) {
        for (size_t i = 0; i < chain.count; i++) {
            freeze_slot(&chain.slots[i]);
        }
        link = LINK_NONE;
        /* edge overflow-linked: the other side is locate_vacant(). */
        (void)cas_release(chain.link, &link, LINK_NONE | LINK_FROZEN);
        if (!chain_next(&chain)) {
            return;
        }
    }
}

/* Reads a frozen bucket and deals its records to the two children. */
static void deal_records(struct bucket *bucket,
                         const struct hash_secret *secret, unsigned child_bits,
                         struct deal deals[2])
{
    struct chain chain = chain_first(bucket);
    struct deal all;

    all.count = 0;
    do {
        for (size_t i = 0; i < chain.count; i++) {
            /* edge record-published: the other side is freeze_slot(). */
            uint64_t word = load_acquire(&chain.slots[i]);

            ASSERT((word & SLOT_FROZEN) != 0);
            if (slot_record(word) == NULL) {
                continue;
            }
            __builtin_prefetch(slot_record(word));
            all.word[all.count++] = word & ~SLOT_FROZEN;
        }
    } while (chain_next(&chain));
    for (size_t i = 0; i < all.count; i++) {
        const struct record *record = slot_record(all.word[i]);
        uint64_t hash =
            hash_key(secret, record_key(record), record_key_bytes(record));
        struct deal *deal = &deals[hash_bucket(hash, child_bits) & 1];

        deal->word[deal->count++] = all.word[i];
    }
}

/* Sets a word of a child that no helper has set yet. */
static void fill(uint64_t *word, uint64_t value)
{
    uint64_t untouched = 0;

    /* edge record-published: the other side is table_read_slot(). */
    (void)cas_release(word, &untouched, value);
}

/* Makes sure that a child's chain goes on; *chain goes there. */
static enum pawl_status fill_link(struct pawl_thread *thread,
                                  struct table *table, struct chain *chain)
{
    struct overflow *block;
    uint64_t untouched = 0;

    if (chain_next(chain)) {
        return PAWL_OK;
    }
    block = table_create_overflow(thread, true);
    if (block == NULL) {
        return PAWL_NO_MEMORY;
    }
    /* edge overflow-linked: the other side is chain_next(). */
    if (cas_release(chain->link, &untouched, (uintptr_t)block)) {
        add_relaxed(&table->overflow_count, 1);
    } else {
        table_free_overflow(thread, block);
    }
    (void)chain_next(chain);
    return PAWL_OK;
}

static enum pawl_status fill_child(struct pawl_thread *thread,
                                   struct table *table, struct bucket *child,
                                   const struct deal *deal, uint64_t floor)
{
    struct chain chain = chain_first(child);
    size_t dealt = 0;

    fill(&child->floor, floor);
    for (;;) {
        for (size_t i = 0; i < chain.count; i++) {
            fill(&chain.slots[i],
                 dealt < deal->count ? deal->word[dealt++] : SLOT_EMPTY);
        }
        if (dealt == deal->count) {
            break;
        }
        if (fill_link(thread, table, &chain) != PAWL_OK) {
            return PAWL_NO_MEMORY;
        }
    }
    fill(chain.link, LINK_NONE);
    return PAWL_OK;
}

/* Opens the children; who does it retires the bucket's overflow blocks. */
static void finish_bucket(struct pawl_thread *thread, struct bucket *bucket)
{
    struct chain chain = chain_first(bucket);
    uint64_t link = load_relaxed(&bucket->link);

    do {
        if ((link & LINK_MOVED) != 0) {
            return;
        }
        /*
         * edge bucket-moved: the children are filled before anyone goes
         * there. The other side is table_bucket().
         */
    } while (!cas_release(&bucket->link, &link, link | LINK_MOVED));
    while (chain_next(&chain)) {
        table_retire_overflow(thread, chain.block);
    }
}

enum pawl_status grow_bucket(struct pawl_thread *thread, struct table *table,
                             struct bucket *bucket)
{
    struct deal deals[2];
    struct bucket *child;
    struct table *next;
    enum pawl_status status;
    uint64_t floor;

    /* edge bucket-moved: the other side is finish_bucket(). */
    if ((load_acquire(&bucket->link) & LINK_MOVED) != 0) {
        return PAWL_OK;
    }
    if (!reclaim_reserve(&thread->reclaim, CHAIN_BLOCKS_MAX)) {
        return PAWL_NO_MEMORY;
    }
    /* edge table-next: the other side is grow_begin(). */
    next = load_acquire(&table->next);
    freeze(bucket);
    deals[0].count = 0;
    deals[1].count = 0;
    deal_records(bucket, &thread->store->secret, next->bits, deals);
    /* edge floor-raised: the other side is table_remove(). */
    floor = load_acquire(&bucket->floor);
    child = &next->buckets[2 * (bucket - table->buckets)];
    for (int i = 0; i < 2; i++) {
        status = fill_child(thread, next, &child[i], &deals[i], floor);
        if (status != PAWL_OK) {
            return status;
        }
    }
    finish_bucket(thread, bucket);
    return PAWL_OK;
}

/* Every bucket has moved: the next table becomes the root. */
static void finish_table(struct pawl_thread *thread,
                         struct partition *partition, struct table *table)
{
    struct table *root = table;

    /* edge table-root: the other side is partition_root(). */
    if (!cas_release(&partition->root, &root, load_relaxed(&table->next))) {
        return;
    }
    tally_add(thread, growths, 1);
    sub_relaxed(&thread->store->growing, 1);
    table_retire(table, &thread->store->grace);
}

/* Moves buckets from first on; false where one could not be moved. */
static bool move_range(struct pawl_thread *thread, struct table *table,
                       size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (grow_bucket(thread, table, &table->buckets[i]) != PAWL_OK) {
            return false;
        }
    }
    return true;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t verified_below(struct table *table)
{
    /* edge all-moved: the other side is grow_step(). */
    return load_acquire(&table->verified);
}

void grow_step(struct pawl_thread *thread, struct partition *partition,
               struct table *table, size_t buckets)
{
    size_t all = table_buckets(table);
    size_t first;
    size_t end;

    if (load_relaxed(&table->claimed) < all) {
        first = add_relaxed(&table->claimed, buckets);
        (void)move_range(thread, table, smaller(first, all),
                         smaller(first + buckets, all));
        return;
    }
    first = verified_below(table);
    end = smaller(first + VERIFIED_A_STEP, all);
    if (!move_range(thread, table, first, end)) {
        return;
    }
    /*
     * edge all-moved: what a helper has seen to be moved is seen by who goes
     * on from its note, and by who finishes the table. The other side is
     * verified_below().
     */
    (void)cas_release(&table->verified, &first, end);
    if (verified_below(table) == all) {
        finish_table(thread, partition, table);
    }
}

void grow_help(struct pawl_thread *thread, struct partition *partition,
               struct table *table)
{
    if (grow_is_moving(table)) {
        grow_step(thread, partition, table, BUCKETS_A_WRITE);
    }
}

/* Gives the root a table of twice its size to move to, unless it has one. */
static enum pawl_status grow_begin(struct pawl_thread *thread,
                                   struct table *table)
{
    struct table *larger;
    struct table *none = NULL;

    if (grow_is_moving(table)) {
        return PAWL_OK;
    }
    if (table->bits == HASH_BUCKET_BITS_MAX) {
        return PAWL_NO_MEMORY;
    }
    larger = table_create(&thread->memory, table->bits + 1);
    if (larger == NULL) {
        return PAWL_NO_MEMORY;
    }
    /*
     * edge table-next: the table is described before anyone goes there. The
     * other side is grow_is_moving() and table_bucket().
     */
    if (cas_release(&table->next, &none, larger)) {
        add_relaxed(&thread->store->growing, 1);
    } else {
        table_destroy(larger);
    }
    return PAWL_OK;
}

void grow_count_overflow(struct pawl_thread *thread,
                         struct partition *partition, struct table *table)
{
    size_t count = add_relaxed(&table->overflow_count, 1) + 1;

    if (count > table_buckets(table) / OVERFLOW_SHARE &&
        partition_root(partition) == table) {
        (void)grow_begin(thread, table);
    }
}

enum pawl_status grow_now(struct pawl_thread *thread,
                          struct partition *partition, struct table *table)
{
    struct table *root;

    while ((root = partition_root(partition)) != table) {
        /* A table that has been left behind has no full chain to make room. */
        if (load_relaxed(&root->next) != table) {
            return PAWL_OK;
        }
        if (!move_range(thread, root, 0, table_buckets(root))) {
            return PAWL_NO_MEMORY;
        }
        finish_table(thread, partition, root);
    }
    return grow_begin(thread, table);
}
