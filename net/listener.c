/*
 * listener.c - from "ADDR:PORT" to sockets that listen.
 *
 * With SO_REUSEPORT a second pawld on the same port would be let in without a
 * word and take half of the connections. So each address is first bound once
 * without it, which fails if anyone has it.
 */
#include "net/listener.h"

#include "net/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define BACKLOG 1024
#define DEFAULT_HOST "127.0.0.1"

struct opening {
    struct listeners *listeners;
    const struct options *options;
    char *message;
};

/* Leaves a sentence, and answers status. */
__attribute__((format(printf, 3, 4))) static int complain(
    const struct opening *self, int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(self->message, OPTIONS_MESSAGE_BYTES, format, arguments);
    va_end(arguments);
    return status;
}

static int complain_of_system(const struct opening *self, const char *name)
{
    return complain(self, EXIT_FAILURE, "cannot listen on %s: %s", name,
                    strerror(errno));
}

/* Sets *next to one more listener, without a socket for any worker yet. */
static int add_listener(const struct opening *self, struct listener **next)
{
    struct listeners *listeners = self->listeners;
    struct listener *listener = &listeners->of[listeners->count];

    if (listeners->count == LISTENERS_MAX) {
        return complain(self, EX_USAGE, "--listen: more than %d addresses",
                        LISTENERS_MAX);
    }
    listener->fds = malloc(listeners->workers * sizeof *listener->fds);
    if (listener->fds == NULL) {
        return complain(self, EXIT_FAILURE, "no memory for sockets");
    }
    for (size_t i = 0; i < listeners->workers; i++) {
        listener->fds[i] = -1;
    }
    listeners->count++;
    *next = listener;
    return 0;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;

        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    return IN6_IS_ADDR_LOOPBACK(
        &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static void name_listener(struct listener *listener,
                          const struct sockaddr_storage *address)
{
    bool v6 = address->ss_family == AF_INET6;
    char host[INET6_ADDRSTRLEN] = "";
    const void *in =
        v6 ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)
                 ->sin6_addr
           : (const void *)&((const struct sockaddr_in *)(const void *)address)
                 ->sin_addr;
    in_port_t port =
        v6 ? ((const struct sockaddr_in6 *)(const void *)address)->sin6_port
           : ((const struct sockaddr_in *)(const void *)address)->sin_port;

    (void)inet_ntop(address->ss_family, in, host, sizeof host);
    (void)snprintf(listener->name, sizeof listener->name,
                   v6 ? "[%s]:%u" : "%s:%u", host, ntohs(port));
}

/*
 * What every connection of the socket inherits. A peer that vanished is given
 * up after ten minutes, one that merely does not read as well: until then its
 * replies wait. Any other failure here costs comfort only.
 */
static void set_manners(int fd)
{
    static const struct {
        int level, name, value;
    } manners[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 60},
        {IPPROTO_TCP, TCP_KEEPINTVL, 20},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 10 * 60 * 1000},
    };

    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        (void)setsockopt(fd, manners[i].level, manners[i].name,
                         &manners[i].value, sizeof manners[i].value);
    }
}

/* A socket bound to address, or -1 with errno set. */
static int bind_tcp(const struct sockaddr *address, socklen_t bytes,
                    bool shared)
{
    const int on = 1;
    int fd = socket(address->sa_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -1;
    }
    set_manners(fd);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        (shared &&
         setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        (address->sa_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
        bind(fd, address, bytes) < 0) {
        int reason = errno;

        (void)close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/*
 * Fills a listener's sockets. With port 0 the first one learns its port from
 * the kernel and the others take the same.
 */
static int open_tcp(const struct opening *self, struct listener *listener,
                    const struct addrinfo *info)
{
    struct sockaddr_storage address;
    socklen_t bytes = info->ai_addrlen;
    int probe;

    memcpy(&address, info->ai_addr, bytes);
    name_listener(listener, &address);
    probe = bind_tcp((struct sockaddr *)&address, bytes, false);
    if (probe < 0) {
        return complain_of_system(self, listener->name);
    }
    (void)close(probe);
    for (size_t i = 0; i < self->listeners->workers; i++) {
        int fd = bind_tcp((struct sockaddr *)&address, bytes, true);

        listener->fds[i] = fd;
        if (fd < 0 || listen(fd, BACKLOG) < 0 ||
            getsockname(fd, (struct sockaddr *)&address, &bytes) < 0) {
            return complain_of_system(self, listener->name);
        }
        name_listener(listener, &address);
    }
    return 0;
}

/*
 * Cuts "HOST", "HOST:PORT", "[HOST]:PORT" or ":PORT" in two; a bare IPv6
 * address has no port. *port stays where there is none.
 */
static void split_address(char *text, const char **host, const char **port)
{
    char *colon = strrchr(text, ':');

    *host = text;
    if (text[0] == '[' && strchr(text, ']') != NULL) {
        char *bracket = strchr(text, ']');

        *host = text + 1;
        *bracket = '\0';
        colon = bracket[1] == ':' ? bracket + 1 : NULL;
    } else if (colon != NULL && strchr(text, ':') != colon) {
        colon = NULL;
    }
    if (colon != NULL) {
        *colon = '\0';
        *port = colon + 1;
    }
    if (**host == '\0') {
        *host = DEFAULT_HOST;
    }
}

static int open_address(const struct opening *self, char *text)
{
    static const struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    char preset[TEXT_NUMBER_BYTES_MAX + 1];
    const char *port = preset;
    const char *host;
    struct addrinfo *list;
    uint64_t number;
    int result;

    *text_write_number(preset, self->options->port) = '\0';
    split_address(text, &host, &port);
    if (!text_read_number(port, strlen(port), UINT16_MAX, &number)) {
        return complain(self, EX_USAGE, "--listen: '%s' is not a port", port);
    }
    result =
        getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, port, &hints, &list);
    if (result != 0) {
        return complain(self, EX_USAGE, "--listen: %s port %s: %s", host, port,
                        gai_strerror(result));
    }
    for (const struct addrinfo *info = list; info != NULL && result == 0;
         info = info->ai_next) {
        struct listener *listener = NULL;

        if (!self->options->insecure && !is_loopback(info->ai_addr)) {
            result = complain(self, EX_USAGE,
                              "--listen: %s can be reached by other machines, "
                              "and there is no authentication; allow it with "
                              "--insecure",
                              host);
            break;
        }
        result = add_listener(self, &listener);
        if (result == 0) {
            result = open_tcp(self, listener, info);
        }
    }
    freeaddrinfo(list);
    return result;
}

/* Removes a socket that a server left behind, but none that is listened on. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat status;
    int fd;

    if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode)) {
        return;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const void *)address, sizeof *address) < 0 &&
        errno == ECONNREFUSED) {
        (void)unlink(address->sun_path);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

/* A unix socket bound to address with the mode asked for, or -1. */
static int bind_unix(const struct sockaddr_un *address, uint64_t mode)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t mask = umask((mode_t)(~mode & 0777));

    if (fd >= 0 && bind(fd, (const void *)address, sizeof *address) < 0) {
        int reason = errno;

        (void)close(fd);
        errno = reason;
        fd = -1;
    }
    (void)umask(mask);
    return fd;
}

static int open_unix(const struct opening *self)
{
    const char *path = self->options->unix_path;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct listener *listener = NULL;
    int result;
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        return complain(self, EX_USAGE,
                        "--unix: the path is longer than %zu bytes",
                        sizeof address.sun_path - 1);
    }
    result = add_listener(self, &listener);
    if (result != 0) {
        return result;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    (void)snprintf(listener->name, sizeof listener->name, "%s", path);
    listener->local = true;
    remove_stale(&address);
    fd = bind_unix(&address, self->options->unix_mode);
    for (size_t i = 0; i < self->listeners->workers; i++) {
        listener->fds[i] = fd;
    }
    return fd < 0 || listen(fd, BACKLOG) < 0 ? complain_of_system(self, path)
                                             : 0;
}

static int open_addresses(const struct opening *self)
{
    char list[OPTIONS_LIST_BYTES];
    char *rest = list;
    int result = 0;

    (void)snprintf(list, sizeof list, "%s", self->options->listen);
    if (list[0] == '\0' && self->options->unix_path[0] == '\0') {
        (void)snprintf(list, sizeof list, "%s", DEFAULT_HOST);
    }
    while (list[0] != '\0' && rest != NULL && result == 0) {
        result = open_address(self, strsep(&rest, ","));
    }
    return result;
}

int listeners_open_tcp(struct listeners *self, const struct options *options,
                       size_t workers, char message[OPTIONS_MESSAGE_BYTES])
{
    struct opening opening = {self, options, message};

    *self = (struct listeners){.workers = workers};
    return open_addresses(&opening);
}

int listeners_open_unix(struct listeners *self, const struct options *options,
                        char message[OPTIONS_MESSAGE_BYTES])
{
    struct opening opening = {self, options, message};

    return options->unix_path[0] == '\0' ? 0 : open_unix(&opening);
}

void listeners_close(struct listeners *self)
{
    for (size_t i = 0; i < self->count; i++) {
        struct listener *listener = &self->of[i];
        size_t sockets = listener->local ? 1 : self->workers;

        for (size_t worker = 0; worker < sockets; worker++) {
            if (listener->fds[worker] >= 0) {
                (void)close(listener->fds[worker]);
            }
        }
        if (listener->local && listener->fds[0] >= 0) {
            (void)unlink(listener->name);
        }
        free(listener->fds);
    }
    self->count = 0;
}
