/*
 * stats.h - the answer to `stats`.
 */
#ifndef PAWL_NET_STATS_H
#define PAWL_NET_STATS_H

#include "net/buffer.h"
#include "net/request.h"
#include "net/shared.h"

/*
 * Answers a stats request: all figures, settings, reset, or, of memcached's
 * other kinds, none. False where there is no memory, with out as it was or
 * longer.
 */
bool stats_answer(struct shared *shared, const struct request *request,
                  struct buffer *out);

#endif
