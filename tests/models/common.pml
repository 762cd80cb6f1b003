/*
 * common.pml - what all models share: words, fates, and a process that stops.
 *
 * A slot word is 0 (only in a table that growth is filling), EMPTY, or the
 * number of a record, from FIRST on; TENT and FROZEN are bits beside it. The
 * number of a record is not used twice: grace periods keep an address from
 * coming back while somebody may still hold it (reclaim.pml).
 */
#define EMPTY 1
#define FIRST 2
#define TENT 64
#define FROZEN 128

#define record_of(word) ((word) & ~(TENT | FROZEN))
#define holds_record(word) (record_of(word) > EMPTY)
#define is_tentative(word) ((word) & TENT)
#define is_frozen(word) ((word) & FROZEN)

/* Fates of a record. One that was made for a replace is never PENDING. */
#define PUBLISHED 0
#define PENDING 1
#define KILLED 2

/* Processes that have not ended. The last to end calls the model's judge(). */
byte running;

inline end_process()
{
    running--;
    if
    :: running == 0 -> judge()
    :: else
    fi
}

/*
 * With STALLS one of the processes 1 to PROCESSES stops for good, at any point.
 * The others must end all the same.
 */
#ifdef STALLS
byte stalled;
#define STOPPABLE provided (stalled != _pid)

proctype Stall(byte processes)
{
    byte who;

    select (who : 1 .. processes);
    atomic { stalled = who; who = 0 }
    atomic { timeout -> assert(running <= 1) }
}
#define run_stall(processes) run Stall(processes)
#else
#define STOPPABLE
#define run_stall(processes) skip
#endif
