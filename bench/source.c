/*
 * source.c - requests by workload, flow and distribution.
 */
#include "bench/source.h"

/*
 * FLOW_LATEST: record r counted from the newest back. New records are made
 * and read by the same connection, whose order makes sure that they are there;
 * the c-th of n connections owns every n-th record beyond the loaded ones.
 */
static uint64_t latest(const struct plan *plan, const struct conn *conn,
                       uint64_t r)
{
    if (r < conn->inserted) {
        return plan->dataset->records + conn->index +
               (conn->inserted - 1 - r) * plan->connections;
    }
    uint64_t old = r - conn->inserted;
    return plan->dataset->records - 1 - old % plan->dataset->records;
}

/* A record that some connection of a load has been told is stored. */
static bool pick_loaded(struct worker *worker, uint64_t *record)
{
    const struct plan *plan = worker->plan;
    uint64_t draw = random_below(&worker->random, plan->shard_count);
    const struct shard *shard = &plan->shards[draw];
    uint64_t loaded = counter_read(&shard->loaded);
    if (loaded == 0) {
        return false;
    }
    *record = shard->first + random_below(&worker->random, loaded);
    return true;
}

static bool pick(struct worker *worker, struct conn *conn, enum verb verb,
                 uint64_t *record)
{
    const struct plan *plan = worker->plan;
    switch (plan->workload.flow) {
    case FLOW_ONCE:
        *record = conn->next++;
        return *record < conn->end;
    case FLOW_LOADED:
        return pick_loaded(worker, record);
    case FLOW_LATEST:
        conn->inserted += verb == VERB_SET;
        *record = latest(
            plan, conn,
            verb == VERB_SET ? 0 : access_pick(&plan->access, &worker->random));
        return true;
    case FLOW_PICK:
        break;
    }
    *record = access_pick(&plan->access, &worker->random);
    return true;
}

static unsigned records_of(const struct plan *plan, enum verb verb)
{
    if (verb == VERB_TRANSFER) {
        return 2;
    }
    return verb == VERB_GET ? plan->multi : 1;
}

bool source_choose(struct worker *worker, struct conn *conn)
{
    struct slot *slot = conn_free_slot(conn);
    struct request *request = &slot->request;
    slot->answered = 0;
    if (slot->follow != VERB_COUNT) {
        request->verb = slot->follow;
        slot->follow = VERB_COUNT;
        return true;
    }
    const struct plan *plan = worker->plan;
    enum verb verb = workload_verb(&plan->workload, &worker->random);
    uint64_t *records = request->records;
    request->verb = verb;
    request->record_count = records_of(plan, verb);
    request->amount = plan->amount;
    for (unsigned i = 0; i < request->record_count; i++) {
        if (!pick(worker, conn, verb, &records[i])) {
            return false;
        }
    }
    if (verb == VERB_TRANSFER && records[0] == records[1]) {
        records[1] = (records[0] + 1) % plan->dataset->records;
    }
    return true;
}
