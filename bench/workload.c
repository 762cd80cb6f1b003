/*
 * workload.c - the table of workloads.
 */
#include "bench/workload.h"

#include <string.h>

#define SHARE(verb, share) [VERB_##verb] = (share),
#define WORKLOAD_ROW(id, word, flow_, access_, counters_, shares, words) \
    [WORKLOAD_##id] = {.name = (word),                                   \
                       .sentence = (words),                              \
                       .flow = FLOW_##flow_,                             \
                       .access = ACCESS_##access_,                       \
                       .counters = (counters_),                          \
                       .percent = {shares}},

const struct workload workloads[WORKLOAD_KINDS] = {WORKLOADS(WORKLOAD_ROW)};

const struct workload *workload_named(const char *name)
{
    for (size_t i = 0; i < WORKLOAD_KINDS; i++) {
        if (strcmp(workloads[i].name, name) == 0) {
            return &workloads[i];
        }
    }
    return NULL;
}

bool workload_needs_records(const struct workload *self)
{
    return self->flow == FLOW_PICK || self->flow == FLOW_LATEST;
}

enum verb workload_verb(const struct workload *self, struct random *random)
{
    unsigned verb = VERB_GET;
    if (self->percent[VERB_GET] == 100) {
        return VERB_GET;
    }
    unsigned draw = (unsigned)random_below(random, 100);
    while (draw >= self->percent[verb]) {
        draw -= self->percent[verb];
        verb++;
    }
    return (enum verb)verb;
}

enum verb workload_unsayable(const struct workload *self,
                             const struct protocol *protocol)
{
    for (unsigned i = 0; i < VERB_COUNT; i++) {
        if (self->percent[i] == 0) {
            continue;
        }
        enum verb follow = workload_follow((enum verb)i, OUTCOME_VALUE);
        if (protocol->encode[i] == NULL) {
            return (enum verb)i;
        }
        if (follow != VERB_COUNT && protocol->encode[follow] == NULL) {
            return follow;
        }
    }
    return VERB_COUNT;
}

enum verb workload_follow(enum verb verb, enum outcome outcome)
{
    static const struct {
        enum verb verb;
        enum outcome outcome;
        enum verb follow;
    } rows[] = {
        {VERB_GETS, OUTCOME_VALUE, VERB_CAS},
        {VERB_CAS, OUTCOME_CONFLICT, VERB_GETS},
        {VERB_FETCH, OUTCOME_VALUE, VERB_SET},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].verb == verb && rows[i].outcome == outcome) {
            return rows[i].follow;
        }
    }
    return VERB_COUNT;
}
