/*
 * record.h - a key with what is kept under it, in one block of memory.
 *
 *            plain                            counter
 *   0   8    version                          version, COUNTER bit set
 *   8   8    value_bytes 4, meta 4            number
 *   16       [expiry 8, flags 4,]             meta 4, [flags 4, expiry 8,]
 *            key, value                       key
 *
 * The parts in brackets are there where the record is EXTENDED. A value that
 * is the canonical text of a number makes a counter, any other a plain record:
 * the bytes alone decide, so a record never changes its kind in place.
 *
 * What changes after a record is published, and nothing else does:
 * - a counter's {version, number}, together, by pair_cas();
 * - the SEALED bit of a counter's version, set in the same way, and never
 *   cleared: from then on {version, number} are final, and who wants to change
 *   the record puts another in its slot;
 * - the expiry word, by compare-and-set, until its top bit seals it likewise;
 * - the VISITED bit of the state, a hint for eviction, and its FLUSHED bit.
 * Before, while it is tentative, its fate: decided once, by one
 * compare-and-set (insert.c).
 */
#ifndef PAWL_STORE_RECORD_H
#define PAWL_STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/order.h"
#include "store/pawl.h"

#define RECORD_SEALED (UINT64_C(1) << 63)
#define RECORD_COUNTER (UINT64_C(1) << 62)
#define RECORD_VERSION (RECORD_COUNTER - 1)

#define EXPIRY_SEALED (UINT64_C(1) << 63)
#define EXPIRY_TIME (EXPIRY_SEALED - 1)

/* Bits of record_meta.state. */
#define RECORD_EXTENDED 1
#define RECORD_PENDING 2  /* tentative, its fate not decided */
#define RECORD_KILLED 4   /* tentative, and it will never be there */
#define RECORD_VISITED 8  /* read since the eviction hand last passed */
#define RECORD_FLUSHED 16 /* dead, whatever the flush count comes round to */

struct record_meta {
    uint8_t key_bytes;
    uint8_t state;
    uint16_t epoch; /* low bits of the store's flush count when it was made */
};

struct record {
    union {
        struct pair pair; /* a counter's two words */
        struct {
            uint64_t version;
            uint32_t value_bytes;
            struct record_meta meta;
        } plain;
    };
    unsigned char rest[];
};

/* What a record is made from. The value may come in two pieces. */
struct record_draft {
    const void *key;
    size_t key_bytes;
    const void *value;
    size_t value_bytes;
    const void *more;
    size_t more_bytes;
    uint64_t number; /* where is_counter */
    uint64_t expiry_ms;
    uint32_t flags;
    uint16_t epoch;
    bool is_counter;
};

/*
 * Sets number and is_counter from the value. Call it when the pieces are
 * final.
 */
void record_draft_settle(struct record_draft *draft);

/* Bytes of memory that record_fill() needs. */
size_t record_draft_bytes(const struct record_draft *draft);

/*
 * Writes all of the record but its version, see record_stamp(). is_pending:
 * its fate is to be decided by insert.c.
 */
void record_fill(struct record *record, const struct record_draft *draft,
                 bool is_pending);

/* Sets the version of a record that nobody has seen: 1 to RECORD_VERSION. */
void record_stamp(struct record *record, uint64_t version);

/*
 * What a record said at one instant, and what has to be true still when it is
 * replaced or removed.
 */
struct record_basis {
    uint64_t version; /* 0: whichever it has */
    uint64_t expiry;  /* the expiry's word, where has_expiry */
    bool has_expiry;
};

/*
 * Makes a record's version, number and expiry final, for who puts another in
 * its place or takes it out: from then on no change in place succeeds. False,
 * and the version not sealed, where the record is no longer as basis says.
 * *version is the record's. Nothing is sealed in a plain record but the
 * expiry, as nothing else changes there.
 */
bool record_seal(struct record *record, const struct record_basis *basis,
                 uint64_t *version);

/* The expiry's word as it is; 0 where the record has none. */
uint64_t record_expiry(const struct record *record);

/*
 * Sets the expiry in place where its word is still as expected, and so as it
 * was when the record was judged to be live; false where it is not. True where
 * the record has no such word: then expiry_ms is 0.
 */
bool record_touch(struct record *record, uint64_t expected, uint64_t expiry_ms);

/*
 * Sets and clears bits of a published record's state, together with what others
 * do to it. Wait-free for a hint: where another was faster, false, and nothing
 * is changed.
 */
bool record_mark(struct record *record, uint8_t set, uint8_t clear);

/*
 * Fills view with the record as it is at one instant; its expiry may be that
 * of another. A counter's value is in view->digits.
 */
void record_view(struct record *record, struct pawl_view *view);

/* Bytes of memory that a record takes: what record_draft_bytes() said. */
size_t record_bytes(const struct record *record);

static inline uint64_t record_version_word(const struct record *record)
{
    return load_relaxed(&record->pair.version);
}

static inline bool record_is_counter(const struct record *record)
{
    return (record_version_word(record) & RECORD_COUNTER) != 0;
}

static inline struct record_meta *record_meta(const struct record *record)
{
    struct record *self = (struct record *)(uintptr_t)record;

    return record_is_counter(self) ? (struct record_meta *)(void *)self->rest
                                   : &self->plain.meta;
}

static inline uint8_t record_state(const struct record *record)
{
    return load_relaxed(&record_meta(record)->state);
}

/*
 * The fate of a record that was seen tentative: RECORD_PENDING, with
 * RECORD_KILLED or without, or 0, published, for ever.
 */
static inline uint8_t record_fate(const struct record *record)
{
    /*
     * edge fate-decided: who sees a fate sees what was seen when it was
     * decided. The other side is decide() in insert.c.
     */
    return load_acquire(&record_meta(record)->state) &
           (RECORD_PENDING | RECORD_KILLED);
}

static inline bool record_is_published(const struct record *record)
{
    return record_fate(record) == 0;
}

static inline bool record_is_extended(const struct record *record)
{
    return (record_state(record) & RECORD_EXTENDED) != 0;
}

/* The word that holds the expiry; NULL where the record is not extended. */
static inline uint64_t *record_expiry_word(const struct record *record)
{
    unsigned char *rest = ((struct record *)(uintptr_t)record)->rest;

    if (!record_is_extended(record)) {
        return NULL;
    }
    return (uint64_t *)(void *)(record_is_counter(record) ? rest + 8 : rest);
}

uint32_t record_flags(const struct record *record);

static inline const unsigned char *record_key(const struct record *record)
{
    bool extended = record_is_extended(record);

    if (record_is_counter(record)) {
        return record->rest + (extended ? 16 : 4);
    }
    return record->rest + (extended ? 12 : 0);
}

static inline size_t record_key_bytes(const struct record *record)
{
    return record_meta(record)->key_bytes;
}

/* Of a plain record. */
static inline const unsigned char *record_value(const struct record *record)
{
    return record_key(record) + record_key_bytes(record);
}

static inline bool record_has_key(const struct record *record, const void *key,
                                  size_t key_bytes)
{
    return record_key_bytes(record) == key_bytes &&
           __builtin_memcmp(record_key(record), key, key_bytes) == 0;
}

#endif
