/*
 * null_reply.c - a table of verbs, and what each is told.
 */
#include "bench/null_reply.h"
#include "bench/decimal.h"
#include "bench/memcached.h"

/* One request: its words are found by whoever needs them. */
struct ask {
    const struct null_value *value;
    struct line line;
    const char *words; /* behind the verb */
    const char *end;   /* of the input */
    struct buffer *out;
    size_t used; /* of the input, line and body */
};

enum answer {
    ANSWER_DONE,
    ANSWER_MORE,
    ANSWER_CLOSE
};

struct verb_row {
    const char *word;
    size_t word_bytes;
    enum answer (*answer)(struct ask *ask, const char *constant);
    const char *constant;
};

/* Around a value: words, a version, a size. */
#define AROUND_BYTES 96

static enum answer put(struct buffer *out, const char *bytes, size_t count)
{
    if (!buffer_reserve(out, count)) {
        return ANSWER_CLOSE;
    }
    memcpy(out->bytes + out->end, bytes, count);
    out->end += count;
    return ANSWER_DONE;
}

/* The next word from *at on, of the size answered; 0 behind the last. */
static size_t next_word(const struct line *line, const char **at)
{
    while (*at < line->last && **at == ' ') {
        ++*at;
    }
    const char *space = memchr(*at, ' ', (size_t)(line->last - *at));
    return (size_t)((space != NULL ? space : line->last) - *at);
}

static enum answer answer_constant(struct ask *ask, const char *constant)
{
    return put(ask->out, constant, strlen(constant));
}

/* A value for each key; constant stands between its size and the value. */
static enum answer answer_get(struct ask *ask, const char *constant)
{
    struct buffer *out = ask->out;
    const struct null_value *value = ask->value;
    const char *key = ask->words;
    size_t bytes;
    while ((bytes = next_word(&ask->line, &key)) > 0) {
        if (!buffer_reserve(out, bytes + value->count + AROUND_BYTES)) {
            return ANSWER_CLOSE;
        }
        char *to = PUT(out->bytes + out->end, "VALUE ");
        to = PUT(put_bytes(to, key, bytes), " 0 ");
        to = decimal_put(to, value->count);
        to = put_bytes(to, constant, strlen(constant));
        to = PUT(put_bytes(to, value->bytes, value->count), "\r\n");
        out->end = (size_t)(to - out->bytes);
        key += bytes;
    }
    return put(out, "END\r\n", 5);
}

/* Skips the words before a body's size, and the body. */
static enum answer skip_body(struct ask *ask, unsigned words,
                             const char *constant)
{
    const char *at = ask->words;
    for (unsigned i = 0; i < words; i++) {
        at += next_word(&ask->line, &at);
    }
    next_word(&ask->line, &at);
    uint64_t bytes;
    if (decimal_get(at, ask->line.last, &bytes) == NULL) {
        return answer_constant(ask, "CLIENT_ERROR bad command line format\r\n");
    }
    if ((size_t)(ask->end - ask->line.behind) < bytes + 2) {
        return ANSWER_MORE;
    }
    ask->used += bytes + 2;
    return answer_constant(ask, constant);
}

static enum answer answer_set(struct ask *ask, const char *constant)
{
    return skip_body(ask, 3, constant);
}

static enum answer answer_meta_set(struct ask *ask, const char *constant)
{
    return skip_body(ask, 1, constant);
}

static enum answer answer_txn(struct ask *ask, const char *constant)
{
    const char *count = ask->words;
    size_t bytes = next_word(&ask->line, &count);
    enum answer answer = answer_constant(ask, constant);
    if (answer == ANSWER_DONE) {
        answer = put(ask->out, count, bytes);
    }
    return answer == ANSWER_DONE ? put(ask->out, "\r\n", 2) : answer;
}

/* The flags of a meta get, told back where they ask for something. */
static enum answer answer_meta_get(struct ask *ask, const char *constant)
{
    (void)constant;
    struct buffer *out = ask->out;
    const struct null_value *value = ask->value;
    const char *key = ask->words;
    size_t key_bytes = next_word(&ask->line, &key);
    if (!buffer_reserve(out, key_bytes + value->count + AROUND_BYTES)) {
        return ANSWER_CLOSE;
    }
    char *to = decimal_put(PUT(out->bytes + out->end, "VA "), value->count);
    const char *flag = key + key_bytes;
    for (size_t bytes; (bytes = next_word(&ask->line, &flag)) > 0;) {
        if (*flag == 'c') {
            to = PUT(to, " c1");
        } else if (*flag == 'k') {
            to = put_bytes(PUT(to, " k"), key, key_bytes);
        }
        flag += bytes;
    }
    to = put_bytes(PUT(to, "\r\n"), value->bytes, value->count);
    out->end = (size_t)(PUT(to, "\r\n") - out->bytes);
    return ANSWER_DONE;
}

#define VERB(word, answer, constant)            \
    {                                           \
        word " ", sizeof word, answer, constant \
    }

static const struct verb_row verbs[] = {
    VERB("get", answer_get, "\r\n"),
    VERB("gets", answer_get, " 1\r\n"),
    VERB("set", answer_set, "STORED\r\n"),
    VERB("cas", answer_set, "STORED\r\n"),
    VERB("mg", answer_meta_get, NULL),
    VERB("ms", answer_meta_set, "HD\r\n"),
    VERB("ma", answer_constant, "VA 1\r\n1\r\n"),
    VERB("md", answer_constant, "HD\r\n"),
    VERB("incr", answer_constant, "1\r\n"),
    VERB("decr", answer_constant, "1\r\n"),
    VERB("take", answer_constant, "TAKEN 1 1\r\n"),
    VERB("give", answer_constant, "GIVEN 1 1\r\n"),
    VERB("txn", answer_txn, "COMMITTED "),
    VERB("delete", answer_constant, "DELETED\r\n"),
};

static enum answer answer_line(struct ask *ask)
{
    const struct line *line = &ask->line;
    size_t bytes = (size_t)(line->last - line->at);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        const struct verb_row *row = &verbs[i];
        if (bytes > row->word_bytes &&
            memcmp(line->at, row->word, row->word_bytes) == 0) {
            ask->words = line->at + row->word_bytes;
            return row->answer(ask, row->constant);
        }
    }
    if (bytes == 2 && memcmp(line->at, "mn", 2) == 0) {
        return answer_constant(ask, "MN\r\n");
    }
    return answer_constant(ask, "ERROR\r\n");
}

bool null_reply(const struct null_value *value, struct buffer *in,
                struct buffer *out)
{
    const char *from = in->bytes + in->begin;
    const char *end = in->bytes + in->end;
    struct ask ask = {.value = value, .end = end, .out = out};
    enum answer answer = ANSWER_DONE;
    const char *at = from;
    while (at < end && line_read(at, end, &ask.line)) {
        ask.used = (size_t)(ask.line.behind - at);
        answer = answer_line(&ask);
        if (answer != ANSWER_DONE) {
            break;
        }
        at += ask.used;
    }
    buffer_take(in, (size_t)(at - from));
    return answer == ANSWER_MORE ||
           (answer == ANSWER_DONE && line_missing(at, end) == PARSE_MORE);
}
