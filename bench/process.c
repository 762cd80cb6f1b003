/*
 * process.c - /proc/PID, and a limit.
 */
#include "bench/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* The first number of a thread's schedstat: nanoseconds on a processor. */
static uint64_t thread_cpu_ns(pid_t pid, const char *thread)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%ld/task/%s/schedstat", (long)pid,
             thread);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    unsigned long long cpu_ns;
    int found = fscanf(file, "%llu", &cpu_ns);
    fclose(file);
    return found == 1 ? cpu_ns : 0;
}

uint64_t process_cpu_ns(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) {
        return 0;
    }
    uint64_t sum_ns = 0;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        if (task->d_name[0] != '.') {
            sum_ns += thread_cpu_ns(pid, task->d_name);
        }
    }
    closedir(tasks);
    return sum_ns;
}

uint64_t process_resident_bytes(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    unsigned long long size, resident;
    int found = fscanf(file, "%llu %llu", &size, &resident);
    fclose(file);
    return found == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void process_lift_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}
