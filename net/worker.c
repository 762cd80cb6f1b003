/*
 * worker.c - the loop.
 *
 * Connections come and go while a batch points to them, so one that is closed
 * stays allocated, marked dead, until the turn ends.
 */
#include "net/worker.h"

#include "net/batch.h"
#include "net/chores.h"
#include "net/clock.h"
#include "net/conn.h"
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

/* A peer that was told goodbye has this long to close. */
#define LINGER_MS 2000

/* What replies not read when the server stops are given at most. */
#define DRAIN_MS 5000
#define DRAIN_STEP_MS 50

/* epoll's data: the number of a listener, this, or a connection's address. */
#define WAKE LISTENERS_MAX

struct worker {
    struct shared *shared;
    struct listeners *listeners;
    size_t index;
    pthread_t thread;
    sem_t ready; /* the thread has tried to join the store */
    enum pawl_status joined;
    int epoll;
    int wake;
    uint64_t steady_ms; /* when the turn began; the wall clock is batch's */

    struct conn *conns;
    struct conn *queue; /* those with input to go on with */
    struct conn *dead;
    size_t lingering;

    struct gate gate;
    struct chores chores;
    struct arena arena;
    struct batch *batch;
    struct epoll_event events[EVENTS_MAX];
};

static void link_conn(struct worker *self, struct conn *conn)
{
    conn->next = self->conns;
    if (conn->next != NULL) {
        conn->next->previous = conn;
    }
    self->conns = conn;
}

static void unlink_conn(struct worker *self, struct conn *conn)
{
    if (conn->previous != NULL) {
        conn->previous->next = conn->next;
    } else {
        self->conns = conn->next;
    }
    if (conn->next != NULL) {
        conn->next->previous = conn->previous;
    }
}

/* Closes conn now; its memory is freed when the turn ends. */
static void bury(struct worker *self, struct conn *conn)
{
    if (conn->dead) {
        return;
    }
    log_line(LOG_CONNECTION, "connection %d closed", conn->fd);
    self->lingering -= conn->lingers;
    conn->dead = true;
    unlink_conn(self, conn);
    (void)close(conn->fd);
    gate_leave(self->shared);
    conn->next_dead = self->dead;
    self->dead = conn;
}

/* Frees the dead. A dead one leaves the queue here, if it is in it. */
static void free_dead(struct worker *self)
{
    struct conn **link = &self->queue;

    if (self->dead == NULL) {
        return;
    }
    while (*link != NULL) {
        if ((*link)->dead) {
            *link = (*link)->next_queued;
        } else {
            link = &(*link)->next_queued;
        }
    }
    while (self->dead != NULL) {
        struct conn *conn = self->dead;

        self->dead = conn->next_dead;
        buffer_release(&conn->in);
        buffer_release(&conn->out);
        free(conn);
    }
}

static void watch(struct worker *self, struct conn *conn, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = conn};

    if (events != conn->events) {
        conn->events = events;
        if (epoll_ctl(self->epoll, EPOLL_CTL_MOD, conn->fd, &event) < 0) {
            conn->broken = true;
        }
    }
}

static void enqueue(struct worker *self, struct conn *conn)
{
    if (!conn->queued) {
        conn->queued = true;
        conn->next_queued = self->queue;
        self->queue = conn;
    }
}

/* Goes on with a paused connection's input in the next turn. */
static void resume(struct worker *self, struct conn *conn)
{
    conn->paused = false;
    enqueue(self, conn);
}

/*
 * All that conn had to say is sent: tell the peer, and wait until it has seen
 * that. Closing at once would throw away replies that are still on their way
 * if the peer has sent more.
 */
static void linger(struct worker *self, struct conn *conn)
{
    if (!conn->lingers && shutdown(conn->fd, SHUT_WR) < 0) {
        conn->broken = true;
        return;
    }
    self->lingering += !conn->lingers;
    conn->lingers = true;
    conn->input_bytes = 0;
}

/* Ends conn's part in a turn: what is kept, what is watched, is it over? */
static void settle(struct worker *self, struct conn *conn)
{
    size_t waiting = buffer_bytes(&conn->out);
    uint32_t events = 0;

    if (conn->closing && waiting == 0 && !conn->broken) {
        linger(self, conn);
    }
    conn_keep_input(conn);
    if (conn->broken ||
        (conn->ended && waiting == 0 && !conn->queued && !conn->paused)) {
        bury(self, conn);
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
    watch(self, conn, events);
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
        enqueue(self, conn);
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
        conn_drop_input(conn);
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

/* Serves those that an earlier turn left with input. */
static void serve_queue(struct worker *self)
{
    struct conn *queue = self->queue;

    self->queue = NULL;
    while (queue != NULL) {
        struct conn *conn = queue;

        queue = conn->next_queued;
        conn->queued = false;
        if (!conn->dead) {
            conn->turn_requests = 0;
            conn_take_up(conn);
            serve(self, conn);
        }
    }
}

static void admit(struct worker *self, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct conn *conn = calloc(1, sizeof *conn);

    event.data.ptr = conn;
    if (conn == NULL || epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        free(conn);
        (void)close(fd);
        gate_leave(self->shared);
        return;
    }
    conn->fd = fd;
    conn->events = EPOLLIN;
    conn->active_ms = self->steady_ms;
    link_conn(self, conn);
    log_line(LOG_CONNECTION, "connection %d accepted", fd);
}

static void accept_some(struct worker *self, size_t listener)
{
    int fd;

    while ((fd = gate_accept(&self->gate, self->shared,
                             self->listeners->of[listener].fds[self->index])) >=
           0) {
        admit(self, fd);
    }
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
        accept_some(self, event->data.u64);
        return;
    }
    if (conn->dead || conn->batched) {
        return;
    }
    if (event->events & EPOLLOUT) {
        counters_add(self->batch->row, COUNTER_bytes_written,
                     conn_send(conn, NULL, 0));
        if (conn->paused && buffer_bytes(&conn->out) <= CONN_RESUME_BYTES) {
            resume(self, conn);
        }
        conn_take_up(conn);
        settle(self, conn);
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
        (void)receive(self, conn);
    }
}

/* Closes connections that have been silent for too long. */
static void close_idle(struct worker *self)
{
    uint64_t idle_ms = self->shared->options->idle_timeout * 1000;
    struct conn *next;

    if (idle_ms == 0 && self->lingering == 0) {
        return;
    }
    for (struct conn *conn = self->conns; conn != NULL; conn = next) {
        uint64_t silent_ms = self->steady_ms - conn->active_ms;

        next = conn->next;
        if (conn->lingers ? silent_ms > LINGER_MS
                          : idle_ms > 0 && silent_ms > idle_ms) {
            counters_add(self->batch->row, COUNTER_idle_kicks, !conn->lingers);
            bury(self, conn);
        }
    }
}

static void begin_turn(struct worker *self)
{
    self->steady_ms = clock_steady_ms();
    self->batch->now_ms = clock_begin_turn();
    counters_add(self->batch->row, COUNTER_turns, 1);
    chores_flush_if_due(self->shared, self->batch->thread, self->batch->now_ms);
}

static void end_turn(struct worker *self)
{
    run_batch(self, NULL);
    if (chores_are_due(&self->chores, self->steady_ms)) {
        chores_do(&self->chores, self->shared->store, self->batch->thread,
                  self->steady_ms);
        close_idle(self);
    }
    free_dead(self);
}

static void turn(struct worker *self, int timeout_ms)
{
    int count = epoll_wait(self->epoll, self->events, EVENTS_MAX, timeout_ms);

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
        self->lingering > 0 ||
        (self->conns != NULL && self->shared->options->idle_timeout > 0);

    if (self->queue != NULL) {
        return 0;
    }
    return timeout_ms < 0 && watches ? CHORES_IDLE_MS : timeout_ms;
}

/* Takes in who is waiting at the door, and lets nobody come to it any more. */
static void shut_door(struct worker *self)
{
    for (size_t i = 0; i < self->listeners->count; i++) {
        accept_some(self, i);
        (void)shutdown(self->listeners->of[i].fds[self->index], SHUT_RDWR);
        (void)epoll_ctl(self->epoll, EPOLL_CTL_DEL,
                        self->listeners->of[i].fds[self->index], NULL);
    }
}

/* Reads all connections once. Answers whether anything came. */
static bool receive_all(struct worker *self)
{
    bool came = false;

    for (struct conn *conn = self->conns; conn != NULL; conn = conn->next) {
        if (!conn->dead && !conn->queued && !conn->paused && !conn->ended &&
            !conn->closing && !conn->batched) {
            came |= receive(self, conn);
        }
    }
    run_batch(self, NULL);
    return came;
}

/* Closes those with nothing left to send. */
static void close_done(struct worker *self)
{
    struct conn *next;

    for (struct conn *conn = self->conns; conn != NULL; conn = next) {
        next = conn->next;
        if (buffer_bytes(&conn->out) == 0 && !conn->queued) {
            (void)shutdown(conn->fd, SHUT_WR);
            bury(self, conn);
        }
    }
    free_dead(self);
}

/*
 * Answers what had come before the end, waits a while for peers to read it,
 * and closes.
 */
static void drain(struct worker *self)
{
    uint64_t deadline_ms = clock_steady_ms() + DRAIN_MS;

    begin_turn(self);
    shut_door(self);
    while (receive_all(self) && clock_steady_ms() < deadline_ms) {
    }
    close_done(self);
    while (self->conns != NULL && clock_steady_ms() < deadline_ms) {
        turn(self, self->queue != NULL ? 0 : DRAIN_STEP_MS);
        close_done(self);
    }
    while (self->conns != NULL) {
        bury(self, self->conns);
    }
    free_dead(self);
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

/* Watches listeners, which are told by their number, and the wake-up. */
static int watch_sources(struct worker *self)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE};

    if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, self->wake, &event) < 0) {
        return -1;
    }
    for (size_t i = 0; i < self->listeners->count; i++) {
        event.data.u64 = i;
        event.events = EPOLLIN;
        if (self->listeners->of[i].local) {
            event.events |= EPOLLEXCLUSIVE;
        }
        if (epoll_ctl(self->epoll, EPOLL_CTL_ADD,
                      self->listeners->of[i].fds[self->index], &event) < 0) {
            return -1;
        }
    }
    return 0;
}

struct worker *worker_create(struct shared *shared, struct listeners *listeners,
                             size_t index)
{
    struct worker *self = calloc(1, sizeof *self);

    if (self == NULL) {
        return NULL;
    }
    self->shared = shared;
    self->listeners = listeners;
    self->index = index;
    self->gate.spare = -1;
    (void)sem_init(&self->ready, 0, 0);
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->arena.capacity = ARENA_BYTES;
    self->arena.bytes = malloc(ARENA_BYTES);
    self->batch = calloc(1, sizeof *self->batch);
    if (self->epoll < 0 || self->wake < 0 || self->arena.bytes == NULL ||
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
    if (self->epoll >= 0) {
        (void)close(self->epoll);
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
