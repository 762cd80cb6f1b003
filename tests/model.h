/*
 * model.h - what a store must answer, worked out the slow and obvious way.
 *
 * A model follows a store that one thread drives: each finished operation is
 * compared with what the contract says of it, and then holds in the model too.
 * Versions cannot be foretold; the model checks the rules they obey and takes
 * over those it is shown.
 */
#ifndef PAWL_TESTS_MODEL_H
#define PAWL_TESTS_MODEL_H

#include "tests/support.h"

struct model;

/* How an operation was called, and so how much its view tells. */
enum model_call {
    MODEL_BATCH, /* pawl_run(): all that pawl.h promises */
    MODEL_ALONE, /* the function for the verb: no version of a delete, ... */
};

/* Keys are known to the model by a number below key_count. */
struct model *model_create(unsigned key_count);
void model_destroy(struct model *self);

/*
 * Checks the finished op on key, run when the clock showed now_ms, and takes
 * its effect over. op->view.value must still be good. FLUSH: any key.
 */
void model_follow(struct model *self, unsigned key, const struct pawl_op *op,
                  enum model_call call, uint64_t now_ms);

/* The version of key's record; 0 where there is none at now_ms. */
uint64_t model_version(const struct model *self, unsigned key, uint64_t now_ms);

/* Checks that key's record is just what view shows. */
void model_check_view(const struct model *self, unsigned key,
                      const struct pawl_view *view, uint64_t now_ms);

/* How many records there are at now_ms. */
unsigned model_count(const struct model *self, uint64_t now_ms);

#endif
