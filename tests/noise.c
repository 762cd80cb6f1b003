/*
 * noise.c - threads that are stopped anywhere, for a moment.
 */
#include "tests/noise.h"

#include "tests/support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define NOISE_SIGNAL SIGUSR2

/* A disturbance comes within this time of the last one, ... */
#define APART_NS_MAX 400000

/* ... and lasts up to this. */
#define PAUSE_NS_MAX 100000

static _Thread_local struct dice dice;
static _Thread_local timer_t timer;

static void set_timer(uint64_t in_ns)
{
    struct itimerspec when = {.it_value.tv_nsec = (long)in_ns};
    (void)timer_settime(timer, 0, &when, NULL);
}

/* Calls nothing but what a signal handler may call. */
static void pause_thread(int signal)
{
    int before = errno;
    struct timespec pause = {.tv_nsec = (long)dice_below(&dice, PAUSE_NS_MAX)};
    (void)signal;
    (void)nanosleep(&pause, NULL);
    set_timer(1 + dice_below(&dice, APART_NS_MAX));
    errno = before;
}

void noise_begin(uint64_t seed)
{
    struct sigaction action = {.sa_handler = pause_thread,
                               .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = NOISE_SIGNAL};
    event._sigev_un._tid = gettid();
    dice = dice_new(seed);
    CHECK(sigaction(NOISE_SIGNAL, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    set_timer(1 + dice_below(&dice, APART_NS_MAX));
}

/* A signal that is on its way finds a timer that is gone, and sets nothing. */
void noise_end(void)
{
    sigset_t noise;
    (void)sigemptyset(&noise);
    (void)sigaddset(&noise, NOISE_SIGNAL);
    (void)pthread_sigmask(SIG_BLOCK, &noise, NULL);
    (void)timer_delete(timer);
}
