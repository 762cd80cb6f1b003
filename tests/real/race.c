/*
 * race.c - many connections that want the seats of one key.
 *
 *     race HOST PORT KEY WAY CONNECTIONS QUOTA
 *
 * WAY is "take", or "cas": read with gets, store one less with cas, again
 * where somebody was faster. The program connects, prints "ready", waits for
 * a line on standard input, and buys one seat after the other on every
 * connection until it has QUOTA of them (0: no bound) or is told on each
 * connection that none are left. Each purchase is a line:
 *
 *     TAKEN <left> <version>     <left> and <version> are what take answered
 *     SOLD <seats> <version>     <seats> and <version> are what gets answered
 *
 * and the last line is "REFUSED <n>": so many were told that none are left.
 */
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANG_MS 60000
#define REPLY_BYTES_MAX 512
#define REQUEST_BYTES_MAX 600

enum step {
    STEP_DONE,
    STEP_TAKE,
    STEP_GETS,
    STEP_CAS
};

struct buyer {
    enum step step;
    uint64_t seats;   /* as gets read them */
    uint64_t version; /* the same */
    char reply[REPLY_BYTES_MAX];
    size_t reply_bytes;
};

struct race {
    const char *key;
    enum step first_step;
    size_t count;
    struct pollfd *polls;
    struct buyer *buyers;
    uint64_t quota;
    uint64_t bought;
    uint64_t refused;
    size_t buying; /* buyers whose step is not STEP_DONE */
};

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "race: %s: %s\n", what, detail);
    exit(1);
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int one = 1;
    int fault = getaddrinfo(host, port, &hints, &found);
    int fd;

    if (fault != 0) {
        fail(host, gai_strerror(fault));
    }
    fd = socket(found->ai_family, found->ai_socktype, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        fail("connect", strerror(errno));
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    freeaddrinfo(found);
    return fd;
}

/* A request fits into any socket buffer, as its connection has no other. */
static void ask(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];
    char request[REQUEST_BYTES_MAX];
    char left[24];
    int bytes;

    switch (buyer->step) {
    case STEP_TAKE:
        bytes = snprintf(request, sizeof request, "take %s 1\r\n", race->key);
        break;
    case STEP_GETS:
        bytes = snprintf(request, sizeof request, "gets %s\r\n", race->key);
        break;
    default:
        snprintf(left, sizeof left, "%" PRIu64, buyer->seats - 1);
        bytes = snprintf(request, sizeof request,
                         "cas %s 0 0 %zu %" PRIu64 "\r\n%s\r\n", race->key,
                         strlen(left), buyer->version, left);
    }
    buyer->reply_bytes = 0;
    if (write(race->polls[i].fd, request, (size_t)bytes) != bytes) {
        fail("write", strerror(errno));
    }
}

/* Begins the next purchase, or ends where the quota leaves none to buy. */
static void next_purchase(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];

    if (buyer->step != STEP_DONE) {
        race->buying--;
    }
    if (race->quota > 0 && race->bought + race->buying >= race->quota) {
        buyer->step = STEP_DONE;
        race->polls[i].fd = -race->polls[i].fd;
        return;
    }
    race->buying++;
    buyer->step = race->first_step;
    ask(race, i);
}

static void sold_out(struct race *race, size_t i)
{
    race->refused++;
    race->buying--;
    race->buyers[i].step = STEP_DONE;
    race->polls[i].fd = -race->polls[i].fd;
}

static void taken(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];
    uint64_t left;
    uint64_t version;

    if (sscanf(buyer->reply, "TAKEN %" SCNu64 " %" SCNu64, &left, &version) ==
        2) {
        printf("TAKEN %" PRIu64 " %" PRIu64 "\n", left, version);
        race->bought++;
        next_purchase(race, i);
    } else if (strncmp(buyer->reply, "REFUSED 0 ", 10) == 0) {
        sold_out(race, i);
    } else {
        fail("take was answered", buyer->reply);
    }
}

static void got(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];

    if (sscanf(buyer->reply, "VALUE %*s %*u %*u %" SCNu64 "\r\n%" SCNu64,
               &buyer->version, &buyer->seats) != 2) {
        fail("gets was answered", buyer->reply);
    }
    if (buyer->seats == 0) {
        sold_out(race, i);
        return;
    }
    buyer->step = STEP_CAS;
    ask(race, i);
}

static void swapped(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];

    if (strcmp(buyer->reply, "STORED\r\n") == 0) {
        printf("SOLD %" PRIu64 " %" PRIu64 "\n", buyer->seats, buyer->version);
        race->bought++;
        next_purchase(race, i);
    } else if (strcmp(buyer->reply, "EXISTS\r\n") == 0) {
        buyer->step = STEP_GETS;
        ask(race, i);
    } else {
        fail("cas was answered", buyer->reply);
    }
}

static bool ends_with(const struct buyer *buyer, const char *end)
{
    size_t bytes = strlen(end);

    return buyer->reply_bytes >= bytes &&
           memcmp(buyer->reply + buyer->reply_bytes - bytes, end, bytes) == 0;
}

/* Takes in what has come, and goes on where it is the whole reply. */
static void receive(struct race *race, size_t i)
{
    struct buyer *buyer = &race->buyers[i];
    ssize_t bytes = read(race->polls[i].fd, buyer->reply + buyer->reply_bytes,
                         REPLY_BYTES_MAX - 1 - buyer->reply_bytes);

    if (bytes <= 0) {
        fail("read", bytes < 0 ? strerror(errno) : "the server hung up");
    }
    buyer->reply_bytes += (size_t)bytes;
    buyer->reply[buyer->reply_bytes] = '\0';
    if (!ends_with(buyer, buyer->step == STEP_GETS ? "END\r\n" : "\r\n")) {
        return;
    }
    switch (buyer->step) {
    case STEP_TAKE:
        taken(race, i);
        break;
    case STEP_GETS:
        got(race, i);
        break;
    default:
        swapped(race, i);
    }
}

static void run(struct race *race)
{
    for (size_t i = 0; i < race->count; i++) {
        next_purchase(race, i);
    }
    while (race->buying > 0) {
        if (poll(race->polls, race->count, HANG_MS) <= 0) {
            fail("poll", "no reply came");
        }
        for (size_t i = 0; i < race->count; i++) {
            if (race->polls[i].fd >= 0 && race->polls[i].revents != 0) {
                receive(race, i);
            }
        }
    }
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fail("not a number", text);
    }
    return value;
}

int main(int argc, char **argv)
{
    struct race race = {0};

    if (argc != 7) {
        fail("usage", "race HOST PORT KEY take|cas CONNECTIONS QUOTA");
    }
    race.key = argv[3];
    race.first_step = strcmp(argv[4], "take") == 0 ? STEP_TAKE : STEP_GETS;
    race.count = (size_t)number(argv[5]);
    race.quota = number(argv[6]);
    race.polls = calloc(race.count, sizeof *race.polls);
    race.buyers = calloc(race.count, sizeof *race.buyers);
    if (race.polls == NULL || race.buyers == NULL) {
        fail("memory", strerror(errno));
    }
    for (size_t i = 0; i < race.count; i++) {
        race.polls[i].fd = connect_to(argv[1], argv[2]);
        race.polls[i].events = POLLIN;
    }
    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF) {
        fail("standard input", "nobody said go");
    }
    run(&race);
    printf("REFUSED %" PRIu64 "\n", race.refused);
    free(race.polls);
    free(race.buyers);
    return 0;
}
