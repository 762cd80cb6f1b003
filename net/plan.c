/*
 * plan.c - the store's side of commands.def.
 */
#include "net/plan.h"

#include <assert.h>

#define RELATIVE_S_MAX (60 * 60 * 24 * 30)

/* A time that lies behind every now there is. */
#define PASSED_MS 1

/* A version that no record has: cas with 0 never stores. */
#define VERSION_NEVER UINT64_MAX

#define VERB_NONE UINT8_MAX

/* How a command is run, and which counters its outcomes move. */
struct plan {
    uint8_t verb; /* enum pawl_verb, or VERB_NONE */
    uint8_t counted;
    uint8_t happened;
    uint8_t missed;
    uint8_t refused;
};

static_assert(COUNTER_none <= UINT8_MAX, "a counter fits into a plan");

/* clang-format off */
#define PAWL_NONE VERB_NONE
static const struct plan plans[COMMAND_COUNT] = {
#define COMMAND(name, word, grammar, least, most, verb, counted, happened,     \
                missed, refused, ...)                                          \
    [COMMAND_##name] = {(uint8_t)PAWL_##verb, COUNTER_##counted,               \
                        COUNTER_##happened, COUNTER_##missed,                  \
                        COUNTER_##refused},
#include "net/commands.def"
#undef COMMAND
};
#undef PAWL_NONE
/* clang-format on */

bool plan_asks_store(const struct request *request)
{
    if (request->fault != FAULT_NONE) {
        return false;
    }
    switch (request->command->grammar) {
    case GRAMMAR_WORD:
    case GRAMMAR_LEVEL:
    case GRAMMAR_BARE:
        return false;
    case GRAMMAR_DELAY:
        return !request->has_delay || request->expiry_s <= 0;
    default:
        return request->key_bytes > 0;
    }
}

bool plan_repeats(const struct request *request)
{
    return plan_asks_store(request) &&
           plans[request->command->name].verb == PAWL_GET;
}

uint64_t plan_expiry_ms(int64_t expiry_s, uint64_t now_ms)
{
    if (expiry_s == 0) {
        return 0;
    }
    if (expiry_s < 0) {
        return PASSED_MS;
    }
    if (expiry_s <= RELATIVE_S_MAX) {
        return now_ms + (uint64_t)expiry_s * 1000;
    }
    return (uint64_t)expiry_s * 1000;
}

void plan_op(const struct request *request, uint64_t now_ms, struct pawl_op *op)
{
    op->verb = plans[request->command->name].verb;
    op->key = request->key;
    op->key_bytes = request->key_bytes;
    op->version = 0;
    switch (request->command->grammar) {
    case GRAMMAR_STORE:
    case GRAMMAR_STORE_CAS:
        if (request->command->grammar == GRAMMAR_STORE_CAS) {
            op->version =
                request->number != 0 ? request->number : VERSION_NEVER;
        }
        op->value = request->value;
        op->value_bytes = request->value_bytes;
        op->flags = request->flags;
        op->expiry_ms = plan_expiry_ms(request->expiry_s, now_ms);
        break;
    case GRAMMAR_EXPIRY:
    case GRAMMAR_EXPIRY_KEYS:
        op->expiry_ms = plan_expiry_ms(request->expiry_s, now_ms);
        break;
    case GRAMMAR_AMOUNT:
    case GRAMMAR_BOUNDED:
        op->amount = request->number;
        op->bound = request->bound;
        if (op->verb == PAWL_GIVE && !request->has_bound) {
            op->bound = UINT64_MAX;
        }
        break;
    default:
        break;
    }
}

void plan_count(const struct request *request, enum pawl_status status,
                struct counters *row)
{
    const struct plan *plan = &plans[request->command->name];

    counters_add(row, plan->counted, 1);
    switch (status) {
    case PAWL_OK:
        counters_add(row, plan->happened, 1);
        break;
    case PAWL_NOT_FOUND:
    case PAWL_NOT_STORED:
        counters_add(row, plan->missed, 1);
        break;
    case PAWL_EXISTS:
    case PAWL_REFUSED:
        counters_add(row, plan->refused, 1);
        break;
    case PAWL_TOO_LARGE:
        counters_add(row, COUNTER_store_too_large, 1);
        break;
    case PAWL_NO_MEMORY:
    case PAWL_STALLED:
        counters_add(row, COUNTER_store_no_memory, 1);
        break;
    default:
        break;
    }
}

/* As memcached does: flush_all counts whatever comes of it, others do not. */
void plan_count_unrun(const struct request *request, struct counters *row)
{
    if (request->fault == FAULT_TOO_LARGE) {
        counters_add(row, COUNTER_store_too_large, 1);
    }
    if (request->fault == FAULT_MEMORY) {
        counters_add(row, COUNTER_store_no_memory, 1);
    }
    if (request->command != NULL &&
        request->command->grammar == GRAMMAR_DELAY) {
        counters_add(row, plans[request->command->name].counted, 1);
    }
}
