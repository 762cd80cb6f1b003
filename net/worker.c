/*
 * worker.c - the loop, and the thread that runs it.
 */
#include "net/worker.h"

#include "net/batch.h"
#include "net/chores.h"
#include "net/clock.h"
#include "net/crowd.h"
#include "net/gate.h"
#include "net/log.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define ARENA_BYTES (256 * 1024)

/* Connections that one turn lets in by one listener, before others come. */
#define ACCEPTS_MAX 64

/*
 * When the server stops: how long requests are read at most, from peers that
 * send without end, and how long replies may take to be read.
 */
#define DRAIN_READ_MS 4000
#define DRAIN_MS 5000
#define DRAIN_STEP_MS 5

/* How long listeners are left alone where the gate is starved. */
#define AWAY_MS 10

/* epoll's data: the number of a listener, this, or a connection's address. */
#define WAKE LISTENERS_MAX

struct worker {
    struct shared *shared;
    struct listeners *listeners;
    size_t index;
    pthread_t thread;
    sem_t ready; /* the thread has tried to join the store */
    enum pawl_status joined;
    int wake;
    bool away; /* from the listeners, since away_ms */
    uint64_t away_ms;
    uint64_t steady_ms; /* when the turn began; the wall clock is batch's */

    struct crowd crowd;
    struct gate gate;
    struct chores chores;
    struct arena arena;
    struct batch *batch;
    struct epoll_event events[EVENTS_MAX];
};

/* Goes on with a paused connection's input in the next turn. */
static void resume(struct worker *self, struct conn *conn)
{
    conn->paused = false;
    crowd_enqueue(&self->crowd, conn);
}

/* Has conn served in the next turn: this one has had its share. */
static void defer(struct worker *self, struct conn *conn)
{
    counters_add(self->batch->row, COUNTER_conn_yields, 1);
    crowd_enqueue(&self->crowd, conn);
}

/* Ends conn's part in a turn: what is kept, what is watched, is it over? */
static void settle(struct worker *self, struct conn *conn)
{
    size_t waiting = buffer_bytes(&conn->out);
    uint32_t events = 0;

    if (conn->held) {
        conn->held = false;
        defer(self, conn);
    }
    if (conn->closing && waiting == 0 && !conn->broken) {
        crowd_linger(&self->crowd, conn);
    }
    conn_keep_input(conn);
    conn_count_input(conn, &self->shared->input_bytes);
    if (conn->broken ||
        (conn->ended && waiting == 0 && !conn->queued && !conn->paused)) {
        crowd_bury(&self->crowd, conn);
        return;
    }
    if (waiting > CONN_PAUSE_BYTES && !conn->paused) {
        conn->paused = true;
        counters_add(self->batch->row, COUNTER_read_pauses, 1);
    }
    if (conn->paused && waiting == 0) {
        resume(self, conn);
    }
    if (!conn->ended && !conn->paused && (!conn->closing || conn->lingers)) {
        events |= EPOLLIN;
    }
    if (waiting > 0) {
        events |= EPOLLOUT;
    }
    crowd_watch(&self->crowd, conn, events);
}

/* Runs what is in the batch and settles its connections, all but current. */
static void run_batch(struct worker *self, const struct conn *current)
{
    struct batch *batch = self->batch;

    if (batch->request_count > 0) {
        batch_run(batch);
        chores_note_work(&self->chores);
    }
    for (size_t i = 0; i < batch->part_count; i++) {
        if (batch->parts[i].conn != current) {
            settle(self, batch->parts[i].conn);
        }
    }
    batch_clear(batch);
    if (current == NULL) {
        self->arena.used = 0;
    }
}

/* Puts conn's input into the batch, and runs that as often as it is full. */
static void serve(struct worker *self, struct conn *conn)
{
    enum batch_fill fill;

    for (;;) {
        fill = batch_fill(self->batch, conn);
        if (fill != BATCH_FULL) {
            break;
        }
        run_batch(self, conn);
    }
    if (fill == BATCH_HELD) {
        defer(self, conn);
    }
    if (!conn->batched) {
        settle(self, conn);
    }
}

/* Answers whether anything came. */
static bool receive(struct worker *self, struct conn *conn)
{
    size_t count;

    if (conn->lingers) {
        (void)conn_drop_input(conn);
        settle(self, conn);
        return false;
    }
    if (!arena_has_room(&self->arena)) {
        run_batch(self, NULL);
    }
    count = conn_read(conn, &self->arena);
    counters_add(self->batch->row, COUNTER_bytes_read, count);
    if (count > 0) {
        conn->active_ms = self->steady_ms;
    }
    conn->turn_requests = 0;
    serve(self, conn);
    return count > 0;
}

/* Serves conn, whose turn it is in the line. */
static void serve_queued(struct worker *self, struct conn *conn)
{
    if (conn->unread) {
        conn->unread = false;
        (void)receive(self, conn);
        return;
    }
    conn->turn_requests = 0;
    conn_take_up(conn);
    serve(self, conn);
}

/* Serves those that an earlier turn has put off; the rest stays in front. */
static void serve_queue(struct worker *self)
{
    const struct conn *last = self->crowd.queue_last;
    struct conn *conn = NULL;

    while (conn != last && self->crowd.queue != NULL &&
           !batch_is_spent(self->batch)) {
        conn = crowd_dequeue(&self->crowd);
        if (!conn->dead) {
            serve_queued(self, conn);
        }
    }
}

/* Lets in who waits at a listener. False: there may be more of them. */
static bool accept_some(struct worker *self, size_t listener)
{
    int door = self->listeners->of[listener].fds[self->index];

    for (unsigned i = 0; i < ACCEPTS_MAX; i++) {
        int fd = gate_accept(&self->gate, self->shared, door);

        if (fd < 0) {
            return true;
        }
        crowd_admit(&self->crowd, fd, self->steady_ms);
    }
    return false;
}

/* The socket takes bytes again. */
static void send_more(struct worker *self, struct conn *conn)
{
    size_t sent = conn_send(conn, NULL, 0);

    counters_add(self->batch->row, COUNTER_bytes_written, sent);
    if (sent > 0) {
        conn->active_ms = self->steady_ms;
    }
    if (conn->paused && buffer_bytes(&conn->out) <= CONN_RESUME_BYTES) {
        resume(self, conn);
    }
    conn_take_up(conn);
    settle(self, conn);
}

static void handle(struct worker *self, const struct epoll_event *event)
{
    struct conn *conn = event->data.ptr;

    if (event->data.u64 == WAKE) {
        eventfd_t times;

        (void)eventfd_read(self->wake, &times);
        return;
    }
    if (event->data.u64 < LISTENERS_MAX) {
        (void)accept_some(self, event->data.u64);
        return;
    }
    if (conn->dead || conn->batched) {
        return;
    }
    if (event->events & EPOLLOUT) {
        send_more(self, conn);
    }
    if (conn->dead || conn->queued) {
        return;
    }
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        if (conn->paused || conn->ended) {
            conn->broken = (event->events & (EPOLLHUP | EPOLLERR)) != 0;
            conn_take_up(conn);
            settle(self, conn);
            return;
        }
        if (batch_is_spent(self->batch)) {
            conn->unread = true;
            defer(self, conn);
        } else {
            (void)receive(self, conn);
        }
    }
}

static void begin_turn(struct worker *self)
{
    self->steady_ms = clock_steady_ms();
    batch_begin_turn(self->batch, clock_begin_turn());
    counters_add(self->batch->row, COUNTER_turns, 1);
    chores_flush_if_due(self->shared, self->batch->thread, self->batch->now_ms);
}

/* Watches listeners, which are told by their number. */
static int watch_doors(struct worker *self)
{
    for (size_t i = 0; i < self->listeners->count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};

        if (self->listeners->of[i].local) {
            event.events |= EPOLLEXCLUSIVE;
        }
        if (epoll_ctl(self->crowd.epoll, EPOLL_CTL_ADD,
                      self->listeners->of[i].fds[self->index], &event) < 0 &&
            errno != EEXIST) {
            return -1;
        }
    }
    return 0;
}

static void leave_doors(struct worker *self)
{
    for (size_t i = 0; i < self->listeners->count; i++) {
        (void)epoll_ctl(self->crowd.epoll, EPOLL_CTL_DEL,
                        self->listeners->of[i].fds[self->index], NULL);
    }
}

/*
 * Leaves the listeners alone for a while where nobody can be let in: they would
 * wake the worker all the time, and its connections wait for a nap.
 */
static void mind_doors(struct worker *self)
{
    if (self->away && self->steady_ms - self->away_ms >= AWAY_MS) {
        self->away = watch_doors(self) < 0;
    }
    if (self->gate.starved) {
        self->gate.starved = false;
        self->away = true;
        self->away_ms = self->steady_ms;
        leave_doors(self);
    }
}

static void end_turn(struct worker *self)
{
    run_batch(self, NULL);
    mind_doors(self);
    if (chores_are_due(&self->chores, self->steady_ms)) {
        chores_do(&self->chores, self->shared->store, self->batch->thread,
                  self->steady_ms);
        counters_add(
            self->batch->row, COUNTER_idle_kicks,
            crowd_close_idle(&self->crowd, self->steady_ms,
                             self->shared->options->idle_timeout * 1000));
    }
    crowd_free_dead(&self->crowd);
}

static void turn(struct worker *self, int timeout_ms)
{
    int count =
        epoll_wait(self->crowd.epoll, self->events, EVENTS_MAX, timeout_ms);

    begin_turn(self);
    serve_queue(self);
    for (int i = 0; i < count; i++) {
        handle(self, &self->events[i]);
    }
    end_turn(self);
}

/* How long to wait for something to happen; -1: until it does. */
static int timeout_of(const struct worker *self)
{
    int timeout_ms = chores_timeout_ms(&self->chores, self->shared,
                                       self->steady_ms, self->batch->now_ms);
    bool watches =
        self->crowd.lingering > 0 ||
        (self->crowd.first != NULL && self->shared->options->idle_timeout > 0);

    if (self->crowd.queue != NULL) {
        return 0;
    }
    if (timeout_ms < 0 && watches) {
        timeout_ms = CHORES_IDLE_MS;
    }
    return self->away && (timeout_ms < 0 || timeout_ms > AWAY_MS) ? AWAY_MS
                                                                  : timeout_ms;
}

/* Takes in who is waiting at the door, and lets nobody come to it any more. */
static void shut_door(struct worker *self)
{
    for (size_t i = 0; i < self->listeners->count; i++) {
        while (!accept_some(self, i)) {
        }
        (void)shutdown(self->listeners->of[i].fds[self->index], SHUT_RDWR);
    }
    leave_doors(self);
    self->gate.starved = false;
    self->away = false;
}

/* Is conn in a state in which more requests are read from it? */
static bool is_open(const struct conn *conn)
{
    return !conn->dead && !conn->batched && !conn->queued && !conn->paused &&
           !conn->ended && !conn->closing;
}

/* Looks at nothing more that conn's peer sends. */
static void hang_up(struct worker *self, struct conn *conn)
{
    conn->closing = true;
    settle(self, conn);
}

/* Reads all connections, and hangs up on those that have said all. */
static void receive_last(struct worker *self)
{
    for (struct conn *conn = self->crowd.first; conn != NULL;
         conn = conn->next) {
        if (is_open(conn) && !receive(self, conn) && is_open(conn) &&
            buffer_bytes(&conn->out) == 0) {
            hang_up(self, conn);
        }
    }
    run_batch(self, NULL);
}

static void hang_up_all(struct worker *self)
{
    for (struct conn *conn = self->crowd.first; conn != NULL;
         conn = conn->next) {
        if (!conn->dead && !conn->closing) {
            hang_up(self, conn);
        }
    }
}

/* Closes those whose peers have received all, and sent nothing since. */
static void close_done(struct worker *self)
{
    struct conn *next;

    for (struct conn *conn = self->crowd.first; conn != NULL; conn = next) {
        next = conn->next;
        if (conn->lingers && conn_drop_input(conn) == 0 &&
            (conn->ended || conn->broken || conn_is_received(conn))) {
            crowd_bury(&self->crowd, conn);
        }
    }
    crowd_free_dead(&self->crowd);
}

/*
 * Answers what was sent before the end, waits a while for peers to read it,
 * and closes. A connection is read until nothing is there, also one that had
 * to wait for its peer meanwhile: closed with input unread it would be reset,
 * and replies on their way be lost.
 */
static void drain(struct worker *self)
{
    uint64_t began_ms;

    begin_turn(self);
    began_ms = self->steady_ms;
    shut_door(self);
    for (;;) {
        if (self->steady_ms - began_ms < DRAIN_READ_MS) {
            receive_last(self);
        } else {
            hang_up_all(self);
        }
        close_done(self);
        if (self->crowd.first == NULL ||
            self->steady_ms - began_ms >= DRAIN_MS) {
            break;
        }
        turn(self, self->crowd.queue != NULL ? 0 : DRAIN_STEP_MS);
    }
    while (self->crowd.first != NULL) {
        crowd_bury(&self->crowd, self->crowd.first);
    }
    crowd_free_dead(&self->crowd);
}

static void *run(void *context)
{
    struct worker *self = context;

    self->joined = pawl_join(self->shared->store, &self->batch->thread);
    (void)sem_post(&self->ready);
    if (self->joined != PAWL_OK) {
        return NULL;
    }
    /* edge stop-asked: the other side is stop() in server.c. */
    while (
        !atomic_load_explicit(&self->shared->stopping, memory_order_acquire)) {
        turn(self, timeout_of(self));
    }
    drain(self);
    pawl_part(self->batch->thread);
    return NULL;
}

static int watch_sources(struct worker *self)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE};

    return epoll_ctl(self->crowd.epoll, EPOLL_CTL_ADD, self->wake, &event) < 0
               ? -1
               : watch_doors(self);
}

struct worker *worker_create(struct shared *shared, struct listeners *listeners,
                             size_t index)
{
    struct worker *self = calloc(1, sizeof *self);

    if (self == NULL) {
        return NULL;
    }
    self->shared = shared;
    self->crowd.shared = shared;
    self->listeners = listeners;
    self->index = index;
    self->gate.spare = -1;
    (void)sem_init(&self->ready, 0, 0);
    self->crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->arena.capacity = ARENA_BYTES;
    self->arena.bytes = malloc(ARENA_BYTES);
    self->batch = calloc(1, sizeof *self->batch);
    if (self->crowd.epoll < 0 || self->wake < 0 || self->arena.bytes == NULL ||
        self->batch == NULL ||
        gate_open(&self->gate, &shared->rows[index]) < 0 ||
        watch_sources(self) < 0) {
        worker_destroy(self);
        return NULL;
    }
    self->batch->shared = shared;
    self->batch->row = &shared->rows[index];
    return self;
}

void worker_destroy(struct worker *self)
{
    if (self == NULL) {
        return;
    }
    gate_close(&self->gate);
    if (self->crowd.epoll >= 0) {
        (void)close(self->crowd.epoll);
    }
    if (self->wake >= 0) {
        (void)close(self->wake);
    }
    if (self->batch != NULL) {
        buffer_release(&self->batch->replies);
    }
    (void)sem_destroy(&self->ready);
    free(self->batch);
    free(self->arena.bytes);
    free(self);
}

int worker_start(struct worker *self)
{
    int reason = pthread_create(&self->thread, NULL, run, self);

    if (reason != 0) {
        return reason;
    }
    while (sem_wait(&self->ready) < 0) {
    }
    if (self->joined != PAWL_OK) {
        worker_join(self);
        return ENOMEM;
    }
    return 0;
}

void worker_wake(struct worker *self)
{
    (void)eventfd_write(self->wake, 1);
}

void worker_join(struct worker *self)
{
    (void)pthread_join(self->thread, NULL);
}
