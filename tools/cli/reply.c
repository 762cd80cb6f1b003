/*
 * reply.c - what a one-line reply of the server says.
 */
#include "tools/cli/reply.h"

#include "tools/cli/number.h"

#include <string.h>

enum shape {
    SHAPE_NONE,
    SHAPE_BARE,
    SHAPE_PAIR,
    SHAPE_TEXT
};

static const struct row {
    const char *word;
    const char *said;
    enum shape shape;
    enum status status;
} rows[] = {
#define REPLY(word, shape, status, said) \
    [REPLY_##word] = {#word, said, SHAPE_##shape, STATUS_##status},
#include "tools/cli/reply.def"
#undef REPLY
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* Reads "NUMBER VERSION". */
static bool parse_pair(const char *text, struct reply *reply)
{
    size_t number_bytes = strcspn(text, " ");
    const char *version = text + number_bytes + 1;

    return text[number_bytes] == ' ' &&
           number_parse(text, number_bytes, &reply->number) &&
           number_parse(version, strlen(version), &reply->version);
}

static bool parse_rest(const char *rest, struct reply *reply)
{
    switch (rows[reply->word].shape) {
    case SHAPE_BARE:
        return *rest == '\0';
    case SHAPE_PAIR:
        return *rest == ' ' && parse_pair(rest + 1, reply);
    case SHAPE_TEXT:
        reply->text = rest + strspn(rest, " ");
        return true;
    case SHAPE_NONE:
        break;
    }
    return false;
}

bool reply_parse(const char *line, struct reply *reply)
{
    size_t word_bytes = strcspn(line, " ");

    *reply = (struct reply){.word = REPLY_NUMBER, .text = ""};
    if (number_parse(line, strlen(line), &reply->number)) {
        return true;
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strlen(rows[i].word) == word_bytes &&
            memcmp(rows[i].word, line, word_bytes) == 0) {
            reply->word = (enum reply_word)i;
            return parse_rest(line + word_bytes, reply);
        }
    }
    return false;
}

enum status reply_status(const struct reply *reply)
{
    return rows[reply->word].status;
}

const char *reply_said(const struct reply *reply)
{
    return rows[reply->word].said;
}

bool reply_has_number(const struct reply *reply)
{
    return reply->word == REPLY_NUMBER || rows[reply->word].shape == SHAPE_PAIR;
}
