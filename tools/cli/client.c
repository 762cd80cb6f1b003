/*
 * client.c - one connection to a server that speaks lines and blocks.
 */
#include "tools/cli/client.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_PORT "7295"
#define UNIX_PREFIX "unix:"
#define LINE_BYTES_MAX 65536
#define RECEIVE_BYTES 16384

enum status client_fail(struct client *self, enum status status,
                        const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(self->why, sizeof self->why, format, arguments);
    va_end(arguments);
    return status;
}

void client_init(struct client *self)
{
    *self = (struct client){.fd = -1};
}

void client_close(struct client *self)
{
    if (self->fd >= 0) {
        close(self->fd);
    }
    free(self->buffer);
    client_init(self);
}

/*
 * Connects a new socket. The send timeout bounds connect() too, which then
 * ends with EINPROGRESS. On failure errno tells why.
 */
static bool connect_to(struct client *self, int family,
                       const struct sockaddr *address, socklen_t address_bytes,
                       unsigned timeout_s)
{
    struct timeval timeout = {.tv_sec = (time_t)timeout_s};
    const int on = 1;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return false;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) ||
        connect(fd, address, address_bytes)) {
        int error = errno == EINPROGRESS ? ETIMEDOUT : errno;

        close(fd);
        errno = error;
        return false;
    }
    if (family != AF_UNIX) {
        /* Only a matter of speed: without it all works as well. */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    self->fd = fd;
    return true;
}

static enum status open_unix(struct client *self, const char *path,
                             unsigned timeout_s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t path_bytes = strlen(path);

    if (path_bytes == 0 || path_bytes >= sizeof address.sun_path) {
        return client_fail(self, STATUS_USAGE,
                           "the path of a socket has 1 to %zu bytes",
                           sizeof address.sun_path - 1);
    }
    memcpy(address.sun_path, path, path_bytes);
    if (!connect_to(self, AF_UNIX, (const struct sockaddr *)&address,
                    sizeof address, timeout_s)) {
        return client_fail(self, STATUS_UNREACHABLE, "%s", strerror(errno));
    }
    return STATUS_DONE;
}

/*
 * Cuts server, a copy that may be changed, into host and port. A second colon
 * without brackets is an IPv6 address that could swallow its port: refused.
 */
static bool cut_address(char *server, const char **host, const char **port)
{
    char *rest;

    *host = server;
    *port = DEFAULT_PORT;
    if (server[0] == '[') {
        *host = server + 1;
        rest = strchr(server, ']');
        if (rest == NULL) {
            return false;
        }
        *rest++ = '\0';
    } else {
        rest = server + strcspn(server, ":");
    }
    if (*rest == ':') {
        *rest = '\0';
        *port = rest + 1;
    } else if (*rest != '\0') {
        return false;
    }
    return **host != '\0' && **port != '\0' && strchr(*port, ':') == NULL;
}

static enum status open_tcp(struct client *self, const char *server,
                            unsigned timeout_s)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found;
    char copy[NI_MAXHOST];
    const char *host;
    const char *port;
    int error;

    if (strlen(server) >= sizeof copy ||
        !cut_address(strcpy(copy, server), &host, &port)) {
        return client_fail(self, STATUS_USAGE,
                           "a server is HOST:PORT, [IPV6]:PORT or unix:PATH");
    }
    error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        return client_fail(self, STATUS_UNREACHABLE, "%s", gai_strerror(error));
    }
    for (const struct addrinfo *at = found; at && self->fd < 0;
         at = at->ai_next) {
        if (!connect_to(self, at->ai_family, at->ai_addr, at->ai_addrlen,
                        timeout_s)) {
            client_fail(self, STATUS_UNREACHABLE, "%s", strerror(errno));
        }
    }
    freeaddrinfo(found);
    return self->fd < 0 ? STATUS_UNREACHABLE : STATUS_DONE;
}

enum status client_open(struct client *self, const char *server,
                        unsigned timeout_s)
{
    if (strncmp(server, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0) {
        return open_unix(self, server + strlen(UNIX_PREFIX), timeout_s);
    }
    return open_tcp(self, server, timeout_s);
}

static enum status lost(struct client *self)
{
    bool silent = errno == EAGAIN || errno == EWOULDBLOCK;

    return client_fail(self, STATUS_LOST, "%s before the reply",
                       silent ? "the server fell silent" : strerror(errno));
}

/* Takes from the front of message what has been sent of it. */
static void advance(struct msghdr *message, size_t sent)
{
    while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
        sent -= message->msg_iov->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }
    if (sent > 0) {
        message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
        message->msg_iov->iov_len -= sent;
    }
}

enum status client_send(struct client *self, struct iovec *parts, size_t count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};

    while (message.msg_iovlen > 0) {
        ssize_t sent = sendmsg(self->fd, &message, MSG_NOSIGNAL);

        if (sent >= 0) {
            advance(&message, (size_t)sent);
        } else if (errno != EINTR) {
            return lost(self);
        }
    }
    return STATUS_DONE;
}

/* Makes room for bytes more, moving what is unread to the front. */
static bool make_room(struct client *self, size_t bytes)
{
    size_t unread = self->end - self->start;
    char *larger;

    if (self->room - self->end >= bytes) {
        return true;
    }
    if (unread > 0) {
        memmove(self->buffer, self->buffer + self->start, unread);
    }
    self->start = 0;
    self->end = unread;
    if (self->room - unread >= bytes) {
        return true;
    }
    larger = realloc(self->buffer, unread + bytes);
    if (larger == NULL) {
        return false;
    }
    self->buffer = larger;
    self->room = unread + bytes;
    return true;
}

/* Receives something more into a buffer with room for at least bytes. */
static enum status receive(struct client *self, size_t bytes)
{
    ssize_t got;

    if (!make_room(self, bytes)) {
        return client_fail(self, STATUS_LOCAL, "out of memory");
    }
    do {
        got =
            recv(self->fd, self->buffer + self->end, self->room - self->end, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return lost(self);
    }
    if (got == 0) {
        return client_fail(self, STATUS_LOST,
                           "the server closed the connection before the reply");
    }
    self->end += (size_t)got;
    return STATUS_DONE;
}

enum status client_line(struct client *self, char **line)
{
    enum status status = STATUS_DONE;
    char *newline = NULL;

    while (self->end == self->start ||
           !(newline = memchr(self->buffer + self->start, '\n',
                              self->end - self->start))) {
        if (self->end - self->start >= LINE_BYTES_MAX) {
            return client_fail(self, STATUS_FAILED,
                               "the server sent a line without an end");
        }
        status = receive(self, RECEIVE_BYTES);
        if (status != STATUS_DONE) {
            return status;
        }
    }
    *line = self->buffer + self->start;
    self->start = (size_t)(newline + 1 - self->buffer);
    if (newline > *line && newline[-1] == '\r') {
        newline--;
    }
    *newline = '\0';
    return STATUS_DONE;
}

enum status client_block(struct client *self, size_t bytes, char **block)
{
    while (self->end - self->start < bytes) {
        enum status status = receive(self, bytes - (self->end - self->start));

        if (status != STATUS_DONE) {
            return status;
        }
    }
    *block = self->buffer + self->start;
    self->start += bytes;
    return STATUS_DONE;
}
