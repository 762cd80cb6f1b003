/*
 * exchange.c - requests out, replies in, on one connection.
 */
#include "bench/exchange.h"
#include "bench/check.h"
#include "bench/expect.h"
#include "bench/source.h"
#include "bench/timing.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

bool exchange_flush(struct worker *self, struct conn *conn)
{
    size_t before = conn->out.end - conn->out.begin;
    enum conn_status status = conn_send(conn);
    if (status == CONN_FAILED) {
        return worker_fail(self, "%s: cannot send: %s", worker_server(self),
                           strerror(errno));
    }
    if (self->measuring) {
        counter_add(&self->tally->bytes_out,
                    before - (conn->out.end - conn->out.begin));
    }
    bool blocked = status == CONN_WAIT;
    if (blocked != conn->blocked) {
        conn->blocked = blocked;
        struct epoll_event event = {
            .events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN,
            .data.ptr = conn,
        };
        epoll_ctl(self->epoll, EPOLL_CTL_MOD, conn->fd, &event);
    }
    return true;
}

bool exchange_append(struct worker *self, struct conn *conn, uint64_t due_ns)
{
    const struct plan *plan = self->plan;
    if (self->quota == 0 || !source_choose(self, conn)) {
        return false;
    }
    struct slot *slot = conn_free_slot(conn);
    size_t room =
        protocol_request_bytes(plan->dataset, slot->request.record_count);
    if (!buffer_reserve(&conn->out, room)) {
        return worker_fail(self, "out of memory");
    }
    char *to = conn->out.bytes + conn->out.end;
    char *end = plan->protocol->encode[slot->request.verb](plan->dataset,
                                                           &slot->request, to);
    conn->out.end += (size_t)(end - to);
    slot->due_ns = due_ns;
    expect_request(self, conn, &slot->request);
    if (self->unanswered++ == 0) {
        self->progress_ns = due_ns;
    }
    conn->count++;
    self->quota--;
    return true;
}

bool exchange_send_batch(struct worker *self, struct conn *conn)
{
    conn->batch = 0;
    conn->expected = 0;
    while (conn->batch < conn->depth && exchange_append(self, conn, 0)) {
        conn->batch++;
    }
    if (self->failure[0] != '\0' || conn->batch == 0) {
        return self->failure[0] == '\0';
    }
    conn->sent_ns = timing_now_ns();
    self->progress_ns = conn->sent_ns;
    expect_batch(self, conn);
    return exchange_flush(self, conn);
}

static bool is_measured(const struct worker *self, const struct slot *slot)
{
    const struct plan *plan = self->plan;
    return worker_is_open_loop(self)
               ? slot->due_ns >= plan->measure_ns && slot->due_ns < plan->end_ns
               : self->measuring;
}

static void record(struct worker *self, uint64_t since_ns, uint64_t now_ns,
                   unsigned count)
{
    uint64_t duration_ns = now_ns > since_ns ? now_ns - since_ns : 0;
    histogram_record(&self->tally->latency, duration_ns, count);
}

/* The last piece of a reply: the slot is free again. */
static void complete(struct worker *self, struct conn *conn,
                     const struct slot *slot, bool measured, uint64_t now_ns)
{
    if (measured) {
        counter_add(&self->tally->requests, 1);
    }
    conn->head = conn->head + 1 < conn->depth ? conn->head + 1 : 0;
    conn->count--;
    self->unanswered--;
    if (measured && worker_is_open_loop(self)) {
        record(self, slot->due_ns, now_ns, 1);
    } else if (measured && conn->count == 0) {
        record(self, conn->sent_ns, now_ns, conn->batch);
    }
    if (self->plan->workload.flow == FLOW_ONCE && self->plan->shards != NULL) {
        counter_add(&self->plan->shards[conn->index].loaded, 1);
    }
}

/* Names what came instead of a reply, its first line at most. */
static bool fail_garbage(struct worker *self, const struct request *request,
                         const char *from, const char *end)
{
    char shown[80];
    size_t bytes = 0;
    for (; from < end && bytes < sizeof shown - 1 && *from != '\r' &&
           *from != '\n';
         from++) {
        bool plain = *from >= ' ' && *from <= '~';
        shown[bytes++] = plain ? *from : '?';
    }
    shown[bytes] = '\0';
    if (request == NULL) {
        return worker_fail(self, "%s: answers more than was asked: \"%s\"",
                           worker_server(self), shown);
    }
    return worker_fail(self, "%s: cannot answer \"%s\" in protocol %s: \"%s\"",
                       worker_server(self), verb_text(request->verb),
                       self->plan->protocol->name, shown);
}

/* Takes every whole reply from the input. */
static bool take_replies(struct worker *self, struct conn *conn,
                         uint64_t now_ns)
{
    const struct protocol *protocol = self->plan->protocol;
    const char *at = conn->in.bytes + conn->in.begin;
    const char *end = conn->in.bytes + conn->in.end;
    while (conn->count > 0 && at < end) {
        struct slot *slot = &conn->slots[conn->head];
        struct reply reply;
        size_t used =
            protocol->parse(&slot->request, &conn->state, at, end, &reply);
        if (used == PARSE_MORE) {
            break;
        }
        bool measured = is_measured(self, slot);
        if (used == PARSE_GARBAGE ||
            !check_reply(self, slot, &reply, measured)) {
            return fail_garbage(self, &slot->request, at, end);
        }
        at += used;
        if (reply.final) {
            complete(self, conn, slot, measured, now_ns);
        }
    }
    if (conn->count == 0 && at < end) {
        return fail_garbage(self, NULL, at, end);
    }
    buffer_take(&conn->in, (size_t)(at - (conn->in.bytes + conn->in.begin)));
    return true;
}

static bool take_input(struct worker *self, struct conn *conn)
{
    size_t before = conn->in.end - conn->in.begin;
    enum conn_status status = conn_receive(conn);
    switch (status) {
    case CONN_WAIT:
        return true;
    case CONN_CLOSED:
        return worker_fail(self, "%s: the server closed the connection",
                           worker_server(self));
    case CONN_FAILED:
        return worker_fail(self, "%s: %s", worker_server(self),
                           strerror(errno));
    case CONN_OK:
        break;
    }
    uint64_t now_ns = timing_now_ns();
    size_t came = conn->in.end - conn->in.begin - before;
    self->progress_ns = now_ns;
    counter_add(&self->tally->bytes_in, self->measuring ? came : 0);
    if (!take_replies(self, conn, now_ns)) {
        return false;
    }
    expect_input(self, conn, came);
    return true;
}

bool exchange_serve(struct worker *self, struct conn *conn, uint32_t events)
{
    if ((events & EPOLLOUT) && !exchange_flush(self, conn)) {
        return false;
    }
    if (!(events & ~(uint32_t)EPOLLOUT)) {
        return true;
    }
    if (!take_input(self, conn)) {
        return false;
    }
    if (conn->count == 0 && self->sending && !worker_is_open_loop(self)) {
        return exchange_send_batch(self, conn);
    }
    return true;
}
