/*
 * protocol_text.c - memcached's classic text, and pawl's take, give and txn.
 */
#include "bench/memcached.h"
#include "bench/decimal.h"

static char *encode_retrieval(const struct dataset *dataset,
                              const struct request *request, char *to)
{
    for (unsigned i = 0; i < request->record_count; i++) {
        *to++ = ' ';
        to = put_key(to, dataset, request->records[i]);
    }
    return PUT(to, "\r\n");
}

static char *encode_get(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    return encode_retrieval(dataset, request, PUT(to, "get"));
}

static char *encode_gets(const struct dataset *dataset,
                         const struct request *request, char *to)
{
    return encode_retrieval(dataset, request, PUT(to, "gets"));
}

/* From the flags on; where version is not 0, with it. */
static char *put_body(char *to, const struct dataset *dataset,
                      const struct request *request)
{
    size_t value_bytes;
    const char *value =
        dataset_value(dataset, request->records[0], &value_bytes);
    to = decimal_put(PUT(to, " 0 0 "), value_bytes);
    if (request->verb == VERB_CAS) {
        *to++ = ' ';
        to = decimal_put(to, request->version);
    }
    to = put_bytes(PUT(to, "\r\n"), value, value_bytes);
    return PUT(to, "\r\n");
}

static char *encode_set(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    to = put_key(PUT(to, "set "), dataset, request->records[0]);
    return put_body(to, dataset, request);
}

static char *encode_cas(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    to = put_key(PUT(to, "cas "), dataset, request->records[0]);
    return put_body(to, dataset, request);
}

static char *encode_delete(const struct dataset *dataset,
                           const struct request *request, char *to)
{
    to = put_key(PUT(to, "delete "), dataset, request->records[0]);
    return PUT(to, "\r\n");
}

static char *put_change(char *to, const struct dataset *dataset,
                        uint64_t record, uint64_t amount)
{
    to = put_key(to, dataset, record);
    *to++ = ' ';
    return PUT(decimal_put(to, amount), "\r\n");
}

#define ENCODE_CHANGE(name, word)                                          \
    static char *encode_##name(const struct dataset *dataset,              \
                               const struct request *request, char *to)    \
    {                                                                      \
        return put_change(PUT(to, word " "), dataset, request->records[0], \
                          request->amount);                                \
    }
ENCODE_CHANGE(incr, "incr")
ENCODE_CHANGE(decr, "decr")
ENCODE_CHANGE(take, "take")
ENCODE_CHANGE(give, "give")
#undef ENCODE_CHANGE

static char *encode_transfer(const struct dataset *dataset,
                             const struct request *request, char *to)
{
    to = put_change(PUT(to, "txn 2\r\ntake "), dataset, request->records[0],
                    request->amount);
    return put_change(PUT(to, "give "), dataset, request->records[1],
                      request->amount);
}

static const struct line_row lines[] = {
    LINE("STORED", DONE),        LINE("TAKEN", DONE),
    LINE("GIVEN", DONE),         LINE("REFUSED", REFUSED),
    LINE("EXISTS", CONFLICT),    LINE("NOT_FOUND", ABSENT),
    LINE("NOT_STORED", REFUSED), LINE("DELETED", DONE),
};

static const struct line_row *find(const struct line *line)
{
    return line_find(lines, sizeof lines / sizeof *lines, line);
}

/* "VALUE <key> <flags> <bytes> [<version>]": whether the line is that. */
static bool read_value_line(const struct line *line, struct reply *reply)
{
    reply->key = line->at + sizeof "VALUE " - 1;
    const char *at = memchr(reply->key, ' ', (size_t)(line->last - reply->key));
    if (at == NULL) {
        return false;
    }
    reply->key_bytes = (size_t)(at - reply->key);
    uint64_t flags, bytes = 0;
    at = decimal_get(at + 1, line->last, &flags);
    if (at == NULL || at == line->last || *at != ' ') {
        return false;
    }
    at = decimal_get(at + 1, line->last, &bytes);
    if (at != NULL && at < line->last && *at == ' ') {
        at = decimal_get(at + 1, line->last, &reply->version);
    }
    if (at != line->last || bytes > DATASET_VALUE_BYTES_MAX) {
        return false;
    }
    reply->value_bytes = (size_t)bytes;
    return true;
}

/* A value and, where it was the only one asked for, the END behind it. */
static size_t parse_value(const struct request *request,
                          const struct line *line, const char *end,
                          struct reply *reply)
{
    if (!read_value_line(line, reply)) {
        return PARSE_GARBAGE;
    }
    reply->final = request->record_count == 1;
    reply->outcome = OUTCOME_VALUE;
    reply->value = line->behind;
    /* The only value is read in one piece with the END behind it. */
    size_t tail_bytes = reply->final ? sizeof "\r\nEND\r\n" - 1 : 2;
    if ((size_t)(end - line->behind) < reply->value_bytes + tail_bytes) {
        return PARSE_MORE;
    }
    const char *behind = line->behind + reply->value_bytes;
    bool ended = reply->final ? memcmp(behind, "\r\nEND\r\n", 7) == 0
                              : memcmp(behind, "\r\n", 2) == 0;
    return ended ? (size_t)(behind - line->at) + tail_bytes : PARSE_GARBAGE;
}

/* "COMMITTED 2" and two lines, or "ABORTED <index>" and the refusal. */
static size_t parse_transfer(struct line line, const char *end,
                             struct reply *reply)
{
    const char *from = line.at;
    bool committed = LINE_BEGINS(&line, "COMMITTED ");
    for (unsigned left = committed ? 2 : 1; left > 0; left--) {
        if (!line_read(line.behind, end, &line)) {
            return line_missing(line.behind, end);
        }
    }
    const struct line_row *row = find(&line);
    if (row == NULL) {
        return PARSE_GARBAGE;
    }
    line_reply(&line, row->outcome, reply);
    return (size_t)(line.behind - from);
}

/* A line without a word of its own: the END of no value, or a number. */
static bool is_wordless(enum verb verb, const struct line *line)
{
    uint64_t number;
    switch (verb) {
    case VERB_GET:
    case VERB_GETS:
    case VERB_FETCH:
        return line->last - line->at == 3 && LINE_BEGINS(line, "END");
    case VERB_INCR:
    case VERB_DECR:
        return decimal_get(line->at, line->last, &number) != NULL;
    default:
        return false;
    }
}

static size_t parse(const struct request *request, struct reply_state *state,
                    const char *from, const char *end, struct reply *reply)
{
    (void)state;
    struct line line;
    if (!line_read(from, end, &line)) {
        return line_missing(from, end);
    }
    memset(reply, 0, sizeof *reply);
    if (LINE_BEGINS(&line, "VALUE ")) {
        return parse_value(request, &line, end, reply);
    }
    if (LINE_BEGINS(&line, "COMMITTED ") || LINE_BEGINS(&line, "ABORTED ")) {
        return parse_transfer(line, end, reply);
    }
    if (is_wordless(request->verb, &line)) {
        return line_reply(&line, OUTCOME_DONE, reply);
    }
    const struct line_row *row = find(&line);
    return row != NULL ? line_reply(&line, row->outcome, reply) : PARSE_GARBAGE;
}

static size_t success_bytes(const struct dataset *dataset,
                            const struct request *request)
{
    if (!verb_can_be(request->verb, OUTCOME_VALUE)) {
        return sizeof "0\r\n" - 1;
    }
    size_t around = sizeof "VALUE  0 \r\n\r\n" - 1 + dataset->key_bytes.least;
    return protocol_found_bytes(dataset, request, around) + sizeof "END\r\n" -
           1;
}

const struct protocol protocol_text = {
    .name = "text",
    .sentence = "memcached's classic text, with pawl's take, give and txn",
    .encode =
        {
            [VERB_GET] = encode_get,
            [VERB_GETS] = encode_gets,
            [VERB_FETCH] = encode_get,
            [VERB_SET] = encode_set,
            [VERB_CAS] = encode_cas,
            [VERB_INCR] = encode_incr,
            [VERB_DECR] = encode_decr,
            [VERB_TAKE] = encode_take,
            [VERB_GIVE] = encode_give,
            [VERB_DELETE] = encode_delete,
            [VERB_TRANSFER] = encode_transfer,
        },
    .success_bytes = success_bytes,
    .parse = parse,
};
