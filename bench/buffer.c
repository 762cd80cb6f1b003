/*
 * buffer.c - a growing array that is moved to its front when it runs out.
 */
#include "bench/buffer.h"

#include <stdlib.h>
#include <string.h>

bool buffer_make_room(struct buffer *self, size_t more)
{
    size_t held = self->end - self->begin;
    if (self->begin > 0) {
        memmove(self->bytes, self->bytes + self->begin, held);
        self->begin = 0;
        self->end = held;
    }
    size_t room = self->room;
    while (room - held < more) {
        room = room > 0 ? room * 2 : 4096;
    }
    if (room == self->room) {
        return true;
    }
    char *bytes = realloc(self->bytes, room);
    if (bytes == NULL) {
        return false;
    }
    self->bytes = bytes;
    self->room = room;
    return true;
}

void buffer_drop(struct buffer *self, size_t bytes)
{
    self->begin += bytes;
    if (self->begin == self->end) {
        self->begin = 0;
        self->end = 0;
    }
}

void buffer_fini(struct buffer *self)
{
    free(self->bytes);
    *self = (struct buffer){0};
}
