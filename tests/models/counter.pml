/*
 * counter.pml - a number that many change in place, while others replace it,
 * delete it and move its bucket.
 *
 * Claim: a take that changes {version, number} in place changes the live
 * record: nobody unlinks a record that is not sealed, and a sealed pair never
 * changes. So no take is lost or done twice, every version of the key is one
 * above the last, and what a reader or a refused take answers was true at one
 * instant of its call. Growth moves the word that points to the record, not
 * the record, and needs no seal. No schedule goes on for ever, so a stopped
 * process holds nobody up.
 *
 * Abstracted: the bucket is one slot, and its child another. A set stores a
 * number. Creation anew is in insert.pml; here a deleted key stays deleted.
 * TAKES, SETS, TOUCHES, DELETES, READS, GROWERS: processes of each kind.
 *
 * It follows store/count.c, store/change.c, record_seal() and store/grow.c.
 *
 * holds -DTAKES=3 -DTOUCHES=1
 * holds -DTAKES=2 -DSETS=1 -DDELETES=1
 * holds -DTAKES=2 -DSETS=1 -DREADS=1
 * holds -DTAKES=1 -DSETS=1 -DTOUCHES=1 -DREADS=1
 * holds -DTAKES=2 -DSETS=1 -DGROWERS=1
 * holds -DTAKES=2 -DDELETES=1 -DGROWERS=1
 * holds -DTAKES=1 -DSETS=1 -DGROWERS=1 -DREADS=1
 * ends -DTAKES=1 -DSETS=1 -DDELETES=1 -DGROWERS=1
 * stalls -DTAKES=1 -DSETS=1 -DGROWERS=1
 * caught holds -DTAKES=1 -DSETS=1 -DFAULT_NO_SEAL
 * caught holds -DTAKES=1 -DTOUCHES=1 -DFAULT_NO_SEAL
 * caught holds -DTAKES=1 -DDELETES=1 -DFAULT_NO_SEAL
 * caught holds -DTAKES=1 -DTOUCHES=1 -DFAULT_SEAL_UNSEEN
 * caught holds -DTAKES=2 -DSETS=1 -DFAULT_CHANGE_SEALED
 * caught holds -DTAKES=1 -DREADS=1 -DFAULT_TWO_STEPS
 * caught holds -DSETS=1 -DDELETES=1 -DGROWERS=2 -DFAULT_COPY_BLINDLY
 * caught stalls -DTAKES=1 -DSETS=1 -DFAULT_AWAIT_SEALER
 */
#include "common.pml"

#ifndef TAKES
#define TAKES 0
#endif
#ifndef SETS
#define SETS 0
#endif
#ifndef TOUCHES
#define TOUCHES 0
#endif
#ifndef DELETES
#define DELETES 0
#endif
#ifndef READS
#define READS 0
#endif
#ifndef GROWERS
#define GROWERS 0
#endif
#define WRITES (TAKES + SETS + TOUCHES + DELETES)
#define PROCESSES (WRITES + READS + GROWERS)
#define RECORDS (FIRST + 1 + WRITES)
#define VERSIONS (2 + WRITES)

#define START 2   /* number at the start */
#define STORED 7  /* number that a set stores */

byte slot[2]; /* of the bucket, and of its child */
bit growing;  /* the table has a next one */
bit moved;
byte version[RECORDS];
byte number[RECORDS];
bit sealed[RECORDS];

/* What the properties speak of; no process decides anything by these. */
bit live = 1;
byte last = 1;           /* version of the live record, or of its delete */
byte truth[VERSIONS];    /* the number that each version had */
byte taken; /* by all takes together */

inline judge()
{
    byte end;

    end = slot[moved];
    assert(holds_record(end) == live);
    if
    :: live ->
        assert(version[record_of(end)] == last);
        assert(number[record_of(end)] == truth[last])
    :: else
    fi;
#if SETS == 0 && DELETES == 0
    assert(number[record_of(end)] + taken == START);
#endif
    end = 0
}

/* The live record took a version and a number that no other had. */
inline take_effect(a_version, a_number)
{
    assert(live && a_version == last + 1);
    last = a_version;
    truth[a_version] = a_number
}

/* grow_bucket() */
inline move_bucket()
{
    atomic {
        seen = slot[0] | FROZEN;
        slot[0] = seen
    }
    atomic {
        if
#ifndef FAULT_COPY_BLINDLY
        :: slot[1] != 0
        :: slot[1] == 0 -> slot[1] = record_of(seen)
#else
        :: slot[1] = record_of(seen)
#endif
        fi;
        seen = 0
    }
    moved = 1
}

#define TAKE 0
#define SET 1
#define TOUCH 2
#define DELETE 3

proctype Write(byte me; byte verb) STOPPABLE
{
    byte seen, mine, a_version, a_number, oldest;
    bit where, is_located;

    atomic {
        mine = FIRST + 1 + me;
        oldest = last;
        if
        :: verb != TAKE -> goto locate
        :: else
        fi
    }

    /* count_run() looks first as a reader does. */
    where = moved;
    atomic {
        seen = record_of(slot[where]);
        if
        :: !holds_record(seen) -> assert(!live); goto done
        :: else -> goto change
        fi
    }

locate: /* locate() */
    atomic { is_located = 1; where = moved }
    atomic {
        if
        :: !where && growing -> goto move
        :: else
        fi
    }
    atomic {
        seen = slot[where];
        if
        :: is_frozen(seen) -> seen = 0; goto locate
        :: !is_frozen(seen) && !holds_record(seen) -> assert(!live); goto done
        :: !is_frozen(seen) && holds_record(seen)
        fi
    }
    if
    :: verb == TAKE -> goto change
    :: verb == TOUCH -> goto copy
    :: verb == SET || verb == DELETE -> goto seal
    fi;
move:
    move_bucket();
    goto locate;

copy: /* change_copy(): what the new record is made from */
    atomic { a_version = version[seen]; a_number = number[seen] }
    if
    :: verb == TAKE && a_number == 0 -> goto refused
    :: else
    fi;
seal: /* record_seal() */
    atomic {
        if
#ifndef FAULT_SEAL_UNSEEN
        :: (verb == TAKE || verb == TOUCH) && version[seen] != a_version ->
            seen = 0;
            a_version = 0;
            a_number = 0;
            goto locate
#endif
        :: else ->
#ifndef FAULT_NO_SEAL
            sealed[seen] = 1;
#endif
            a_version = version[seen]
        fi
    }
    atomic {
        if
        :: slot[where] == seen && verb == DELETE ->
            slot[where] = EMPTY;
            assert(live && a_version == last);
            live = 0;
            last++
        :: slot[where] == seen && verb == TOUCH ->
            slot[where] = mine;
            version[mine] = a_version;
            number[mine] = a_number;
            assert(live && a_version == last)
        :: slot[where] == seen && verb == SET ->
            slot[where] = mine;
            version[mine] = a_version + 1;
            number[mine] = STORED;
            take_effect(version[mine], STORED)
        :: slot[where] == seen && verb == TAKE ->
            slot[where] = mine;
            version[mine] = a_version + 1;
            number[mine] = a_number - 1;
            take_effect(version[mine], number[mine]);
            taken++
        :: slot[where] != seen ->
            seen = 0;
            a_version = 0;
            a_number = 0;
            goto locate
        fi;
        goto done
    }

change: /* pair_change() */
    atomic {
        if
#ifdef FAULT_AWAIT_SEALER
        :: sealed[seen] -> (slot[where] != seen); seen = 0; goto locate
#endif
        :: sealed[seen] && !is_located -> seen = 0; goto locate
        :: sealed[seen] && is_located -> goto copy
        :: !sealed[seen] -> a_version = version[seen]; a_number = number[seen]
        fi
    }
    if
    :: a_number == 0 -> goto refused
    :: else
    fi;
#ifdef FAULT_TWO_STEPS
    atomic {
        if
        :: version[seen] == a_version && !sealed[seen] -> version[seen]++
        :: else -> goto change
        fi
    }
    atomic {
        number[seen]--;
        take_effect(version[seen], number[seen]);
        taken++;
        goto done
    }
#else
    atomic {
        if
#ifdef FAULT_CHANGE_SEALED
        :: version[seen] == a_version ->
#else
        :: version[seen] == a_version && !sealed[seen] ->
#endif
            version[seen]++;
            number[seen]--;
            take_effect(version[seen], number[seen]);
            taken++;
            goto done
        :: else -> goto change
        fi
    }
#endif
refused:
    assert(a_version >= oldest && truth[a_version] == 0);
done:
    atomic {
        seen = 0;
        mine = 0;
        a_version = 0;
        a_number = 0;
        oldest = 0;
        where = 0;
        is_located = 0;
        end_process()
    }
}

/* table_find(), record_view() */
proctype Read() STOPPABLE
{
    byte seen, oldest;
    bit where;

    atomic { oldest = last; where = moved }
    atomic {
        seen = record_of(slot[where]);
        if
        :: !holds_record(seen) -> assert(!live); goto done
        :: else
        fi
    }
    assert(version[seen] >= oldest && truth[version[seen]] == number[seen]);
done:
    atomic { seen = 0; oldest = 0; where = 0; end_process() }
}

proctype Grow() STOPPABLE
{
    byte seen;

    growing = 1;
    move_bucket();
    atomic { end_process() }
}

#define verb_of(n)                                                             \
    ((n) < TAKES -> TAKE : ((n) < TAKES + SETS -> SET :                        \
     ((n) < TAKES + SETS + TOUCHES -> TOUCH : DELETE)))

init {
    byte n;

    atomic {
        running = PROCESSES;
        slot[0] = FIRST;
        version[FIRST] = 1;
        number[FIRST] = START;
        truth[1] = START;
        do
        :: n < WRITES -> run Write(n, verb_of(n)); n++
        :: else -> n = 0; break
        od;
        do :: n < READS -> run Read(); n++ :: else -> n = 0; break od;
        do :: n < GROWERS -> run Grow(); n++ :: else -> n = 0; break od;
        run_stall(PROCESSES)
    }
}
