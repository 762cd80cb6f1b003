/*
 * gate.c - accept(), and what to do when it must not or cannot.
 */
#include "net/gate.h"

#include "net/log.h"
#include "net/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int gate_open(struct gate *self, struct counters *row)
{
    self->row = row;
    self->spare = open_spare();
    return self->spare < 0 ? -1 : 0;
}

void gate_close(struct gate *self)
{
    if (self->spare >= 0) {
        (void)close(self->spare);
    }
}

/* What fd's peer has sent already is read, or closing would lose the line. */
static void turn_away(struct gate *self, int fd)
{
    char ignored[256];

    counters_add(self->row, COUNTER_rejected_connections, 1);
    log_line(LOG_REFUSAL, "connection %d refused: too many", fd);
    (void)!send(fd, REPLY_TOO_MANY, sizeof REPLY_TOO_MANY - 1,
                MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
    (void)!recv(fd, ignored, sizeof ignored, MSG_DONTWAIT);
    (void)close(fd);
}

static int accept_one(int listener)
{
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* accept() has failed with reason. Is it worth trying once more? */
static bool recover(struct gate *self, int listener, int reason)
{
    int fd;

    if (reason == EINTR || reason == ECONNABORTED) {
        return true;
    }
    if (reason == EAGAIN || reason == EINVAL) {
        return false;
    }
    counters_add(self->row, COUNTER_listen_disabled_num, 1);
    if (self->spare < 0) {
        /* Another took its number when it was last given up. */
        self->spare = open_spare();
    }
    if (self->spare < 0 || (reason != EMFILE && reason != ENFILE)) {
        self->starved = true;
        return false;
    }
    (void)close(self->spare);
    fd = accept_one(listener);
    if (fd >= 0) {
        turn_away(self, fd);
    }
    self->spare = open_spare();
    return fd >= 0;
}

/* The next connection, whatever their number. */
static int accept_next(struct gate *self, struct shared *shared, int listener)
{
    int fd;

    (void)pthread_mutex_lock(&shared->accepting);
    do {
        fd = accept_one(listener);
    } while (fd < 0 && recover(self, listener, errno));
    (void)pthread_mutex_unlock(&shared->accepting);
    return fd;
}

int gate_accept(struct gate *self, struct shared *shared, int listener)
{
    int fd;

    while ((fd = accept_next(self, shared, listener)) >= 0) {
        if (atomic_fetch_add_explicit(&shared->connections, 1,
                                      memory_order_relaxed) <
            shared->options->connections) {
            counters_add(self->row, COUNTER_total_connections, 1);
            return fd;
        }
        gate_leave(shared);
        turn_away(self, fd);
    }
    return fd;
}

void gate_leave(struct shared *shared)
{
    atomic_fetch_sub_explicit(&shared->connections, 1, memory_order_relaxed);
}
