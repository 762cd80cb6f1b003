/*
 * reply.h - what is answered, byte for byte.
 *
 * Pure: a request and what the store made of it go in, bytes come out behind
 * what out holds already. Each function answers false, with out as it was,
 * where there is no memory.
 */
#ifndef PAWL_NET_REPLY_H
#define PAWL_NET_REPLY_H

#include "net/buffer.h"
#include "net/request.h"
#include "store/pawl.h"

/* What one connection's replies carry over from one to the next. */
struct reply_state {
    /* A key of the list being answered failed: no END, but an error. */
    bool list_failed;
};

/*
 * The reply of a request whose op was run, inside the read section it was run
 * in.
 */
bool reply_outcome(struct reply_state *state, const struct request *request,
                   const struct pawl_op *op, struct buffer *out);

/* No fewer bytes than reply_outcome() will add. */
size_t reply_bytes_max(const struct request *request, const struct pawl_op *op);

/* What reply_bytes_max() adds to the bytes of a value at most. */
#define REPLY_OVERHEAD_BYTES 352

/* The reply of a request with a fault, or of one that has no key to get. */
bool reply_fault(const struct request *request, struct buffer *out);
bool reply_end(const struct request *request, struct buffer *out);

/* The word of request's command that says it was done. */
bool reply_done(const struct request *request, struct buffer *out);

/*
 * What clients are told for a version: first the memcached whose protocol
 * this is, because they decide by it what they may send, then pawld's own.
 */
#define REPLY_PROTOCOL_VERSION "1.6.45"
#define REPLY_VERSION REPLY_PROTOCOL_VERSION " pawld " PAWL_RELEASE
bool reply_version(const struct request *request, struct buffer *out);

/* A line of `stats`. */
bool reply_stat(const char *name, const char *value, struct buffer *out);

/* A connection that is one too many gets this line, and nothing else. */
#define REPLY_TOO_MANY "SERVER_ERROR too many open connections\r\n"

#endif
