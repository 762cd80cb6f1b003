/*
 * test_bench_protocol.c - pawl-bench's protocols, request and reply.
 *
 * What is sent, and that every reply is understood whole, cut anywhere, and
 * told from garbage.
 */
#include "bench/null_reply.h"
#include "bench/protocol.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct dataset dataset;
static uint64_t records[] = {7, 8, 9};

static void set_up(void)
{
    struct span key_bytes = {4, 4}, value_bytes = {5, 5};
    cr_assert_null(dataset_init(&dataset, 100, 100, key_bytes, value_bytes));
}

static void tear_down(void)
{
    dataset_fini(&dataset);
}

TestSuite(bench_protocol, .init = set_up, .fini = tear_down);

static struct request request_of(enum verb verb)
{
    return (struct request){
        .verb = verb,
        .records = records,
        .record_count = verb == VERB_TRANSFER ? 2 : 1,
        .version = 42,
        .amount = 3,
    };
}

static void says(const struct protocol *protocol, struct request request,
                 const char *wanted)
{
    char room[1024];
    char *end = protocol->encode[request.verb](&dataset, &request, room);
    size_t bytes = (size_t)(end - room);
    cr_assert_leq(bytes,
                  protocol_request_bytes(&dataset, request.record_count));
    cr_assert_eq(bytes, strlen(wanted), "%.*s", (int)bytes, room);
    cr_assert_eq(memcmp(room, wanted, bytes), 0, "%.*s", (int)bytes, room);
}

/* The value of record 7, between two texts. */
static const char *around(const char *before, const char *after)
{
    static char text[256];
    size_t bytes;
    const char *value = dataset_value(&dataset, 7, &bytes);
    snprintf(text, sizeof text, "%s%.*s%s", before, (int)bytes, value, after);
    return text;
}

Test(bench_protocol, text_is_spelled_as_memcached_wants_it)
{
    const struct protocol *p = &protocol_text;
    struct request many = request_of(VERB_GET);
    many.record_count = 3;
    says(p, request_of(VERB_GET), "get k007\r\n");
    says(p, request_of(VERB_FETCH), "get k007\r\n");
    says(p, many, "get k007 k008 k009\r\n");
    says(p, request_of(VERB_GETS), "gets k007\r\n");
    says(p, request_of(VERB_SET), around("set k007 0 0 5\r\n", "\r\n"));
    says(p, request_of(VERB_CAS), around("cas k007 0 0 5 42\r\n", "\r\n"));
    says(p, request_of(VERB_INCR), "incr k007 3\r\n");
    says(p, request_of(VERB_DECR), "decr k007 3\r\n");
    says(p, request_of(VERB_TAKE), "take k007 3\r\n");
    says(p, request_of(VERB_GIVE), "give k007 3\r\n");
    says(p, request_of(VERB_DELETE), "delete k007\r\n");
    says(p, request_of(VERB_TRANSFER),
         "txn 2\r\ntake k007 3\r\ngive k008 3\r\n");
}

Test(bench_protocol, meta_is_spelled_as_memcached_wants_it)
{
    const struct protocol *p = &protocol_meta;
    struct request many = request_of(VERB_GET);
    many.record_count = 2;
    says(p, request_of(VERB_GET), "mg k007 v\r\n");
    says(p, many, "mg k007 v k q\r\nmg k008 v k q\r\nmn\r\n");
    says(p, request_of(VERB_GETS), "mg k007 v c\r\n");
    says(p, request_of(VERB_SET), around("ms k007 5\r\n", "\r\n"));
    says(p, request_of(VERB_CAS), around("ms k007 5 C42\r\n", "\r\n"));
    says(p, request_of(VERB_INCR), "ma k007 v MI D3\r\n");
    says(p, request_of(VERB_DECR), "ma k007 v MD D3\r\n");
    says(p, request_of(VERB_TAKE), "ma k007 v MD D3 B0\r\n");
    says(p, request_of(VERB_GIVE), "ma k007 v MI D3 U18446744073709551615\r\n");
    says(p, request_of(VERB_DELETE), "md k007\r\n");
}

Test(bench_protocol, resp_is_spelled_as_redis_wants_it)
{
    const struct protocol *p = &protocol_resp;
    struct request many = request_of(VERB_GET);
    many.record_count = 2;
    says(p, request_of(VERB_GET), "*2\r\n$3\r\nGET\r\n$4\r\nk007\r\n");
    says(p, many, "*3\r\n$4\r\nMGET\r\n$4\r\nk007\r\n$4\r\nk008\r\n");
    says(p, request_of(VERB_SET),
         around("*3\r\n$3\r\nSET\r\n$4\r\nk007\r\n$5\r\n", "\r\n"));
    says(p, request_of(VERB_INCR),
         "*3\r\n$6\r\nINCRBY\r\n$4\r\nk007\r\n$1\r\n3\r\n");
    says(p, request_of(VERB_DELETE), "*2\r\n$3\r\nDEL\r\n$4\r\nk007\r\n");
}

/* What replies mean: the pieces of one reply, by their outcomes. */
struct reply_row {
    const struct protocol *protocol;
    enum verb verb;
    unsigned record_count;
    const char *bytes;
    size_t count;
    enum outcome outcomes[4];
    uint64_t version;
};

#define ONE(name)      \
    1,                 \
    {                  \
        OUTCOME_##name \
    }
#define TEXT &protocol_text
#define META &protocol_meta
#define RESP &protocol_resp

/* clang-format off */
static const struct reply_row replies[] = {
    {TEXT, VERB_GET, 1, "VALUE k007 0 5\r\nabcde\r\nEND\r\n", ONE(VALUE), 0},
    {TEXT, VERB_GET, 1, "END\r\n", ONE(DONE), 0},
    {TEXT, VERB_GETS, 1, "VALUE k007 9 0 77\r\n\r\nEND\r\n", ONE(VALUE), 77},
    {TEXT, VERB_GET, 2,
     "VALUE k007 0 1\r\na\r\nVALUE k008 0 2\r\n\r\n\r\nEND\r\n", 3,
     {OUTCOME_VALUE, OUTCOME_VALUE, OUTCOME_DONE}, 0},
    {TEXT, VERB_SET, 1, "STORED\r\n", ONE(DONE), 0},
    {TEXT, VERB_SET, 1, "SERVER_ERROR out of memory\r\n", ONE(ERROR), 0},
    {TEXT, VERB_CAS, 1, "EXISTS\r\n", ONE(CONFLICT), 0},
    {TEXT, VERB_CAS, 1, "NOT_FOUND\r\n", ONE(ABSENT), 0},
    {TEXT, VERB_INCR, 1, "12345\r\n", ONE(DONE), 0},
    {TEXT, VERB_DECR, 1, "9   \r\n", ONE(DONE), 0},
    {TEXT, VERB_TAKE, 1, "TAKEN 4 5\r\n", ONE(DONE), 0},
    {TEXT, VERB_TAKE, 1, "REFUSED 0 5\r\n", ONE(REFUSED), 0},
    {TEXT, VERB_TAKE, 1, "ERROR\r\n", ONE(UNKNOWN), 0},
    {TEXT, VERB_GIVE, 1, "GIVEN 4 5\r\n", ONE(DONE), 0},
    {TEXT, VERB_TRANSFER, 2, "COMMITTED 2\r\nTAKEN 1 2\r\nGIVEN 3 4\r\n",
     ONE(DONE), 0},
    {TEXT, VERB_TRANSFER, 2, "ABORTED 0\r\nREFUSED 1 2\r\n", ONE(REFUSED), 0},
    {META, VERB_GET, 1, "VA 5\r\nabcde\r\n", ONE(VALUE), 0},
    {META, VERB_GET, 1, "EN\r\n", ONE(ABSENT), 0},
    {META, VERB_GETS, 1, "VA 5 c77\r\nabcde\r\n", ONE(VALUE), 77},
    {META, VERB_GET, 2, "VA 1 kk008\r\na\r\nMN\r\n", 2,
     {OUTCOME_VALUE, OUTCOME_DONE}, 0},
    {META, VERB_SET, 1, "HD\r\n", ONE(DONE), 0},
    {META, VERB_CAS, 1, "EX\r\n", ONE(CONFLICT), 0},
    {META, VERB_TAKE, 1, "VA 2\r\n10\r\n", ONE(DONE), 0},
    {META, VERB_TAKE, 1, "NS\r\n", ONE(REFUSED), 0},
    {RESP, VERB_GET, 1, "$5\r\nabcde\r\n", ONE(VALUE), 0},
    {RESP, VERB_GET, 1, "$-1\r\n", ONE(ABSENT), 0},
    {RESP, VERB_GET, 3, "*3\r\n$1\r\na\r\n$-1\r\n$2\r\n\r\n\r\n", 3,
     {OUTCOME_VALUE, OUTCOME_ABSENT, OUTCOME_VALUE}, 0},
    {RESP, VERB_SET, 1, "+OK\r\n", ONE(DONE), 0},
    {RESP, VERB_INCR, 1, ":42\r\n", ONE(DONE), 0},
    {RESP, VERB_INCR, 1, "-ERR value is not an integer\r\n", ONE(ERROR), 0},
    {RESP, VERB_INCR, 1, "-ERR unknown command 'INCRBY'\r\n", ONE(UNKNOWN), 0},
};
/* clang-format on */

#define REPLIES (sizeof replies / sizeof replies[0])

/* Reads the first bytes of a reply; answers how many pieces are whole. */
static size_t pieces(const struct reply_row *row, size_t bytes, bool *final)
{
    struct request request = request_of(row->verb);
    struct reply_state state = {0};
    const char *end = row->bytes + bytes;
    size_t count = 0;
    request.record_count = row->record_count;
    *final = false;
    for (const char *at = row->bytes; at < end && !*final;) {
        struct reply reply;
        size_t used = row->protocol->parse(&request, &state, at, end, &reply);
        cr_assert_neq(used, PARSE_GARBAGE, "%s", row->bytes);
        if (used == PARSE_MORE) {
            break;
        }
        cr_assert_leq(used, (size_t)(end - at));
        cr_assert_lt(count, row->count, "%s", row->bytes);
        cr_assert_eq(reply.outcome, row->outcomes[count], "%s", row->bytes);
        cr_assert_eq(reply.version, row->version, "%s", row->bytes);
        count++;
        *final = reply.final;
        at += used;
        cr_assert(!*final || at == row->bytes + strlen(row->bytes));
    }
    return count;
}

Test(bench_protocol, every_reply_is_understood_whole_and_cut_anywhere)
{
    for (size_t i = 0; i < REPLIES; i++) {
        const struct reply_row *row = &replies[i];
        size_t all = strlen(row->bytes);
        bool final;
        cr_assert_eq(pieces(row, all, &final), row->count, "%s", row->bytes);
        cr_assert(final, "%s", row->bytes);
        for (size_t bytes = 0; bytes < all; bytes++) {
            pieces(row, bytes, &final);
            cr_assert_not(final, "%zu bytes of %s", bytes, row->bytes);
        }
    }
}

Test(bench_protocol, garbage_is_told_from_replies)
{
    static const char *const texts[] = {
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        "VALUE\r\n",
        "VALUE k 0\r\n",
        "VALUE k007 0 x\r\n",
        "VA\r\n",
        "*2\r\n",
        "$x\r\n",
        "VALUE k007 0 1\r\nabc\r\nEND\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t j = 0; protocols[j] != NULL; j++) {
            struct request request = request_of(VERB_GET);
            struct reply_state state = {0};
            struct reply reply;
            size_t used =
                protocols[j]->parse(&request, &state, texts[i],
                                    texts[i] + strlen(texts[i]), &reply);
            bool told = used == PARSE_GARBAGE ||
                        (used != PARSE_MORE &&
                         !verb_can_be(request.verb, reply.outcome));
            cr_assert(told, "%s: %s", protocols[j]->name, texts[i]);
        }
    }
}

Test(bench_protocol, a_line_without_an_end_is_not_waited_for_for_ever)
{
    static char line[4096];
    memset(line, 'A', sizeof line);
    for (size_t j = 0; protocols[j] != NULL; j++) {
        struct request request = request_of(VERB_SET);
        struct reply_state state = {0};
        struct reply reply;
        cr_assert_eq(protocols[j]->parse(&request, &state, line,
                                         line + sizeof line, &reply),
                     PARSE_GARBAGE);
    }
}

/* Feeds a request to the null server, so many bytes at a time. */
static void feed(struct buffer *in, struct buffer *out, const char *bytes,
                 size_t count, size_t step)
{
    const struct null_value value = {"vwxyz", 5};
    for (size_t at = 0; at < count; at += step) {
        size_t some = count - at < step ? count - at : step;
        cr_assert(buffer_reserve(in, some));
        memcpy(in->bytes + in->end, bytes + at, some);
        in->end += some;
        cr_assert(null_reply(&value, in, out));
    }
}

static void null_answers(const struct protocol *protocol, enum verb verb,
                         size_t step)
{
    struct request request = request_of(verb);
    struct reply_state state = {0};
    struct reply reply = {0};
    struct buffer in = {0}, out = {0};
    char room[1024];
    char *end = protocol->encode[verb](&dataset, &request, room);
    feed(&in, &out, room, (size_t)(end - room), step);
    cr_assert_eq(in.begin, in.end);
    size_t used = protocol->parse(&request, &state, out.bytes + out.begin,
                                  out.bytes + out.end, &reply);
    cr_assert_eq(used, out.end - out.begin, "%s %s", protocol->name,
                 verb_text(verb));
    cr_assert(reply.final);
    cr_assert(reply.outcome == OUTCOME_DONE || reply.outcome == OUTCOME_VALUE);
    cr_assert(verb_can_be(verb, reply.outcome));
    buffer_release(&in);
    buffer_release(&out);
}

Test(bench_protocol, the_null_server_answers_every_memcached_verb)
{
    for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
        for (size_t step = 1; step < 64; step += 31) {
            null_answers(&protocol_text, (enum verb)verb, step);
            if (protocol_meta.encode[verb] != NULL) {
                null_answers(&protocol_meta, (enum verb)verb, step);
            }
        }
    }
}
