/*
 * ops.h - the operations, one function a family, inside a read section.
 *
 * Each reads and answers a struct pawl_op as pawl.h describes it; hash is that
 * of its key, whose length was checked. view is zero before, but for digits.
 * The answer is the status.
 */
#ifndef PAWL_STORE_OPS_H
#define PAWL_STORE_OPS_H

#include <stdint.h>

#include "store/pawl.h"

enum pawl_status get_run(struct pawl_thread *thread, uint64_t hash,
                         struct pawl_op *op);

/* SET, ADD, REPLACE. */
enum pawl_status store_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op);

/* APPEND, PREPEND. */
enum pawl_status join_run(struct pawl_thread *thread, uint64_t hash,
                          struct pawl_op *op);

enum pawl_status delete_run(struct pawl_thread *thread, uint64_t hash,
                            struct pawl_op *op);

enum pawl_status touch_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op);

/* INCR, DECR, TAKE, GIVE. */
enum pawl_status count_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op);

/*
 * Runs op, of any verb with a key, and sets its status. Where memory is short
 * and the caller is in no section but this call's, the section is left for a
 * moment so that retired memory may come back.
 */
void op_run(struct pawl_thread *thread, uint64_t hash, struct pawl_op *op);

#endif
