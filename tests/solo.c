/*
 * solo.c - a runner small enough to be trusted by reading it.
 */
#include "tests/solo.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct solo_test *first;

void solo_register(struct solo_test *test)
{
    struct solo_test **end = &first;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = test;
}

void solo_fail(void)
{
    fflush(NULL);
    _exit(1);
}

static const struct solo_options *suite_options(const char *suite)
{
    static const struct solo_options none;
    for (struct solo_test *test = first; test != NULL; test = test->next) {
        if (test->name == NULL && strcmp(test->suite, suite) == 0) {
            return &test->options;
        }
    }
    return &none;
}

static void call(void (*function)(void))
{
    if (function != NULL) {
        function();
    }
}

/* The child: exit() and not _exit(), so that a sanitizer tells what it saw. */
static noreturn void run_here(const struct solo_test *test)
{
    const struct solo_options *suite = suite_options(test->suite);
    double timeout =
        test->options.timeout > 0 ? test->options.timeout : suite->timeout;
    alarm((unsigned)timeout);
    call(suite->init);
    call(test->options.init);
    test->body();
    call(test->options.fini);
    call(suite->fini);
    exit(0);
}

static bool run(const struct solo_test *test, unsigned number)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_here(test);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("solo");
        exit(2);
    }
    bool passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    printf("%sok %u - %s::%s\n", passed ? "" : "not ", number, test->suite,
           test->name);
    if (WIFSIGNALED(status)) {
        printf("# ended by signal %d\n", WTERMSIG(status));
    }
    return passed;
}

/* The pattern after --filter or --filter=, or one that lets all pass. */
static const char *filter_from(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--filter=", 9) == 0) {
            return argv[i] + 9;
        }
        if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc) {
            return argv[i + 1];
        }
    }
    return "*";
}

static bool selected(const struct solo_test *test, const char *filter)
{
    char full[512];
    if (test->name == NULL) {
        return false;
    }
    snprintf(full, sizeof full, "%s/%s", test->suite, test->name);
    return fnmatch(filter, full, 0) == 0;
}

/* Criterion's other arguments are let pass: one command serves both. */
int main(int argc, char **argv)
{
    const char *filter = filter_from(argc, argv);
    unsigned count = 0;
    unsigned failed = 0;
    for (struct solo_test *test = first; test != NULL; test = test->next) {
        if (selected(test, filter)) {
            failed += !run(test, ++count);
        }
    }
    printf("1..%u\n", count);
    return failed != 0;
}
