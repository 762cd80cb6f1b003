/*
 * check.c - hits, values, refusals and sums.
 */
#include "bench/check.h"
#include "bench/decimal.h"

#include <stdio.h>
#include <string.h>

static bool is_key(const struct dataset *dataset, uint64_t record,
                   const struct reply *reply)
{
    char key[DATASET_KEY_BYTES_MAX];
    size_t bytes = dataset_key(dataset, record, key);
    return bytes == reply->key_bytes && memcmp(key, reply->key, bytes) == 0;
}

/*
 * Finds which of the keys asked for a value answers, counting those that were
 * passed over as missed. False where it answers none of them.
 */
static bool match_key(const struct dataset *dataset, struct slot *slot,
                      const struct reply *reply, unsigned *missed)
{
    const struct request *request = &slot->request;
    unsigned at = slot->answered;
    if (reply->key != NULL) {
        while (at < request->record_count &&
               !is_key(dataset, request->records[at], reply)) {
            at++;
        }
    }
    if (at == request->record_count) {
        return false;
    }
    *missed = at - slot->answered;
    slot->answered = at + 1;
    return true;
}

static bool is_value(struct worker *worker, uint64_t record,
                     const struct reply *reply)
{
    const struct dataset *dataset = worker->plan->dataset;
    if (dataset->counters) {
        uint64_t number;
        const char *end = reply->value + reply->value_bytes;
        if (decimal_get(reply->value, end, &number) == NULL) {
            return false;
        }
        worker->tally->sum += number;
        return true;
    }
    size_t bytes;
    const char *value = dataset_value(dataset, record, &bytes);
    return bytes == reply->value_bytes &&
           memcmp(value, reply->value, bytes) == 0;
}

static void count_value(struct worker *worker, struct slot *slot,
                        const struct reply *reply, bool measured)
{
    struct tally *tally = worker->tally;
    const struct plan *plan = worker->plan;
    unsigned missed = 0;
    bool right = true;
    if (plan->check) {
        right =
            match_key(plan->dataset, slot, reply, &missed) &&
            is_value(worker, slot->request.records[slot->answered - 1], reply);
    } else {
        slot->answered++;
    }
    counter_add(&tally->wrong, !right);
    if (measured) {
        counter_add(&tally->hits, 1);
        counter_add(&tally->misses, missed);
    }
}

/* What a success did to the sum of all counters. */
static void enter_ledger(struct tally *tally, const struct request *request)
{
    switch (request->verb) {
    case VERB_INCR:
    case VERB_GIVE:
        tally->ledger += request->amount;
        break;
    case VERB_DECR:
    case VERB_TAKE:
        tally->ledger -= request->amount;
        break;
    default:
        break;
    }
}

static void count_error(struct tally *tally, const struct reply *reply)
{
    counter_add(&tally->errors, 1);
    if (tally->first_error[0] == '\0') {
        int room = (int)sizeof tally->first_error - 1;
        int bytes =
            reply->value_bytes < (size_t)room ? (int)reply->value_bytes : room;
        snprintf(tally->first_error, sizeof tally->first_error, "%.*s", bytes,
                 reply->value);
    }
}

static bool is_get(enum verb verb)
{
    return verb_can_be(verb, OUTCOME_VALUE);
}

/* A final reply that brings no value. */
static void count_final(struct worker *worker, struct slot *slot,
                        const struct reply *reply, bool measured)
{
    struct tally *tally = worker->tally;
    const struct request *request = &slot->request;
    switch (reply->outcome) {
    case OUTCOME_DONE:
        if (is_get(request->verb)) {
            unsigned missed = request->record_count - slot->answered;
            counter_add(&tally->misses, measured ? missed : 0);
        }
        enter_ledger(tally, request);
        break;
    case OUTCOME_ABSENT:
        slot->answered++;
        counter_add(&tally->misses, measured);
        break;
    case OUTCOME_CONFLICT:
        counter_add(&tally->conflicts, measured);
        break;
    case OUTCOME_REFUSED:
        counter_add(&tally->refused, measured);
        break;
    default:
        count_error(tally, reply);
        break;
    }
}

bool check_reply(struct worker *worker, struct slot *slot,
                 const struct reply *reply, bool measured)
{
    struct request *request = &slot->request;
    if (reply->outcome == OUTCOME_UNKNOWN ||
        !verb_can_be(request->verb, reply->outcome)) {
        return false;
    }
    if (reply->outcome == OUTCOME_VALUE) {
        count_value(worker, slot, reply, measured);
        request->version = reply->version;
    } else {
        count_final(worker, slot, reply, measured);
    }
    slot->follow = workload_follow(request->verb, reply->outcome);
    return true;
}
