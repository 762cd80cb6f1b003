/*
 * section.h - liburcu's read sections, and what waits for them.
 *
 * The memb flavour: entering and leaving are two plain stores each to the
 * thread's own line, and who waits has the kernel order the readers' memory
 * (membarrier). A thread outside a section owes nobody anything.
 */
#ifndef PAWL_STORE_SECTION_H
#define PAWL_STORE_SECTION_H

#include "store/race.h"

#include <stdbool.h>

/*
 * Sections inline; liburcu allows it to licences compatible with LGPL. Not
 * where races are looked for: the detector would see half of liburcu's own.
 */
#ifndef PAWL_RACE_DETECTOR
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-memb.h>

/* Makes the thread known to liburcu, once; it may then enter sections. */
static inline void section_register(void)
{
    urcu_memb_register_thread();
}

static inline void section_unregister(void)
{
    urcu_memb_unregister_thread();
}

/* Whether the program has made this thread known to liburcu by itself. */
static inline bool section_is_registered(void)
{
#ifdef PAWL_RACE_DETECTOR
    return false;
#else
    return URCU_TLS(urcu_memb_reader).registered;
#endif
}

/* Sections nest. */
static inline void section_enter(void)
{
    urcu_memb_read_lock();
}

/* domain: any address that all threads of the store agree on. */
static inline void section_leave(void *domain)
{
    race_release(domain);
    urcu_memb_read_unlock();
}

/* Whether the thread is in a section, of whichever store. */
static inline bool section_is_open(void)
{
    return urcu_memb_read_ongoing() != 0;
}

/* Waits until all have left who are in a section now; outside of one. */
static inline void section_await(void)
{
    urcu_memb_synchronize_rcu();
}

#endif
