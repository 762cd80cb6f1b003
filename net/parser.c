/*
 * parser.c - one line, its words, and for some commands a value behind it.
 *
 * A line is looked at when its end has come, and then whole: what is read
 * twice is at most the line of a value that comes in pieces. The grammar of
 * a command decides which words it has; a fault in any of them becomes the
 * request's reply, and the bytes of a refused value are skipped, so that the
 * stream stays in step.
 */
#include "net/parser.h"

#include "net/text.h"

#include <string.h>

/* More words than any command may have; those behind are not looked at. */
#define WORDS_MAX 8

/* Beyond it an expiry in milliseconds would not fit. No clock gets there. */
#define EXPIRY_S_MAX (INT64_MAX / 4000)

/* The longest value memcached can be told of. */
#define BODY_BYTES_MAX (INT32_MAX - 2)

#define KEY_BYTES_MAX 250
#define BINARY_REQUEST 0x80

struct word {
    const char *at;
    size_t bytes;
};

/* A line without its end, and its words: the verb is words[0]. */
struct line {
    const char *at;
    const char *end;
    unsigned count;
    struct word words[WORDS_MAX];
};

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ') {
        at++;
    }
    return at;
}

static bool next_word(const char **at, const char *end, struct word *word)
{
    word->at = skip_blanks(*at, end);
    *at = text_find_blank(word->at, end);
    word->bytes = (size_t)(*at - word->at);
    return word->bytes > 0;
}

static bool word_is(const struct word *word, const char *text)
{
    return word->bytes == strlen(text) &&
           memcmp(word->at, text, word->bytes) == 0;
}

/*
 * Finds the words behind the verb, which ends at at. Of a list it is enough to
 * know that there are any: next_key() finds them.
 */
static void split(struct line *line, const char *at, bool is_list)
{
    line->count = 1;
    if (is_list) {
        line->count += skip_blanks(at, line->end) < line->end;
        return;
    }
    while (line->count < WORDS_MAX &&
           next_word(&at, line->end, &line->words[line->count])) {
        line->count++;
    }
}

static bool read_key(const struct word *word, struct request *request)
{
    if (word->bytes > KEY_BYTES_MAX) {
        request->fault = FAULT_FORMAT;
        return false;
    }
    request->key = word->at;
    request->key_bytes = (uint32_t)word->bytes;
    return true;
}

static bool read_number(const struct word *word, uint64_t max, uint64_t *number)
{
    return text_read_number(word->at, word->bytes, max, number);
}

static bool read_expiry(const struct word *word, struct request *request)
{
    if (!text_read_signed(word->at, word->bytes, EXPIRY_S_MAX,
                          &request->expiry_s)) {
        request->fault = FAULT_EXPIRY;
        return false;
    }
    return true;
}

/*
 * Is the last word "noreply"? As memcached reads it: wherever the last word
 * stands, also in the place of another argument.
 */
static bool read_noreply(const struct line *line, struct request *request)
{
    request->noreply = word_is(&line->words[line->count - 1], "noreply");
    return request->noreply;
}

/*
 * key flags expiry bytes [version], and the value behind the line. False: the
 * value is not there yet. after is what follows the line's end, bytes of it.
 */
static bool read_store(struct parser *self, const struct line *line,
                       size_t value_bytes_max, const char *after, size_t bytes,
                       size_t *used, struct request *request)
{
    const struct word *words = &line->words[1];
    bool with_version = request->command->grammar == GRAMMAR_STORE_CAS;
    uint64_t flags = 0;
    uint64_t body;

    read_noreply(line, request);
    if (!read_number(&words[3], BODY_BYTES_MAX, &body)) {
        request->fault = FAULT_FORMAT;
        return true;
    }
    if (!read_key(&words[0], request) ||
        !read_number(&words[1], UINT32_MAX, &flags) ||
        !read_expiry(&words[2], request) ||
        (with_version &&
         !read_number(&words[4], UINT64_MAX, &request->number))) {
        request->fault = FAULT_FORMAT;
    } else if (body > value_bytes_max) {
        request->fault = FAULT_TOO_LARGE;
    }
    if (request->fault != FAULT_NONE) {
        self->skip = body + 2;
        return true;
    }
    if (bytes < body + 2) {
        self->wanted = (size_t)(after - line->at) + body + 2;
        return false;
    }
    request->flags = (uint32_t)flags;
    request->value = after;
    request->value_bytes = body;
    *used += body + 2;
    if (after[body] != '\r' || after[body + 1] != '\n') {
        request->fault = FAULT_CHUNK;
    }
    return true;
}

/* key amount, and for take and give [bound]. */
static void read_amount(const struct line *line, struct request *request)
{
    const struct word *words = &line->words[1];
    unsigned numbers = line->count - 2 - read_noreply(line, request);

    if (!read_key(&words[0], request)) {
        return;
    }
    if (request->command->grammar == GRAMMAR_BOUNDED) {
        request->has_bound = numbers == 2;
        if (numbers < 1 || numbers > 2) {
            request->fault = FAULT_FORMAT;
            return;
        }
    }
    if (!read_number(&words[1], UINT64_MAX, &request->number) ||
        (request->has_bound &&
         !read_number(&words[2], UINT64_MAX, &request->bound))) {
        request->fault = FAULT_AMOUNT;
    }
}

/* delete: key, then 0 and noreply in memcached's combinations. */
static void read_delete(const struct line *line, struct request *request)
{
    if (line->count > 2) {
        bool zero = word_is(&line->words[2], "0");
        bool noreply = read_noreply(line, request);

        if (line->count == 3 ? !zero && !noreply : !zero || !noreply) {
            request->fault = FAULT_DELETE;
            return;
        }
    }
    (void)read_key(&line->words[1], request);
}

static void read_delay(const struct line *line, struct request *request)
{
    request->has_delay = line->count != 1u + read_noreply(line, request);
    if (request->has_delay) {
        (void)read_expiry(&line->words[1], request);
    }
}

/* verbosity: a level, of which only the lower 32 bits were ever heard. */
static void read_level(const struct line *line, struct request *request)
{
    (void)read_noreply(line, request);
    if (!read_number(&line->words[1], UINT32_MAX, &request->number)) {
        request->fault = FAULT_FORMAT;
    }
}

static bool keys_fit(const char *at, const char *end)
{
    struct word word;

    while (next_word(&at, end, &word)) {
        if (word.bytes > KEY_BYTES_MAX) {
            return false;
        }
    }
    return true;
}

/*
 * Begins a list of keys. All of them are looked at before the first comes
 * out, so that nothing is done for a list with a fault in it. *used is where
 * the keys begin.
 */
static void begin_list(struct parser *self, const struct line *line,
                       size_t *used, struct request *request)
{
    const char *keys = line->words[0].at + line->words[0].bytes;

    if (request->command->grammar == GRAMMAR_EXPIRY_KEYS) {
        if (!read_expiry(&line->words[1], request)) {
            return;
        }
        keys = line->words[1].at + line->words[1].bytes;
    }
    if (line->end - keys > KEY_BYTES_MAX && !keys_fit(keys, line->end)) {
        request->fault = FAULT_FORMAT;
        return;
    }
    self->list = request->command;
    self->list_expiry_s = request->expiry_s;
    self->list_bytes = *used - (size_t)(keys - line->at);
    *used -= self->list_bytes;
}

/* The end of a line, without the carriage return before its newline. */
static const char *line_end(const char *at, const char *newline)
{
    return newline - at > 1 && newline[-1] == '\r' ? newline - 1 : newline;
}

/* The next key of the list that stands at bytes. */
static void next_key(struct parser *self, const char *bytes, size_t *used,
                     struct request *request)
{
    const char *newline = bytes + self->list_bytes - 1;
    const char *end =
        newline > bytes && newline[-1] == '\r' ? newline - 1 : newline;
    const char *at = bytes;
    size_t step;
    struct word key;

    request->command = self->list;
    request->expiry_s = self->list_expiry_s;
    (void)next_word(&at, end, &key);
    request->key = key.at;
    request->key_bytes = (uint32_t)key.bytes;
    at = skip_blanks(at, end);
    request->last = at == end;
    step = request->last ? self->list_bytes : (size_t)(at - bytes);
    self->list_bytes -= step;
    if (request->last) {
        self->list = NULL;
    }
    *used += step;
}

/* Someone's browser: memcached hangs up without a word. */
static bool speaks_http(const struct line *line)
{
    const char *space = memrchr(line->at, ' ', (size_t)(line->end - line->at));

    return space != NULL && line->end - space > 5 &&
           memcmp(space + 1, "HTTP/", 5) == 0;
}

static void refuse(struct request *request, enum request_fault fault,
                   bool closes)
{
    request->fault = fault;
    request->closes = closes;
}

/*
 * Reads what stands behind the verb. False: the value behind the line is not
 * there yet.
 */
static bool read_arguments(struct parser *self, size_t value_bytes_max,
                           const struct line *line, size_t count, size_t *used,
                           struct request *request)
{
    switch (request->command->grammar) {
    case GRAMMAR_KEYS:
    case GRAMMAR_EXPIRY_KEYS:
        begin_list(self, line, used, request);
        break;
    case GRAMMAR_STORE:
    case GRAMMAR_STORE_CAS:
        return read_store(self, line, value_bytes_max, line->at + *used,
                          count - *used, used, request);
    case GRAMMAR_AMOUNT:
    case GRAMMAR_BOUNDED:
        read_amount(line, request);
        break;
    case GRAMMAR_KEY:
        read_delete(line, request);
        break;
    case GRAMMAR_EXPIRY:
        (void)read_noreply(line, request);
        (void)(read_key(&line->words[1], request) &&
               read_expiry(&line->words[2], request));
        break;
    case GRAMMAR_DELAY:
        read_delay(line, request);
        break;
    case GRAMMAR_LEVEL:
        read_level(line, request);
        break;
    case GRAMMAR_WORD:
        (void)(line->count == 1 || read_key(&line->words[1], request));
        break;
    case GRAMMAR_BARE:
        request->closes = request->command->name == COMMAND_QUIT;
        break;
    }
    return true;
}

/* Reads the verb and counts its arguments; then as read_arguments(). */
static bool read_line(struct parser *self, size_t value_bytes_max,
                      struct line *line, size_t count, size_t *used,
                      struct request *request)
{
    struct word *verb = &line->words[0];
    const char *at = line->at;
    const struct command *command = NULL;

    if (next_word(&at, line->end, verb)) {
        command = command_find(verb->at, verb->bytes);
    }
    if (command == NULL) {
        bool http = speaks_http(line);

        refuse(request, http ? FAULT_SILENT : FAULT_UNKNOWN, http);
        return true;
    }
    split(line, at, command->grammar == GRAMMAR_KEYS);
    if (line->count - 1 < command->arguments_min ||
        line->count - 1 > command->arguments_max) {
        refuse(request, FAULT_UNKNOWN, false);
        return true;
    }
    request->command = command;
    return read_arguments(self, value_bytes_max, line, count, used, request);
}

/* Are bytes before a line's end, or without one so far, too many? */
static bool is_too_long(const char *bytes, size_t count)
{
    const struct command *command;
    const char *at = bytes;
    struct word verb;

    if (count <= PARSER_LINE_BYTES_MAX) {
        return false;
    }
    if (count > PARSER_LIST_BYTES_MAX ||
        !next_word(&at, bytes + count, &verb)) {
        return true;
    }
    command = command_find(verb.at, verb.bytes);
    return command == NULL || !command_lists_keys(command);
}

/* Reads the request that begins at bytes, outside any list. */
static bool next_line(struct parser *self, size_t value_bytes_max,
                      const char *bytes, size_t count, size_t *used,
                      struct request *request)
{
    const char *newline;
    struct line line;

    if (count == 0 || count < self->wanted) {
        return false;
    }
    newline = memchr(bytes + self->searched, '\n', count - self->searched);
    if ((unsigned char)bytes[0] == BINARY_REQUEST) {
        refuse(request, FAULT_UNKNOWN, true);
        return true;
    }
    line.at = bytes;
    if (is_too_long(bytes, newline ? (size_t)(newline - bytes) : count)) {
        refuse(request, FAULT_LINE, true);
        return true;
    }
    if (newline == NULL) {
        self->searched = count;
        return false;
    }
    line.end = line_end(bytes, newline);
    *used = (size_t)(newline + 1 - bytes);
    if (!read_line(self, value_bytes_max, &line, count, used, request)) {
        self->searched = *used - 1;
        *used = 0;
        return false;
    }
    self->searched = 0;
    self->wanted = 0;
    return true;
}

bool parser_next(struct parser *self, size_t value_bytes_max, const char *bytes,
                 size_t count, size_t *used, struct request *request)
{
    size_t skipped = count < self->skip ? count : self->skip;

    *used = 0;
    *request = (struct request){0};
    self->skip -= skipped;
    bytes += skipped;
    count -= skipped;
    if (self->list == NULL &&
        !next_line(self, value_bytes_max, bytes, count, used, request)) {
        *used += skipped;
        return false;
    }
    if (self->list != NULL) {
        next_key(self, bytes + *used, used, request);
    }
    *used += skipped;
    return true;
}

bool parser_refuse_value(struct parser *self, const char *bytes, size_t count,
                         size_t *used, struct request *request)
{
    /* As if no value but an empty one were allowed. */
    self->wanted = 0;
    if (!parser_next(self, 0, bytes, count, used, request)) {
        return false;
    }
    request->fault = FAULT_MEMORY;
    return true;
}

void parser_return_to(struct parser *self, const struct request *request)
{
    const char *newline = rawmemchr(request->key, '\n');

    *self = (struct parser){
        .list = request->command,
        .list_expiry_s = request->expiry_s,
        .list_bytes = (size_t)(newline + 1 - request->key),
    };
}
