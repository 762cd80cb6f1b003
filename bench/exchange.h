/*
 * exchange.h - requests out, replies in, on one connection.
 *
 * All of these answer false where the worker cannot go on; its failure then
 * says why.
 */
#ifndef BENCH_EXCHANGE_H
#define BENCH_EXCHANGE_H

#include "bench/worker.h"

/*
 * Chooses a request and spells it into the output of conn, which has a free
 * slot. False also where there is none to send.
 */
bool exchange_append(struct worker *worker, struct conn *conn, uint64_t due_ns);

/* Sends the output; asks to be told when a full socket takes more. */
bool exchange_flush(struct worker *worker, struct conn *conn);

/* Closed loop: sends as many requests as the depth allows, all at once. */
bool exchange_send_batch(struct worker *worker, struct conn *conn);

/*
 * Does what the events on the socket call for: reads once and checks every
 * whole reply; in a closed loop then sends the next batch.
 */
bool exchange_serve(struct worker *worker, struct conn *conn, uint32_t events);

#endif
