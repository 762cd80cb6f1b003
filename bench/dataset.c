/*
 * dataset.c - keys and values computed from record numbers.
 *
 * Values are pieces of one random text, each beginning where a hash of the
 * record's number says. The text is small enough to stay in the cache.
 */
#include "bench/dataset.h"
#include "bench/decimal.h"
#include "bench/random.h"

#include <stdlib.h>
#include <string.h>

#define STARTS ((size_t)16384)

const char *dataset_init(struct dataset *self, uint64_t records, uint64_t named,
                         struct span key_bytes, struct span value_bytes)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    memset(self, 0, sizeof *self);
    if (key_bytes.least < 1 + decimal_digits(named - 1)) {
        return "the keys are too short to number so many records";
    }
    size_t text_bytes = STARTS + value_bytes.most;
    self->text = malloc(text_bytes);
    if (self->text == NULL) {
        return "out of memory";
    }
    struct random random = {.state = 1};
    for (size_t i = 0; i < text_bytes; i++) {
        self->text[i] = letters[random_next(&random) % 64];
    }
    self->records = records;
    self->key_bytes = key_bytes;
    self->value_bytes = value_bytes;
    return NULL;
}

void dataset_count_from(struct dataset *self, uint64_t number)
{
    self->counters = true;
    self->number_bytes =
        (size_t)(decimal_put(self->number, number) - self->number);
}

void dataset_fini(struct dataset *self)
{
    free(self->text);
    self->text = NULL;
}

static size_t size_within(struct span span, uint64_t draw)
{
    if (span.least == span.most) {
        return span.least;
    }
    return span.least + (size_t)(draw % (span.most - span.least + 1));
}

size_t dataset_key(const struct dataset *self, uint64_t record, char *to)
{
    size_t bytes = self->key_bytes.least;
    if (bytes != self->key_bytes.most) {
        bytes = size_within(self->key_bytes, random_scramble(record));
    }
    size_t digits = bytes - 1;
    *to++ = 'k';
    if (digits == 15 && record < 100000000) {
        memset(to, '0', 8);
        decimal_put8(to + 7, (uint32_t)record);
        return bytes;
    }
    char sixteen[16];
    decimal_put16(sixteen, record);
    if (digits <= sizeof sixteen) {
        memcpy(to, sixteen + sizeof sixteen - digits, digits);
    } else {
        memset(to, '0', digits - sizeof sixteen);
        memcpy(to + digits - sizeof sixteen, sixteen, sizeof sixteen);
    }
    return bytes;
}

const char *dataset_value(const struct dataset *self, uint64_t record,
                          size_t *value_bytes)
{
    if (self->counters) {
        *value_bytes = self->number_bytes;
        return self->number;
    }
    uint64_t draw = random_scramble(record + 1);
    *value_bytes = size_within(self->value_bytes, draw >> 32);
    return self->text + draw % STARTS;
}
