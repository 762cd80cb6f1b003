/*
 * program.c - fork, exec, and the end of it.
 */
#include "bench/program.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_program(char *path, size_t path_bytes, const char *folder,
                       size_t bytes, const char *name)
{
    int length =
        snprintf(path, path_bytes, "%.*s/%s", (int)bytes, folder, name);
    return length > 0 && (size_t)length < path_bytes && access(path, X_OK) == 0;
}

bool program_find(const char *name, char *path, size_t path_bytes)
{
    char self[PATH_MAX] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) > 0) {
        const char *folder = dirname(self);
        if (is_program(path, path_bytes, folder, strlen(folder), name)) {
            return true;
        }
    }
    const char *at = getenv("PATH");
    while (at != NULL && *at != '\0') {
        size_t bytes = strcspn(at, ":");
        if (is_program(path, path_bytes, at, bytes, name)) {
            return true;
        }
        at += bytes + (at[bytes] == ':');
    }
    return false;
}

/* In the child: everything as asked for, then the program. */
static void become(char *const argv[], int processor, int out)
{
    int nowhere = open("/dev/null", O_RDWR);
    cpu_set_t just;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (processor >= 0) {
        CPU_ZERO(&just);
        CPU_SET((size_t)processor, &just);
        sched_setaffinity(0, sizeof just, &just);
    }
    dup2(nowhere, STDIN_FILENO);
    dup2(out >= 0 ? out : nowhere, STDOUT_FILENO);
    dup2(out >= 0 ? out : nowhere, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

pid_t program_start(char *const argv[], int processor, int out)
{
    pid_t pid = fork();
    if (pid == 0) {
        become(argv, processor, out);
    }
    return pid;
}

bool program_ask(char *const argv[], int processor, char *said,
                 size_t said_bytes)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    pid_t pid = program_start(argv, processor, ends[1]);
    close(ends[1]);
    size_t held = 0;
    char rest[512];
    for (;;) {
        bool full = held + 1 >= said_bytes;
        ssize_t got = full ? read(ends[0], rest, sizeof rest)
                           : read(ends[0], said + held, said_bytes - held - 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        held += full ? 0 : (size_t)got;
    }
    said[held] = '\0';
    close(ends[0]);
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == EXIT_SUCCESS;
}
