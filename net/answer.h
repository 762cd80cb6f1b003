/*
 * answer.h - the requests that the store has no part in.
 */
#ifndef PAWL_NET_ANSWER_H
#define PAWL_NET_ANSWER_H

#include "net/buffer.h"
#include "net/request.h"
#include "net/shared.h"

/*
 * Does what request asks and adds its reply to out: version, verbosity,
 * stats, a delayed flush_all, quit, a list without keys, and whatever has a
 * fault. now_ms is the time of the turn. False where there is no memory.
 */
bool answer_request(struct shared *shared, const struct request *request,
                    uint64_t now_ms, struct buffer *out);

#endif
