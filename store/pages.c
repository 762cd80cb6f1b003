#include "store/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

size_t
pages_round(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (bytes + page - 1) & ~(page - 1);
}

static void *
map(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

/* Maps with room to spare and gives back what lies outside the alignment. */
static void *
map_aligned(size_t bytes, size_t alignment)
{
    char *wide = map(bytes + alignment);
    size_t before;

    if (wide == NULL)
        return NULL;
    before = (size_t)(-(uintptr_t)wide & (alignment - 1));
    if (before != 0)
        (void)munmap(wide, before);
    (void)munmap(wide + before + bytes, alignment - before);
    return wide + before;
}

void *
pages_map(size_t bytes)
{
    size_t rounded = pages_round(bytes);
    void *pages;

    if (rounded < PAGES_HUGE_BYTES)
        return map(rounded);
    pages = map_aligned(rounded, PAGES_HUGE_BYTES);
    /* Advice only: where it is not taken, small pages serve. */
    if (pages != NULL)
        (void)madvise(pages, rounded, MADV_HUGEPAGE);
    return pages;
}

void
pages_unmap(void *pages, size_t bytes)
{
    (void)munmap(pages, pages_round(bytes));
}
