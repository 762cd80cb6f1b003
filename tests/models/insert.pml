/*
 * insert.pml - inserts, replaces and deletes of one key race in one bucket.
 *
 * Claim: at every instant at most one record of the key is published; each
 * version of the key that is published or deleted lies above the one before,
 * also across delete and creation anew; the bucket ends with just what the
 * history of successes says, so none is lost or done twice; a read answers a
 * record that was published, and misses the key only where it was not there at
 * some instant of the read; who was killed has its record out of every slot
 * before it retires it. No schedule goes on for ever, and a process that stops
 * anywhere leaves the others to end.
 *
 * Explored: two to four operations on one key, in two or three slots, starting
 * from an empty bucket or with the key there; the floor also raised from
 * outside. An insert takes any slot that it saw empty, as though keys that are
 * not shown came and went around it.
 *
 * Abstracted: overflow blocks (a chain is only more slots), values, expiry,
 * counters (counter.pml), growth (grow.pml), memory orders (all is seq_cst
 * here; insert.c says where that matters).
 *
 * holds -DADDS=3
 * holds -DADDS=2 -DDELETES=1
 * holds -DADDS=2 -DDELETES=1 -DREADS=1 -DSLOTS=2
 * holds -DADDS=2 -DRAISES=1
 * holds -DADDS=1 -DSETS=1 -DDELETES=2 -DSLOTS=2 -DPRESENT
 * holds -DADDS=1 -DSETS=1 -DDELETES=1 -DREADS=1 -DSLOTS=2 -DPRESENT
 * ends -DADDS=2 -DDELETES=1 -DSLOTS=2
 * stalls -DADDS=2 -DDELETES=1 -DSLOTS=2
 * caught holds -DADDS=2 -DFAULT_IGNORE_EARLIER
 * caught holds -DADDS=2 -DFAULT_KILL_EARLIER
 * caught holds -DADDS=2 -DFAULT_START_AGAIN
 * caught holds -DADDS=2 -DDELETES=1 -DFAULT_IGNORE_FLOOR
 * caught holds -DADDS=2 -DDELETES=1 -DFAULT_RAISE_LATE
 * caught holds -DADDS=2 -DDELETES=1 -DFAULT_REUSE
 * caught holds -DADDS=1 -DREADS=1 -DFAULT_READ_PENDING
 * caught stalls -DADDS=2 -DFAULT_AWAIT_OTHER
 * caught ends -DADDS=2 -DFAULT_SPIN_ON_OTHER
 */
#include "bucket.pml"
