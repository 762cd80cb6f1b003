/*
 * expect.c - bytes of replies, foretold.
 */
#include "bench/expect.h"

static bool is_foretelling(const struct worker *worker)
{
    return !worker->shrunk && worker->plan->depth > 1 &&
           !worker_is_open_loop(worker);
}

/* The same for each request of a verb, where sizes do not vary. */
static size_t foretell(struct worker *worker, const struct request *request)
{
    const struct plan *plan = worker->plan;
    const struct dataset *dataset = plan->dataset;
    if (request->verb != worker->foretold_verb ||
        dataset->value_bytes.least != dataset->value_bytes.most) {
        worker->foretold_verb = request->verb;
        worker->foretold_bytes =
            plan->protocol->success_bytes(dataset, request);
    }
    return worker->foretold_bytes;
}

void expect_request(struct worker *worker, struct conn *conn,
                    const struct request *request)
{
    if (is_foretelling(worker)) {
        conn->expected += foretell(worker, request);
    }
}

void expect_batch(struct worker *worker, struct conn *conn)
{
    conn->turn = worker->batches++;
    if (is_foretelling(worker) && conn->expected > 0) {
        conn_await(conn, conn->expected);
    }
}

static void give_up(struct worker *worker)
{
    worker->shrunk = true;
    for (unsigned i = 0; i < worker->conn_count; i++) {
        conn_await(&worker->conns[i], 1);
    }
}

void expect_input(struct worker *worker, struct conn *conn, size_t bytes)
{
    if (!is_foretelling(worker)) {
        return;
    }
    conn->expected -= bytes < conn->expected ? bytes : conn->expected;
    if (conn->count > 0) {
        conn_await(conn, conn->expected > 0 ? conn->expected : 1);
    } else if (conn->expected > 0) {
        give_up(worker);
    }
}

/* Two rounds of batches on all connections: more than any should wait. */
static bool is_passed_over(const struct worker *worker, const struct conn *conn)
{
    return worker->batches - conn->turn >= 2 * (uint64_t)worker->conn_count;
}

struct conn *expect_overdue(struct worker *worker, bool silent, unsigned *at)
{
    bool due = worker->batches - worker->looked >= worker->conn_count;
    if (!is_foretelling(worker) || !(silent || due)) {
        return NULL;
    }
    while (*at < worker->conn_count) {
        struct conn *conn = &worker->conns[(*at)++];
        if (conn->count > 0 && conn->awaited > 1 &&
            (silent || is_passed_over(worker, conn))) {
            return conn;
        }
    }
    worker->looked = worker->batches;
    return NULL;
}
