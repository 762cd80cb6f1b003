/*
 * grow.pml - a bucket moves to its child while it is written and read.
 *
 * Claim: all that insert.pml claims, with the bucket moving at any time and any
 * number of processes moving it at once: a helper that comes late, when the
 * child is long in use, brings nothing back; no insert is lost or killed for
 * ever; the child's floor lies above every version that was deleted; a reader
 * that looked at the bucket before it moved answers what was true when it came.
 *
 * Explored: one or two processes that begin to double the table, and the
 * writers, who all help; one bucket of two slots and the child that the key
 * goes to.
 *
 * Abstracted: the other child, other keys, overflow blocks; a second doubling
 * (it begins when every bucket has moved, and finds the child an ordinary
 * bucket); portions and the order of buckets.
 *
 * holds -DGROWERS=2 -DDELETES=1 -DREADS=1 -DPRESENT
 * holds -DGROWERS=2 -DADDS=1 -DDELETES=1 -DPRESENT
 * holds -DGROWERS=1 -DADDS=2
 * holds -DGROWERS=1 -DADDS=1 -DDELETES=1 -DREADS=1 -DPRESENT
 * holds -DGROWERS=1 -DSETS=1 -DDELETES=1 -DREADS=1 -DPRESENT
 * ends -DGROWERS=1 -DADDS=1 -DDELETES=1 -DPRESENT
 * stalls -DGROWERS=1 -DADDS=1 -DDELETES=1 -DPRESENT
 * caught holds -DGROWERS=1 -DADDS=2 -DFAULT_FREEZE_RECORDS_ONLY
 * caught holds -DGROWERS=1 -DADDS=2 -DFAULT_FREEZE_UNDECIDED
 * caught holds -DGROWERS=2 -DDELETES=1 -DPRESENT -DFAULT_COPY_BLINDLY
 * caught holds -DGROWERS=2 -DDELETES=1 -DPRESENT -DFAULT_COPY_OVER_EMPTY
 * caught holds -DGROWERS=1 -DREADS=1 -DPRESENT -DFAULT_MOVED_EARLY
 * caught holds -DGROWERS=2 -DADDS=1 -DDELETES=1 -DPRESENT -DFAULT_FLOOR_EARLY
 * caught stalls -DGROWERS=1 -DDELETES=1 -DPRESENT -DFAULT_AWAIT_MOVE
 * caught ends -DGROWERS=1 -DDELETES=1 -DPRESENT -DFAULT_SPIN_ON_MOVE
 */
#define SLOTS 2
#include "bucket.pml"
