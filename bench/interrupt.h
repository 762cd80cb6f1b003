/*
 * interrupt.h - Ctrl-C asks to end early and show what is there.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on the first SIGINT or SIGTERM is kept for interrupt_seen(); the
 * second one kills. Sleeping calls return early.
 */
void interrupt_catch(void);

bool interrupt_seen(void);

#endif
