/*
 * history.c - what threads did to a few counters, and whether it can be true.
 */
#include "tests/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- noting -------------------------------------------------------------- */

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool stores_value(enum pawl_verb verb)
{
    return verb == PAWL_SET || verb == PAWL_ADD || verb == PAWL_REPLACE;
}

static bool counts(enum pawl_verb verb)
{
    return verb == PAWL_INCR || verb == PAWL_DECR || verb == PAWL_TAKE ||
           verb == PAWL_GIVE;
}

static struct history_event *log_room(struct history_log *log)
{
    if (log->count == log->room) {
        log->room = log->room == 0 ? 1024 : log->room * 2;
        log->events = realloc(log->events, log->room * sizeof *log->events);
        CHECK(log->events != NULL);
    }
    return &log->events[log->count++];
}

static uint64_t number_stored(const struct pawl_op *op)
{
    char text[24] = "";
    memcpy(text, op->value, op->value_bytes);
    return strtoull(text, NULL, 10);
}

static void note(struct history_log *log, uint32_t key,
                 const struct pawl_op *op, uint64_t begin_ns, uint64_t end_ns)
{
    *log_room(log) = (struct history_event){
        .begin_ns = begin_ns,
        .end_ns = end_ns,
        .version = op->view.version,
        .number = stores_value(op->verb) ? number_stored(op) : op->view.number,
        .amount = op->amount,
        .bound = op->bound,
        .condition = op->version,
        .key = key,
        .verb = (uint8_t)op->verb,
        .status = (uint8_t)op->status,
    };
}

void history_run(struct history_log *log, struct pawl_thread *thread,
                 const uint32_t *keys, struct pawl_op *ops, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ops[i].key = &keys[i];
        ops[i].key_bytes = sizeof keys[i];
    }
    uint64_t begin_ns = now_ns();
    CHECK_OK(pawl_run(thread, ops, count));
    uint64_t end_ns = now_ns();
    for (size_t i = 0; i < count; i++) {
        note(log, keys[i], &ops[i], begin_ns, end_ns);
    }
}

/* ---- the state of one key, step by step ---------------------------------- */

struct state {
    bool there;
    uint64_t version;
    uint64_t number;
    uint64_t began_ns; /* the latest beginning of anything placed so far */
};

static void fail(const struct history_event *event, const struct state *state,
                 const char *why)
{
    check_failed(
        __FILE__, __LINE__,
        "key %" PRIu32 ": %s (\"%s\") of version %" PRIu64 ", number %" PRIu64
        ", amount %" PRIu64 ", bound %" PRIu64 ", condition %" PRIu64
        ": %s; there was %s, version %" PRIu64 ", number %" PRIu64,
        event->key, pawl_verb_text((enum pawl_verb)event->verb),
        pawl_status_text((enum pawl_status)event->status), event->version,
        event->number, event->amount, event->bound, event->condition, why,
        state->there ? "a record" : "none", state->version, state->number);
}

static bool changes(const struct history_event *event)
{
    return event->status == PAWL_OK && event->verb != PAWL_GET &&
           event->verb != PAWL_TOUCH;
}

/* What take, give, incr or decr leaves; false where it must be refused. */
static bool counted(const struct history_event *event, uint64_t old,
                    uint64_t *left)
{
    switch (event->verb) {
    case PAWL_TAKE:
        *left = old - event->amount;
        return old >= event->amount && *left >= event->bound;
    case PAWL_GIVE:
        *left = old + event->amount;
        return *left >= old && *left <= event->bound;
    case PAWL_INCR:
        *left = old + event->amount;
        return true;
    default:
        *left = old > event->amount ? old - event->amount : 0;
        return true;
    }
}

static void check_change(const struct history_event *event, struct state *state)
{
    uint64_t left = 0;
    if (event->version <= state->version) {
        fail(event, state, "its version was given before");
    }
    if (event->condition != 0 && event->condition != state->version) {
        fail(event, state, "it was conditional on another version");
    }
    if (event->verb == PAWL_ADD && state->there) {
        fail(event, state, "a record was there");
    }
    if (event->verb != PAWL_ADD && event->verb != PAWL_SET && !state->there) {
        fail(event, state, "no record was there");
    }
    if (counts((enum pawl_verb)event->verb)) {
        if (!counted(event, state->number, &left) || left != event->number) {
            fail(event, state, "the number does not follow");
        }
    }
    state->there = event->verb != PAWL_DELETE;
    state->version = event->version;
    if (event->verb != PAWL_APPEND && event->verb != PAWL_PREPEND) {
        state->number = event->number;
    }
}

/* A version was told without a change: it is the one that was there. */
static void check_look(const struct history_event *event,
                       const struct state *state)
{
    uint64_t left = 0;
    bool tells_number =
        event->status == PAWL_OK || event->status == PAWL_REFUSED;
    if (!state->there || event->version != state->version) {
        fail(event, state, "no change gave this version");
    }
    if (tells_number && event->number != state->number) {
        fail(event, state, "this version has another number");
    }
    if (event->status == PAWL_REFUSED && counted(event, state->number, &left)) {
        fail(event, state, "nothing was in the way");
    }
    if (event->status == PAWL_OK && event->verb != PAWL_GET &&
        event->condition != 0 && event->condition != state->version) {
        fail(event, state, "it was conditional on another version");
    }
    if (event->status == PAWL_EXISTS && event->condition == state->version) {
        fail(event, state, "the version was the expected one");
    }
}

static void check_not_too_early(const struct history_event *event,
                                const struct state *state)
{
    if (event->end_ns < state->began_ns) {
        fail(event, state, "it ended before something placed earlier began");
    }
}

static void began(struct state *state, const struct history_event *event)
{
    if (event->begin_ns > state->began_ns) {
        state->began_ns = event->begin_ns;
    }
}

/* ---- when a key can have been absent ------------------------------------- */

/* A time in which no record may have been there, ends included. */
struct gap {
    uint64_t from_ns;
    uint64_t to_ns;
};

/* Of one key, in the order of the versions around them. */
struct gaps {
    struct gap *gap;
    size_t count;
};

/*
 * Changes are in order here, so a gap opens at the latest beginning up to its
 * delete, and closes at the earliest end from its next change on.
 */
static struct gaps find_gaps(const struct history_event *events, size_t count)
{
    struct gaps gaps = {malloc((count + 1) * sizeof(struct gap)), 1};
    uint64_t began_ns = 0;
    gaps.gap[0] = (struct gap){0, UINT64_MAX};
    size_t *next = malloc((count + 1) * sizeof *next);
    next[0] = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].begin_ns > began_ns) {
            began_ns = events[i].begin_ns;
        }
        if (changes(&events[i]) && events[i].verb == PAWL_DELETE) {
            next[gaps.count] = i + 1;
            gaps.gap[gaps.count++] = (struct gap){began_ns, UINT64_MAX};
        }
    }
    uint64_t ended_ns = UINT64_MAX;
    size_t at = count;
    for (size_t g = gaps.count; g-- > 0;) {
        for (; at > next[g]; at--) {
            if (events[at - 1].end_ns < ended_ns) {
                ended_ns = events[at - 1].end_ns;
            }
        }
        gaps.gap[g].to_ns = ended_ns;
    }
    free(next);
    return gaps;
}

/* Both ends of the gaps rise: the last that opened in time is the best one. */
static bool could_be_absent(const struct gaps *gaps,
                            const struct history_event *event)
{
    size_t low = 0;
    size_t high = gaps->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (gaps->gap[middle].from_ns <= event->end_ns) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return gaps->gap[low].to_ns >= event->begin_ns;
}

static bool says_absent(const struct history_event *event)
{
    return event->status == PAWL_NOT_FOUND ||
           (event->status == PAWL_NOT_STORED && event->verb != PAWL_ADD);
}

/* ---- the whole ----------------------------------------------------------- */

/* By key, then version, then changes first; those that tell none come first. */
static int compare(const void *left, const void *right)
{
    const struct history_event *a = left;
    const struct history_event *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    if (a->version != b->version) {
        return a->version < b->version ? -1 : 1;
    }
    return changes(b) - changes(a);
}

/* Events of one version: its change, and then all who looked at it. */
static size_t check_version(const struct history_event *events, size_t count,
                            struct state *state)
{
    size_t i = 0;
    if (changes(&events[0])) {
        check_not_too_early(&events[0], state);
        check_change(&events[0], state);
        began(state, &events[0]);
        i = 1;
    }
    size_t end = i;
    for (; end < count && events[end].version == events[0].version; end++) {
        if (changes(&events[end])) {
            check_change(&events[end], state);
        }
        check_look(&events[end], state);
        check_not_too_early(&events[end], state);
    }
    for (; i < end; i++) {
        began(state, &events[i]);
    }
    return end;
}

static void check_absences(const struct history_event *events, size_t count,
                           const struct gaps *gaps)
{
    static const struct state unknown;
    for (size_t i = 0; i < count; i++) {
        if (!says_absent(&events[i])) {
            fail(&events[i], &unknown, "no version was told");
        }
        if (!could_be_absent(gaps, &events[i])) {
            fail(&events[i], &unknown, "a record was there all the time");
        }
    }
}

static void check_key(const struct history_event *events, size_t count)
{
    struct state state = {0};
    size_t untold = 0;
    while (untold < count && events[untold].version == 0) {
        untold++;
    }
    for (size_t i = untold; i < count;) {
        i += check_version(events + i, count - i, &state);
    }
    struct gaps gaps = find_gaps(events + untold, count - untold);
    check_absences(events, untold, &gaps);
    free(gaps.gap);
}

void history_check(struct history_log *logs, size_t count)
{
    struct history_log all = {0};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < logs[i].count; j++) {
            *log_room(&all) = logs[i].events[j];
        }
        free(logs[i].events);
        logs[i] = (struct history_log){0};
    }
    qsort(all.events, all.count, sizeof *all.events, compare);
    size_t end = 0;
    for (size_t begin = 0; begin < all.count; begin = end) {
        while (end < all.count &&
               all.events[end].key == all.events[begin].key) {
            end++;
        }
        check_key(all.events + begin, end - begin);
    }
    free(all.events);
}
