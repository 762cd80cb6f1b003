/*
 * protocol_resp.c - RESP2, as Redis and Valkey speak it.
 *
 * Commands are arrays of bulk strings. A get of several keys is MGET, whose
 * reply is an array with nil for each miss. There is no take and no version.
 */
#include "bench/protocol.h"
#include "bench/decimal.h"
#include "bench/memcached.h"

static char *put_length(char *to, char kind, size_t length)
{
    *to++ = kind;
    return PUT(decimal_put(to, length), "\r\n");
}

static char *put_bulk(char *to, const char *bytes, size_t count)
{
    to = put_bytes(put_length(to, '$', count), bytes, count);
    return PUT(to, "\r\n");
}

static char *put_bulk_key(char *to, const struct dataset *dataset,
                          uint64_t record)
{
    char key[DATASET_KEY_BYTES_MAX];
    return put_bulk(to, key, dataset_key(dataset, record, key));
}

static char *encode_get(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    if (request->record_count == 1) {
        to = PUT(to, "*2\r\n$3\r\nGET\r\n");
    } else {
        to = put_length(to, '*', 1 + request->record_count);
        to = PUT(to, "$4\r\nMGET\r\n");
    }
    for (unsigned i = 0; i < request->record_count; i++) {
        to = put_bulk_key(to, dataset, request->records[i]);
    }
    return to;
}

static char *encode_set(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    size_t value_bytes;
    const char *value =
        dataset_value(dataset, request->records[0], &value_bytes);
    to = PUT(to, "*3\r\n$3\r\nSET\r\n");
    to = put_bulk_key(to, dataset, request->records[0]);
    return put_bulk(to, value, value_bytes);
}

static char *encode_delete(const struct dataset *dataset,
                           const struct request *request, char *to)
{
    to = PUT(to, "*2\r\n$3\r\nDEL\r\n");
    return put_bulk_key(to, dataset, request->records[0]);
}

static char *encode_change(const struct dataset *dataset,
                           const struct request *request, char *to)
{
    to = PUT(to, "*3\r\n$6\r\n");
    to = request->verb == VERB_INCR ? PUT(to, "INCRBY") : PUT(to, "DECRBY");
    to = put_bulk_key(PUT(to, "\r\n"), dataset, request->records[0]);
    char digits[DECIMAL_BYTES_MAX];
    char *end = decimal_put(digits, request->amount);
    return put_bulk(to, digits, (size_t)(end - digits));
}

/* "$<bytes>" and the value; "$-1" is a miss. */
static size_t parse_bulk(const struct line *line, const char *end,
                         struct reply *reply)
{
    if (LINE_BEGINS(line, "$-1")) {
        return line_reply(line, OUTCOME_ABSENT, reply);
    }
    uint64_t bytes = 0;
    if (decimal_get(line->at + 1, line->last, &bytes) != line->last ||
        bytes > DATASET_VALUE_BYTES_MAX) {
        return PARSE_GARBAGE;
    }
    if ((size_t)(end - line->behind) < bytes + 2) {
        return PARSE_MORE;
    }
    reply->outcome = OUTCOME_VALUE;
    reply->final = true;
    reply->value = line->behind;
    reply->value_bytes = (size_t)bytes;
    const char *behind = line->behind + bytes;
    return memcmp(behind, "\r\n", 2) == 0 ? (size_t)(behind + 2 - line->at)
                                          : PARSE_GARBAGE;
}

static size_t parse_error(const struct line *line, struct reply *reply)
{
    bool unknown = LINE_BEGINS(line, "-ERR unknown command");
    return line_reply(line, unknown ? OUTCOME_UNKNOWN : OUTCOME_ERROR, reply);
}

/* One element: of an array, or the whole reply. */
static size_t parse_element(const struct line *line, const char *end,
                            struct reply *reply)
{
    memset(reply, 0, sizeof *reply);
    switch (*line->at) {
    case '$':
        return parse_bulk(line, end, reply);
    case '+':
        return line_reply(line, OUTCOME_DONE, reply);
    case ':':
        return line_reply(line, OUTCOME_DONE, reply);
    case '-':
        return parse_error(line, reply);
    default:
        return PARSE_GARBAGE;
    }
}

/* The head of an array of as many elements as keys were asked for. */
static bool read_array(const struct request *request, const struct line *line)
{
    uint64_t count = 0;
    return *line->at == '*' &&
           decimal_get(line->at + 1, line->last, &count) == line->last &&
           count == request->record_count;
}

static size_t parse(const struct request *request, struct reply_state *state,
                    const char *from, const char *end, struct reply *reply)
{
    struct line line;
    size_t head = 0;
    unsigned left = state->left;
    if (!line_read(from, end, &line)) {
        return line_missing(from, end);
    }
    if (left == 0 && request->record_count > 1 && *from != '-') {
        if (!read_array(request, &line)) {
            return PARSE_GARBAGE;
        }
        head = (size_t)(line.behind - from);
        left = request->record_count;
        if (!line_read(line.behind, end, &line)) {
            return line_missing(line.behind, end);
        }
    }
    size_t used = parse_element(&line, end, reply);
    if (used == PARSE_MORE || used == PARSE_GARBAGE) {
        return used;
    }
    state->left = left > 0 ? left - 1 : 0;
    reply->final = state->left == 0;
    return head + used;
}

static size_t success_bytes(const struct dataset *dataset,
                            const struct request *request)
{
    const size_t around = sizeof "$\r\n\r\n" - 1;
    return verb_can_be(request->verb, OUTCOME_VALUE)
               ? protocol_found_bytes(dataset, request, around)
               : sizeof ":0\r\n" - 1;
}

const struct protocol protocol_resp = {
    .name = "resp",
    .sentence = "RESP2, as Redis and Valkey speak it",
    .encode =
        {
            [VERB_GET] = encode_get,
            [VERB_FETCH] = encode_get,
            [VERB_SET] = encode_set,
            [VERB_INCR] = encode_change,
            [VERB_DECR] = encode_change,
            [VERB_DELETE] = encode_delete,
        },
    .success_bytes = success_bytes,
    .parse = parse,
};
