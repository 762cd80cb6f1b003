/*
 * hatch.c - jobs over a socket pair.
 */
#include "bench/hatch.h"
#include "bench/histogram.h"
#include "bench/lap.h"
#include "bench/process.h"
#include "bench/timing.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Keys of a thread's stream: enough to leave no cache warm. */
#define STREAM_KEYS ((size_t)1 << 22)
#define HOT_KEYS ((size_t)1024)

/* So many are put between two rests. */
#define REST_RECORDS 256u

/* A job may take this, and a second for every so many records stored. */
#define PATIENCE_SECONDS 60
#define SLOW_RECORDS 50000u

/* What counters begin with: no lap takes all of it. */
#define COUNT_FROM UINT64_C(1000000000000)

/* The inside of the process. */
struct nest {
    const struct rival *rival;
    const struct hatch_table *spec;
    struct dataset dataset;
    void *table;
    struct stream streams[2][LAP_THREADS_MAX]; /* the second: hot */
    struct histogram insertions;
};

static bool put(struct nest *self, void *member, uint64_t record, bool count)
{
    char key[DATASET_KEY_BYTES_MAX];
    size_t value_bytes;
    size_t key_bytes = dataset_key(&self->dataset, record, key);
    if (count) {
        return self->rival->count(member, key, key_bytes, COUNT_FROM);
    }
    const char *value = dataset_value(&self->dataset, record, &value_bytes);
    return self->rival->set(member, key, key_bytes, value, value_bytes);
}

/* Puts every record, one at a time. */
static bool fill(struct nest *self, bool count)
{
    void *member = self->rival->join(self->table);
    bool fine = member != NULL;
    uint64_t before_ns = timing_now_ns();
    for (uint64_t i = 0; fine && i < self->spec->records; i++) {
        fine = put(self, member, i, count);
        uint64_t now_ns = timing_now_ns();
        histogram_record(&self->insertions, now_ns - before_ns, 1);
        before_ns = now_ns;
        if (i % REST_RECORDS == 0) {
            self->rival->rest(member);
        }
    }
    if (member != NULL) {
        self->rival->part(member);
    }
    return fine;
}

static void load(struct nest *self, struct job_result *answer)
{
    uint64_t resident = process_resident_bytes(getpid());
    uint64_t begin_ns = timing_now_ns();
    histogram_init(&self->insertions);
    self->table = self->rival->create();
    answer->fine = self->table != NULL && fill(self, self->spec->counters);
    double seconds = timing_seconds(timing_now_ns() - begin_ns);
    double records = (double)self->spec->records;
    answer->rate = records / seconds;
    answer->record_bytes =
        (double)(process_resident_bytes(getpid()) - resident) / records;
    answer->p9999_ns = histogram_quantile(&self->insertions, 0.9999);
    answer->max_ns = histogram_max(&self->insertions);
}

static bool need_streams(struct nest *self, const struct job *job)
{
    struct stream *streams = self->streams[job->hot];
    size_t count = job->hot ? HOT_KEYS : STREAM_KEYS;
    for (unsigned i = 0; i < job->threads; i++) {
        if (streams[i].keys == NULL &&
            !stream_init(&streams[i], &self->dataset, count, i + 1, job->hot)) {
            return false;
        }
    }
    return true;
}

static void lap(struct nest *self, const struct job *job,
                struct job_result *answer)
{
    struct lap lap = {
        .rival = self->rival,
        .table = self->table,
        .verb = job->verb,
        .batch = job->batch,
        .threads = job->threads,
        .streams = self->streams[job->hot],
        .seconds = job->seconds,
    };
    struct lap_result result;
    lap.value = dataset_value(&self->dataset, 0, &lap.value_bytes);
    if (need_streams(self, job) && lap_run(&lap, &result)) {
        answer->fine = result.fine == result.calls;
        answer->rate = result.rate;
    }
}

static bool transfer(int socket, void *bytes, size_t count, bool out)
{
    char *at = bytes;
    while (count > 0) {
        ssize_t moved = out ? send(socket, at, count, MSG_NOSIGNAL)
                            : recv(socket, at, count, MSG_WAITALL);
        if (moved < 0 && errno == EINTR) {
            continue;
        }
        if (moved <= 0) {
            return false;
        }
        at += moved;
        count -= (size_t)moved;
    }
    return true;
}

/* The process's life: until the parent closes its end. */
static void serve(struct nest *self, int socket)
{
    struct job job;
    while (transfer(socket, &job, sizeof job, false)) {
        struct job_result answer = {0};
        switch (job.kind) {
        case JOB_LOAD:
            load(self, &answer);
            break;
        case JOB_COUNT:
            answer.fine = fill(self, true);
            break;
        case JOB_LAP:
            lap(self, &job, &answer);
            break;
        }
        if (!transfer(socket, &answer, sizeof answer, true)) {
            return;
        }
    }
}

static void live(const struct rival *rival, const struct hatch_table *table,
                 int socket)
{
    struct span key_bytes = {table->key_bytes, table->key_bytes};
    struct span value_bytes = {table->value_bytes, table->value_bytes};
    struct nest *self = calloc(1, sizeof *self);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (self == NULL) {
        return;
    }
    self->rival = rival;
    self->spec = table;
    if (dataset_init(&self->dataset, table->records, table->records, key_bytes,
                     value_bytes) == NULL) {
        serve(self, socket);
    }
}

bool hatch_open(struct hatch *self, const struct rival *rival,
                const struct hatch_table *table)
{
    int ends[2];
    memset(self, 0, sizeof *self);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        live(rival, table, ends[1]);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    *self = (struct hatch){
        .pid = pid, .socket = ends[0], .records = table->records};
    return true;
}

bool hatch_ask(struct hatch *self, const struct job *job,
               struct job_result *answer)
{
    struct job copy = *job;
    struct timeval limit = {.tv_sec = PATIENCE_SECONDS + (time_t)job->seconds};
    if (job->kind != JOB_LAP) {
        limit.tv_sec += (time_t)(self->records / SLOW_RECORDS);
    }
    setsockopt(self->socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return transfer(self->socket, &copy, sizeof copy, true) &&
           transfer(self->socket, answer, sizeof *answer, false);
}

void hatch_close(struct hatch *self)
{
    if (self->pid > 0) {
        /* Closing alone would not do: later children hold this end too. */
        close(self->socket);
        kill(self->pid, SIGKILL);
        waitpid(self->pid, NULL, 0);
    }
    memset(self, 0, sizeof *self);
}
