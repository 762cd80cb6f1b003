/*
 * history.h - what threads did to a few counters, and whether it can be true.
 *
 * Each worker notes the operations it runs, their answers, and when they began
 * and ended. Answers carry the record's version, so that checking is a sort:
 * in the order of their versions the changes of a key must make legal steps;
 * whoever looked must have seen what the change of that version left; and
 * nothing may end before something placed earlier began. What passes is
 * linearizable; a history that is not can pass only in the answers that tell
 * no version, for which it is checked that the key could be absent meanwhile.
 *
 * Values are numbers: what is stored is text that counts as one, and what is
 * appended or prepended is nothing.
 */
#ifndef PAWL_TESTS_HISTORY_H
#define PAWL_TESTS_HISTORY_H

#include "tests/support.h"

struct history_event {
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t version;   /* told by the answer; 0: none */
    uint64_t number;    /* stored, left, or seen */
    uint64_t amount;    /* of take, give, incr, decr */
    uint64_t bound;     /* of take and give */
    uint64_t condition; /* the version that was asked for; 0: none */
    uint32_t key;
    uint8_t verb;
    uint8_t status;
};

/* One thread's notes. Start from zero. */
struct history_log {
    struct history_event *events;
    size_t count;
    size_t room;
};

/*
 * Runs ops on the keys of these numbers, as one batch, and notes them. key and
 * key_bytes are filled in; value must be the text of a number where the verb
 * stores one.
 */
void history_run(struct history_log *log, struct pawl_thread *thread,
                 const uint32_t *keys, struct pawl_op *ops, size_t count);

/* Checks all logs together, all keys absent at first, and frees them. */
void history_check(struct history_log *logs, size_t count);

#endif
