/*
 * pawl.h - versioned records that many threads may want at once.
 *
 * A store maps a binary key to a record: a value, 32 bits of the caller's
 * flags, an expiry and a version. Every operation on one key is one
 * indivisible step. Reads write nothing shared and wait for nobody; writes
 * are lock-free: a thread that stops anywhere delays no other. (In a store that
 * evicts, a read may set one bit in the record, if that is not set.)
 *
 * Use: pawl_create() a store; in each thread pawl_join() it; call the
 * operations with that thread's handle; pawl_part() before the thread ends;
 * pawl_destroy() after the last has parted.
 *
 * Versions. A record's version is strictly increasing for its key, for ever:
 * across overwrite, delete, expiry, eviction, flush and creation anew. A fresh
 * store starts above the wall clock in nanoseconds, so that the versions of a
 * restarted program lie above those it gave before. Versions are from 1 to
 * 2^62 - 1; 0 is never one. pawl_touch() changes no version.
 *
 * Numbers. A value that is the canonical decimal text of an unsigned 64-bit
 * number ("0", "42", no sign, no leading zero) is kept as a number and
 * changed in place by take, give, incr and decr. Reading gives the text.
 *
 * Time is counted in milliseconds on the clock of the store (see struct
 * pawl_options). A record whose expiry is at or before now is not there.
 *
 * Nothing here prints, exits, or sets errno for the caller to see; there is
 * no state outside the store but liburcu's. Two stores in one process know
 * nothing of each other's records; a read section in one also holds back the
 * memory that the other retires.
 */
#ifndef PAWL_H
#define PAWL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PAWL_EXPORT __attribute__((visibility("default")))
#define PAWL_MUST_USE __attribute__((warn_unused_result))
#else
#define PAWL_EXPORT
#define PAWL_MUST_USE
#endif

#define PAWL_KEY_BYTES_MAX 250
#define PAWL_VALUE_BYTES_DEFAULT (1024u * 1024u)
#define PAWL_VALUE_BYTES_MAX (1024u * 1024u * 1024u)
#define PAWL_BATCH_MAX 1024
#define PAWL_VERSION_MAX ((UINT64_C(1) << 62) - 1)
#define PAWL_EXPIRY_MS_MAX                             \
    ((UINT64_C(1) << 63) - 1) /* later is taken for it \
                               */

/*
 * Every outcome there is, with the sentence that pawl_status_text() answers.
 * Zero is success.
 */
/* clang-format off */
#define PAWL_STATUSES(row)                                                   \
    row(OK, "done")                                                          \
    row(NOT_FOUND, "no record has this key")                                 \
    row(EXISTS, "the record has another version")                            \
    row(NOT_STORED, "whether a record is there is against the condition")    \
    row(REFUSED, "the result would pass its floor or ceiling")               \
    row(NOT_A_NUMBER, "the value is not an unsigned 64-bit number")          \
    row(BAD_KEY, "a key has 1 to 250 bytes")                                 \
    row(TOO_LARGE, "the value is larger than this store allows")             \
    row(NO_MEMORY, "no memory is left for this change")                      \
    row(STALLED, "a reader that stays holds too much retired memory")        \
    row(NOT_RUN, "not run: leave the read section first, then run it")       \
    row(INVALID, "an argument is outside its range")                         \
    row(UNSUPPORTED, "this machine lacks what the store needs")
/* clang-format on */

enum pawl_status {
#define PAWL_STATUS_ENUM(name, text) PAWL_##name,
    PAWL_STATUSES(PAWL_STATUS_ENUM)
#undef PAWL_STATUS_ENUM
};

/* What an operation does. See struct pawl_op for the fields each one reads. */
/* clang-format off */
#define PAWL_VERBS(row)                                                      \
    row(GET, "get") row(SET, "set") row(ADD, "add")                          \
    row(REPLACE, "replace") row(APPEND, "append") row(PREPEND, "prepend")    \
    row(DELETE, "delete") row(TOUCH, "touch")                                \
    row(INCR, "incr") row(DECR, "decr") row(TAKE, "take") row(GIVE, "give")  \
    row(FLUSH, "flush")
/* clang-format on */

enum pawl_verb {
#define PAWL_VERB_ENUM(name, word) PAWL_##name,
    PAWL_VERBS(PAWL_VERB_ENUM)
#undef PAWL_VERB_ENUM
};

/* What a store does when its memory limit is reached. */
enum pawl_full {
    PAWL_FULL_REFUSE, /* the writer gets PAWL_NO_MEMORY, nothing changes */
    PAWL_FULL_EVICT,  /* records that were not read lately make room */
};

struct pawl;        /* a store */
struct pawl_thread; /* one thread's membership in one store */

/*
 * How a store is made. Start from PAWL_OPTIONS_INIT and change what you need.
 */
struct pawl_options {
    /* Partitions, 1 to 256; 0: one for each processor this process may use. */
    unsigned partitions;

    /* Records expected in all; the tables start that large. 0: small. */
    size_t records_expected;

    /* Bytes for tables, records and retired records; 0: no limit. */
    size_t memory_bytes;

    /* What to do at that limit. */
    enum pawl_full full;

    /* Largest value in bytes, 1 to PAWL_VALUE_BYTES_MAX. */
    size_t value_bytes_max;

    /*
     * Bytes of retired records that may wait for readers to leave; past it
     * writers that would retire more get PAWL_STALLED. Also without a reader
     * that stalls a grace period takes some 10 ms, in which fast writers
     * retire several MiB: leave room for that. 0: no bound but memory_bytes;
     * with PAWL_FULL_EVICT a quarter of that and 16 MiB.
     */
    size_t retired_bytes_max;

    /*
     * The clock: milliseconds, never going back much, called from any thread
     * with clock_context, and only where a record with an expiry is met. NULL:
     * CLOCK_REALTIME, so that an expiry is a Unix time in milliseconds.
     */
    uint64_t (*clock_ms)(void *clock_context);
    void *clock_context;
};

#define PAWL_OPTIONS_INIT                                                  \
    {                                                                      \
        0, 0, 0, PAWL_FULL_REFUSE, PAWL_VALUE_BYTES_DEFAULT, 0, NULL, NULL \
    }

/*
 * A record as it was at one instant. value points into the store, or into
 * digits where the record is a number: so do not copy the struct, and use
 * value only inside the read section it was got in.
 */
struct pawl_view {
    const void *value;
    size_t value_bytes;
    uint64_t version;
    uint64_t expiry_ms; /* 0: never */
    uint64_t number;    /* where is_number */
    uint32_t flags;
    bool is_number;
    char digits[21];
};

/*
 * One operation of a batch. Set verb, key and what the verb reads:
 *
 *   GET                 -
 *   SET ADD REPLACE     value, value_bytes, flags, expiry_ms
 *   APPEND PREPEND      value, value_bytes
 *   TOUCH               expiry_ms
 *   INCR DECR           amount
 *   TAKE GIVE           amount, bound
 *   DELETE              -
 *   FLUSH               - (no key)
 *
 * and for all of them but GET and FLUSH, where it is not 0, version: the
 * operation then succeeds only on a record of just that version (PAWL_EXISTS
 * otherwise, PAWL_NOT_FOUND where there is none).
 *
 * After pawl_run() status is set, and view: for GET and TOUCH the record, for
 * the others version and, where the outcome is a number, number. view is
 * zero where there is nothing to tell.
 *
 * - SET ADD REPLACE APPEND PREPEND: view.version is the new version.
 * - DELETE: view.version lies above the deleted record's and below any later
 *   version of the key.
 * - TAKE GIVE INCR DECR: view.number and view.version are the new ones; with
 *   PAWL_REFUSED those that are there.
 * - PAWL_EXISTS, and PAWL_NOT_STORED of ADD: view.version is what is there.
 */
struct pawl_op {
    enum pawl_verb verb;
    enum pawl_status status;

    const void *key;
    size_t key_bytes;

    const void *value;
    size_t value_bytes;
    uint32_t flags;
    uint64_t expiry_ms;
    uint64_t version;
    uint64_t amount;
    uint64_t bound; /* TAKE: the floor; GIVE: the ceiling */

    struct pawl_view view;
};

/* What a store holds. Sums over threads, read without stopping anyone. */
struct pawl_stats {
    uint64_t records;       /* live, or dead and not yet removed */
    uint64_t record_bytes;  /* their memory */
    uint64_t table_bytes;   /* tables and overflow blocks */
    uint64_t retired_bytes; /* waiting for readers to leave */
    uint64_t limit_bytes;   /* 0: none */
    uint64_t evicted;       /* records that made room */
    uint64_t expired;       /* records removed because their time had come */
    uint64_t flushed;       /* records removed because of a flush */
    uint64_t growths;       /* tables that were doubled */
    uint64_t threads;       /* that have joined and not parted */
    uint32_t partitions;
    uint32_t growing; /* partitions whose table is being doubled */
};

/* The sentence that says what a status means, never NULL. Any thread. */
PAWL_EXPORT const char *pawl_status_text(enum pawl_status status);

/* The word for a verb, as in the protocol; never NULL. Any thread. */
PAWL_EXPORT const char *pawl_verb_text(enum pawl_verb verb);

/* The library's release, "MAJOR.MINOR.PATCH". Any thread. */
PAWL_EXPORT const char *pawl_release(void);

/*
 * Makes an empty store. options may be NULL for the defaults. *store is set
 * where PAWL_OK is answered and left alone otherwise: PAWL_INVALID for options
 * out of range, PAWL_NO_MEMORY (also where the process has no key for
 * thread-specific data left: there are 1,024), PAWL_UNSUPPORTED on a processor
 * without a 16-byte compare-and-set. Starts one thread, which waits for readers
 * on behalf of all. Any thread.
 *
 * After fork() the child does nothing with the store of its parent.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_create(
    const struct pawl_options *options, struct pawl **store);

/*
 * Frees the store and all it holds. Every thread has parted. Waits for all
 * readers to leave, those of other stores in the process, too: so not to be
 * called inside a read section of any store. NULL is let pass.
 */
PAWL_EXPORT void pawl_destroy(struct pawl *store);

/*
 * Makes the calling thread a member; *thread is its handle, to be used by this
 * thread alone. A member that calls nothing costs the others nothing, however
 * long it sleeps. A thread may join several stores, and one store several
 * times. PAWL_NO_MEMORY leaves *thread alone. May take a lock; the operations
 * do not.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_join(
    struct pawl *store, struct pawl_thread **thread);

/*
 * Ends the membership, outside any read section, from the thread that joined.
 * A thread that exits without a word is parted by its exit. NULL is let pass.
 */
PAWL_EXPORT void pawl_part(struct pawl_thread *thread);

/*
 * Begins and ends a read section: what a view borrows in it stays good until
 * its end. Sections nest and cost about a nanosecond. A section held for long
 * holds back the memory that others retire meanwhile, and nothing else.
 */
PAWL_EXPORT void pawl_enter(struct pawl_thread *thread);
PAWL_EXPORT void pawl_leave(struct pawl_thread *thread);

/*
 * Runs count operations, 1 to PAWL_BATCH_MAX, in their order; each is one
 * indivisible step of its own. What they will touch is fetched into the cache
 * together first, so a batch costs a fraction of its operations run alone.
 * Every op's status is set; PAWL_INVALID is answered, and nothing run, where
 * count is out of range. Views are good until the read section ends that the
 * caller is in; without one only digits, version, number, flags, expiry_ms and
 * value_bytes are.
 *
 * Inside a section of the caller's, memory that others or this batch itself
 * have retired cannot come back. Where an operation lacks just that, it and all
 * behind it are not run: their status is PAWL_NOT_RUN, and so is the answer.
 * Leave the section and run them again; outside of one the operation waits a
 * moment for that memory and is then done or refused.
 */
PAWL_EXPORT enum pawl_status pawl_run(struct pawl_thread *thread,
                                      struct pawl_op *ops, size_t count);

/*
 * Reads the record of key into view, inside a read section of the caller.
 * PAWL_OK, PAWL_NOT_FOUND (view is zero), PAWL_BAD_KEY.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_get(struct pawl_thread *thread,
                                                    const void *key,
                                                    size_t key_bytes,
                                                    struct pawl_view *view);

/*
 * Copies the value of key to buffer, room bytes at most, no read section
 * needed. *value_bytes is the value's whole size (also where room is less:
 * then PAWL_TOO_LARGE, and buffer is untouched), *version its version; either
 * may be NULL. PAWL_OK, PAWL_NOT_FOUND, PAWL_BAD_KEY, PAWL_TOO_LARGE.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_copy(
    struct pawl_thread *thread, const void *key, size_t key_bytes, void *buffer,
    size_t room, size_t *value_bytes, uint64_t *version);

/*
 * Store value under key: set always, add where no record is, replace where one
 * is. *version, where not NULL, is the new version. expiry_ms is a time on the
 * store's clock, 0 for never. PAWL_OK, PAWL_NOT_STORED (add, replace),
 * PAWL_BAD_KEY, PAWL_TOO_LARGE, PAWL_NO_MEMORY, PAWL_STALLED. Unless PAWL_OK,
 * nothing has changed.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_set(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    const void *value, size_t value_bytes, uint32_t flags, uint64_t expiry_ms,
    uint64_t *version);
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_add(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    const void *value, size_t value_bytes, uint32_t flags, uint64_t expiry_ms,
    uint64_t *version);
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_replace(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    const void *value, size_t value_bytes, uint32_t flags, uint64_t expiry_ms,
    uint64_t *version);

/*
 * Stores value only where the record's version is just expected (not 0).
 * PAWL_OK, PAWL_EXISTS (*version is what is there), PAWL_NOT_FOUND, and what
 * pawl_set() answers.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_compare_and_set(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t expected, const void *value, size_t value_bytes, uint32_t flags,
    uint64_t expiry_ms, uint64_t *version);

/*
 * Put value behind or before the one that is there; flags and expiry stay.
 * PAWL_OK, PAWL_NOT_STORED where no record is, and what pawl_set() answers.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_append(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    const void *value, size_t value_bytes, uint64_t *version);
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_prepend(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    const void *value, size_t value_bytes, uint64_t *version);

/*
 * Removes the record; where expected is not 0, only at just that version.
 * PAWL_OK, PAWL_NOT_FOUND, PAWL_EXISTS, PAWL_BAD_KEY; PAWL_NO_MEMORY and
 * PAWL_STALLED only where the table is being doubled, or readers stall.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_delete(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t expected);

/*
 * Gives the record a new expiry. The version stays. PAWL_OK, PAWL_NOT_FOUND,
 * PAWL_BAD_KEY, PAWL_NO_MEMORY, PAWL_STALLED.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_touch(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t expiry_ms);

/*
 * memcached's counters: incr wraps at 2^64, decr stops at 0. *number and
 * *version (either may be NULL) are the new ones. PAWL_OK, PAWL_NOT_FOUND,
 * PAWL_NOT_A_NUMBER, PAWL_BAD_KEY, PAWL_NO_MEMORY, PAWL_STALLED.
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_incr(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t amount, uint64_t *number, uint64_t *version);
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_decr(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t amount, uint64_t *number, uint64_t *version);

/*
 * Take subtracts amount only if at least floor is left, give adds it only if
 * the sum is at most ceiling: one step, no clamping, no wrapping. *number and
 * *version (either may be NULL) are the new ones; with PAWL_REFUSED, where
 * nothing changed, those that are there. Else as pawl_incr().
 */
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_take(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t amount, uint64_t floor, uint64_t *number, uint64_t *version);
PAWL_EXPORT PAWL_MUST_USE enum pawl_status pawl_give(
    struct pawl_thread *thread, const void *key, size_t key_bytes,
    uint64_t amount, uint64_t ceiling, uint64_t *number, uint64_t *version);

/*
 * From its return on no record stored before its call is there. One step;
 * their memory is given back by pawl_sweep() and by writers that meet them.
 */
PAWL_EXPORT void pawl_flush(struct pawl_thread *thread);

/*
 * Called for each record, inside a read section; key and view are good until
 * it returns. Answering false ends the walk. It may call any operation.
 */
typedef bool (*pawl_visit)(void *context, const void *key, size_t key_bytes,
                           const struct pawl_view *view);

/*
 * Visits every record. One that is there from beginning to end is visited
 * exactly once, also while the table grows; one that comes or goes meanwhile
 * at most once. Each visit shows the record at an instant of its own.
 * PAWL_OK also where visit ended the walk.
 */
PAWL_EXPORT enum pawl_status pawl_iterate(struct pawl_thread *thread,
                                          pawl_visit visit, void *context);

/*
 * Looks at buckets buckets of the store, going on where the last call by
 * anyone ended, and gives back the memory of expired and flushed records
 * found there; moves a doubling table on by as much. Answers how many records
 * it removed. Call it now and then, with 64 or so, from a thread with time to
 * spare.
 */
PAWL_EXPORT size_t pawl_sweep(struct pawl_thread *thread, size_t buckets);

/* Sums up what the store holds. Any thread, member or not. */
PAWL_EXPORT void pawl_stats(struct pawl *store, struct pawl_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
