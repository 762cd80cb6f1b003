/*
 * rival.c - the list of rivals.
 */
#include "bench/rival.h"

const struct rival *const rivals[] = {
    &rival_pawl, &rival_lfht, &rival_ck, &rival_tbb, 0,
};
