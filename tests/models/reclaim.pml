/*
 * reclaim.pml - blocks are retired, wait for a grace period, and are used
 * again.
 *
 * Claim: what a thread found in a slot stays as it was until the thread's read
 * section ends; a compare-and-set that finds the expected address finds the
 * block that was there, not another that has got the same address since; every
 * block is handed back once. A thread that stops, inside a read section or
 * anywhere else, holds back memory and nothing else.
 *
 * Abstracted: a grace period is taken at its word, which liburcu keeps: begun
 * when a batch was closed, it ends once every read section has that had begun
 * before. Who finds no free block gives up, as with PAWL_NO_MEMORY. WRITERS
 * replace what is in the one slot, ROUNDS times each, and close their batch
 * when one block or more is in it; READERS look at the slot.
 *
 * It follows store/reclaim.c, store/grace.c (for the thread's sleep see
 * grace.pml) and change_replace().
 *
 * holds -DWRITERS=2 -DREADERS=1
 * holds -DWRITERS=1 -DREADERS=2 -DROUNDS=3
 * ends -DWRITERS=2 -DREADERS=0
 * stalls -DWRITERS=1 -DREADERS=2
 * caught holds -DWRITERS=1 -DREADERS=1 -DFAULT_NO_GRACE
 * caught holds -DWRITERS=1 -DREADERS=1 -DFAULT_ENTER_LATE
 * caught holds -DWRITERS=2 -DREADERS=0 -DFAULT_LEAVE_EARLY
 * caught holds -DWRITERS=1 -DREADERS=1 -DFAULT_RETIRE_EARLY
 * caught holds -DWRITERS=1 -DREADERS=1 -DFAULT_ADD_TO_CLOSED
 * caught holds -DWRITERS=2 -DREADERS=0 -DFAULT_COLLECT_TWICE
 * caught stalls -DWRITERS=1 -DREADERS=1 -DFAULT_AWAIT_GRACE
 */
#include "common.pml"

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#define BLOCKS 3
#define PROCESSES (WRITERS + READERS)
#define BATCHES (WRITERS * ROUNDS)

mtype:block = { FREE, USED, RETIRED };
mtype:batch = { OPEN, CLOSED, WAITING, READY, TAKEN };

byte slot; /* a block */
mtype:block state[BLOCKS];
byte batch_of[BLOCKS]; /* of a retired one */
mtype:batch batch[BATCHES];
byte waits_for[BATCHES]; /* read sections: a bit for each process */
byte inside;             /* likewise, those that are in one now */

/* What the properties speak of: how often each block was used anew. */
byte age[BLOCKS];

#define my_bit (1 << _pid)
#define is_unharmed(block, its_age)                                            \
    (state[block] != FREE && age[block] == (its_age))

inline judge()
{
    assert(state[slot] == USED)
}

inline enter()
{
    inside = inside | my_bit
}

inline leave()
{
    atomic {
        inside = inside & ~my_bit;
        n = 0;
        do
        :: n < BATCHES -> waits_for[n] = waits_for[n] & ~my_bit; n++
        :: else -> n = 0; break
        od
    }
}

/* free_batch() */
inline free_blocks(taken)
{
    n = 0;
    do
    :: n < BLOCKS ->
        if
        :: batch_of[n] == taken + 1 ->
            assert(state[n] == RETIRED);
            state[n] = FREE;
#ifndef FAULT_COLLECT_TWICE
            batch_of[n] = 0
#endif
        :: else
        fi;
        n++
    :: else -> n = 0; break
    od
}

/* reclaim_collect() */
inline collect()
{
    do
    :: atomic { b == BATCHES -> b = 0; break }
    :: atomic { b < BATCHES && batch[b] != READY -> b++ }
    :: atomic {
        b < BATCHES && batch[b] == READY ->
#ifdef FAULT_COLLECT_TWICE
        skip
       }
       atomic {
#endif
        batch[b] = TAKEN;
        free_blocks(b);
        b++
       }
    od
}

/* reclaim_retire() */
inline retire(block)
{
    atomic { state[block] = RETIRED; batch_of[block] = mine + 1; count++ }
}

/* close_batch() */
inline close()
{
    atomic { batch[mine] = CLOSED; mine++; count = 0 }
}

proctype Write(byte me) STOPPABLE
{
    byte round, mine, count, fresh, seen, its_age, b, n;

    mine = me * ROUNDS;
next:
#ifdef FAULT_AWAIT_GRACE
    (mine == me * ROUNDS || batch[mine - 1] == READY);
#endif
    if
    :: round == ROUNDS -> goto done
    :: round < ROUNDS -> round++
    fi;
    collect();
    enter();
    atomic { /* change_make() */
        if
        :: state[0] == FREE -> fresh = 0
        :: state[1] == FREE -> fresh = 1
        :: state[2] == FREE -> fresh = 2
        :: else -> goto out
        fi;
        state[fresh] = USED
    }
    age[fresh]++;
#ifdef FAULT_ADD_TO_CLOSED
    batch[mine] = CLOSED;
#endif
again:
    atomic { seen = slot; its_age = age[seen] }
#ifdef FAULT_LEAVE_EARLY
    leave();
#endif
#ifdef FAULT_RETIRE_EARLY
    retire(seen);
    close();
#endif
    atomic { /* table_replace() */
        if
        :: slot == seen -> assert(age[seen] == its_age); slot = fresh
        :: else -> goto again
        fi
    }
#ifdef FAULT_ADD_TO_CLOSED
    retire(seen);
    atomic { mine++; count = 0 }
#elif !defined(FAULT_RETIRE_EARLY)
    retire(seen);
#endif
out:
    leave();
    if
    :: count > 0 -> close()
    :: count == 0 || round < ROUNDS
    fi;
    goto next;
done:
    atomic {
        round = 0;
        mine = 0;
        count = 0;
        fresh = 0;
        seen = 0;
        its_age = 0;
        end_process()
    }
}

/* pawl_get() */
proctype Read() STOPPABLE
{
    byte seen, its_age, n;

#ifndef FAULT_ENTER_LATE
    enter();
#endif
    atomic { seen = slot; its_age = age[seen] }
#ifdef FAULT_ENTER_LATE
    enter();
#endif
    assert(is_unharmed(seen, its_age));
    leave();
    atomic { seen = 0; its_age = 0; end_process() }
}

/* The grace thread and one batch: section_await(), push_ready(). */
proctype Grace(byte b)
{
end:
    atomic { batch[b] == CLOSED -> batch[b] = WAITING; waits_for[b] = inside }
end_waiting:
#ifdef FAULT_NO_GRACE
    batch[b] = READY
#else
    atomic { waits_for[b] == 0 -> batch[b] = READY }
#endif
}

init {
    byte n;

    atomic {
        running = PROCESSES;
        do
        :: n < BLOCKS -> state[n] = (n == 0 -> USED : FREE); n++
        :: else -> n = 0; break
        od;
        do :: n < BATCHES -> batch[n] = OPEN; n++ :: else -> n = 0; break od;
        do :: n < WRITERS -> run Write(n); n++ :: else -> n = 0; break od;
        do :: n < READERS -> run Read(); n++ :: else -> n = 0; break od;
        n = 0;
        do :: n < BATCHES -> run Grace(n); n++ :: else -> n = 0; break od;
        run_stall(PROCESSES)
    }
}
