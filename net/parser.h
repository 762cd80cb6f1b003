/*
 * parser.h - bytes become requests.
 *
 * Pure: it is given all bytes of a connection that are not yet used up, in
 * one piece, and answers one request or that it needs more. It keeps between
 * calls only where in the stream it stands, so the bytes may come in any
 * portions and may be moved between calls; requests come out the same.
 *
 * A list of keys comes out as one request a key, so that a request is at most
 * one operation, however long the list is.
 */
#ifndef PAWL_NET_PARSER_H
#define PAWL_NET_PARSER_H

#include "net/request.h"

/* The longest line, its end not counted: of most commands, and with keys. */
#define PARSER_LINE_BYTES_MAX 2048
#define PARSER_LIST_BYTES_MAX 65536

/* All zero is the beginning of a stream. */
struct parser {
    const struct command *list; /* whose keys are being read, or NULL */
    int64_t list_expiry_s;
    size_t list_bytes; /* of its line that are left, the end included */
    uint64_t skip;     /* bytes of a refused value still to come */
    size_t searched;   /* bytes in which no line end was found */
    size_t wanted;     /* fewer bytes are not worth looking at */
};

/*
 * Reads one request from bytes, count of them, into request; value_bytes_max
 * bounds a value. True: request is set. False: more bytes are needed. *used
 * says how many bytes are used up in either case; the next call is given
 * those behind them. A request with closes set is the last of the stream.
 */
bool parser_next(struct parser *self, size_t value_bytes_max, const char *bytes,
                 size_t count, size_t *used, struct request *request);

/* Is what is missing so far the rest of a value? */
static inline bool parser_awaits_value(const struct parser *self)
{
    return self->wanted > 0;
}

/*
 * Refuses the value that is awaited, for want of memory to gather it. bytes
 * are those that parser_next() has not used up, and request and *used are set
 * as there. False: nothing is worth refusing.
 */
bool parser_refuse_value(struct parser *self, const char *bytes, size_t count,
                         size_t *used, struct request *request);

/*
 * Goes back to before request, a key of a list that parser_next() gave and
 * whose line is still in place: the next call starts at request->key.
 */
void parser_return_to(struct parser *self, const struct request *request);

#endif
