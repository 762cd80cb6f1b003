/*
 * protocol_meta.c - memcached's meta commands, with pawl's floor.
 *
 * A get of several keys is a row of quiet gets that mn ends: the server skips
 * the misses and answers MN last.
 */
#include "bench/memcached.h"
#include "bench/decimal.h"

static char *put_get(char *to, const struct dataset *dataset, uint64_t record,
                     const char *flags)
{
    to = put_key(PUT(to, "mg "), dataset, record);
    return put_bytes(to, flags, strlen(flags));
}

static char *encode_get(const struct dataset *dataset,
                        const struct request *request, char *to)
{
    if (request->record_count == 1) {
        return put_get(to, dataset, request->records[0], " v\r\n");
    }
    for (unsigned i = 0; i < request->record_count; i++) {
        to = put_get(to, dataset, request->records[i], " v k q\r\n");
    }
    return PUT(to, "mn\r\n");
}

static char *encode_gets(const struct dataset *dataset,
                         const struct request *request, char *to)
{
    return put_get(to, dataset, request->records[0], " v c\r\n");
}

static char *encode_store(const struct dataset *dataset,
                          const struct request *request, char *to)
{
    size_t value_bytes;
    const char *value =
        dataset_value(dataset, request->records[0], &value_bytes);
    to = put_key(PUT(to, "ms "), dataset, request->records[0]);
    *to++ = ' ';
    to = decimal_put(to, value_bytes);
    if (request->verb == VERB_CAS) {
        to = decimal_put(PUT(to, " C"), request->version);
    }
    to = put_bytes(PUT(to, "\r\n"), value, value_bytes);
    return PUT(to, "\r\n");
}

static char *encode_delete(const struct dataset *dataset,
                           const struct request *request, char *to)
{
    to = put_key(PUT(to, "md "), dataset, request->records[0]);
    return PUT(to, "\r\n");
}

static char *encode_change(const struct dataset *dataset,
                           const struct request *request, char *to)
{
    to = put_key(PUT(to, "ma "), dataset, request->records[0]);
    bool up = request->verb == VERB_INCR || request->verb == VERB_GIVE;
    to = up ? PUT(to, " v MI D") : PUT(to, " v MD D");
    to = decimal_put(to, request->amount);
    if (request->verb == VERB_TAKE) {
        to = PUT(to, " B0");
    } else if (request->verb == VERB_GIVE) {
        to = decimal_put(PUT(to, " U"), UINT64_MAX);
    }
    return PUT(to, "\r\n");
}

static const struct line_row lines[] = {
    LINE("HD", DONE),   LINE("EN", ABSENT),   LINE("NS", REFUSED),
    LINE("NF", ABSENT), LINE("EX", CONFLICT), LINE("MN", DONE),
};

/* The return flags that are asked for: c<version> and k<key>. */
static bool read_flags(const char *at, const struct line *line,
                       struct reply *reply)
{
    while (at < line->last) {
        if (*at++ != ' ' || at == line->last) {
            return false;
        }
        const char *stop = memchr(at, ' ', (size_t)(line->last - at));
        stop = stop != NULL ? stop : line->last;
        if (*at == 'c' && decimal_get(at + 1, stop, &reply->version) != stop) {
            return false;
        }
        if (*at == 'k') {
            reply->key = at + 1;
            reply->key_bytes = (size_t)(stop - at - 1);
        }
        at = stop;
    }
    return true;
}

/* "VA <bytes> <flags>" and the value: of a get, or of a change. */
static size_t parse_value(const struct request *request,
                          const struct line *line, const char *end,
                          struct reply *reply)
{
    uint64_t bytes = 0;
    const char *at = decimal_get(line->at + 3, line->last, &bytes);
    if (at == NULL || bytes > DATASET_VALUE_BYTES_MAX ||
        !read_flags(at, line, reply)) {
        return PARSE_GARBAGE;
    }
    if ((size_t)(end - line->behind) < bytes + 2) {
        return PARSE_MORE;
    }
    reply->value = line->behind;
    reply->value_bytes = (size_t)bytes;
    reply->final = request->record_count == 1;
    reply->outcome = verb_can_be(request->verb, OUTCOME_VALUE) ? OUTCOME_VALUE
                                                               : OUTCOME_DONE;
    const char *behind = line->behind + bytes;
    return memcmp(behind, "\r\n", 2) == 0 ? (size_t)(behind + 2 - line->at)
                                          : PARSE_GARBAGE;
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
    if (LINE_BEGINS(&line, "VA ")) {
        return parse_value(request, &line, end, reply);
    }
    const struct line_row *row =
        line_find(lines, sizeof lines / sizeof *lines, &line);
    return row != NULL ? line_reply(&line, row->outcome, reply) : PARSE_GARBAGE;
}

static size_t success_bytes(const struct dataset *dataset,
                            const struct request *request)
{
    const size_t around = sizeof "VA \r\n\r\n" - 1;
    return verb_can_be(request->verb, OUTCOME_VALUE)
               ? protocol_found_bytes(dataset, request, around)
               : sizeof "HD\r\n" - 1;
}

const struct protocol protocol_meta = {
    .name = "meta",
    .sentence = "memcached's meta commands, with pawl's floor and ceiling",
    .encode =
        {
            [VERB_GET] = encode_get,
            [VERB_GETS] = encode_gets,
            [VERB_FETCH] = encode_get,
            [VERB_SET] = encode_store,
            [VERB_CAS] = encode_store,
            [VERB_INCR] = encode_change,
            [VERB_DECR] = encode_change,
            [VERB_TAKE] = encode_change,
            [VERB_GIVE] = encode_change,
            [VERB_DELETE] = encode_delete,
        },
    .success_bytes = success_bytes,
    .parse = parse,
};
