/*
 * stack.h - a lock-free stack of nodes that many threads push and pop.
 *
 * Treiber's stack with a generation beside the top (IBM System/370 Principles
 * of Operation, appendix A): a pop that slept while its node went and came
 * back finds another generation and fails.
 *
 * Progress: lock-free; a round is repeated only where another succeeded.
 * Invariant: a node that was ever pushed stays a node for ever, so reading
 * next of one that somebody else has popped meanwhile is harmless.
 */
#ifndef PAWL_STORE_STACK_H
#define PAWL_STORE_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "store/order.h"

struct stack_node {
    struct stack_node *next;
};

/* top.version: the generation; top.number: the address of the first node. */
struct stack {
    struct pair top;
};

static inline void stack_push(struct stack *self, struct stack_node *node)
{
    struct pair seen;
    struct pair next;

    do {
        seen.version = load_relaxed(&self->top.version);
        seen.number = load_relaxed(&self->top.number);
        store_relaxed(&node->next, (struct stack_node *)(uintptr_t)seen.number);
        next.version = seen.version + 1;
        next.number = (uintptr_t)node;
        /*
         * edge stack-node: what the pusher wrote to the node is seen by who
         * pops it. The other side is stack_pop().
         */
    } while (!pair_cas(&self->top, &seen, &next));
}

/* The node pushed last, now the caller's; NULL where there is none. */
static inline struct stack_node *stack_pop(struct stack *self)
{
    struct pair seen;
    struct pair next;
    struct stack_node *node;

    do {
        /* edge stack-node: the other side is stack_push(). */
        seen.version = load_acquire(&self->top.version);
        seen.number = load_acquire(&self->top.number);
        node = (struct stack_node *)(uintptr_t)seen.number;
        if (node == NULL) {
            return NULL;
        }
        next.version = seen.version + 1;
        next.number = (uintptr_t)load_relaxed(&node->next);
        /* edge stack-node: as above, for the node that is now the top. */
    } while (!pair_cas(&self->top, &seen, &next));
    return node;
}

#endif
