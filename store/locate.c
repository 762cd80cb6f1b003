/*
 * locate.c - a writer's way to its key.
 *
 * It helps a growing table on, moves the key's bucket where that is on its way
 * to a larger table, and resolves what is tentative under its key: so what it
 * finds is settled, and nothing that another has left undone stands in its way.
 */
#include "store/locate.h"

#include "store/grow.h"
#include "store/insert.h"

/*
 * Looks for the key in place->bucket. False where the bucket is moving, or a
 * tentative record with the key was in the way: look again.
 */
static bool search(struct place *place, uint64_t tag, const void *key,
                   size_t key_bytes)
{
    struct chain chain = chain_first(place->bucket);

    place->record = NULL;
    place->vacant = NULL;
    do {
        for (size_t i = 0; i < chain.count; i++) {
            uint64_t *slot = &chain.slots[i];
            uint64_t word = table_read_slot(slot);

            if ((word & SLOT_FROZEN) != 0) {
                return false;
            }
            if (word == SLOT_EMPTY && place->vacant == NULL) {
                place->vacant = slot;
            }
            if (!table_is_key_of(word, tag, key, key_bytes)) {
                continue;
            }
            if ((word & SLOT_TENTATIVE) != 0) {
                insert_resolve(place->bucket, slot, word);
                return false;
            }
            place->slot = slot;
            place->seen = word;
            place->record = slot_record(word);
            return true;
        }
    } while (chain_next(&chain));
    return true;
}

enum pawl_status locate(struct pawl_thread *thread, struct partition *partition,
                        uint64_t hash, const void *key, size_t key_bytes,
                        struct place *place)
{
    place->table = partition_root(partition);
    grow_help(thread, partition, place->table);
    for (;;) {
        place->bucket = table_bucket(&place->table, hash);
        if (grow_is_moving(place->table)) {
            enum pawl_status status =
                grow_bucket(thread, place->table, place->bucket);

            if (status != PAWL_OK) {
                return status;
            }
        } else if (search(place, hash_tag(hash), key, key_bytes)) {
            return PAWL_OK;
        }
    }
}

enum pawl_status locate_vacant(struct pawl_thread *thread,
                               struct partition *partition, struct place *place)
{
    struct chain chain = chain_first(place->bucket);
    struct overflow *block;
    uint64_t link = LINK_NONE;
    unsigned blocks = 0;

    place->vacant = NULL;
    while (chain_next(&chain)) {
        blocks++;
    }
    if (blocks >= CHAIN_BLOCKS_MAX) {
        return grow_now(thread, partition, place->table);
    }
    block = table_create_overflow(thread, false);
    if (block == NULL) {
        return PAWL_NO_MEMORY;
    }
    table_empty_slots(block->slot, OVERFLOW_SLOTS, &block->link);
    /* edge overflow-linked: the other side is chain_next(). */
    if (!cas_release(chain.link, &link, (uintptr_t)block)) {
        table_free_overflow(thread, block);
        return PAWL_OK;
    }
    place->vacant = &block->slot[0];
    grow_count_overflow(thread, partition, place->table);
    return PAWL_OK;
}
