/*
 * pages.h - memory from the operating system, zeroed.
 */
#ifndef PAWL_STORE_PAGES_H
#define PAWL_STORE_PAGES_H

#include <stddef.h>

#define PAGES_HUGE_BYTES ((size_t)2 * 1024 * 1024)

/* bytes rounded up to whole pages. */
size_t pages_round(size_t bytes);

/*
 * Zeroed memory of pages_round(bytes), aligned to a page; from
 * PAGES_HUGE_BYTES on aligned to that, and on huge pages where they are
 * offered. NULL where there is none. Any thread.
 */
void *pages_map(size_t bytes);

/* Gives back what pages_map(bytes) answered. */
void pages_unmap(void *pages, size_t bytes);

#endif
