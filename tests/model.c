/*
 * model.c - what a store must answer, worked out the slow and obvious way.
 */
#include "tests/model.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct model_record {
    bool there;
    uint64_t version;
    uint64_t highest; /* of any version the key ever had */
    uint64_t expiry_ms;
    uint32_t flags;
    char *value;
    size_t value_bytes;
};

struct model {
    unsigned key_count;
    struct model_record records[];
};

struct model *model_create(unsigned key_count)
{
    size_t bytes = key_count * sizeof(struct model_record);
    struct model *self = calloc(1, sizeof *self + bytes);
    self->key_count = key_count;
    return self;
}

void model_destroy(struct model *self)
{
    for (unsigned i = 0; i < self->key_count; i++) {
        free(self->records[i].value);
    }
    free(self);
}

static bool is_there(const struct model_record *record, uint64_t now_ms)
{
    bool expired = record->expiry_ms != 0 && record->expiry_ms <= now_ms;
    return record->there && !expired;
}

uint64_t model_version(const struct model *self, unsigned key, uint64_t now_ms)
{
    const struct model_record *record = &self->records[key];
    return is_there(record, now_ms) ? record->version : 0;
}

unsigned model_count(const struct model *self, uint64_t now_ms)
{
    unsigned count = 0;
    for (unsigned i = 0; i < self->key_count; i++) {
        count += is_there(&self->records[i], now_ms);
    }
    return count;
}

/* ---- numbers ------------------------------------------------------------- */

/* The digits from text on as a number; false for none or too large a one. */
static bool read_digits(const char *text, const char *end, uint64_t *number)
{
    __extension__ unsigned __int128 wide = 0;
    const char *digit = text;
    for (; digit < end && isdigit((unsigned char)*digit); digit++) {
        wide = wide * 10 + (unsigned)(*digit - '0');
        if (wide > UINT64_MAX) {
            return false;
        }
    }
    *number = (uint64_t)wide;
    return digit > text && (digit == end || isspace((unsigned char)*digit));
}

static bool counts_as_number(const struct model_record *record,
                             uint64_t *number)
{
    const char *text = record->value;
    const char *end = text + record->value_bytes;
    while (text < end && isspace((unsigned char)*text)) {
        text++;
    }
    if (text < end && *text == '+') {
        text++;
    }
    return read_digits(text, end, number);
}

/* Canonical text is what writing the number again gives. */
static bool is_canonical(const struct model_record *record, uint64_t *number)
{
    char text[24];
    return counts_as_number(record, number) &&
           number_text(*number, text) == record->value_bytes &&
           memcmp(text, record->value, record->value_bytes) == 0;
}

/* ---- what an operation does ---------------------------------------------- */

static void keep_value(struct model_record *record, const void *front,
                       size_t front_bytes, const void *back, size_t back_bytes)
{
    char *value = malloc(front_bytes + back_bytes + 1);
    memcpy(value, front_bytes > 0 ? front : "", front_bytes);
    memcpy(value + front_bytes, back_bytes > 0 ? back : "", back_bytes);
    free(record->value);
    record->value = value;
    record->value_bytes = front_bytes + back_bytes;
}

/* The new number in *number; false where the bound forbids it. */
static bool count(const struct pawl_op *op, uint64_t *number)
{
    uint64_t old = *number;
    switch (op->verb) {
    case PAWL_INCR:
        *number = old + op->amount;
        return true;
    case PAWL_DECR:
        *number = old < op->amount ? 0 : old - op->amount;
        return true;
    case PAWL_TAKE:
        *number = old - op->amount;
        return old >= op->amount && old - op->amount >= op->bound;
    default:
        *number = old + op->amount;
        return *number >= old && *number <= op->bound;
    }
}

static enum pawl_status change_number(struct model_record *record,
                                      const struct pawl_op *op)
{
    char text[24];
    uint64_t old = 0;
    if (!counts_as_number(record, &old)) {
        return PAWL_NOT_A_NUMBER;
    }
    uint64_t number = old;
    bool allowed = count(op, &number);
    CHECK_NUMBER(op->view.number, allowed ? number : old);
    if (!allowed) {
        return PAWL_REFUSED;
    }
    keep_value(record, text, number_text(number, text), NULL, 0);
    return PAWL_OK;
}

static enum pawl_status store_whole(struct model_record *record,
                                    const struct pawl_op *op)
{
    keep_value(record, op->value, op->value_bytes, NULL, 0);
    record->flags = op->flags;
    record->expiry_ms = op->expiry_ms;
    record->there = true;
    return PAWL_OK;
}

/* A record that is there. */
static enum pawl_status change_present(struct model_record *record,
                                       const struct pawl_op *op)
{
    switch (op->verb) {
    case PAWL_ADD:
        return PAWL_NOT_STORED;
    case PAWL_SET:
    case PAWL_REPLACE:
        return store_whole(record, op);
    case PAWL_APPEND:
        keep_value(record, record->value, record->value_bytes, op->value,
                   op->value_bytes);
        return PAWL_OK;
    case PAWL_PREPEND:
        keep_value(record, op->value, op->value_bytes, record->value,
                   record->value_bytes);
        return PAWL_OK;
    case PAWL_DELETE:
        record->there = false;
        return PAWL_OK;
    case PAWL_TOUCH:
        record->expiry_ms = op->expiry_ms;
        return PAWL_OK;
    case PAWL_GET:
    case PAWL_FLUSH:
        return PAWL_OK;
    default:
        return change_number(record, op);
    }
}

/* A key that has no record. */
static enum pawl_status change_absent(struct model_record *record,
                                      const struct pawl_op *op)
{
    if (op->version != 0 && op->verb != PAWL_GET) {
        return PAWL_NOT_FOUND;
    }
    switch (op->verb) {
    case PAWL_SET:
    case PAWL_ADD:
        return store_whole(record, op);
    case PAWL_REPLACE:
    case PAWL_APPEND:
    case PAWL_PREPEND:
        return PAWL_NOT_STORED;
    default:
        return PAWL_NOT_FOUND;
    }
}

/* ---- what the view tells ------------------------------------------------- */

/* A view that shows the record, and not only its version. */
static void check_view(const struct model_record *record,
                       const struct pawl_view *view)
{
    uint64_t number = 0;
    bool is_number = is_canonical(record, &number);
    CHECK_BYTES(view->value, view->value_bytes, record->value,
                record->value_bytes);
    CHECK_NUMBER(view->version, record->version);
    CHECK_NUMBER(view->expiry_ms, record->expiry_ms);
    CHECK_NUMBER(view->flags, record->flags);
    CHECK_NUMBER(view->is_number, is_number);
    CHECK(!is_number || view->number == number);
}

void model_check_view(const struct model *self, unsigned key,
                      const struct pawl_view *view, uint64_t now_ms)
{
    CHECK(key < self->key_count);
    CHECK(is_there(&self->records[key], now_ms));
    check_view(&self->records[key], view);
}

static void take_new_version(struct model_record *record, uint64_t version)
{
    CHECK(version > record->highest);
    CHECK(version <= PAWL_VERSION_MAX);
    record->highest = version;
    record->version = version;
}

static void check_told(struct model_record *record, const struct pawl_op *op,
                       enum model_call call, bool was_there)
{
    bool alone = call == MODEL_ALONE;
    bool shows = op->verb == PAWL_GET || op->verb == PAWL_TOUCH;
    switch (op->status) {
    case PAWL_OK:
        if (shows && !(alone && op->verb == PAWL_TOUCH)) {
            check_view(record, &op->view);
        } else if (!shows && !(alone && op->verb == PAWL_DELETE)) {
            take_new_version(record, op->view.version);
        }
        break;
    case PAWL_NOT_STORED:
        if (was_there && !alone) {
            CHECK_NUMBER(op->view.version, record->version);
        }
        break;
    case PAWL_EXISTS:
        if (!(alone && op->verb == PAWL_DELETE)) {
            CHECK_NUMBER(op->view.version, record->version);
        }
        break;
    case PAWL_REFUSED:
        CHECK_NUMBER(op->view.version, record->version);
        break;
    default:
        CHECK_NUMBER(op->view.version, 0);
        CHECK_NUMBER(op->view.value_bytes, 0);
        break;
    }
}

static void follow_flush(struct model *self)
{
    for (unsigned i = 0; i < self->key_count; i++) {
        self->records[i].there = false;
    }
}

void model_follow(struct model *self, unsigned key, const struct pawl_op *op,
                  enum model_call call, uint64_t now_ms)
{
    struct model_record *record = &self->records[key];
    enum pawl_status wanted = PAWL_OK;
    bool was_there = is_there(record, now_ms);
    bool conditional = op->version != 0 && op->verb != PAWL_GET;
    if (op->verb == PAWL_FLUSH) {
        follow_flush(self);
        CHECK_OK(op->status);
        return;
    }
    if (!was_there) {
        record->there = false;
        wanted = change_absent(record, op);
    } else if (conditional && op->version != record->version) {
        wanted = PAWL_EXISTS;
    } else {
        wanted = change_present(record, op);
    }
    CHECK_STATUS(op->status, wanted);
    check_told(record, op, call, was_there);
}
