/*
 * answer.c - one case a command.
 */
#include "net/answer.h"

#include "net/log.h"
#include "net/plan.h"
#include "net/reply.h"
#include "net/stats.h"

bool answer_request(struct shared *shared, const struct request *request,
                    uint64_t now_ms, struct buffer *out)
{
    if (request->fault != FAULT_NONE) {
        return reply_fault(request, out);
    }
    switch (request->command->name) {
    case COMMAND_VERSION:
        return reply_version(request, out);
    case COMMAND_STATS:
        return stats_answer(shared, request, out);
    case COMMAND_VERBOSITY:
        log_set_level((unsigned)request->number);
        return reply_done(request, out);
    case COMMAND_FLUSH_ALL:
        atomic_store_explicit(&shared->flush_due_ms,
                              plan_expiry_ms(request->expiry_s, now_ms),
                              memory_order_relaxed);
        return reply_done(request, out);
    case COMMAND_QUIT:
        return true;
    default:
        return reply_end(request, out);
    }
}
