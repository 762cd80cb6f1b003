/*
 * machine.c - random lines of memory, and lines that two cores want.
 *
 * Four records share a bucket's line and each has a line of its own: the
 * first of two dependent reads goes to one of records / 4 lines, the second
 * where the first one points.
 */
#include "bench/machine.h"
#include "bench/lap.h"
#include "bench/random.h"
#include "bench/timing.h"

#include <ck_pr.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FLIGHT 32u
#define CHUNK 1024u
#define BUCKET_RECORDS 4u

struct line {
    uint64_t word[8];
};

struct lines {
    struct line *at;
    uint64_t count;
};

static bool lines_init(struct lines *self, uint64_t count)
{
    size_t bytes = count * sizeof *self->at;
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        return false;
    }
    madvise(at, bytes, MADV_HUGEPAGE);
    self->at = at;
    self->count = count;
    return true;
}

static void lines_fini(struct lines *self)
{
    if (self->at != NULL) {
        munmap(self->at, self->count * sizeof *self->at);
    }
}

/* Each line names a random line of other. */
static void point(struct lines *self, const struct lines *other,
                  struct random *random)
{
    for (uint64_t i = 0; i < self->count; i++) {
        self->at[i].word[0] = random_below(random, other->count);
    }
}

/* Each line names another, so that one round visits all (Sattolo 1986). */
static void point_round(struct lines *self, struct random *random)
{
    for (uint64_t i = 0; i < self->count; i++) {
        self->at[i].word[0] = i;
    }
    for (uint64_t i = self->count - 1; i > 0; i--) {
        uint64_t j = random_below(random, i);
        uint64_t kept = self->at[i].word[0];
        self->at[i].word[0] = self->at[j].word[0];
        self->at[j].word[0] = kept;
    }
}

struct memory {
    struct lines buckets;
    struct lines records;
    struct random random;
    uint64_t sum; /* of what was read, so that it is read */
};

static void read_chain(struct memory *self)
{
    uint64_t at = self->sum % self->records.count;
    for (unsigned i = 0; i < CHUNK; i++) {
        at = self->records.at[at].word[0];
    }
    self->sum = at;
}

static void read_lines(struct memory *self)
{
    for (unsigned i = 0; i < CHUNK; i++) {
        uint64_t at = random_below(&self->random, self->records.count);
        self->sum += self->records.at[at].word[0];
    }
}

static void read_pairs(struct memory *self)
{
    uint64_t first[FLIGHT], second[FLIGHT];
    for (unsigned done = 0; done < CHUNK; done += FLIGHT) {
        for (unsigned i = 0; i < FLIGHT; i++) {
            first[i] = random_below(&self->random, self->buckets.count);
            __builtin_prefetch(&self->buckets.at[first[i]]);
        }
        for (unsigned i = 0; i < FLIGHT; i++) {
            second[i] = self->buckets.at[first[i]].word[0];
            __builtin_prefetch(&self->records.at[second[i]]);
        }
        for (unsigned i = 0; i < FLIGHT; i++) {
            self->sum += self->records.at[second[i]].word[0];
        }
    }
}

static double rate_of(void (*read)(struct memory *), struct memory *memory,
                      double seconds)
{
    uint64_t begin_ns = timing_now_ns();
    uint64_t end_ns = begin_ns + timing_of_seconds(seconds);
    uint64_t now_ns = begin_ns;
    uint64_t count = 0;
    for (; now_ns < end_ns; now_ns = timing_now_ns()) {
        read(memory);
        /* The compiler may not conclude that nobody wants what was read. */
        __asm__ volatile("" : : "r"(memory->sum) : "memory");
        count += CHUNK;
    }
    return (double)count / timing_seconds(now_ns - begin_ns);
}

static bool measure_memory(struct machine *machine, uint64_t records,
                           double seconds)
{
    struct memory memory = {.random = {.state = 1}};
    uint64_t buckets = records / BUCKET_RECORDS + 1;
    bool fine = lines_init(&memory.buckets, buckets) &&
                lines_init(&memory.records, records);
    if (fine) {
        point(&memory.buckets, &memory.records, &memory.random);
        point_round(&memory.records, &memory.random);
        machine->chain = rate_of(read_chain, &memory, seconds);
        machine->lines = rate_of(read_lines, &memory, seconds);
        machine->pairs = rate_of(read_pairs, &memory, seconds);
    }
    lines_fini(&memory.buckets);
    lines_fini(&memory.records);
    return fine;
}

/* One thread of a contest for a line. */
struct contest {
    uint64_t (*pair)[2];
    bool wide;
    double seconds;
    double rate;
};

static void raise8(uint64_t *word)
{
    uint64_t seen = ck_pr_load_64(word);
    while (!ck_pr_cas_64_value(word, seen, seen + 1, &seen)) {
    }
}

static void raise16(uint64_t pair[2])
{
    uint64_t seen[2] = {ck_pr_load_64(&pair[0]), ck_pr_load_64(&pair[1])};
    uint64_t next[2];
    do {
        next[0] = seen[0] + 1;
        next[1] = seen[1] - 1;
    } while (!ck_pr_cas_64_2_value(pair, seen, next, seen));
}

static void contend(void *argument)
{
    struct contest *self = argument;
    uint64_t begin_ns = timing_now_ns();
    uint64_t end_ns = begin_ns + timing_of_seconds(self->seconds);
    uint64_t now_ns = begin_ns;
    uint64_t count = 0;
    for (; now_ns < end_ns; now_ns = timing_now_ns()) {
        for (unsigned i = 0; i < CHUNK; i++) {
            if (self->wide) {
                raise16(*self->pair);
            } else {
                raise8(*self->pair);
            }
        }
        count += CHUNK;
    }
    self->rate = (double)count / timing_seconds(now_ns - begin_ns);
}

/* Both threads together. */
static double contest_rate(unsigned threads, bool wide, double seconds)
{
    static struct line line __attribute__((aligned(64)));
    struct contest contests[2];
    for (unsigned i = 0; i < threads; i++) {
        contests[i] = (struct contest){
            .pair = (uint64_t(*)[2])(void *)&line,
            .wide = wide,
            .seconds = seconds,
        };
    }
    if (!lap_threads(threads, contend, contests, sizeof *contests)) {
        return 0;
    }
    double rate = 0;
    for (unsigned i = 0; i < threads; i++) {
        rate += contests[i].rate;
    }
    return rate;
}

/* So many round trips are made between two looks at the clock. */
#define TRIPS 64u

/* What lies on the line when the game is over. */
#define GAME_OVER UINT64_MAX

/* One of two who hand a line back and forth: even numbers, odd numbers. */
struct player {
    uint64_t *ball;
    double seconds;
    double trip_ns; /* of who began */
};

/* Waits until the ball says so; false where the game is over instead. */
static bool await_ball(const uint64_t *ball, uint64_t wanted)
{
    uint64_t seen = ck_pr_load_64(ball);
    while (seen != wanted && seen != GAME_OVER) {
        ck_pr_stall();
        seen = ck_pr_load_64(ball);
    }
    return seen == wanted;
}

static void play_first(struct player *self)
{
    uint64_t begin_ns = timing_now_ns();
    uint64_t end_ns = begin_ns + timing_of_seconds(self->seconds);
    uint64_t now_ns = begin_ns;
    uint64_t trips = 0;
    for (; now_ns < end_ns; now_ns = timing_now_ns()) {
        for (unsigned i = 0; i < TRIPS; i++, trips++) {
            ck_pr_store_64(self->ball, 2 * trips + 1);
            await_ball(self->ball, 2 * trips + 2);
        }
    }
    ck_pr_store_64(self->ball, GAME_OVER);
    self->trip_ns = (double)(now_ns - begin_ns) / (double)trips;
}

static void play_second(struct player *self)
{
    for (uint64_t turn = 1; await_ball(self->ball, turn); turn += 2) {
        ck_pr_store_64(self->ball, turn + 1);
    }
}

static void play(void *argument)
{
    struct player *self = argument;
    if (self->seconds > 0) {
        play_first(self);
    } else {
        play_second(self);
    }
}

static double ping_ns(double seconds)
{
    static struct line line __attribute__((aligned(64)));
    memset(&line, 0, sizeof line);
    struct player players[2] = {
        {.ball = line.word, .seconds = seconds},
        {.ball = line.word},
    };
    return lap_threads(2, play, players, sizeof *players) ? players[0].trip_ns
                                                          : 0;
}

bool machine_measure(struct machine *machine, uint64_t records, double seconds)
{
    cpu_set_t may;
    *machine = (struct machine){0};
    if (!measure_memory(machine, records, seconds)) {
        return false;
    }
    machine->cas8 = contest_rate(1, false, seconds);
    machine->cas16 = contest_rate(1, true, seconds);
    if (sched_getaffinity(0, sizeof may, &may) == 0 && CPU_COUNT(&may) > 1) {
        machine->cas8_shared = contest_rate(2, false, seconds);
        machine->cas16_shared = contest_rate(2, true, seconds);
        machine->ping_ns = ping_ns(seconds);
    }
    return true;
}
