/*
 * test_net_parser.c - bytes become the same requests however they are cut.
 *
 * A message is fed whole, byte by byte, and in two pieces cut at every place.
 * The parser is given a block that ends where the bytes end, so that reading
 * behind them is found out.
 */
#include "net/parser.h"
#include "tests/support.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES_MAX 10
#define SHOWN_BYTES 8192

/* A connection without a socket. */
struct stream {
    struct parser parser;
    char *bytes; /* not used up yet, in a block just so large */
    size_t count;
    bool closed;
    char shown[SHOWN_BYTES]; /* a line a request */
    size_t shown_bytes;
};

static const char *const faults[] = {
#define FAULT_NAME(name, line) #name,
    REQUEST_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};

__attribute__((format(printf, 2, 3))) static void show(struct stream *stream,
                                                       const char *format, ...)
{
    size_t room = SHOWN_BYTES - stream->shown_bytes;
    va_list arguments;
    int bytes;

    va_start(arguments, format);
    bytes =
        vsnprintf(stream->shown + stream->shown_bytes, room, format, arguments);
    va_end(arguments);
    CHECK(bytes >= 0 && (size_t)bytes < room);
    stream->shown_bytes += (size_t)bytes;
}

/* One line that says all that matters about a request. */
static void show_request(struct stream *stream, const struct request *request)
{
    show(stream, "%s", request->command != NULL ? request->command->word : "?");
    if (request->fault != FAULT_NONE) {
        show(stream, " !%s", faults[request->fault]);
    } else {
        if (request->key_bytes > 0) {
            show(stream, " %.*s", (int)request->key_bytes, request->key);
        }
        if (request->value != NULL) {
            show(stream, " [%.*s]", (int)request->value_bytes, request->value);
        }
        show(stream, " f%" PRIu32 " e%" PRId64 " n%" PRIu64, request->flags,
             request->expiry_s, request->number);
        if (request->has_bound) {
            show(stream, " b%" PRIu64, request->bound);
        }
    }
    show(stream, "%s%s%s\n", request->last ? " last" : "",
         request->noreply ? " noreply" : "", request->closes ? " closes" : "");
}

/* Takes count bytes from the front, into a new block of the size left. */
static void use_up(struct stream *stream, size_t count)
{
    size_t left = stream->count - count;
    char *bytes = malloc(left + (left == 0));

    CHECK(bytes != NULL && count <= stream->count);
    memcpy(bytes, stream->bytes + count, left);
    free(stream->bytes);
    stream->bytes = bytes;
    stream->count = left;
}

static void feed(struct stream *stream, const char *bytes, size_t count)
{
    char *joined = malloc(stream->count + count + 1);
    bool whole = true;

    CHECK(joined != NULL);
    memcpy(joined, stream->bytes, stream->count);
    memcpy(joined + stream->count, bytes, count);
    free(stream->bytes);
    stream->bytes = joined;
    stream->count += count;
    use_up(stream, 0);
    while (whole && !stream->closed) {
        struct request request;
        size_t used;

        whole = parser_next(&stream->parser, VALUE_BYTES_MAX, stream->bytes,
                            stream->count, &used, &request);
        if (whole) {
            show_request(stream, &request);
            stream->closed = request.closes;
        }
        use_up(stream, used);
    }
}

static void stream_init(struct stream *stream)
{
    memset(stream, 0, sizeof *stream);
    stream->bytes = malloc(1);
}

/* Feeds message cut at cut and each cut bytes on; what came of it. */
static void parse(struct stream *stream, const char *message, size_t count,
                  size_t first, size_t step)
{
    size_t at = 0;

    stream_init(stream);
    while (at < count) {
        size_t piece = at == 0 ? first : step;

        piece = piece < count - at ? piece : count - at;
        feed(stream, message + at, piece);
        at += piece;
    }
    free(stream->bytes);
}

static void check_message(const char *message, size_t count, const char *wanted)
{
    static struct stream stream;

    parse(&stream, message, count, count, count);
    CHECK_BYTES(stream.shown, stream.shown_bytes, wanted, strlen(wanted));
    parse(&stream, message, count, 1, 1);
    CHECK_BYTES(stream.shown, stream.shown_bytes, wanted, strlen(wanted));
    for (size_t cut = 1; cut < count; cut++) {
        parse(&stream, message, count, cut, count);
        CHECK_BYTES(stream.shown, stream.shown_bytes, wanted, strlen(wanted));
    }
}

#define CHECK_MESSAGE(message, wanted) \
    check_message(message, sizeof(message) - 1, wanted)

#define KEY_250                                          \
    "k123456789k123456789k123456789k123456789k123456789" \
    "k123456789k123456789k123456789k123456789k123456789" \
    "k123456789k123456789k123456789k123456789k123456789" \
    "k123456789k123456789k123456789k123456789k123456789" \
    "k123456789k123456789k123456789k123456789k123456789"

Test(parser, gives_a_list_key_by_key)
{
    CHECK_MESSAGE("get a\r\n", "get a f0 e0 n0 last\n");
    CHECK_MESSAGE("gets a bb ccc\r\nget d\n", "gets a f0 e0 n0\n"
                                              "gets bb f0 e0 n0\n"
                                              "gets ccc f0 e0 n0 last\n"
                                              "get d f0 e0 n0 last\n");
    CHECK_MESSAGE("  get   a  b  \r\n", "get a f0 e0 n0\n"
                                        "get b f0 e0 n0 last\n");
    CHECK_MESSAGE("gat 30 a b\r\n", "gat a f0 e30 n0\n"
                                    "gat b f0 e30 n0 last\n");
    CHECK_MESSAGE("gats -1 a\r\n", "gats a f0 e-1 n0 last\n");
    CHECK_MESSAGE("gat 30\r\n", "gat f0 e30 n0 last\n");
    CHECK_MESSAGE("get " KEY_250 "\r\n", "get " KEY_250 " f0 e0 n0 last\n");
}

Test(parser, refuses_a_list_with_a_fault_as_a_whole)
{
    CHECK_MESSAGE("get\r\nget a\r\n", "? !UNKNOWN\nget a f0 e0 n0 last\n");
    CHECK_MESSAGE("get a " KEY_250 "x b\r\n", "get !FORMAT\n");
    CHECK_MESSAGE("gat x a\r\n", "gat !EXPIRY\n");
    CHECK_MESSAGE("gat 1 " KEY_250 "x\r\n", "gat !FORMAT\n");
}

Test(parser, reads_values)
{
    CHECK_MESSAGE("set k 5 -1 3\r\nabc\r\n", "set k [abc] f5 e-1 n0\n");
    CHECK_MESSAGE("add k 4294967295 0 0\r\n\r\n",
                  "add k [] f4294967295 e0 n0\n");
    CHECK_MESSAGE("replace k 0 0 4\r\n\r\n\r\n\r\n",
                  "replace k [\r\n\r\n] f0 e0 n0\n");
    CHECK_MESSAGE("append k 0 0 1 noreply\r\nx\r\n",
                  "append k [x] f0 e0 n0 noreply\n");
    CHECK_MESSAGE("prepend k 0 0 10\r\n0123456789\r\nget k\r\n",
                  "prepend k [0123456789] f0 e0 n0\n"
                  "get k f0 e0 n0 last\n");
    CHECK_MESSAGE("cas k 1 2 1 18446744073709551615 noreply\r\nx\r\n",
                  "cas k [x] f1 e2 n18446744073709551615 noreply\n");
    CHECK_MESSAGE("set k 0 0 1 ignored\r\nx\r\n", "set k [x] f0 e0 n0\n");
}

Test(parser, skips_the_value_of_what_it_refuses)
{
    CHECK_MESSAGE("set " KEY_250 "x 0 0 3\r\nget\r\nget a\r\n",
                  "set !FORMAT\nget a f0 e0 n0 last\n");
    CHECK_MESSAGE("set k x 0 3 noreply\r\nget\r\nget a\r\n",
                  "set !FORMAT noreply\nget a f0 e0 n0 last\n");
    CHECK_MESSAGE("set k 4294967296 0 3\r\nabc\r\nversion\r\n",
                  "set !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 x 3\r\nabc\r\nversion\r\n",
                  "set !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("cas k 0 0 3 x\r\nabc\r\nversion\r\n",
                  "cas !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0 11\r\n0123456789a\r\nversion\r\n",
                  "set !TOO_LARGE\nversion f0 e0 n0\n");
}

Test(parser, cannot_skip_a_value_without_a_length)
{
    CHECK_MESSAGE("set k 0 0 x\r\nversion\r\n",
                  "set !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0 -1\r\nversion\r\n",
                  "set !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0 2147483646\r\nversion\r\n",
                  "set !FORMAT\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0 noreply\r\nversion\r\n",
                  "set !FORMAT noreply\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0\r\nversion\r\n", "? !UNKNOWN\nversion f0 e0 n0\n");
}

Test(parser, takes_a_value_of_another_length_as_memcached_does)
{
    CHECK_MESSAGE("set k 0 0 3\r\nabcdef\r\nversion\r\n",
                  "set !CHUNK\n? !UNKNOWN\nversion f0 e0 n0\n");
    CHECK_MESSAGE("set k 0 0 3\r\nabc\n\nversion\r\n",
                  "set !CHUNK\nversion f0 e0 n0\n");
}

Test(parser, reads_amounts_and_bounds)
{
    CHECK_MESSAGE("incr k 18446744073709551615\r\ndecr k 1 noreply\r\n",
                  "incr k f0 e0 n18446744073709551615\n"
                  "decr k f0 e0 n1 noreply\n");
    CHECK_MESSAGE("take k 3\r\n", "take k f0 e0 n3\n");
    CHECK_MESSAGE("take k 3 5\r\n", "take k f0 e0 n3 b5\n");
    CHECK_MESSAGE("give k 3 5 noreply\r\n", "give k f0 e0 n3 b5 noreply\n");
    CHECK_MESSAGE("give k 3 noreply\r\n", "give k f0 e0 n3 noreply\n");
    CHECK_MESSAGE("incr k -1\r\n", "incr !AMOUNT\n");
    CHECK_MESSAGE("take k 18446744073709551616\r\n", "take !AMOUNT\n");
    CHECK_MESSAGE("take k 1 x\r\n", "take !AMOUNT\n");
    CHECK_MESSAGE("take k 1 2 3\r\n", "take !FORMAT\n");
    CHECK_MESSAGE("take k noreply\r\n", "take !FORMAT noreply\n");
    CHECK_MESSAGE("take k\r\n", "? !UNKNOWN\n");
    CHECK_MESSAGE("take " KEY_250 "x 1\r\n", "take !FORMAT\n");
}

Test(parser, reads_the_other_commands)
{
    CHECK_MESSAGE("touch k 30\r\n", "touch k f0 e30 n0\n");
    CHECK_MESSAGE("touch k x\r\n", "touch !EXPIRY\n");
    CHECK_MESSAGE("flush_all\r\n", "flush_all f0 e0 n0\n");
    CHECK_MESSAGE("flush_all 10 noreply\r\n", "flush_all f0 e10 n0 noreply\n");
    CHECK_MESSAGE("flush_all noreply\r\n", "flush_all f0 e0 n0 noreply\n");
    CHECK_MESSAGE("flush_all x\r\n", "flush_all !EXPIRY\n");
    CHECK_MESSAGE("verbosity 1\r\n", "verbosity f0 e0 n1\n");
    CHECK_MESSAGE("verbosity x\r\n", "verbosity !FORMAT\n");
    CHECK_MESSAGE("stats\r\n", "stats f0 e0 n0\n");
    CHECK_MESSAGE("stats reset more\r\n", "stats reset f0 e0 n0\n");
    CHECK_MESSAGE("version a b c d e f g h i j\r\n", "version f0 e0 n0\n");
    CHECK_MESSAGE("quit\r\nversion\r\n", "quit f0 e0 n0 closes\n");
}

Test(parser, reads_delete_in_all_its_spellings)
{
    CHECK_MESSAGE("delete k\r\n", "delete k f0 e0 n0\n");
    CHECK_MESSAGE("delete k 0\r\n", "delete k f0 e0 n0\n");
    CHECK_MESSAGE("delete k noreply\r\n", "delete k f0 e0 n0 noreply\n");
    CHECK_MESSAGE("delete k 0 noreply\r\n", "delete k f0 e0 n0 noreply\n");
    CHECK_MESSAGE("delete k 5\r\n", "delete !DELETE\n");
    CHECK_MESSAGE("delete k 5 noreply\r\n", "delete !DELETE noreply\n");
    CHECK_MESSAGE("delete k noreply 0\r\n", "delete !DELETE\n");
    CHECK_MESSAGE("delete noreply\r\n", "delete noreply f0 e0 n0\n");
}

Test(parser, has_an_answer_for_what_it_does_not_know)
{
    CHECK_MESSAGE("\r\n\n \r\nx\r\n",
                  "? !UNKNOWN\n? !UNKNOWN\n? !UNKNOWN\n? !UNKNOWN\n");
    CHECK_MESSAGE("GET a\r\nset\r\nincr k 1 2 3\r\n",
                  "? !UNKNOWN\n? !UNKNOWN\n? !UNKNOWN\n");
    CHECK_MESSAGE("getx a\r\nge a\r\n", "? !UNKNOWN\n? !UNKNOWN\n");
    CHECK_MESSAGE("get a\0b\r\n", "get a f0 e0 n0 last\n");
}

Test(parser, hangs_up_on_other_protocols)
{
    CHECK_MESSAGE("GET / HTTP/1.1\r\nHost: x\r\n", "? !SILENT closes\n");
    CHECK_MESSAGE("\x80\x0a\0\0", "? !UNKNOWN closes\n");
    CHECK_MESSAGE("get / HTTP/1.1\r\n", "get / f0 e0 n0\n"
                                        "get HTTP/1.1 f0 e0 n0 last\n");
}

/* A line of count bytes before its end, with word in front; what comes of it */
static void check_line(const char *word, size_t count, const char *wanted)
{
    char *line = malloc(count + 1);
    struct stream stream;

    CHECK(line != NULL);
    memset(line, ' ', count);
    memcpy(line, word, strlen(word));
    line[count - 1] = 'z';
    line[count] = '\n';
    for (size_t step = 1; step <= count + 1; step += count / 2) {
        parse(&stream, line, count + 1, step, step);
        CHECK_BYTES(stream.shown, stream.shown_bytes, wanted, strlen(wanted));
    }
    free(line);
}

Test(parser, bounds_every_line)
{
    static const char too_long[] = "? !LINE closes\n";

    check_line("delete", PARSER_LINE_BYTES_MAX, "delete z f0 e0 n0\n");
    check_line("delete", PARSER_LINE_BYTES_MAX + 1, too_long);
    check_line("x", PARSER_LINE_BYTES_MAX + 1, too_long);
    check_line(" ", PARSER_LIST_BYTES_MAX + 1, too_long);
    check_line("get", PARSER_LIST_BYTES_MAX, "get z f0 e0 n0 last\n");
    check_line("  gets", PARSER_LIST_BYTES_MAX, "gets z f0 e0 n0 last\n");
    check_line("gat 1", PARSER_LIST_BYTES_MAX, "gat z f0 e1 n0 last\n");
    check_line("get", PARSER_LIST_BYTES_MAX + 1, too_long);
    check_line("getx", PARSER_LINE_BYTES_MAX + 1, too_long);
}

Test(parser, gives_up_a_line_without_an_end)
{
    struct stream stream;

    stream_init(&stream);
    for (size_t i = 0; i <= PARSER_LINE_BYTES_MAX; i++) {
        CHECK(!stream.closed);
        feed(&stream, "x", 1);
    }
    CHECK(stream.closed);
    free(stream.bytes);
}

Test(parser, goes_back_to_any_key_of_a_list)
{
    static const char message[] = "gat 7 a bb  ccc\r\nget d\r\n";
    static const char rest[] = "gat bb f0 e7 n0\n"
                               "gat ccc f0 e7 n0 last\n"
                               "get d f0 e0 n0 last\n";
    struct parser parser = {0};
    struct request first;
    struct request second;
    struct stream stream;
    size_t at;
    size_t used;

    CHECK(parser_next(&parser, 10, message, sizeof message - 1, &at, &first));
    CHECK(parser_next(&parser, 10, message + at, sizeof message - 1 - at, &used,
                      &second));
    CHECK_BYTES(second.key, second.key_bytes, TEXT("bb"));
    stream_init(&stream);
    parser_return_to(&parser, &second);
    stream.parser = parser;
    feed(&stream, second.key, strlen(second.key));
    CHECK_BYTES(stream.shown, stream.shown_bytes, rest, sizeof rest - 1);
    free(stream.bytes);
}

/* Words that mean something, and some that do not, in any order. */
static size_t write_nonsense(struct dice *dice, char *to, size_t room)
{
    static const char *const words[] = {
        "get",  "gets",      "set",   "add",    "cas", "append", "incr",
        "take", "give",      "gat",   "delete", "0",   "1",      "3",
        "-1",   "noreply",   "k",     "key",    "x",   " ",      "\r\n",
        "\r\n", "\r\n",      "\n",    "\r",     "abc", "11",     "12",
        "quit", "flush_all", "touch", "stats"};
    size_t bytes = 0;

    for (;;) {
        const char *word =
            words[dice_below(dice, sizeof words / sizeof *words)];

        if (bytes + strlen(word) + 1 > room) {
            return bytes;
        }
        memcpy(to + bytes, word, strlen(word));
        bytes += strlen(word);
        to[bytes++] = dice_chance(dice, 90) ? ' ' : '\n';
    }
}

Test(parser, reads_nonsense_alike_in_any_portions, .timeout = HANG_SECONDS)
{
    struct dice dice = dice_new(3);
    static struct stream whole;
    static struct stream pieces;
    char message[200];

    for (unsigned i = 0; i < scaled(20000); i++) {
        size_t count = write_nonsense(&dice, message, sizeof message);
        size_t step = 1 + dice_below(&dice, 40);

        parse(&whole, message, count, count, count);
        parse(&pieces, message, count, step, step);
        CHECK_BYTES(pieces.shown, pieces.shown_bytes, whole.shown,
                    whole.shown_bytes);
    }
}
