/*
 * thread.c - how threads become members of a store and part from it.
 *
 * liburcu knows a thread once, however many memberships it has, so the first
 * membership of a thread in any store registers it and the last one takes it
 * out; a program that uses liburcu itself and has registered the thread keeps
 * that. Each store has a key of thread-specific data whose destructor parts
 * what an exiting thread left.
 *
 * Progress: joining and parting take liburcu's registry lock; they are not
 * operations.
 */
#include "store/check.h"
#include "store/section.h"
#include "store/store.h"

#include <stdlib.h>

/* This thread's memberships in all stores, and who registered it. */
static _Thread_local unsigned memberships;
static _Thread_local bool registered_here;

static void register_thread(void)
{
    if (memberships++ != 0) {
        return;
    }
    registered_here = !section_is_registered();
    if (registered_here) {
        section_register();
    }
}

static void unregister_thread(void)
{
    ASSERT(memberships > 0);
    if (--memberships == 0 && registered_here) {
        section_unregister();
    }
}

static struct pawl_thread *create_membership(struct pawl *store)
{
    struct pawl_thread *thread =
        aligned_alloc(_Alignof(struct pawl_thread), sizeof(*thread));

    if (thread == NULL) {
        return NULL;
    }
    *thread = (struct pawl_thread){.store = store};
    memory_init(&thread->memory, &store->pool);
    reclaim_init(&thread->reclaim, &thread->memory, &store->grace,
                 store->options.retired_bytes_max);
    thread->next = load_relaxed(&store->threads);
    /* edge member-listed: the other side is pawl_stats() and room_collect(). */
    while (!cas_release(&store->threads, &thread->next, thread)) {
        continue;
    }
    return thread;
}

enum pawl_status pawl_join(struct pawl *store, struct pawl_thread **thread)
{
    struct pawl_thread *mine =
        (struct pawl_thread *)(void *)stack_pop(&store->idle);

    if (mine == NULL) {
        mine = create_membership(store);
    }
    if (mine == NULL) {
        return PAWL_NO_MEMORY;
    }
    mine->next_joined = pthread_getspecific(store->membership);
    if (pthread_setspecific(store->membership, mine) != 0) {
        stack_push(&store->idle, &mine->idle_node);
        return PAWL_NO_MEMORY;
    }
    register_thread();
    add_relaxed(&store->joined, 1);
    *thread = mine;
    return PAWL_OK;
}

/* Ends a membership that is in no list of its thread any more. */
static void part(struct pawl_thread *thread)
{
    struct pawl *store = thread->store;

    while (thread->sections != 0) {
        pawl_leave(thread);
    }
    reclaim_flush(&thread->reclaim);
    (void)reclaim_collect(&thread->reclaim, &thread->reclaim);
    memory_flush(&thread->memory);
    sub_relaxed(&store->joined, 1);
    stack_push(&store->idle, &thread->idle_node);
    unregister_thread();
}

void pawl_part(struct pawl_thread *thread)
{
    struct pawl_thread *first;
    struct pawl_thread **link = &first;

    if (thread == NULL) {
        return;
    }
    ASSERT(thread->sections == 0);
    first = pthread_getspecific(thread->store->membership);
    while (*link != thread) {
        ASSERT(*link != NULL);
        link = &(*link)->next_joined;
    }
    *link = thread->next_joined;
    /* Cannot fail: the key has a place in this thread already. */
    (void)pthread_setspecific(thread->store->membership, first);
    part(thread);
}

void thread_exit(void *first_joined)
{
    struct pawl_thread *thread = first_joined;

    while (thread != NULL) {
        struct pawl_thread *next = thread->next_joined;

        part(thread);
        thread = next;
    }
}

void pawl_enter(struct pawl_thread *thread)
{
    thread->sections++;
    section_enter();
}

void pawl_leave(struct pawl_thread *thread)
{
    ASSERT(thread->sections > 0);
    thread->sections--;
    section_leave(&thread->store->pool);
}
