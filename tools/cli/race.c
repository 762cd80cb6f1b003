/*
 * race.c - the last seat, live: many clients sell the same seats at once.
 *
 * A thread a client, each with a connection that was opened before the start.
 * They wait at a gate, a lock that the starter holds for writing, so that all
 * begin together. Nothing but the tally is shared after that.
 */
#include "tools/cli/race.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES (256 * 1024)
#define FRAME_NS 50000000
#define BAR_CELLS 24
#define LINE_COLUMNS 79
#define NS_PER_S 1000000000

/* The start of a race. */
struct gate {
    pthread_rwlock_t lock;
    bool called_off; /* under lock: not all could be started */
};

struct racer {
    pthread_t thread;
    struct client client;
    struct seller seller;
    const struct way *way;
    struct gate *gate;
    enum status status;
};

static void *run_racer(void *context)
{
    struct racer *self = context;
    bool go;

    pthread_rwlock_rdlock(&self->gate->lock);
    go = !self->gate->called_off;
    pthread_rwlock_unlock(&self->gate->lock);
    if (go) {
        self->status = self->way->sell(&self->seller);
    }
    return NULL;
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

/* Draws how far it is over the line that was drawn before. */
static void draw(const struct way *way, const struct tally *tally)
{
    uint64_t sold = tally->sold;
    uint64_t shown = sold < tally->seat_count ? sold : tally->seat_count;
    int cells = (int)(shown * BAR_CELLS / tally->seat_count);
    char bar[BAR_CELLS + 1];

    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', (size_t)cells);
    bar[BAR_CELLS] = '\0';
    printf("\r%-22s  %s  %" PRIu64 " of %" PRIu64 " sold", way->title, bar,
           sold, tally->seat_count);
    fflush(stdout);
}

static void erase(void)
{
    printf("\r%*s\r", LINE_COLUMNS, "");
}

/* The time, for who waits until it, at which to draw the next frame. */
static struct timespec next_frame(void)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += FRAME_NS;
    at.tv_sec += at.tv_nsec / NS_PER_S;
    at.tv_nsec %= NS_PER_S;
    return at;
}

/* Waits for all racers to end, and draws frames meanwhile. */
static void join_live(const struct racer *racers, uint64_t count)
{
    uint64_t joined = 0;

    draw(racers[0].way, racers[0].seller.tally);
    while (joined < count) {
        struct timespec until = next_frame();

        while (joined < count &&
               pthread_timedjoin_np(racers[joined].thread, NULL, &until) == 0) {
            joined++;
        }
        draw(racers[0].way, racers[0].seller.tally);
    }
    erase();
}

static void join(const struct racer *racers, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        pthread_join(racers[i].thread, NULL);
    }
}

/* Starts all threads behind the gate; answers how many there are. */
static uint64_t start(const struct race *race, struct racer *racers)
{
    pthread_attr_t attributes;
    uint64_t started = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (started < race->client_count &&
           pthread_create(&racers[started].thread, &attributes, run_racer,
                          &racers[started]) == 0) {
        started++;
    }
    pthread_attr_destroy(&attributes);
    return started;
}

/* Runs racers that are connected. STATUS_LOCAL where a thread is refused. */
static enum status run_all(const struct race *race, struct racer *racers,
                           struct gate *gate, double *seconds)
{
    uint64_t started;
    double start_s;

    pthread_rwlock_wrlock(&gate->lock);
    started = start(race, racers);
    gate->called_off = started < race->client_count;
    start_s = now_s();
    pthread_rwlock_unlock(&gate->lock);
    if (race->live) {
        join_live(racers, started);
    } else {
        join(racers, started);
    }
    *seconds = now_s() - start_s;
    return gate->called_off ? STATUS_LOCAL : STATUS_DONE;
}

static enum status connect_all(const struct race *race, struct racer *racers)
{
    for (uint64_t i = 0; i < race->client_count; i++) {
        racers[i].status =
            client_open(&racers[i].client, race->server, race->timeout_s);
        if (racers[i].status != STATUS_DONE) {
            return racers[i].status;
        }
    }
    return STATUS_DONE;
}

/* Puts an error into result, unless there is one already. */
static void note_error(struct race_result *result, enum status status,
                       const char *why)
{
    if (status != STATUS_DONE && result->status == STATUS_DONE) {
        result->status = status;
        snprintf(result->why, sizeof result->why, "%s", why);
    }
}

/* Lets all racers sell; the first error that one met goes into result. */
static void sell(const struct race *race, struct racer *racers,
                 struct gate *gate, struct race_result *result)
{
    enum status status = connect_all(race, racers);

    if (status == STATUS_DONE) {
        status = run_all(race, racers, gate, &result->seconds);
    }
    for (uint64_t i = 0; i < race->client_count; i++) {
        note_error(result, racers[i].status, racers[i].client.why);
    }
    note_error(result, status, "no more threads are to be had");
}

/* Opens the sale, by a connection of its own, lets all sell, closes it. */
static void hold_sale(const struct race *race, struct racer *racers,
                      struct gate *gate, struct race_result *result)
{
    struct client client;
    struct seller host = racers[0].seller;
    enum status status;

    client_init(&client);
    host.client = &client;
    status = client_open(&client, race->server, race->timeout_s);
    if (status == STATUS_DONE) {
        status = ways_open_sale(&host);
    }
    if (status == STATUS_DONE) {
        sell(race, racers, gate, result);
        status = ways_close_sale(&host);
    }
    note_error(result, status, client.why);
    client_close(&client);
}

/* A key that nobody else uses: by process and by chance. */
static void make_key(char *key, size_t room, const struct way *way)
{
    uint64_t chance = 0;

    /* Where there is no chance to be had the process still tells. */
    (void)!getrandom(&chance, sizeof chance, GRND_NONBLOCK);
    snprintf(key, room, "pawl:race:%ld:%" PRIx64 ":%s", (long)getpid(), chance,
             way->name);
}

static struct racer *racers_create(const struct race *race,
                                   const struct way *way, struct gate *gate,
                                   const char *key, struct tally *tally)
{
    struct racer *racers = calloc(race->client_count, sizeof racers[0]);

    for (uint64_t i = 0; racers != NULL && i < race->client_count; i++) {
        client_init(&racers[i].client);
        racers[i].seller = (struct seller){&racers[i].client, key, tally};
        racers[i].way = way;
        racers[i].gate = gate;
    }
    return racers;
}

static void racers_destroy(const struct race *race, struct racer *racers)
{
    for (uint64_t i = 0; i < race->client_count; i++) {
        client_close(&racers[i].client);
    }
    free(racers);
}

static void count(const struct tally *tally, struct race_result *result)
{
    result->sold = tally->sold;
    result->oversold = tally_oversold(tally);
    result->unsold = tally_unsold(tally);
    result->refused = tally->refused;
    result->retried = tally->retried;
}

enum status race_run(const struct race *race, const struct way *way,
                     struct race_result *result)
{
    struct gate gate = {.lock = PTHREAD_RWLOCK_INITIALIZER};
    struct tally tally;
    struct racer *racers;
    char key[80];

    *result = (struct race_result){.way = way};
    make_key(key, sizeof key, way);
    if (!tally_init(&tally, race->seat_count)) {
        goto no_tally;
    }
    racers = racers_create(race, way, &gate, key, &tally);
    if (racers == NULL) {
        goto no_racers;
    }
    hold_sale(race, racers, &gate, result);
    count(&tally, result);
    racers_destroy(race, racers);
    tally_fini(&tally);
    return result->status;

no_racers:
    tally_fini(&tally);
no_tally:
    note_error(result, STATUS_LOCAL, "out of memory");
    return result->status;
}
