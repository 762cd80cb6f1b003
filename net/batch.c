/*
 * batch.c - parse, run, compose, send.
 */
#include "net/batch.h"

#include "net/answer.h"
#include "net/plan.h"

/* Replies gathered before they are sent while others are still composed. */
#define GATHERED_BYTES_MAX (512 * 1024)

/* What a reply without a value may come to; `stats` is the longest. */
#define PLAIN_REPLY_BYTES 8192

static struct batch_part *part_of(struct batch *self, struct conn *conn)
{
    if (!conn->batched) {
        conn->batched = true;
        conn->promised_bytes = buffer_bytes(&conn->out);
        self->parts[self->part_count++] =
            (struct batch_part){.conn = conn, .first = self->request_count};
    }
    return &self->parts[self->part_count - 1];
}

/* How large a value may be that request leaves behind. */
static uint64_t stored_bytes_max(const struct batch *self,
                                 const struct request *request)
{
    uint64_t bytes = request->value_bytes;

    if (request->command->name == COMMAND_APPEND ||
        request->command->name == COMMAND_PREPEND) {
        bytes += atomic_load_explicit(&self->shared->value_bytes_largest,
                                      memory_order_relaxed);
    }
    return bytes < self->shared->options->item_max
               ? bytes
               : self->shared->options->item_max;
}

/* Raises the bound on values before one of bytes, larger, can be stored. */
static void expect_value(struct batch *self, uint64_t bytes)
{
    _Atomic uint64_t *largest = &self->shared->value_bytes_largest;
    uint64_t known = atomic_load_explicit(largest, memory_order_relaxed);

    self->value_bytes += bytes;
    self->turn_bytes += bytes;
    while (bytes > known && !atomic_compare_exchange_weak_explicit(
                                largest, &known, bytes, memory_order_relaxed,
                                memory_order_relaxed)) {
    }
}

/* Takes in the request that was parsed into the next free place. */
static void add_request(struct batch *self, struct conn *conn)
{
    struct request *request = &self->requests[self->request_count];
    struct batch_part *part = part_of(self, conn);
    size_t promise = 0;

    self->op_of[self->request_count] = NULL;
    if (plan_asks_store(request)) {
        struct pawl_op *op = &self->ops[self->op_count++];

        self->op_of[self->request_count] = op;
        plan_op(request, self->now_ms, op);
        if (request->value != NULL) {
            expect_value(self, stored_bytes_max(self, request));
        }
        if (command_lists_keys(request->command)) {
            promise = REPLY_OVERHEAD_BYTES +
                      atomic_load_explicit(&self->shared->value_bytes_largest,
                                           memory_order_relaxed);
        }
    } else if (request->fault == FAULT_NONE) {
        promise = PLAIN_REPLY_BYTES;
    }
    conn->promised_bytes += promise;
    conn->closing = request->closes;
    conn->turn_requests++;
    self->request_count++;
    part->count++;
    if (!plan_repeats(request)) {
        part->fixed = part->count;
    }
}

void batch_begin_turn(struct batch *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    self->turn_bytes = 0;
}

/* May the batch take in no more? */
static bool is_full(const struct batch *self)
{
    return self->request_count == BATCH_REQUESTS ||
           self->value_bytes >= BATCH_VALUE_BYTES;
}

/* Do the connections together gather more than they may, not conn alone? */
static bool gathers_too_much(const struct batch *self, const struct conn *conn)
{
    uint64_t most = self->shared->input_bytes_max;
    uint64_t sum =
        atomic_load_explicit(&self->shared->input_bytes, memory_order_relaxed);

    return most > 0 && sum > most && sum > conn->counted_bytes;
}

/* Makes the half value at conn's input a request that is refused. */
static bool refuse_value(const struct batch *self, struct conn *conn,
                         struct request *request)
{
    size_t used;

    if (!parser_awaits_value(&conn->parser) || !gathers_too_much(self, conn) ||
        !parser_refuse_value(&conn->parser, conn->input, conn->input_bytes,
                             &used, request)) {
        return false;
    }
    conn->input += used;
    conn->input_bytes -= used;
    return true;
}

enum batch_fill batch_fill(struct batch *self, struct conn *conn)
{
    while (conn->input_bytes > 0 && !conn->closing && !conn->paused) {
        bool unsure =
            conn->batched && conn->promised_bytes > CONN_REPLY_BYTES_MAX;
        struct parser before;
        struct request *request;
        size_t used;
        bool whole;

        if (conn->turn_requests == BATCH_TURN_REQUESTS ||
            batch_is_spent(self)) {
            return BATCH_HELD;
        }
        if (is_full(self)) {
            return BATCH_FULL;
        }
        if (unsure) {
            before = conn->parser;
        }
        request = &self->requests[self->request_count];
        whole = parser_next(&conn->parser, self->shared->options->item_max,
                            conn->input, conn->input_bytes, &used, request);
        if (whole && unsure && !plan_repeats(request)) {
            conn->parser = before;
            return BATCH_HELD;
        }
        conn->input += used;
        conn->input_bytes -= used;
        if (!whole && (unsure || !refuse_value(self, conn, request))) {
            return BATCH_TAKEN;
        }
        add_request(self, conn);
    }
    return BATCH_TAKEN;
}

/* Sends what part's connection has in replies. */
static void send_part(struct batch *self, struct batch_part *part)
{
    size_t sent =
        conn_send(part->conn, self->replies.bytes + part->replies_begin,
                  part->replies_end - part->replies_begin);

    counters_add(self->row, COUNTER_bytes_written, sent);
}

/* Sends all there is; a part that is not all answered goes on behind it. */
static void send_gathered(struct batch *self)
{
    for (; self->unsent_part < self->open_part; self->unsent_part++) {
        send_part(self, &self->parts[self->unsent_part]);
    }
    if (self->open_part < self->part_count) {
        struct batch_part *part = &self->parts[self->open_part];

        if (part->composed > 0) {
            part->replies_end = self->replies.end;
            send_part(self, part);
        }
        part->replies_begin = 0;
    }
    self->replies.end = 0;
}

/* Where part's next reply goes: behind the others' or what waits already. */
static struct buffer *place_of(struct batch *self,
                               const struct batch_part *part)
{
    struct conn *conn = part->conn;

    return buffer_bytes(&conn->out) > 0 ? &conn->out : &self->replies;
}

/*
 * May the reply to request i of part be composed? Where it does not fit, what
 * is there already is sent first.
 */
static bool has_room(struct batch *self, struct batch_part *part, size_t i)
{
    size_t reply_bytes = reply_bytes_max(&self->requests[i], self->op_of[i]);
    size_t waiting = self->replies.end - part->replies_begin +
                     buffer_bytes(&part->conn->out);

    if (waiting == 0 || waiting + reply_bytes <= CONN_REPLY_BYTES_MAX) {
        return true;
    }
    part->replies_end = self->replies.end;
    send_part(self, part);
    self->replies.end = part->replies_begin;
    part->replies_end = part->replies_begin;
    waiting = buffer_bytes(&part->conn->out);
    return waiting == 0 || waiting + reply_bytes <= CONN_REPLY_BYTES_MAX ||
           i < part->first + part->fixed;
}

/*
 * May request i of part be answered in this turn? What must not run again has
 * to be.
 */
static bool has_share(const struct batch *self, const struct batch_part *part,
                      size_t i)
{
    return !batch_is_spent(self) || i < part->first + part->fixed;
}

/* Takes conn back to before request. */
static void go_back(struct conn *conn, const struct request *request)
{
    const char *end = conn->input + conn->input_bytes;

    parser_return_to(&conn->parser, request);
    conn->input = request->key;
    conn->input_bytes = (size_t)(end - request->key);
    conn->closing = false;
}

/*
 * Is request i of part, a key of a list, to be answered now? Else conn goes
 * back, until the next turn, or until its peer has read some replies.
 */
static bool may_answer(struct batch *self, struct batch_part *part, size_t i)
{
    struct conn *conn = part->conn;

    if (!has_share(self, part, i)) {
        conn->held = true;
    } else if (!has_room(self, part, i)) {
        conn->paused = true;
        counters_add(self->row, COUNTER_read_pauses, 1);
    } else {
        return true;
    }
    go_back(conn, &self->requests[i]);
    return false;
}

static bool compose(struct batch *self, struct batch_part *part, size_t i)
{
    const struct request *request = &self->requests[i];
    const struct pawl_op *op = self->op_of[i];
    struct buffer *out = place_of(self, part);

    if (op == NULL) {
        plan_count_unrun(request, self->row);
        return answer_request(self->shared, request, self->now_ms, out);
    }
    if (op->verb == PAWL_FLUSH) {
        atomic_store_explicit(&self->shared->flush_due_ms, 0,
                              memory_order_relaxed);
    }
    if (op->status == PAWL_OK && command_lists_keys(request->command)) {
        self->turn_bytes += op->view.value_bytes;
    }
    plan_count(request, op->status, self->row);
    return reply_outcome(&part->conn->reply, request, op, out);
}

/*
 * Answers part's requests whose operations are before end. False: there are
 * others.
 */
static bool compose_part(struct batch *self, struct batch_part *part,
                         const struct pawl_op *end)
{
    if (part->composed == 0) {
        part->replies_begin = self->replies.end;
    }
    for (; part->composed < part->count; part->composed++) {
        size_t i = part->first + part->composed;
        const struct pawl_op *op = self->op_of[i];

        if (op != NULL && op >= end) {
            return false;
        }
        if (op != NULL && command_lists_keys(self->requests[i].command) &&
            !may_answer(self, part, i)) {
            break;
        }
        if (!compose(self, part, i)) {
            part->conn->broken = true;
            break;
        }
    }
    part->replies_end = self->replies.end;
    return true;
}

/* Answers the requests whose operations are among the first done. */
static void compose_done(struct batch *self, size_t done)
{
    while (self->open_part < self->part_count) {
        if (self->replies.end > GATHERED_BYTES_MAX) {
            send_gathered(self);
        }
        if (!compose_part(self, &self->parts[self->open_part],
                          &self->ops[done])) {
            break;
        }
        self->open_part++;
    }
}

/*
 * Runs what is behind the first done operations, in a section of ours. Answers
 * how many are done then: less than all where memory is lacking that the
 * section holds back.
 */
static size_t run_together(struct batch *self, size_t done)
{
    if (done == self->op_count ||
        pawl_run(self->thread, &self->ops[done], self->op_count - done) !=
            PAWL_NOT_RUN) {
        return self->op_count;
    }
    while (self->ops[done].status != PAWL_NOT_RUN) {
        done++;
    }
    return done;
}

/* The request of op: they are in the same order, but not all have one. */
static const struct request *request_of(const struct batch *self,
                                        const struct pawl_op *op)
{
    size_t i = (size_t)(op - self->ops);

    while (self->op_of[i] != op) {
        i++;
    }
    return &self->requests[i];
}

/*
 * Runs an operation that was not run for want of memory, outside of any
 * section. Answers how many are done then: gat is to show a value, too, which
 * is good in a section only, so what is left of it is a get.
 */
static size_t run_alone(struct batch *self, size_t done)
{
    struct pawl_op *op = &self->ops[done];

    (void)pawl_run(self->thread, op, 1);
    if (op->status == PAWL_OK &&
        command_lists_keys(request_of(self, op)->command)) {
        op->verb = PAWL_GET;
        return done;
    }
    return done + 1;
}

void batch_run(struct batch *self)
{
    size_t done = 0;

    counters_add(self->row, COUNTER_batches, 1);
    for (;;) {
        pawl_enter(self->thread);
        done = run_together(self, done);
        compose_done(self, done);
        pawl_leave(self->thread);
        send_gathered(self);
        if (done == self->op_count) {
            break;
        }
        done = run_alone(self, done);
    }
    if (self->replies.capacity > 2 * GATHERED_BYTES_MAX) {
        buffer_release(&self->replies);
    }
}

void batch_clear(struct batch *self)
{
    for (size_t i = 0; i < self->part_count; i++) {
        self->parts[i].conn->batched = false;
    }
    self->request_count = 0;
    self->op_count = 0;
    self->part_count = 0;
    self->value_bytes = 0;
    self->open_part = 0;
    self->unsent_part = 0;
}
