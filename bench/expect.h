/*
 * expect.h - being woken once for a batch of replies.
 *
 * A server that sends each reply by itself would wake the generator for each.
 * In a closed loop nothing is gained by that: the batch is over when its last
 * reply is there. So the kernel is told how many bytes the batch's replies
 * will have if all succeed (SO_RCVLOWAT). Where a batch turns out shorter, by a
 * miss say, the worker gives that up for good. A connection that waits for
 * bytes that never come is found by all being silent, or by the others having
 * had two batches answered meanwhile.
 */
#ifndef BENCH_EXPECT_H
#define BENCH_EXPECT_H

#include "bench/worker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* After so much silence on all connections they are looked at. */
#define EXPECT_SILENCE_NS (5 * UINT64_C(1000000))

/* A request joins the batch that is being made. */
void expect_request(struct worker *worker, struct conn *conn,
                    const struct request *request);

/* The batch is on its way: from now on the kernel waits for its replies. */
void expect_batch(struct worker *worker, struct conn *conn);

/* Bytes came, and whole replies have been taken from the input. */
void expect_input(struct worker *worker, struct conn *conn, size_t bytes);

/*
 * The next connection that may wait in vain, from *at on, which is left behind
 * it; NULL where there is no more. Begin with *at 0, after each turn of the
 * event loop; silent says that it had nothing.
 */
struct conn *expect_overdue(struct worker *worker, bool silent, unsigned *at);

#endif
