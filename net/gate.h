/*
 * gate.h - who is let in: the bound on connections, and no descriptors left.
 *
 * A descriptor is kept in reserve, so that a peer can be told goodbye when
 * there is none left: left alone it would wait, and wake the worker for ever.
 * Workers accept one at a time, or another would take the descriptor that was
 * just set free. Nobody else is delayed: no operation goes through this door.
 */
#ifndef PAWL_NET_GATE_H
#define PAWL_NET_GATE_H

#include "net/shared.h"

struct gate {
    int spare;    /* the reserve, or -1 */
    bool starved; /* nobody can be let in, nor told so */
    struct counters *row;
};

/* 0, or -1 with errno set. */
int gate_open(struct gate *self, struct counters *row);
void gate_close(struct gate *self);

/*
 * The next connection that waits at listener, not blocking, and counted in
 * shared until gate_leave(); -1 where none does. Those that are too many are
 * told so and closed. Where the system lacks what that takes, starved is set:
 * the listeners are to be left alone for a while.
 */
int gate_accept(struct gate *self, struct shared *shared, int listener);
void gate_leave(struct shared *shared);

#endif
