/*
 * pages.h - memory from the operating system, zeroed.
 *
 * Small pages on purpose: the first touch of a huge page clears 2 MiB inside
 * one operation, which took 6 ms in a virtual machine whose host had not backed
 * that memory yet.
 */
#ifndef PAWL_STORE_PAGES_H
#define PAWL_STORE_PAGES_H

#include <stddef.h>

/* bytes rounded up to whole pages. */
size_t pages_round(size_t bytes);

/*
 * Zeroed memory of pages_round(bytes), aligned to a page. NULL where there is
 * none. Any thread.
 */
void *pages_map(size_t bytes);

/* As pages_map(), aligned to a power of two that bytes is a multiple of. */
void *pages_map_aligned(size_t bytes, size_t alignment);

/*
 * As pages_unmap(), in small pieces with naps between them: the kernel takes
 * milliseconds over a large mapping, and threads that need pages wait for it.
 * For a thread with time.
 */
void pages_unmap_gently(void *pages, size_t bytes);

/* Gives back what pages_map(bytes) answered. */
void pages_unmap(void *pages, size_t bytes);

#endif
