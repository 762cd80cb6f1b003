/*
 * move.pml - how a bucket moves to its child, for bucket.pml, which includes it
 * where there are GROWERS. It follows store/grow.c.
 */
#ifdef FAULT_COPY_BLINDLY
#define may_fill(word) 1
#elif defined(FAULT_COPY_OVER_EMPTY)
#define may_fill(word) ((word) <= EMPTY)
#else
#define may_fill(word) ((word) == 0)
#endif

inline copy_floor()
{
    seen = floor_version[0];
    atomic {
        if
        :: floor_version[1] == 0 -> floor_version[1] = seen
        :: else
        fi;
        seen = 0
    }
}

/* grow_bucket(): moves the bucket, or helps whoever does. */
inline move_bucket()
{
#ifdef FAULT_FLOOR_EARLY
    copy_floor();
#endif
    atomic { i = 0; j = SLOTS }
    /* freeze_slot() */
    do
    :: atomic { i == SLOTS -> i = 0; break }
    :: atomic { i < SLOTS && is_frozen(slot[i]) -> i++ }
    :: atomic {
        i < SLOTS && !is_frozen(slot[i]) && !is_tentative(slot[i]) ->
#ifdef FAULT_FREEZE_RECORDS_ONLY
        if
        :: slot[i] != EMPTY -> slot[i] = slot[i] | FROZEN
        :: else
        fi;
#else
        slot[i] = slot[i] | FROZEN;
#endif
        i++
       }
    :: atomic {
        i < SLOTS && !is_frozen(slot[i]) && is_tentative(slot[i]) ->
        seen = record_of(slot[i])
       }
#ifndef FAULT_FREEZE_UNDECIDED
       atomic {
        if
        :: fate[seen] == PENDING -> fate[seen] = KILLED
        :: else
        fi
       }
#endif
       atomic {
        if
        :: slot[i] != (seen | TENT)
        :: slot[i] == (seen | TENT) && fate[seen] == PUBLISHED ->
            slot[i] = seen | FROZEN
        :: slot[i] == (seen | TENT) && fate[seen] != PUBLISHED ->
            slot[i] = EMPTY | FROZEN
        fi;
        seen = 0
       }
    od;
#ifdef FAULT_MOVED_EARLY
    moved = 1;
#endif
    /* deal_records(), fill_child() */
    do
    :: atomic { i == SLOTS -> i = 0; break }
    :: atomic { i < SLOTS -> seen = slot[i]; i++ }
       atomic {
        if
        :: !holds_record(seen)
        :: holds_record(seen) && may_fill(slot[j]) ->
            slot[j] = record_of(seen); j++
        :: holds_record(seen) && !may_fill(slot[j]) -> j++
        fi;
        seen = 0
       }
    od;
    do
    :: atomic { j == 2 * SLOTS -> break }
    :: atomic {
        j < 2 * SLOTS ->
        if
        :: slot[j] == 0 -> slot[j] = EMPTY
        :: else
        fi;
        j++
       }
    od;
#ifndef FAULT_FLOOR_EARLY
    copy_floor();
#endif
    atomic { moved = 1; j = 0 }
}

proctype Grow() STOPPABLE
{
    byte i, seen, j;

    growing = 1;
    move_bucket();
    atomic { end_process() }
}
