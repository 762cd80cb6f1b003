/*
 * grace.pml - the thread that waits for readers goes to sleep, and is woken.
 *
 * Claim: a node that was handed over is done, once, whatever the order in which
 * the thread goes idle and others hand over; nobody who hands over waits; told
 * to stop, the thread ends, and leaves nothing undone that was handed over
 * before.
 *
 * Explored: CALLERS that hand over NODES each and tell the thread to hurry, or
 * not; then the end, at once or, where PATIENT, when all is done: so a call for
 * which the thread does not wake is not made good by the end. Abstracted: the
 * wait for readers, which ends (reclaim.pml); the nap, which may end any time.
 *
 * It follows store/grace.c.
 *
 * holds -DCALLERS=2 -DNODES=2
 * holds -DCALLERS=2 -DNODES=2 -DPATIENT
 * holds -DCALLERS=3 -DNODES=1 -DPATIENT
 * caught holds -DCALLERS=1 -DNODES=1 -DPATIENT -DFAULT_SLEEP_UNSEEN
 * caught holds -DCALLERS=1 -DNODES=1 -DPATIENT -DFAULT_WAKE_BEFORE
 * caught holds -DCALLERS=1 -DNODES=1 -DFAULT_STOP_UNSEEN
 */
#include "common.pml"

#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef NODES
#define NODES 2
#endif
#define PROCESSES (CALLERS + 2)

byte queue;  /* nodes handed over and not yet taken */
bool is_idle;
bool is_hurried;
bool is_stopping;
byte work;   /* the semaphore */
byte calling = CALLERS;

/* What the properties speak of. */
byte done_count;

inline judge()
{
    assert(done_count == CALLERS * NODES && queue == 0)
}

/* run() */
proctype Thread()
{
    bool stops;
    byte nodes;

    do
    :: true ->
#ifndef FAULT_STOP_UNSEEN
        stops = is_stopping;
#endif
        atomic { nodes = queue; queue = 0 }
#ifdef FAULT_STOP_UNSEEN
        stops = is_stopping;
#endif
        if
        :: nodes > 0 ->
            atomic { done_count = done_count + nodes; nodes = 0 }
            if /* nap() */
            :: atomic { work > 0 -> work-- }
            :: skip
            fi;
            is_hurried = false
        :: nodes == 0 && stops -> break
        :: nodes == 0 && !stops -> /* sleep_idle() */
            is_idle = true;
#ifdef FAULT_SLEEP_UNSEEN
            atomic { work > 0 -> work-- }
#else
            if
            :: queue == 0 -> atomic { work > 0 -> work-- }
            :: else
            fi;
#endif
            is_idle = false
        fi
    od;
    atomic { end_process() }
}

/* grace_call(), grace_hurry() */
proctype Call()
{
    byte n;

    do
    :: n == NODES -> break
    :: n < NODES ->
#ifdef FAULT_WAKE_BEFORE
        if
        :: atomic { is_idle -> is_idle = false }
           work++
        :: else
        fi;
        queue++;
#else
        queue++;
        if
        :: atomic { is_idle -> is_idle = false }
           work++
        :: else
        fi;
#endif
        n++;
        if
        :: atomic { !is_hurried -> is_hurried = true }
           work++
        :: true
        fi
    od;
    atomic { n = 0; calling--; end_process() }
}

/* grace_close(), when no more calls come */
proctype Close()
{
    calling == 0;
#ifdef PATIENT
    done_count == CALLERS * NODES;
#endif
    is_stopping = true;
    work++;
    atomic { end_process() }
}

init {
    byte n;

    atomic {
        running = PROCESSES;
        run Thread();
        run Close();
        do :: n < CALLERS -> run Call(); n++ :: else -> n = 0; break od
    }
}
