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

typedef enum pawl_status run_function(struct pawl_thread *thread, uint64_t hash,
                                      struct pawl_op *op);

run_function get_run;
run_function store_run; /* SET, ADD, REPLACE */
run_function join_run;  /* APPEND, PREPEND */
run_function delete_run;
run_function touch_run;
run_function count_run; /* INCR, DECR, TAKE, GIVE */

#endif
