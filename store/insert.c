/*
 * insert.c - of two inserts of one key, into whichever slots, one succeeds.
 *
 * An insert has three steps:
 *   reserve  put the record, TENTATIVE and pending, in an empty slot;
 *   look     read every other slot for a rival: a record with the same key;
 *   decide   turn the record's fate from pending to published or killed, by
 *            one compare-and-set, for ever.
 * After that the slot is cleaned: the TENTATIVE bit goes, or the whole word.
 * Any thread may look, decide and clean on another's behalf, and those who meet
 * a pending record in their way do. Readers skip a record that is pending or
 * killed. The insert takes effect when its fate becomes published.
 *
 * What a look may find, and what follows:
 *   a record that is there           kill mine
 *   a pending one in an earlier slot resolve that first, then look again
 *   a pending one in a later slot    kill it, go on
 *   nothing                          if the floor is still below my version,
 *                                    publish; else kill mine
 *
 * At most one (I1). Suppose x and y, of one key, are both published while both
 * are in the bucket, and y's reservation was the later. Whoever published y
 * looked after that reservation, hence after x's too, and read x's slot: had
 * it found x published it had killed y; pending and earlier, it had decided x
 * first and looked again; pending and later, it had killed x, and x, killed
 * once, is never published. If x was not in its slot any more, x had been
 * removed. "After" holds for every thread because reservation and look are
 * seq_cst: of two threads that reserve and then look, one sees the other.
 *
 * Versions rise (I3). Let x be the last record of the key to leave the bucket
 * before y is published. Its remover raised the floor before it emptied the
 * slot. y's publisher looked at that slot (found it empty, or reused) and then
 * read the floor: it saw the raise, and publishes only a version above it. And
 * no other record of the key is published between that look and y's fate: its
 * publisher would have met y.
 *
 * Freezing (grow.c) decides a fate like any helper does, by killing: a killed
 * insert starts again in the larger table.
 *
 * Progress: lock-free. A fate is decided in a bounded number of steps by
 * whoever wants it decided: resolving goes only to earlier slots, so at most
 * CHAIN_SLOTS_MAX deep, and a look is repeated only after an earlier rival's
 * fate was decided; a later one is killed in passing, for what is reserved
 * behind the look will look itself, and see me. An insert that was killed
 * starts again, and its search (table.c) resolves the record that killed it if
 * that is pending still: so each round leaves one insert done, or a record was
 * removed, or the bucket was frozen.
 */
#include "store/insert.h"

#include "store/check.h"

/* A record with the same key in another slot of the bucket. */
struct rival {
    uint64_t *slot;
    uint64_t word;
    bool is_earlier;
    bool is_published;
};

/* Turns a pending fate; false where it was decided already. */
static bool decide(struct record *record, bool publish)
{
    uint8_t *state = &record_meta(record)->state;
    uint8_t seen = load_relaxed(state);
    uint8_t next;

    if ((seen & (RECORD_PENDING | RECORD_KILLED)) != RECORD_PENDING) {
        return false;
    }
    next = publish ? (uint8_t)(seen & ~RECORD_PENDING)
                   : (uint8_t)(seen | RECORD_KILLED);
    /* edge fate-decided: the other side is record_fate(). */
    return cas_seq(state, &seen, next);
}

bool insert_kill(struct record *record)
{
    (void)decide(record, false);
    return record_is_published(record);
}

/* Takes the TENTATIVE bit, or the whole word, out of a slot; fate decided. */
static void clean(uint64_t *slot, uint64_t word)
{
    uint64_t next = record_is_published(slot_record(word))
                        ? word & ~SLOT_TENTATIVE
                        : SLOT_EMPTY;

    /* edge record-published: the other side is table_read_slot(). */
    (void)cas_release(slot, &word, next);
}

/*
 * Whether the slot holds a rival to word. A later one that is pending is
 * killed, and what is killed is cleaned away: neither is a rival any more.
 */
static bool is_rival(uint64_t *slot, uint64_t word, struct rival *rival)
{
    const struct record *record = slot_record(word);
    struct record *other;
    uint8_t fate;

    /*
     * edge reserve-look: a reservation made before the other's look is seen
     * by it. The other side is insert_record().
     */
    rival->slot = slot;
    rival->word = load_seq(slot);
    other = slot_record(rival->word);
    if (other == NULL || slot_tag(rival->word) != slot_tag(word) ||
        !record_has_key(other, record_key(record), record_key_bytes(record))) {
        return false;
    }
    fate = (rival->word & SLOT_TENTATIVE) != 0 ? record_fate(other) : 0;
    if (fate == RECORD_PENDING && !rival->is_earlier) {
        (void)decide(other, false);
        fate = record_fate(other);
    }
    rival->is_published = fate == 0;
    if ((fate & RECORD_KILLED) == 0) {
        return true;
    }
    clean(slot, rival->word);
    return false;
}

/* Looks through the bucket; mine is the slot that holds word. */
static bool look(struct bucket *bucket, const uint64_t *mine, uint64_t word,
                 struct rival *rival)
{
    struct chain chain = chain_first(bucket);

    rival->is_earlier = true;
    do {
        for (size_t i = 0; i < chain.count; i++) {
            if (&chain.slots[i] == mine) {
                rival->is_earlier = false;
            } else if (is_rival(&chain.slots[i], word, rival)) {
                return true;
            }
        }
    } while (chain_next(&chain));
    return false;
}

void insert_resolve(struct bucket *bucket, uint64_t *slot, uint64_t word)
{
    struct record *record = slot_record(word);
    struct rival rival;

    while (record_fate(record) == RECORD_PENDING) {
        if (!look(bucket, slot, word, &rival)) {
            uint64_t version = record_version_word(record) & RECORD_VERSION;

            /* edge floor-raised: the other side is table_remove(). */
            (void)decide(record, load_seq(&bucket->floor) < version);
        } else if (rival.is_published) {
            (void)decide(record, false);
        } else {
            insert_resolve(bucket, rival.slot, rival.word);
        }
    }
    clean(slot, word);
}

enum insert_outcome insert_record(struct place *place, struct record *record,
                                  uint64_t tag)
{
    uint64_t word = slot_of(record, tag) | SLOT_TENTATIVE;
    uint64_t seen = SLOT_EMPTY;

    /*
     * edge reserve-look: the other side is is_rival(). It also carries edge
     * record-published: the record's bytes above come before its address.
     */
    if (!cas_seq(place->vacant, &seen, word)) {
        return INSERT_UNUSED;
    }
    insert_resolve(place->bucket, place->vacant, word);
    return record_is_published(record) ? INSERT_DONE : INSERT_KILLED;
}
