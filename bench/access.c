/*
 * access.c - uniform, zipfian and hot choice.
 *
 * The zipfian choice is that of Gray et al., "Quickly generating billion-record
 * synthetic databases" (1994), which YCSB uses as well: constants are summed
 * once, then a choice costs one power.
 */
#include "bench/access.h"

#include <math.h>
#include <string.h>

static void zipf_init(struct access *self)
{
    double n = (double)self->records;
    double zeta_of_two = 1 + pow(0.5, self->theta);
    self->zeta = 0;
    for (uint64_t i = 1; i <= self->records; i++) {
        self->zeta += pow((double)i, -self->theta);
    }
    self->second = zeta_of_two;
    self->eta =
        (1 - pow(2 / n, 1 - self->theta)) / (1 - zeta_of_two / self->zeta);
}

void access_init(struct access *self, const struct access_choice *choice,
                 uint64_t records)
{
    memset(self, 0, sizeof *self);
    self->kind = choice->kind;
    self->records = records;
    self->theta = choice->theta;
    self->hot_share = choice->hot_share;
    self->hot_records =
        choice->hot_records < records ? choice->hot_records : records;
    if (self->kind == ACCESS_ZIPF) {
        zipf_init(self);
    }
}

static uint64_t zipf_pick(const struct access *self, struct random *random)
{
    double share = random_share(random);
    double weight = share * self->zeta;
    if (weight < 1 || self->records == 1) {
        return 0;
    }
    if (weight < self->second || self->records == 2) {
        return 1;
    }
    double base = self->eta * share - self->eta + 1;
    double rank = (double)self->records * pow(base, 1 / (1 - self->theta));
    uint64_t record = (uint64_t)rank;
    return record < self->records ? record : self->records - 1;
}

static uint64_t hot_pick(const struct access *self, struct random *random)
{
    uint64_t cold = self->records - self->hot_records;
    if (cold == 0 || random_share(random) < self->hot_share) {
        return random_below(random, self->hot_records);
    }
    return self->hot_records + random_below(random, cold);
}

uint64_t access_pick(const struct access *self, struct random *random)
{
    switch (self->kind) {
    case ACCESS_ZIPF:
        return zipf_pick(self, random);
    case ACCESS_HOT:
        return hot_pick(self, random);
    case ACCESS_UNIFORM:
    case ACCESS_KINDS:
        break;
    }
    return random_below(random, self->records);
}

static const char *const words[] = {
#define ACCESS_WORD(name, word, sentence) [ACCESS_##name] = word,
    ACCESSES(ACCESS_WORD)
#undef ACCESS_WORD
};

const char *access_text(enum access_kind kind)
{
    return words[kind];
}

enum access_kind access_named(const char *word)
{
    for (unsigned i = 0; i < ACCESS_KINDS; i++) {
        if (strcmp(words[i], word) == 0) {
            return (enum access_kind)i;
        }
    }
    return ACCESS_KINDS;
}
