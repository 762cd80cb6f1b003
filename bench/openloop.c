/*
 * openloop.c - requests that become due at a fixed rate.
 */
#include "bench/openloop.h"
#include "bench/exchange.h"

/* A connection with a free slot, in turn, or NULL. */
static struct conn *next_conn(struct worker *self)
{
    for (unsigned i = 0; i < self->conn_count; i++) {
        struct conn *conn = &self->conns[self->turn];
        self->turn = self->turn + 1 < self->conn_count ? self->turn + 1 : 0;
        if (conn->count < conn->depth) {
            return conn;
        }
    }
    return NULL;
}

uint64_t openloop_next_ns(const struct worker *self)
{
    return self->plan->begin_ns + (uint64_t)self->due_ns;
}

bool openloop_has_more(const struct worker *self)
{
    return self->sending && self->quota > 0 &&
           (self->plan->requests > 0 ||
            openloop_next_ns(self) < self->plan->end_ns);
}

bool openloop_send(struct worker *self, uint64_t now_ns)
{
    while (openloop_has_more(self) && openloop_next_ns(self) <= now_ns) {
        struct conn *conn = next_conn(self);
        uint64_t due_ns = openloop_next_ns(self);
        if (conn == NULL || !exchange_append(self, conn, due_ns)) {
            break;
        }
        self->due_ns += self->gap_ns;
        if (due_ns >= self->plan->measure_ns) {
            histogram_record(&self->tally->lag, now_ns - due_ns, 1);
        }
        if (!conn->dirty) {
            conn->dirty = true;
            self->dirty[self->dirty_count++] = conn;
        }
    }
    bool fine = self->failure[0] == '\0';
    while (self->dirty_count > 0) {
        struct conn *conn = self->dirty[--self->dirty_count];
        conn->dirty = false;
        fine = fine && exchange_flush(self, conn);
    }
    return fine;
}
