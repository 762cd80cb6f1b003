/*
 * address.c - names of sockets.
 */
#include "bench/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECT_SECONDS 5
#define BACKLOG 1024

static const char *parse_path(struct address *self, const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof name.sun_path) {
        return "the path is too long for a socket";
    }
    strcpy(name.sun_path, path);
    memcpy(&self->name, &name, sizeof name);
    self->name_bytes = sizeof name;
    return NULL;
}

static const char *resolve(struct address *self, const char *host,
                           const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int trouble = getaddrinfo(host, port, &hints, &found);
    if (trouble != 0) {
        return gai_strerror(trouble);
    }
    memcpy(&self->name, found->ai_addr, found->ai_addrlen);
    self->name_bytes = found->ai_addrlen;
    freeaddrinfo(found);
    return NULL;
}

const char *address_parse(struct address *self, const char *text)
{
    self->text = text;
    if (*text == '/' || strncmp(text, "unix:", 5) == 0) {
        return parse_path(self, *text == '/' ? text : text + 5);
    }
    char host[256];
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0' ||
        (size_t)(colon - text) >= sizeof host) {
        return "an address is HOST:PORT, [ADDRESS]:PORT or unix:PATH";
    }
    const char *from = text;
    size_t bytes = (size_t)(colon - text);
    if (*from == '[' && colon[-1] == ']') {
        from++;
        bytes -= 2;
    }
    memcpy(host, from, bytes);
    host[bytes] = '\0';
    return resolve(self, host, colon + 1);
}

static int socket_for(const struct address *self)
{
    int fd = socket(self->name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (fd >= 0 && self->name.ss_family != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    return fd;
}

static int close_for(int fd)
{
    int trouble = errno;
    close(fd);
    errno = trouble;
    return -1;
}

int address_connect(const struct address *self)
{
    int fd = socket_for(self);
    if (fd < 0) {
        return -1;
    }
    struct timeval limit = {.tv_sec = CONNECT_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const struct sockaddr *name = (const struct sockaddr *)&self->name;
    if (connect(fd, name, self->name_bytes) != 0) {
        errno = errno == EINPROGRESS ? ETIMEDOUT : errno;
        return close_for(fd);
    }
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? fd : close_for(fd);
}

int address_listen(const struct address *self)
{
    int fd = socket_for(self);
    if (fd < 0) {
        return -1;
    }
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    const struct sockaddr *name = (const struct sockaddr *)&self->name;
    if (bind(fd, name, self->name_bytes) != 0 || listen(fd, BACKLOG) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        return close_for(fd);
    }
    return fd;
}
