#include "store/grace.h"

#include "store/order.h"
#include "store/section.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

/* Between two periods, so that readers are not interrupted more often. */
#define NAP_NS 1000000

static struct grace_node *take_all(struct grace *self)
{
    /*
     * edge grace-queued: the node, and that it is out of readers' reach, come
     * before the period. The other side is grace_call().
     */
    return swap_seq(&self->queue, NULL);
}

static void finish(struct grace_node *node)
{
    while (node != NULL) {
        struct grace_node *next = node->next;

        node->done(node);
        node = next;
    }
}

/* Sleeps until a node comes, or the end. */
static void sleep_idle(struct grace *self)
{
    /*
     * edge grace-idle: of the thread that goes to sleep and a caller that
     * hands over a node, one sees the other. The other side is grace_call().
     */
    store_seq(&self->is_idle, true);
    if (load_seq(&self->queue) == NULL && !load_seq(&self->is_asked)) {
        (void)sem_wait(&self->work);
    }
    store_seq(&self->is_idle, false);
}

static void nap(struct grace *self)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += NAP_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)sem_clockwait(&self->work, CLOCK_MONOTONIC, &until);
    store_relaxed(&self->is_hurried, false);
}

static void *run(void *context)
{
    struct grace *self = context;

    for (;;) {
        /*
         * edge grace-stop: the last calls come before the end. The other side
         * is grace_close(). Read before the queue: so the queue is the last.
         */
        bool is_stopping = load_acquire(&self->is_stopping);
        struct grace_node *nodes = take_all(self);

        /* edge grace-asked: the other side is grace_ask(). */
        if (swap_seq(&self->is_asked, false)) {
            self->chore(self->context);
        }
        if (nodes != NULL) {
            section_await();
            finish(nodes);
            store_relaxed(&self->periods, self->periods + 1);
            nap(self);
        } else if (is_stopping) {
            return NULL;
        } else {
            sleep_idle(self);
        }
    }
}

bool grace_open(struct grace *self, void (*chore)(void *context), void *context)
{
    sigset_t all;
    sigset_t before;
    bool started;

    *self = (struct grace){.chore = chore, .context = context};
    (void)sem_init(&self->work, 0, 0);
    /* The program's signals are for the program's threads. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&self->thread, NULL, run, self) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!started) {
        (void)sem_destroy(&self->work);
    }
    return started;
}

void grace_close(struct grace *self)
{
    /* edge grace-stop: the other side is run(). */
    store_release(&self->is_stopping, true);
    (void)sem_post(&self->work);
    (void)pthread_join(self->thread, NULL);
    (void)sem_destroy(&self->work);
}

/* Wakes the thread if it sleeps until it is woken. */
static void wake_idle(struct grace *self)
{
    /* edge grace-idle: the other side is sleep_idle(). */
    if (load_seq(&self->is_idle) && swap_seq(&self->is_idle, false)) {
        (void)sem_post(&self->work);
    }
}

void grace_call(struct grace *self, struct grace_node *node,
                void (*done)(struct grace_node *node))
{
    struct grace_node *first = load_relaxed(&self->queue);

    node->done = done;
    do {
        node->next = first;
        /*
         * edge grace-queued: the other side is take_all(). Also one half of
         * edge grace-idle, whose other side is sleep_idle().
         */
    } while (!cas_seq(&self->queue, &first, node));
    wake_idle(self);
}

void grace_ask(struct grace *self)
{
    /*
     * edge grace-asked: what the asker gave away is seen by the chore. The
     * other side is run(). Also one half of edge grace-idle.
     */
    store_seq(&self->is_asked, true);
    wake_idle(self);
}

uint64_t grace_periods(const struct grace *self)
{
    return load_relaxed(&self->periods);
}

void grace_hurry(struct grace *self)
{
    bool hurried = false;

    /* Relaxed: a hint; the nap ends by itself. */
    if (cas_relaxed(&self->is_hurried, &hurried, true)) {
        (void)sem_post(&self->work);
    }
}
