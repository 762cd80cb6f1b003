/*
 * race.h - what the sanitizers cannot see for themselves.
 *
 * A grace period orders every reader that left before it with who reuses the
 * memory after it; liburcu makes that order with membarrier, which the race
 * detector does not model. So readers release the domain when they leave, and
 * who reclaims acquires it. Blocks on a free list are poisoned, so that a use
 * after free is found although the memory stays mapped.
 */
#ifndef PAWL_STORE_RACE_H
#define PAWL_STORE_RACE_H

#include "store/order.h"

#ifdef PAWL_RACE_DETECTOR
void __tsan_acquire(void *at);
void __tsan_release(void *at);
#define race_acquire(domain) __tsan_acquire(domain)
#define race_release(domain) __tsan_release(domain)
#else
#define race_acquire(domain) ((void)(domain))
#define race_release(domain) ((void)(domain))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define PAWL_MEMORY_DETECTOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAWL_MEMORY_DETECTOR 1
#endif
#endif

#ifdef PAWL_MEMORY_DETECTOR
#include <sanitizer/asan_interface.h>
#define memory_poison(at, bytes) ASAN_POISON_MEMORY_REGION((at), (bytes))
#define memory_unpoison(at, bytes) ASAN_UNPOISON_MEMORY_REGION((at), (bytes))
#else
#define memory_poison(at, bytes) ((void)(at), (void)(bytes))
#define memory_unpoison(at, bytes) ((void)(at), (void)(bytes))
#endif

#endif
