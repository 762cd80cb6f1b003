/*
 * protocol.c - what all protocols share.
 */
#include "bench/protocol.h"
#include "bench/decimal.h"

#include <string.h>

const struct protocol *const protocols[] = {
    &protocol_text,
    &protocol_meta,
    &protocol_resp,
    NULL,
};

/* The words and numbers around a key or a value. */
#define AROUND_BYTES (64 + 2 * DECIMAL_BYTES_MAX)

size_t protocol_request_bytes(const struct dataset *dataset,
                              unsigned record_count)
{
    size_t key_bytes = dataset->key_bytes.most + AROUND_BYTES;
    size_t value_bytes = dataset->value_bytes.most + dataset->number_bytes;
    return AROUND_BYTES + record_count * key_bytes + value_bytes;
}

const struct protocol *protocol_named(const char *name)
{
    for (size_t i = 0; protocols[i] != NULL; i++) {
        if (strcmp(protocols[i]->name, name) == 0) {
            return protocols[i];
        }
    }
    return NULL;
}

const char *verb_text(enum verb verb)
{
    static const char *const words[] = {
#define VERB_WORD(name, word, outcomes) [VERB_##name] = word,
        VERBS(VERB_WORD)
#undef VERB_WORD
    };
    return words[verb];
}

bool verb_can_be(enum verb verb, enum outcome outcome)
{
#define SAYS(name) (1u << OUTCOME_##name)
    static const unsigned outcomes_of[] = {
#define VERB_OUTCOMES(name, word, outcomes) [VERB_##name] = (outcomes),
        VERBS(VERB_OUTCOMES)
#undef VERB_OUTCOMES
    };
    unsigned always = SAYS(ERROR) | SAYS(UNKNOWN);
    return ((outcomes_of[verb] | always) >> outcome) & 1;
#undef SAYS
}

size_t protocol_found_bytes(const struct dataset *dataset,
                            const struct request *request, size_t around)
{
    size_t sum = 0;
    for (unsigned i = 0; i < request->record_count; i++) {
        size_t value_bytes;
        dataset_value(dataset, request->records[i], &value_bytes);
        /* A counter may have shrunk since, to a single digit. */
        size_t bytes = dataset->counters ? 1 : value_bytes;
        sum += around + decimal_digits(bytes) + bytes;
    }
    return sum;
}
