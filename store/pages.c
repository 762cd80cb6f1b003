#include "store/pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)256 * 1024)
#define NAP_NS 100000

size_t pages_round(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (bytes + page - 1) & ~(page - 1);
}

void *pages_map(size_t bytes)
{
    int before = errno;
    void *pages = mmap(NULL, pages_round(bytes), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    /* The caller's caller is told by a status, and finds errno as it was. */
    errno = before;
    return pages == MAP_FAILED ? NULL : pages;
}

void *pages_map_aligned(size_t bytes, size_t alignment)
{
    char *wide = pages_map(bytes + alignment);
    size_t before;

    if (wide == NULL) {
        return NULL;
    }
    before = (size_t)(-(uintptr_t)wide & (alignment - 1));
    if (before != 0) {
        pages_unmap(wide, before);
    }
    pages_unmap(wide + before + bytes, alignment - before);
    return wide + before;
}

void pages_unmap(void *pages, size_t bytes)
{
    int before = errno;

    /*
     * A hole in a mapping makes two of it, and their number is bounded
     * (vm.max_map_count). Then the memory goes back and the addresses stay.
     */
    if (munmap(pages, pages_round(bytes)) != 0) {
        (void)madvise(pages, pages_round(bytes), MADV_DONTNEED);
    }
    errno = before;
}

void pages_unmap_gently(void *pages, size_t bytes)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    size_t left = pages_round(bytes);

    while (left > PIECE_BYTES) {
        left -= PIECE_BYTES;
        pages_unmap((char *)pages + left, PIECE_BYTES);
        (void)nanosleep(&nap, NULL);
    }
    pages_unmap(pages, left);
}
