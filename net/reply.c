/*
 * reply.c - composing a reply is copying.
 *
 * Fixed lines come from tables, numbers are written where they stand, a value
 * is copied once.
 */
#include "net/reply.h"

#include "net/text.h"

#include <assert.h>
#include <string.h>

#define END_LINE "END\r\n"

struct line {
    const char *text;
    size_t bytes;
};

#define LINE(text)                   \
    {                                \
        text "\r\n", sizeof text + 1 \
    }

static const struct line done_lines[] = {
#define COMMAND(name, word, grammar, least, most, verb, counted, happened, \
                missed, refused, done, usage, help)                        \
    [COMMAND_##name] = LINE(done),
#include "net/commands.def"
#undef COMMAND
};

static const struct line fault_lines[] = {
#define FAULT_LINE_ROW(name, line) [FAULT_##name] = LINE(line),
    REQUEST_FAULTS(FAULT_LINE_ROW)
#undef FAULT_LINE_ROW
};

static const struct line storing_without_memory =
    LINE("SERVER_ERROR out of memory storing object");
static const struct line list_without_memory =
    LINE("SERVER_ERROR out of memory writing get response");

/* What is answered for an outcome, where the command has no word of its own. */
static const struct line status_lines[] = {
    [PAWL_OK] = LINE("OK"),
    [PAWL_NOT_FOUND] = LINE("NOT_FOUND"),
    [PAWL_EXISTS] = LINE("EXISTS"),
    [PAWL_NOT_STORED] = LINE("NOT_STORED"),
    [PAWL_REFUSED] = LINE("REFUSED"),
    [PAWL_NOT_A_NUMBER] = LINE("CLIENT_ERROR cannot increment or decrement "
                               "non-numeric value"),
    [PAWL_BAD_KEY] = LINE("CLIENT_ERROR bad command line format"),
    [PAWL_TOO_LARGE] = LINE("SERVER_ERROR object too large for cache"),
    [PAWL_NO_MEMORY] = LINE("SERVER_ERROR out of memory"),
    [PAWL_STALLED] = LINE("SERVER_ERROR out of memory"),
    [PAWL_NOT_RUN] = LINE("SERVER_ERROR out of memory"),
    [PAWL_INVALID] = LINE("SERVER_ERROR an argument is outside its range"),
    [PAWL_UNSUPPORTED] = LINE("SERVER_ERROR not supported by this machine"),
};

#define STATUS_COUNT_ROW(name, text) +1
static_assert(sizeof status_lines / sizeof *status_lines ==
                  0 PAWL_STATUSES(STATUS_COUNT_ROW),
              "each status has a line");
#undef STATUS_COUNT_ROW

/* "VALUE " key, three numbers with blanks, two line ends, and END. */
static_assert(REPLY_OVERHEAD_BYTES >= 6 + PAWL_KEY_BYTES_MAX +
                                          3 * (1 + TEXT_NUMBER_BYTES_MAX) + 2 +
                                          2 + sizeof END_LINE,
              "a reply with a value fits into its bound");

static char *put(char *at, const void *from, size_t bytes)
{
    memcpy(at, from, bytes);
    return at + bytes;
}

static char *put_number(char *at, uint64_t number)
{
    *at = ' ';
    return text_write_number(at + 1, number);
}

static char *put_line_end(char *at)
{
    return put(at, "\r\n", 2);
}

static bool add_line(const struct line *line, struct buffer *out)
{
    return buffer_append(out, line->text, line->bytes);
}

static bool shows_version(const struct request *request)
{
    return request->command->name == COMMAND_GETS ||
           request->command->name == COMMAND_GATS;
}

static char *put_value(char *at, const struct request *request,
                       const struct pawl_view *view)
{
    at = put(at, "VALUE ", 6);
    at = put(at, request->key, request->key_bytes);
    at = put_number(at, view->flags);
    at = put_number(at, view->value_bytes);
    if (shows_version(request)) {
        at = put_number(at, view->version);
    }
    at = put_line_end(at);
    at = put(at, view->value, view->value_bytes);
    return put_line_end(at);
}

/* One key of a list: its value or nothing, and what ends the list. */
static bool add_listed(struct reply_state *state, const struct request *request,
                       const struct pawl_op *op, struct buffer *out)
{
    char *begin = buffer_reserve(out, reply_bytes_max(request, op));
    char *at = begin;

    if (begin == NULL) {
        return false;
    }
    if (op->status == PAWL_OK) {
        at = put_value(at, request, &op->view);
    } else if (op->status != PAWL_NOT_FOUND) {
        state->list_failed = true;
    }
    if (request->last) {
        at = state->list_failed
                 ? put(at, list_without_memory.text, list_without_memory.bytes)
                 : put(at, END_LINE, sizeof END_LINE - 1);
        state->list_failed = false;
    }
    buffer_commit(out, (size_t)(at - begin));
    return true;
}

/* The new number alone (incr, decr), or word, number and version. */
static bool add_number(const struct line *word, const struct pawl_op *op,
                       struct buffer *out)
{
    char *begin = buffer_reserve(out, REPLY_OVERHEAD_BYTES);
    char *at = begin;

    if (begin == NULL) {
        return false;
    }
    if (word == NULL) {
        at = text_write_number(at, op->view.number);
    } else {
        at = put(at, word->text, word->bytes - 2);
        at = put_number(at, op->view.number);
        at = put_number(at, op->view.version);
    }
    at = put_line_end(at);
    buffer_commit(out, (size_t)(at - begin));
    return true;
}

static bool add_done(const struct request *request, const struct pawl_op *op,
                     struct buffer *out)
{
    const struct line *done = &done_lines[request->command->name];

    switch (request->command->grammar) {
    case GRAMMAR_AMOUNT:
        return add_number(NULL, op, out);
    case GRAMMAR_BOUNDED:
        return add_number(done, op, out);
    default:
        return add_line(done, out);
    }
}

static bool stores(const struct request *request)
{
    return request->command->grammar == GRAMMAR_STORE ||
           request->command->grammar == GRAMMAR_STORE_CAS;
}

bool reply_outcome(struct reply_state *state, const struct request *request,
                   const struct pawl_op *op, struct buffer *out)
{
    if (command_lists_keys(request->command)) {
        return add_listed(state, request, op, out);
    }
    if (request->noreply) {
        return true;
    }
    switch (op->status) {
    case PAWL_OK:
        return add_done(request, op, out);
    case PAWL_REFUSED:
        return add_number(&status_lines[PAWL_REFUSED], op, out);
    case PAWL_NO_MEMORY:
    case PAWL_STALLED:
        return add_line(stores(request) ? &storing_without_memory
                                        : &status_lines[op->status],
                        out);
    default:
        return add_line(&status_lines[op->status], out);
    }
}

size_t reply_bytes_max(const struct request *request, const struct pawl_op *op)
{
    bool with_value =
        op->status == PAWL_OK && command_lists_keys(request->command);

    return REPLY_OVERHEAD_BYTES + (with_value ? op->view.value_bytes : 0);
}

bool reply_fault(const struct request *request, struct buffer *out)
{
    return request->noreply || request->fault == FAULT_SILENT ||
           add_line(&fault_lines[request->fault], out);
}

bool reply_end(const struct request *request, struct buffer *out)
{
    return request->noreply ||
           buffer_append(out, END_LINE, sizeof END_LINE - 1);
}

bool reply_done(const struct request *request, struct buffer *out)
{
    return request->noreply ||
           add_line(&done_lines[request->command->name], out);
}

bool reply_version(const struct request *request, struct buffer *out)
{
    static const struct line line = LINE("VERSION " REPLY_VERSION);

    return request->noreply || add_line(&line, out);
}

bool reply_stat(const char *name, const char *value, struct buffer *out)
{
    size_t name_bytes = strlen(name);
    size_t value_bytes = strlen(value);
    char *begin = buffer_reserve(out, 5 + name_bytes + 1 + value_bytes + 2);
    char *at = begin;

    if (begin == NULL) {
        return false;
    }
    at = put(at, "STAT ", 5);
    at = put(at, name, name_bytes);
    *at++ = ' ';
    at = put(at, value, value_bytes);
    at = put_line_end(at);
    buffer_commit(out, (size_t)(at - begin));
    return true;
}
