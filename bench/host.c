/*
 * host.c - /proc/cpuinfo, uname, /etc/os-release.
 */
#include "bench/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

/* What stands behind the word in the first line of the file with it. */
static void look_up(const char *path, const char *word, char *found,
                    size_t found_bytes)
{
    char line[512];
    FILE *file = fopen(path, "re");
    snprintf(found, found_bytes, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, word, strlen(word)) == 0) {
            char *from = line + strlen(word);
            from += strspn(from, "\t :=\"");
            from[strcspn(from, "\"\n")] = '\0';
            snprintf(found, found_bytes, "%s", from);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

void host_look(struct host *self)
{
    struct utsname name;
    struct sysinfo info;
    memset(self, 0, sizeof *self);
    look_up("/proc/cpuinfo", "model name", self->processor,
            sizeof self->processor);
    look_up("/etc/os-release", "PRETTY_NAME", self->system,
            sizeof self->system);
    if (uname(&name) == 0) {
        snprintf(self->kernel, sizeof self->kernel, "%s", name.release);
    }
    if (sysinfo(&info) == 0) {
        self->memory_bytes = (uint64_t)info.totalram * info.mem_unit;
    }
    time_t now = time(NULL);
    struct tm parts;
    strftime(self->time, sizeof self->time, "%Y-%m-%d %H:%M UTC",
             gmtime_r(&now, &parts));
    self->server_processor = -1;
    self->generator_processor = -1;
    if (sched_getaffinity(0, sizeof self->may, &self->may) != 0) {
        return;
    }
    self->processors = (unsigned)CPU_COUNT(&self->may);
    for (int cpu = 0; cpu < CPU_SETSIZE && self->processors > 1; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &self->may)) {
            continue;
        }
        if (self->server_processor < 0) {
            self->server_processor = cpu;
        } else if (self->generator_processor < 0) {
            self->generator_processor = cpu;
        }
    }
}

void host_pin_generator(const struct host *self)
{
    cpu_set_t just;
    if (self->generator_processor >= 0) {
        CPU_ZERO(&just);
        CPU_SET((size_t)self->generator_processor, &just);
        sched_setaffinity(0, sizeof just, &just);
    }
}

void host_unpin(const struct host *self)
{
    sched_setaffinity(0, sizeof self->may, &self->may);
}
