#include "store/record.h"

#include "store/check.h"
#include "store/number.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct record) == 16, "the header is two words");
static_assert(sizeof(struct record_meta) == 4, "meta fits beside the length");
static_assert(PAWL_KEY_BYTES_MAX <= UINT8_MAX, "a key's length is one byte");
static_assert(PAWL_VALUE_BYTES_MAX <= UINT32_MAX, "a value's length is four");
static_assert(PAWL_VERSION_MAX == RECORD_VERSION, "a version has 62 bits");
static_assert(PAWL_EXPIRY_MS_MAX == EXPIRY_TIME, "an expiry has 63 bits");

#define COUNTER_BYTES 20 /* before the key */
#define COUNTER_EXTENDED_BYTES 32
#define PLAIN_BYTES 16
#define PLAIN_EXTENDED_BYTES 28

static bool draft_is_extended(const struct record_draft *draft)
{
    return draft->flags != 0 || draft->expiry_ms != 0;
}

/* Bytes of memory before the key. */
static size_t header_bytes(bool is_counter, bool is_extended)
{
    if (is_counter) {
        return is_extended ? COUNTER_EXTENDED_BYTES : COUNTER_BYTES;
    }
    return is_extended ? PLAIN_EXTENDED_BYTES : PLAIN_BYTES;
}

void record_draft_settle(struct record_draft *draft)
{
    char text[NUMBER_DIGITS_MAX];
    size_t bytes = draft->value_bytes + draft->more_bytes;

    draft->is_counter = false;
    if (bytes == 0 || bytes > sizeof(text)) {
        return;
    }
    if (draft->value_bytes != 0) {
        memcpy(text, draft->value, draft->value_bytes);
    }
    if (draft->more_bytes != 0) {
        memcpy(text + draft->value_bytes, draft->more, draft->more_bytes);
    }
    draft->is_counter = number_read(text, bytes, &draft->number);
}

size_t record_draft_bytes(const struct record_draft *draft)
{
    size_t bytes = header_bytes(draft->is_counter, draft_is_extended(draft)) +
                   draft->key_bytes;

    if (!draft->is_counter) {
        bytes += draft->value_bytes + draft->more_bytes;
    }
    return bytes;
}

static uint64_t clamp_expiry(uint64_t expiry_ms)
{
    return expiry_ms < EXPIRY_TIME ? expiry_ms : EXPIRY_TIME;
}

static void fill_extension(struct record *record,
                           const struct record_draft *draft)
{
    unsigned char *flags = record->rest + (draft->is_counter ? 4 : 8);

    store_relaxed(record_expiry_word(record), clamp_expiry(draft->expiry_ms));
    memcpy(flags, &draft->flags, sizeof(draft->flags));
}

void record_fill(struct record *record, const struct record_draft *draft,
                 bool is_pending)
{
    bool extended = draft_is_extended(draft);
    struct record_meta meta = {
        .key_bytes = (uint8_t)draft->key_bytes,
        .state = (uint8_t)((extended ? RECORD_EXTENDED : 0) |
                           (is_pending ? RECORD_PENDING : 0)),
        .epoch = draft->epoch,
    };
    unsigned char *key =
        (unsigned char *)record + header_bytes(draft->is_counter, extended);

    if (draft->is_counter) {
        record->pair.version = RECORD_COUNTER;
        record->pair.number = draft->number;
    } else {
        record->plain.version = 0;
        record->plain.value_bytes =
            (uint32_t)(draft->value_bytes + draft->more_bytes);
    }
    *record_meta(record) = meta;
    if (extended) {
        fill_extension(record, draft);
    }
    memcpy(key, draft->key, draft->key_bytes);
    key += draft->key_bytes;
    if (draft->is_counter) {
        return;
    }
    if (draft->value_bytes != 0) {
        memcpy(key, draft->value, draft->value_bytes);
    }
    if (draft->more_bytes != 0) {
        memcpy(key + draft->value_bytes, draft->more, draft->more_bytes);
    }
}

size_t record_bytes(const struct record *record)
{
    bool is_counter = record_is_counter(record);
    size_t bytes = header_bytes(is_counter, record_is_extended(record)) +
                   record_key_bytes(record);

    return is_counter ? bytes : bytes + record->plain.value_bytes;
}

uint32_t record_flags(const struct record *record)
{
    uint32_t flags;

    if (!record_is_extended(record)) {
        return 0;
    }
    memcpy(&flags, record->rest + (record_is_counter(record) ? 4 : 8),
           sizeof(flags));
    return flags;
}

void record_stamp(struct record *record, uint64_t version)
{
    ASSERT(version != 0 && version <= RECORD_VERSION);
    record->pair.version = (record->pair.version & RECORD_COUNTER) | version;
}

/* Seals the expiry; false where it is not the one expected. */
static bool seal_expiry(struct record *record, uint64_t expected)
{
    uint64_t *word = record_expiry_word(record);
    uint64_t seen = expected & EXPIRY_TIME;

    if (word == NULL) {
        return true;
    }
    return cas_relaxed(word, &seen, seen | EXPIRY_SEALED) ||
           seen == (expected | EXPIRY_SEALED);
}

bool record_seal(struct record *record, const struct record_basis *basis,
                 uint64_t *version)
{
    struct pair seen;
    struct pair sealed;

    *version = record_version_word(record) & RECORD_VERSION;
    if (basis->has_expiry && !seal_expiry(record, basis->expiry)) {
        return false;
    }
    if (!record_is_counter(record)) {
        return basis->version == 0 || basis->version == *version;
    }
    do {
        seen = pair_load(&record->pair);
        *version = seen.version & RECORD_VERSION;
        if (basis->version != 0 && basis->version != *version) {
            return false;
        }
        if ((seen.version & RECORD_SEALED) != 0) {
            return true;
        }
        sealed.version = seen.version | RECORD_SEALED;
        sealed.number = seen.number;
        /* edge pair-changed: the other side is pair_load(). */
    } while (!pair_cas(&record->pair, &seen, &sealed));
    return true;
}

uint64_t record_expiry(const struct record *record)
{
    const uint64_t *word = record_expiry_word(record);

    return word == NULL ? 0 : load_relaxed(word);
}

bool record_mark(struct record *record, uint8_t set, uint8_t clear)
{
    uint8_t *state = &record_meta(record)->state;
    uint8_t seen = load_relaxed(state);
    uint8_t next = (uint8_t)((seen | set) & ~clear);

    return next == seen || cas_relaxed(state, &seen, next);
}

bool record_touch(struct record *record, uint64_t expected, uint64_t expiry_ms)
{
    uint64_t *word = record_expiry_word(record);

    return word == NULL ||
           cas_relaxed(word, &expected, clamp_expiry(expiry_ms));
}

void record_view(struct record *record, struct pawl_view *view)
{
    view->flags = record_flags(record);
    view->expiry_ms = record_expiry(record) & EXPIRY_TIME;
    view->is_number = record_is_counter(record);
    if (view->is_number) {
        struct pair now = pair_load(&record->pair);

        view->version = now.version & RECORD_VERSION;
        view->number = now.number;
        view->value = view->digits;
        view->value_bytes = number_write(now.number, view->digits);
    } else {
        view->version = record_version_word(record);
        view->number = 0;
        view->value = record_value(record);
        view->value_bytes = record->plain.value_bytes;
    }
}
