/*
 * source.h - which request does a connection send next?
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include "bench/conn.h"
#include "bench/worker.h"

/*
 * Chooses the next request of conn into its free slot. False where there is
 * none: the records of a FLOW_ONCE are done, or nothing is loaded yet.
 */
bool source_choose(struct worker *worker, struct conn *conn);

#endif
