/*
 * program.h - other programs: where they are, what they say.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Finds a program beside this one, or else on the PATH. False where it is in
 * neither.
 */
bool program_find(const char *name, char *path, size_t path_bytes);

/*
 * Starts the program at argv[0], which ends with this process, on the given
 * processor (-1: any). Its output goes to the descriptor out, or nowhere where
 * that is -1. Answers its process id, or -1.
 */
pid_t program_start(char *const argv[], int processor, int out);

/*
 * Runs it to its end and keeps the beginning of what it prints, standard error
 * included. False where it cannot be run or ends with another status than 0.
 */
bool program_ask(char *const argv[], int processor, char *said,
                 size_t said_bytes);

#endif
