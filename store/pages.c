#include "store/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

size_t pages_round(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (bytes + page - 1) & ~(page - 1);
}

void *pages_map(size_t bytes)
{
    void *pages = mmap(NULL, pages_round(bytes), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

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
        (void)munmap(wide, before);
    }
    (void)munmap(wide + before + bytes, alignment - before);
    return wide + before;
}

void pages_unmap(void *pages, size_t bytes)
{
    (void)munmap(pages, pages_round(bytes));
}
