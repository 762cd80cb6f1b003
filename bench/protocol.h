/*
 * protocol.h - how a request is spelled, and what a reply says.
 *
 * A protocol is a row: an encoder for each verb it can say, and one parser.
 * It knows no socket and no workload. To the workload all protocols look
 * alike: it asks in verbs and hears outcomes.
 */
#ifndef BENCH_PROTOCOL_H
#define BENCH_PROTOCOL_H

#include "bench/dataset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a request asks for: enum, word, and the outcomes that may answer it
 * beside ERROR. FETCH is a get whose record will be written back.
 */
/* clang-format off */
#define VERBS(row)                                                             \
    row(GET, "get", SAYS(VALUE) | SAYS(DONE) | SAYS(ABSENT))                   \
    row(GETS, "gets", SAYS(VALUE) | SAYS(DONE) | SAYS(ABSENT))                 \
    row(FETCH, "fetch", SAYS(VALUE) | SAYS(DONE) | SAYS(ABSENT))               \
    row(SET, "set", SAYS(DONE))                                                \
    row(CAS, "cas", SAYS(DONE) | SAYS(CONFLICT) | SAYS(ABSENT))                \
    row(INCR, "incr", SAYS(DONE) | SAYS(ABSENT))                               \
    row(DECR, "decr", SAYS(DONE) | SAYS(ABSENT))                               \
    row(TAKE, "take", SAYS(DONE) | SAYS(REFUSED) | SAYS(ABSENT))               \
    row(GIVE, "give", SAYS(DONE) | SAYS(REFUSED) | SAYS(ABSENT))               \
    row(DELETE, "delete", SAYS(DONE) | SAYS(ABSENT))                           \
    row(TRANSFER, "transfer", SAYS(DONE) | SAYS(REFUSED) | SAYS(ABSENT))
/* clang-format on */

enum verb {
#define VERB_ENUM(name, word, outcomes) VERB_##name,
    VERBS(VERB_ENUM)
#undef VERB_ENUM
    VERB_COUNT
};

enum outcome {
    OUTCOME_VALUE,    /* one of the values asked for; more may follow */
    OUTCOME_DONE,     /* stored, changed, removed; or all values were told */
    OUTCOME_ABSENT,   /* no such record */
    OUTCOME_CONFLICT, /* another version is there */
    OUTCOME_REFUSED,  /* a bound would be passed, a condition does not hold */
    OUTCOME_ERROR,    /* the server says that it failed */
    OUTCOME_UNKNOWN,  /* the server does not know this verb */
};

/* A request. Keys are record numbers of the dataset. */
struct request {
    enum verb verb;
    uint64_t *records;
    unsigned record_count; /* 1; TRANSFER 2; GET any */
    uint64_t version;      /* CAS */
    uint64_t amount;       /* INCR DECR TAKE GIVE TRANSFER */
};

/*
 * A reply, or the next piece of one. value and key point into the input; where
 * the outcome is no VALUE, value is the line that tells it.
 */
struct reply {
    enum outcome outcome;
    bool final; /* nothing of this reply follows */
    const char *value;
    size_t value_bytes;
    const char *key; /* NULL where the protocol does not repeat it */
    size_t key_bytes;
    uint64_t version; /* where one was told */
};

/* The reply that a connection is in the middle of; all zero between two. */
struct reply_state {
    unsigned left; /* elements still to come */
};

#define PARSE_MORE ((size_t)0)
#define PARSE_GARBAGE SIZE_MAX

struct protocol {
    const char *name;
    const char *sentence;

    /* Writes the request at to and answers its end; NULL: cannot be said. */
    char *(*encode[VERB_COUNT])(const struct dataset *dataset,
                                const struct request *request, char *to);

    /* The bytes of the reply to a request that succeeds, at least. */
    size_t (*success_bytes)(const struct dataset *dataset,
                            const struct request *request);

    /*
     * Reads the next piece of the reply to a request from the bytes at from.
     * Answers how many of them it used; PARSE_MORE where they end too early,
     * reply and state being as before; PARSE_GARBAGE where no reply to this
     * request begins so.
     */
    size_t (*parse)(const struct request *request, struct reply_state *state,
                    const char *from, const char *end, struct reply *reply);
};

/* At most what an encoder writes for a request. */
size_t protocol_request_bytes(const struct dataset *dataset,
                              unsigned record_count);

/*
 * The bytes of all values and keys that a get answers when all are found;
 * around is what stands around each, beside the digits of its size.
 */
size_t protocol_found_bytes(const struct dataset *dataset,
                            const struct request *request, size_t around);

/* The protocol of that name, or NULL. All of them, ended by NULL. */
const struct protocol *protocol_named(const char *name);
extern const struct protocol *const protocols[];

extern const struct protocol protocol_text;
extern const struct protocol protocol_meta;
extern const struct protocol protocol_resp;

/* The word for a verb, for people. */
const char *verb_text(enum verb verb);

/* Whether this outcome can answer this verb. */
bool verb_can_be(enum verb verb, enum outcome outcome);

#endif
