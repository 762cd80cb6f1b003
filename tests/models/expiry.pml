/*
 * expiry.pml - a record's time comes while it is touched, copied, stored over
 * and swept away.
 *
 * Claim: who acts because a record is dead acts on a record that is dead: a
 * sweep or an add seals the expiry that it judged before it takes the record
 * out or stores over it, so a touch that set another comes before, and is seen,
 * or fails and looks again. Who copies a record likewise: the expiry of a touch
 * is not lost in a copy. No schedule goes on for ever, and who stops holds
 * nobody up.
 *
 * Abstracted: one slot; an add to the empty slot takes effect at once
 * (insert.pml); values and versions. The clock is read once in each round and
 * goes on as it likes, up to TICKS. A touch that is judged before the time has
 * come and done after it keeps the record; reads in between may have missed it.
 * TOUCHES, JOINS (append, prepend), ADDS, SWEEPS: processes of each kind.
 *
 * It follows store/write.c, store/change.c, store/remove.c and record_seal().
 *
 * holds -DTOUCHES=2 -DSWEEPS=1
 * holds -DTOUCHES=2 -DADDS=1 -DSWEEPS=1
 * holds -DTOUCHES=2 -DJOINS=1
 * holds -DTOUCHES=1 -DJOINS=1 -DADDS=1 -DSWEEPS=1
 * ends -DTOUCHES=1 -DJOINS=1 -DADDS=1 -DSWEEPS=1
 * stalls -DTOUCHES=1 -DADDS=1 -DSWEEPS=1
 * caught holds -DTOUCHES=1 -DSWEEPS=1 -DFAULT_NO_SEAL
 * caught holds -DTOUCHES=1 -DADDS=1 -DFAULT_NO_SEAL
 * caught holds -DTOUCHES=1 -DJOINS=1 -DFAULT_NO_SEAL
 * caught holds -DTOUCHES=1 -DSWEEPS=1 -DFAULT_SEAL_UNSEEN
 * caught holds -DTOUCHES=1 -DJOINS=1 -DFAULT_TOUCH_SEALED
 */
#include "common.pml"

#ifndef TOUCHES
#define TOUCHES 0
#endif
#ifndef JOINS
#define JOINS 0
#endif
#ifndef ADDS
#define ADDS 0
#endif
#ifndef SWEEPS
#define SWEEPS 0
#endif
#define WRITES (TOUCHES + JOINS + ADDS + SWEEPS)
#define PROCESSES (WRITES + 1)
#define RECORDS (FIRST + 1 + WRITES)

#define TICKS 2
#define SOON 1   /* expiry of the record that is there from the start */
#define LATER 2  /* of one that was touched: it may come, too */
#define NEVER 9  /* of one that was added: it does not come */
#define SEALED 64
#define time_of(word) ((word) & ~SEALED)

byte slot = FIRST;
byte expiry[RECORDS];
byte now;

/* What the properties speak of: the expiry that the key was given last. */
byte given = SOON;

inline judge()
{
    assert(slot == EMPTY || time_of(expiry[slot]) == given)
}

#define TOUCH 0
#define JOIN 1
#define ADD 2
#define SWEEP 3

proctype Write(byte me; byte verb) STOPPABLE
{
    byte seen, mine, word;

    mine = FIRST + 1 + me;
locate: /* change_locate() */
    atomic {
        seen = slot;
        word = 0;
        if
        :: seen == EMPTY && verb == ADD -> goto add
        :: seen == EMPTY && verb != ADD -> goto done
        :: seen != EMPTY
        fi
    }
    word = expiry[seen];
    atomic { /* live_in() */
        if
        :: time_of(word) > now && verb == TOUCH && !(word & SEALED) ->
            goto touch
        :: time_of(word) > now && verb == TOUCH && (word & SEALED)
        :: time_of(word) > now && verb == JOIN
        :: time_of(word) > now && (verb == ADD || verb == SWEEP) -> goto done
        :: time_of(word) <= now && (verb == TOUCH || verb == JOIN) -> goto done
        :: time_of(word) <= now && (verb == ADD || verb == SWEEP)
        fi
    }
#ifndef FAULT_NO_SEAL
    atomic { /* seal_expiry() */
        if
#ifdef FAULT_SEAL_UNSEEN
        :: expiry[seen] = expiry[seen] | SEALED
#else
        :: time_of(expiry[seen]) == time_of(word) ->
            expiry[seen] = expiry[seen] | SEALED
        :: else -> goto locate
#endif
        fi
    }
#endif
    atomic { /* table_replace(), table_remove() */
        if
        :: slot != seen -> goto locate
        :: slot == seen && verb == TOUCH ->
            expiry[mine] = LATER; slot = mine; given = LATER
        :: slot == seen && verb == JOIN ->
            expiry[mine] = time_of(word); slot = mine;
            assert(time_of(word) == given)
        :: slot == seen && verb == ADD ->
            expiry[mine] = NEVER; slot = mine;
            assert(given <= now);
            given = NEVER
        :: slot == seen && verb == SWEEP ->
            slot = EMPTY;
            assert(given <= now)
        fi;
        goto done
    }
touch: /* record_touch() */
    atomic {
        if
#ifdef FAULT_TOUCH_SEALED
        :: time_of(expiry[seen]) == word ->
            expiry[seen] = LATER | (expiry[seen] & SEALED);
#else
        :: expiry[seen] == word ->
            expiry[seen] = LATER;
#endif
            given = LATER;
            goto done
        :: else -> goto locate
        fi
    }
add: /* change_insert() */
    atomic {
        if
        :: slot == EMPTY -> expiry[mine] = NEVER; slot = mine; given = NEVER
        :: else -> goto locate
        fi
    }
done:
    atomic { seen = 0; mine = 0; word = 0; end_process() }
}

proctype Clock() STOPPABLE
{
    do
    :: now < TICKS -> now++
    :: break
    od;
    atomic { end_process() }
}

#define verb_of(n)                                                             \
    ((n) < TOUCHES -> TOUCH : ((n) < TOUCHES + JOINS -> JOIN :                 \
     ((n) < TOUCHES + JOINS + ADDS -> ADD : SWEEP)))

init {
    byte n;

    atomic {
        running = PROCESSES;
        expiry[FIRST] = SOON;
        do
        :: n < WRITES -> run Write(n, verb_of(n)); n++
        :: else -> n = 0; break
        od;
        run Clock();
        run_stall(PROCESSES)
    }
}
