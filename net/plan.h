/*
 * plan.h - what the store is to do for a request, and what to count of it.
 *
 * Knows requests and operations, and no connection.
 */
#ifndef PAWL_NET_PLAN_H
#define PAWL_NET_PLAN_H

#include "net/counters.h"
#include "net/request.h"
#include "store/pawl.h"

/* Does the store have a part in answering this request? */
bool plan_asks_store(const struct request *request);

/*
 * Is it all the same if the request is run twice and only the second reply is
 * sent? So it is with get and gets.
 */
bool plan_repeats(const struct request *request);

/*
 * The time that an expiry or a delay of a client names, in milliseconds on
 * the wall clock: memcached's rule. 0 is never, a negative one has passed,
 * up to 30 days count from now, and more is a Unix time.
 */
uint64_t plan_expiry_ms(int64_t expiry_s, uint64_t now_ms);

/* Sets what pawl_run() reads of op. request has no fault and asks the store. */
void plan_op(const struct request *request, uint64_t now_ms,
             struct pawl_op *op);

/* Counts the outcome of a request that was run, or what was not run. */
void plan_count(const struct request *request, enum pawl_status status,
                struct counters *row);
void plan_count_unrun(const struct request *request, struct counters *row);

#endif
