/*
 * machine.h - what the machine allows at best, measured beside the stores.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Operations a second; ping_ns in nanoseconds. */
/* clang-format off */
#define MACHINE_FIGURES(row)                                                   \
    row(chain, "one line after the other, each named by the last")             \
    row(lines, "lines, 32 of them in flight")                                  \
    row(pairs, "two dependent lines, 32 pairs in flight")                      \
    row(cas8, "8-byte compare-and-set, own line")                              \
    row(cas16, "16-byte compare-and-set, own line")                            \
    row(cas8_shared, "8-byte, two threads on one line")                        \
    row(cas16_shared, "16-byte, two threads on one line")                      \
    row(ping_ns, "a line to the other core and back, ns")
/* clang-format on */

struct machine {
#define MACHINE_FIELD(name, text) double name;
    MACHINE_FIGURES(MACHINE_FIELD)
#undef MACHINE_FIELD
};

/*
 * Measures, each for so many seconds, with as many 64-byte lines as a table of
 * so many records would have. Figures that need two processors are 0 where
 * there is one. False where memory or a thread cannot be had.
 */
bool machine_measure(struct machine *machine, uint64_t records, double seconds);

#endif
