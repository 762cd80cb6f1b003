/*
 * worker.c - the event loop of a thread.
 *
 * Each turn: send what became due (open loop), wait for the sockets, and for
 * each that has something read once, check every whole reply, and, in a closed
 * loop, send the next batch when the last reply of the previous one came.
 */
#include "bench/worker.h"
#include "bench/exchange.h"
#include "bench/expect.h"
#include "bench/openloop.h"
#include "bench/timing.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#define EVENTS 256

/* The loop looks around at least this often. */
#define TURN_NS (100 * UINT64_C(1000000))

/* An open loop does not sleep through less than this: waking is too slow. */
#define SPIN_NS (100 * UINT64_C(1000))

/* How long an open loop goes on sending what became due in time. */
#define LATE_NS (5 * TIMING_SECOND_NS)

bool worker_fail(struct worker *self, const char *format, ...)
{
    if (self->failure[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(self->failure, sizeof self->failure, format, arguments);
        va_end(arguments);
    }
    counter_write(&self->plan->stop, 1);
    return false;
}

const char *worker_server(const struct worker *self)
{
    return self->plan->address->text;
}

static bool connect_one(struct worker *self, unsigned i, unsigned first)
{
    const struct plan *plan = self->plan;
    struct conn *conn = &self->conns[i];
    int fd = address_connect(plan->address);
    if (fd < 0) {
        return worker_fail(self, "%s: cannot connect: %s", worker_server(self),
                           strerror(errno));
    }
    if (!conn_init(conn, fd, first + i, plan->depth, plan->multi)) {
        close(fd);
        return worker_fail(self, "out of memory");
    }
    conn->next = plan_part(plan, conn->index);
    conn->end = plan_part(plan, conn->index + 1);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
    if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return worker_fail(self, "epoll: %s", strerror(errno));
    }
    return true;
}

/* Of a whole that threads share alike: what those before this one have. */
static uint64_t share_before(uint64_t whole, unsigned index, unsigned threads)
{
    return whole / threads * index +
           (whole % threads < index ? whole % threads : index);
}

static uint64_t share_of(uint64_t whole, unsigned index, unsigned threads)
{
    return share_before(whole, index + 1, threads) -
           share_before(whole, index, threads);
}

bool worker_init(struct worker *self, struct plan *plan, unsigned index)
{
    memset(self, 0, sizeof *self);
    self->plan = plan;
    self->index = index;
    self->random.state = random_scramble(plan->seed + index);
    self->foretold_verb = VERB_COUNT;
    self->quota = plan->requests > 0
                      ? share_of(plan->requests, index, plan->threads)
                      : UINT64_MAX;
    if (plan->rate > 0) {
        self->gap_ns = 1e9 * plan->threads / plan->rate;
        self->due_ns = self->gap_ns * index / plan->threads;
    }
    unsigned count =
        (unsigned)share_of(plan->connections, index, plan->threads);
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->tally = tally_create();
    self->conns = calloc(count, sizeof *self->conns);
    self->dirty = calloc(count, sizeof *self->dirty);
    if (self->epoll < 0 || self->tally == NULL || self->conns == NULL ||
        self->dirty == NULL) {
        return worker_fail(self, "no memory or descriptor for a thread");
    }
    for (unsigned i = 0; i < count; i++) {
        self->conns[i].fd = -1;
    }
    self->conn_count = count;
    unsigned first =
        (unsigned)share_before(plan->connections, index, plan->threads);
    for (unsigned i = 0; i < count; i++) {
        if (!connect_one(self, i, first)) {
            return false;
        }
    }
    return true;
}

void worker_fini(struct worker *self)
{
    for (unsigned i = 0; i < self->conn_count; i++) {
        conn_fini(&self->conns[i]);
    }
    free(self->conns);
    free(self->dirty);
    tally_destroy(self->tally);
    if (self->epoll >= 0) {
        close(self->epoll);
    }
}

static void stop_measuring(struct worker *self)
{
    counter_write(&self->tally->cpu_ns, timing_thread_cpu_ns() - self->cpu_ns);
    self->measuring = false;
}

/* Begins and ends the measured time, and the time to send. */
static void keep_time(struct worker *self, uint64_t now_ns)
{
    const struct plan *plan = self->plan;
    bool measuring = now_ns >= plan->measure_ns && now_ns < plan->end_ns;
    if (measuring && !self->measuring) {
        self->cpu_ns = timing_thread_cpu_ns();
    } else if (self->measuring && !measuring) {
        stop_measuring(self);
    }
    self->measuring = measuring;
    uint64_t late_ns = worker_is_open_loop(self) ? LATE_NS : 0;
    if (counter_read(&plan->stop) != 0 ||
        (now_ns >= plan->end_ns && now_ns - plan->end_ns >= late_ns)) {
        self->sending = false;
    }
}

/* How long the sockets may be waited for. */
static uint64_t patience_ns(const struct worker *self, uint64_t now_ns)
{
    const struct plan *plan = self->plan;
    bool plain = worker_is_open_loop(self) || self->shrunk || plan->depth == 1;
    uint64_t wait_ns = plain ? TURN_NS : EXPECT_SILENCE_NS;
    if (now_ns < plan->measure_ns && plan->measure_ns - now_ns < wait_ns) {
        wait_ns = plan->measure_ns - now_ns;
    }
    if (now_ns < plan->end_ns && plan->end_ns - now_ns < wait_ns) {
        wait_ns = plan->end_ns - now_ns;
    }
    if (worker_is_open_loop(self) && openloop_has_more(self)) {
        uint64_t due_ns = openloop_next_ns(self);
        uint64_t gap_ns = due_ns > now_ns ? due_ns - now_ns : 0;
        gap_ns = gap_ns > SPIN_NS ? gap_ns - SPIN_NS / 2 : 0;
        wait_ns = gap_ns < wait_ns ? gap_ns : wait_ns;
    }
    return wait_ns;
}

static bool is_stuck(struct worker *self, uint64_t now_ns)
{
    uint64_t timeout_ns = self->plan->timeout_ns;
    if (self->unanswered == 0 || now_ns < self->progress_ns + timeout_ns) {
        return false;
    }
    worker_fail(self, "%s: no reply for %.0f s", worker_server(self),
                timing_seconds(timeout_ns));
    return true;
}

/* Whether there is something to wait for. */
static bool is_busy(const struct worker *self)
{
    return self->unanswered > 0 ||
           (worker_is_open_loop(self) && openloop_has_more(self));
}

/* Waits for the sockets, and serves those that have something. */
static bool turn(struct worker *self, uint64_t now_ns)
{
    struct epoll_event events[EVENTS];
    struct timespec wait = {.tv_nsec = (long)patience_ns(self, now_ns)};
    int count = epoll_pwait2(self->epoll, events, EVENTS, &wait, NULL);
    for (int i = 0; i < count; i++) {
        if (!exchange_serve(self, events[i].data.ptr, events[i].events)) {
            return false;
        }
    }
    unsigned at = 0;
    struct conn *conn;
    while ((conn = expect_overdue(self, count == 0, &at)) != NULL) {
        if (!exchange_serve(self, conn, EPOLLIN)) {
            return false;
        }
    }
    return true;
}

static void converse(struct worker *self)
{
    for (;;) {
        uint64_t now_ns = timing_now_ns();
        keep_time(self, now_ns);
        if (worker_is_open_loop(self) && !openloop_send(self, now_ns)) {
            return;
        }
        if (!is_busy(self) || is_stuck(self, now_ns) || !turn(self, now_ns)) {
            return;
        }
    }
}

/* Waits until each connection of the load has stored something to read. */
static void await_load(const struct worker *self)
{
    const struct plan *plan = self->plan;
    for (unsigned i = 0; i < plan->shard_count; i++) {
        while (counter_read(&plan->shards[i].loaded) == 0 &&
               counter_read(&plan->stop) == 0) {
            timing_sleep(1000000);
        }
    }
}

/* Open loop: what became due in the measured time and was never sent. */
static void count_unsent(struct worker *self)
{
    const struct plan *plan = self->plan;
    if (!worker_is_open_loop(self) || plan->requests > 0 ||
        counter_read(&plan->stop) != 0) {
        return;
    }
    uint64_t next_ns = openloop_next_ns(self);
    if (next_ns < plan->end_ns) {
        double left_ns = (double)(plan->end_ns - next_ns);
        counter_write(&self->tally->unsent, (uint64_t)(left_ns / self->gap_ns));
    }
}

/* Closed loop: the first batch of each connection. */
static bool start(struct worker *self)
{
    for (unsigned i = 0; i < self->conn_count; i++) {
        if (self->sending && !worker_is_open_loop(self) &&
            !exchange_send_batch(self, &self->conns[i])) {
            return false;
        }
    }
    return true;
}

void *worker_run(void *argument)
{
    struct worker *self = argument;
    const struct plan *plan = self->plan;
    prctl(PR_SET_TIMERSLACK, 1);
    uint64_t now_ns = timing_now_ns();
    if (plan->begin_ns > now_ns) {
        timing_sleep(plan->begin_ns - now_ns);
    }
    if (plan->workload.flow == FLOW_LOADED) {
        await_load(self);
    }
    self->sending = true;
    keep_time(self, timing_now_ns());
    if (start(self)) {
        converse(self);
        count_unsent(self);
    }
    if (self->measuring) {
        stop_measuring(self);
    }
    self->finish_ns = timing_now_ns();
    sem_post(self->ended);
    return NULL;
}
