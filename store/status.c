/*
 * status.c - the words for outcomes and verbs, from their tables in pawl.h.
 */
#include "store/pawl.h"

#include <stddef.h>

#ifndef PAWL_RELEASE
#error "the build defines PAWL_RELEASE"
#endif

const char *pawl_status_text(enum pawl_status status)
{
    static const char *const texts[] = {
#define STATUS_TEXT(name, text) text,
        PAWL_STATUSES(STATUS_TEXT)
#undef STATUS_TEXT
    };

    if ((size_t)status >= sizeof(texts) / sizeof(texts[0])) {
        return "unknown status";
    }
    return texts[status];
}

const char *pawl_verb_text(enum pawl_verb verb)
{
    static const char *const words[] = {
#define VERB_WORD(name, word) word,
        PAWL_VERBS(VERB_WORD)
#undef VERB_WORD
    };

    if ((size_t)verb >= sizeof(words) / sizeof(words[0])) {
        return "unknown verb";
    }
    return words[verb];
}

const char *pawl_release(void)
{
    return PAWL_RELEASE;
}
