/*
 * clock.c - the time of a turn lies in a variable of each thread.
 */
#include "net/clock.h"

#include <time.h>

static _Thread_local uint64_t turn_ms;

static uint64_t read_ms(clockid_t clock)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

uint64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

uint64_t clock_steady_ms(void)
{
    return read_ms(CLOCK_MONOTONIC_COARSE);
}

uint64_t clock_begin_turn(void)
{
    turn_ms = clock_wall_ms();
    return turn_ms;
}

uint64_t clock_turn_ms(void *unused)
{
    (void)unused;
    return turn_ms != 0 ? turn_ms : clock_wall_ms();
}
