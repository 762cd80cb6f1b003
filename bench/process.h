/*
 * process.h - what a process used, and what it may use.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Processor time of all living threads of the process, user and system; 0
 * where there is no such process.
 */
uint64_t process_cpu_ns(pid_t pid);

/* Its resident memory in bytes; 0 where there is no such process. */
uint64_t process_resident_bytes(pid_t pid);

/* Lets this process have as many descriptors as the system allows. */
void process_lift_limits(void);

#endif
