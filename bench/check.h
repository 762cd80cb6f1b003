/*
 * check.h - is a reply what was asked for, and what does it count as?
 */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include "bench/conn.h"
#include "bench/worker.h"

/*
 * Counts a reply to the slot's request, or a piece of one, and decides what
 * follows on its record. Answers false where no server that speaks this
 * protocol and knows this verb would say that.
 */
bool check_reply(struct worker *worker, struct slot *slot,
                 const struct reply *reply, bool measured);

#endif
