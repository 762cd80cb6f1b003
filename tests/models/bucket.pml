/*
 * bucket.pml - the writers and readers of one key in one bucket, for the
 * models that include it: insert.pml and grow.pml.
 *
 * It follows store/locate.c, store/insert.c, store/table.c and store/grow.c,
 * whose functions the comments below name. An atomic is one access to what is
 * shared, together with steps on the process's own variables. Where a failed
 * compare-and-set is followed by a fresh load and another try, only the try
 * that succeeds is shown.
 *
 * ADDS, SETS, DELETES, READS: processes that do one such operation each.
 * RAISES: deletes of other keys of the bucket; this key notices the floor.
 * GROWERS: processes that double the table. SLOTS: slots of a bucket.
 * PRESENT: the key is there from the start. TRIES: records for each insert; one
 * that needs more is an error, so an insert that can be killed for ever is
 * found.
 */
#include "common.pml"

#ifndef SLOTS
#define SLOTS 3
#endif
#ifndef ADDS
#define ADDS 0
#endif
#ifndef SETS
#define SETS 0
#endif
#ifndef DELETES
#define DELETES 0
#endif
#ifndef READS
#define READS 0
#endif
#ifndef RAISES
#define RAISES 0
#endif
#ifndef GROWERS
#define GROWERS 0
#endif
#ifndef TRIES
#define TRIES 8
#endif
#define INSERTS (ADDS + SETS)
#define WRITES (INSERTS + DELETES)
#define PROCESSES (WRITES + READS + RAISES + GROWERS)
#define FIRST_OWN (FIRST + 1) /* FIRST is there from the start, or never */
#define RECORDS (FIRST_OWN + INSERTS * TRIES)

#if GROWERS
/* The bucket, and behind it the child that this key goes to. */
#define BUCKETS 2
#define at(index) slot[base + (index)]
#define floor_here floor_version[base / SLOTS]
bit growing; /* the table has a next one */
bit moved;
#else
#define BUCKETS 1
#define base 0
#define at(index) slot[index]
#define floor_here floor_version[0]
#define moved 0
#endif

byte slot[BUCKETS * SLOTS];
byte floor_version[BUCKETS];
byte version[RECORDS];
byte fate[RECORDS];

/* What the properties speak of; no process decides anything by these. */
bit live;      /* the key has a published record */
byte last = 1; /* the version last published or deleted */
#if READS
bit absent; /* the key was not there at some time of the read */
#endif
#if READS && GROWERS
bit gone[RECORDS];
bit gone_before[RECORDS]; /* the read */
#endif

inline publish(record)
{
    assert(!live);
    live = 1;
    assert(version[record] > last);
    last = version[record]
}

inline retire_published(record)
{
    assert(live && version[record] == last);
#if READS && GROWERS
    gone[record] = 1
#endif
}

/* When all have ended, the bucket holds what the history says. */
inline judge()
{
    byte n, count;

    n = (moved -> SLOTS : 0);
    do
    :: n < (moved -> 2 * SLOTS : SLOTS) ->
        if
        :: holds_record(slot[n]) ->
            assert(!is_tentative(slot[n]));
            assert(version[record_of(slot[n])] == last);
            count++
        :: else
        fi;
        n++
    :: else -> break
    od;
    assert(count == live)
}

#if GROWERS
#include "move.pml"
#endif

#define ADD 0
#define SET 1
#define DELETE 2

/* The record being resolved and its slot; beneath it those that wait for it. */
#define tent stack[depth]
#define mine place[depth]

proctype Write(byte me; byte verb) STOPPABLE
{
    byte try, record, vacant, i, seen;
    byte stack[SLOTS], place[SLOTS], depth;
#if GROWERS
    byte base, j;
#endif

again:
    atomic {
        record = FIRST_OWN + me * TRIES + try;
        assert(verb == DELETE || try < TRIES)
    }

locate: /* locate(), search() */
#if GROWERS
    base = (moved -> SLOTS : 0);
    atomic {
        if
#ifdef FAULT_SPIN_ON_MOVE
        :: base == 0 && growing -> goto locate
#elif defined(FAULT_AWAIT_MOVE)
        :: base == 0 && growing -> (moved); goto locate
#else
        :: base == 0 && growing -> goto move
#endif
        :: else
        fi
    }
#endif
    atomic { i = 0; vacant = SLOTS }
    do
    :: atomic {
        i < SLOTS ->
        seen = at(i);
        if
        :: is_frozen(seen) -> seen = 0; goto locate
        :: seen == EMPTY -> vacant = i
        :: seen == EMPTY && vacant != SLOTS
#ifdef FAULT_START_AGAIN
        :: !is_frozen(seen) && is_tentative(seen)
#else
        :: !is_frozen(seen) && is_tentative(seen) ->
            tent = record_of(seen);
            mine = i;
            seen = 0;
            vacant = 0;
            goto resolve
#endif
        :: !is_frozen(seen) && holds_record(seen) && !is_tentative(seen) ->
            vacant = 0;
            goto found
        fi;
        seen = 0;
        i++
       }
    :: atomic { i == SLOTS -> i = 0; break }
    od;
    if
    :: verb == DELETE -> goto done
    :: else
    fi;

    /* change_insert(), insert_record() */
    version[record] = floor_here + 1;
    atomic {
        if
        :: vacant < SLOTS && at(vacant) == EMPTY ->
            at(vacant) = record | TENT;
            fate[record] = PENDING;
            tent = record;
            mine = vacant;
#ifndef FAULT_REUSE
            try++;
#endif
            vacant = 0
        :: else -> vacant = 0; goto locate
        fi
    }

resolve: /* insert_resolve() */
    atomic {
        i = 0;
        if
        :: fate[tent] != PENDING -> goto clean
        :: else
        fi
    }
look:
    do
    :: atomic {
        i < SLOTS ->
        seen = at(i);
        if
        :: i == mine || !holds_record(seen) -> seen = 0; i++
        :: i != mine && is_tentative(seen) && holds_record(seen)
        :: i != mine && !is_tentative(seen) && holds_record(seen) ->
            seen = 0;
            goto kill
        fi
       }
       if
       :: atomic { seen == 0 }
       :: atomic {
            seen != 0 ->
            seen = record_of(seen);
            if
            :: fate[seen] == PUBLISHED -> seen = 0; goto kill
            :: fate[seen] == KILLED -> goto clean_other
            :: fate[seen] == PENDING && i < mine ->
#ifdef FAULT_IGNORE_EARLIER
                seen = 0;
                i++
#elif defined(FAULT_KILL_EARLIER)
                goto kill_other
#elif defined(FAULT_AWAIT_OTHER)
                (fate[seen] != PENDING);
                seen = 0;
                goto resolve
#elif defined(FAULT_SPIN_ON_OTHER)
                seen = 0;
                goto resolve
#else
                depth++;
                tent = seen;
                mine = i;
                seen = 0;
                goto resolve
#endif
            :: fate[seen] == PENDING && i > mine -> goto kill_other
            fi
          }
       fi
    :: atomic { i == SLOTS -> i = 0; break }
    od;
#ifndef FAULT_IGNORE_FLOOR
    atomic {
        if
        :: floor_here >= version[tent] -> goto kill
        :: else
        fi
    }
#endif
    atomic {
        if
        :: fate[tent] == PENDING -> fate[tent] = PUBLISHED; publish(tent)
        :: else
        fi;
        goto clean
    }
kill_other:
    atomic {
        if
        :: fate[seen] == PENDING -> fate[seen] = KILLED
        :: fate[seen] == KILLED
        :: fate[seen] == PUBLISHED -> seen = 0; goto kill
        fi
    }
clean_other:
    atomic {
        if
        :: at(i) == (seen | TENT) -> at(i) = EMPTY
        :: else
        fi;
        seen = 0;
#ifdef FAULT_START_AGAIN
        goto resolve
#else
        i++;
        goto look
#endif
    }
kill:
    atomic {
        i = 0;
        if
        :: fate[tent] == PENDING -> fate[tent] = KILLED
        :: else
        fi
    }
clean:
    atomic {
        if
        :: at(mine) != (tent | TENT)
        :: at(mine) == (tent | TENT) && fate[tent] == PUBLISHED ->
            at(mine) = tent
        :: at(mine) == (tent | TENT) && fate[tent] == KILLED ->
            at(mine) = EMPTY
        fi;
        if
        :: depth > 0 -> tent = 0; mine = 0; depth--; goto resolve
        :: depth == 0 && tent != record -> tent = 0; mine = 0; goto locate
        :: depth == 0 && tent == record && fate[tent] == PUBLISHED -> goto done
        :: depth == 0 && tent == record && fate[tent] == KILLED ->
            /* What is retired here is out of reach. */
            assert(record_of(at(mine)) != record);
            tent = 0;
            mine = 0;
            goto again
        fi
    }

#if GROWERS
move:
    move_bucket();
    goto locate;
#endif

found:
    if
    :: verb == ADD -> goto done
    :: verb == SET -> goto replace
    :: verb == DELETE -> goto remove
    fi;

replace: /* table_replace() */
    atomic {
        if
        :: at(i) == seen ->
            retire_published(seen);
            at(i) = record;
            live = 0;
            version[record] = version[seen] + 1;
            publish(record);
            goto done
        :: else -> seen = 0; i = 0; goto locate
        fi
    }

#ifdef FAULT_RAISE_LATE
#define raise_before(record) skip
#define raise_after(record) raise(record)
#else
#define raise_before(record) raise(record)
#define raise_after(record) skip
#endif
#define raise(record)                                                          \
    atomic {                                                                   \
        if                                                                     \
        :: floor_here <= version[record] -> floor_here = version[record] + 1   \
        :: else                                                                \
        fi                                                                     \
    }

remove: /* table_remove() */
    raise_before(seen);
    atomic {
        if
        :: at(i) == seen ->
            retire_published(seen);
            at(i) = EMPTY;
            live = 0;
            last = version[seen] + 1;
#if READS
            absent = 1
#endif
        :: else -> seen = 0; i = 0; goto locate
        fi
    }
    raise_after(seen);
done:
    atomic {
        try = 0;
        record = 0;
        i = 0;
        seen = 0;
        tent = 0;
        mine = 0;
#if GROWERS
        base = 0;
#endif
        end_process()
    }
}

/* A delete of another key of the bucket, as far as this key can tell. */
proctype Raise() STOPPABLE
{
    atomic { floor_version[0]++; end_process() }
}

#if READS
/* table_find() */
proctype Read() STOPPABLE
{
    byte i, seen;
#if GROWERS
    byte base;

    atomic {
        absent = !live;
        do
        :: i < RECORDS -> gone_before[i] = gone[i]; i++
        :: else -> i = 0; break
        od
    }
    base = (moved -> SLOTS : 0);
#else
    absent = !live;
#endif
    do
    :: atomic {
        i < SLOTS ->
        seen = at(i);
        if
        :: !holds_record(seen) -> seen = 0; i++
        :: holds_record(seen) && is_tentative(seen) -> seen = record_of(seen)
        :: holds_record(seen) && !is_tentative(seen) ->
            seen = record_of(seen);
            goto hit
        fi
       }
       if
       :: atomic { seen == 0 }
       :: atomic {
            seen != 0 ->
            if
#ifdef FAULT_READ_PENDING
            :: fate[seen] != KILLED -> goto hit
            :: fate[seen] == KILLED -> seen = 0; i++
#else
            :: fate[seen] == PUBLISHED -> goto hit
            :: else -> seen = 0; i++
#endif
            fi
          }
       fi
    :: atomic { i == SLOTS -> assert(absent); goto done }
    od;
hit:
    atomic {
        assert(fate[seen] == PUBLISHED);
#if GROWERS
        assert(!gone_before[seen])
#endif
    }
done:
    atomic {
        i = 0;
        seen = 0;
#if GROWERS
        base = 0;
        do
        :: i < RECORDS -> gone_before[i] = 0; i++
        :: else -> i = 0; break
        od;
#endif
        end_process()
    }
}
#endif

init {
    byte n;

    atomic {
        do :: n < SLOTS -> slot[n] = EMPTY; n++ :: else -> n = 0; break od;
        floor_version[0] = 1;
        running = PROCESSES;
#ifdef PRESENT
        slot[SLOTS - 1] = FIRST;
        version[FIRST] = 2;
        last = 2;
        live = 1;
#endif
        do
        :: n < WRITES ->
            run Write(n, (n < ADDS -> ADD : (n < INSERTS -> SET : DELETE)));
            n++
        :: else -> n = 0; break
        od;
        do :: n < RAISES -> run Raise(); n++ :: else -> n = 0; break od;
#if READS
        do :: n < READS -> run Read(); n++ :: else -> n = 0; break od;
#endif
#if GROWERS
        do :: n < GROWERS -> run Grow(); n++ :: else -> n = 0; break od;
#endif
        run_stall(PROCESSES)
    }
}
