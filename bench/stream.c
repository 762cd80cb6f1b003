/*
 * stream.c - keys in a row.
 */
#include "bench/stream.h"
#include "bench/random.h"

#include <stdlib.h>

bool stream_init(struct stream *self, const struct dataset *dataset,
                 size_t count, uint64_t seed, bool hot)
{
    struct random random = {.state = random_scramble(seed)};
    self->count = count;
    self->key_bytes = dataset->key_bytes.least;
    self->keys = malloc(count * self->key_bytes);
    if (self->keys == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t record = hot ? 0 : random_below(&random, dataset->records);
        dataset_key(dataset, record, self->keys + i * self->key_bytes);
    }
    return true;
}

void stream_fini(struct stream *self)
{
    free(self->keys);
    self->keys = NULL;
}
