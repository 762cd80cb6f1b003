/*
 * plain_main.c - runs Criterion's tests where Criterion cannot.
 *
 * Criterion runs each test in a process whose memory it lays out itself, which
 * ThreadSanitizer does not live with and in which LeakSanitizer never gets to
 * report. Here each test runs in a plain child of fork() that ends by exit(),
 * so that whatever a sanitizer finds makes the test fail. What the tests'
 * macros call is defined here and takes the library's place.
 *
 * Answers in TAP. An argument picks the tests whose "suite::name" contains it.
 */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sanitized test takes that many times as long as its timeout allows for. */
#define PATIENCE 20

#define EXIT_FAILED 99
#define EXIT_SKIPPED 77

/* The section that Test() puts a pointer to each test in. */
extern struct criterion_test *__start_cr_tst[];
extern struct criterion_test *__stop_cr_tst[];

static const struct criterion_test *current;
static int failures; /* of the current test; any thread may add to it */

void
criterion_internal_test_setup(void)
{
    if (current->data->init != NULL) {
        current->data->init();
    }
}

void
criterion_internal_test_main(void (*body)(void))
{
    body();
}

void
criterion_internal_test_teardown(void)
{
    if (current->data->fini != NULL) {
        current->data->fini();
    }
}

void
criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (!stats->passed) {
        __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
        fprintf(stderr, "%s:%u: %s\n", stats->file, stats->line,
                stats->message);
    }
}

void
cri_asserts_passed_incr(void)
{
}

void
criterion_continue_test(void)
{
}

/* Of the threads that are still running nobody knows where they stand. */
void
criterion_abort_test(void)
{
    _exit(EXIT_FAILED);
}

void
criterion_skip_test(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(EXIT_SKIPPED);
}

void
criterion_test_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    _exit(EXIT_FAILED);
}

static _Noreturn void
run_in_child(void)
{
    if (current->data->timeout > 0) {
        alarm((unsigned)(current->data->timeout * PATIENCE) + 1);
    }
    current->test();
    exit(__atomic_load_n(&failures, __ATOMIC_RELAXED) == 0 ? 0 : EXIT_FAILED);
}

/* What waitpid() says a child ended with that did what its test wants. */
static bool
as_wanted(int ended)
{
    const struct criterion_test_extra_data *data = current->data;

    if (data->signal != 0) {
        return WIFSIGNALED(ended) && WTERMSIG(ended) == data->signal;
    }
    return WIFEXITED(ended) && WEXITSTATUS(ended) == data->exit_code;
}

static void
print_outcome(int number, int ended)
{
    bool skipped = current->data->disabled ||
                   (WIFEXITED(ended) && WEXITSTATUS(ended) == EXIT_SKIPPED);

    printf("%sok %d - %s::%s%s\n", skipped || as_wanted(ended) ? "" : "not ",
           number, current->category, current->name, skipped ? " # SKIP" : "");
    if (WIFSIGNALED(ended)) {
        printf("# ended by signal %d, %s\n", WTERMSIG(ended),
               strsignal(WTERMSIG(ended)));
    }
}

static void
run(int number)
{
    int ended = 0;
    pid_t child;

    if (current->data->kind_ != CR_TEST_NORMAL) {
        printf("not ok %d - %s::%s (parameters are not supported here)\n",
               number, current->category, current->name);
        return;
    }
    if (!current->data->disabled) {
        fflush(NULL);
        child = fork();
        if (child == 0) {
            run_in_child();
        }
        if (child < 0 || waitpid(child, &ended, 0) != child) {
            perror("fork, waitpid");
            exit(EXIT_FAILED);
        }
    }
    print_outcome(number, ended);
}

static bool
wanted(const struct criterion_test *test, const char *pattern)
{
    char name[512];

    snprintf(name, sizeof(name), "%s::%s", test->category, test->name);
    return strstr(name, pattern) != NULL;
}

int
main(int argc, char **argv)
{
    const char *pattern = argc > 1 ? argv[1] : "";
    int number = 0;

    for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst;
         test++) {
        if (*test != NULL && wanted(*test, pattern)) {
            current = *test;
            run(++number);
        }
    }
    printf("1..%d\n", number);
    return 0;
}
