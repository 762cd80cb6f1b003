/*
 * net_options.c - readers for what only pawl-bench net has.
 */
#include "bench/net_options.h"
#include "bench/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *read_protocol(const char *text, void *field)
{
    const struct protocol *protocol = protocol_named(text);
    if (protocol == NULL) {
        return "not a protocol (see --help)";
    }
    *(const struct protocol **)field = protocol;
    return NULL;
}

static const char *read_workload(const char *text, void *field)
{
    if (strcmp(text, "ycsb-e") == 0) {
        return "YCSB E scans ranges, which none of the protocols can ask for";
    }
    const struct workload *workload = workload_named(text);
    if (workload == NULL) {
        return "not a workload (see --help)";
    }
    *(const struct workload **)field = workload;
    return NULL;
}

static bool read_span(const char *text, struct span *span, size_t least,
                      size_t most)
{
    unsigned long long from, to;
    const char *at;
    if (!option_number(text, &from, &at)) {
        return false;
    }
    to = from;
    if (*at == '-' && !option_number(at + 1, &to, &at)) {
        return false;
    }
    if (*at != '\0' || from < least || from > to || to > most) {
        return false;
    }
    span->least = (size_t)from;
    span->most = (size_t)to;
    return true;
}

static const char *read_key_span(const char *text, void *field)
{
    return read_span(text, field, 2, DATASET_KEY_BYTES_MAX)
               ? NULL
               : "not a size, or a range of sizes, from 2 to 250";
}

static const char *read_value_span(const char *text, void *field)
{
    return read_span(text, field, 0, DATASET_VALUE_BYTES_MAX)
               ? NULL
               : "not a size, or a range of sizes, up to 1073741824";
}

/* "zipf", "zipf:0.8" */
static bool read_zipf(const char *text, struct access_choice *choice)
{
    char *end = NULL;
    choice->kind = ACCESS_ZIPF;
    choice->theta = 0.99;
    if (strcmp(text, "zipf") == 0) {
        return true;
    }
    if (strncmp(text, "zipf:", 5) != 0) {
        return false;
    }
    choice->theta = strtod(text + 5, &end);
    return end != text + 5 && *end == '\0' && choice->theta > 0 &&
           choice->theta < 1;
}

/* "hot:90:10" */
static bool read_hot(const char *text, struct access_choice *choice)
{
    unsigned long long percent, records;
    const char *at;
    if (strncmp(text, "hot:", 4) != 0 ||
        !option_number(text + 4, &percent, &at) || *at != ':' ||
        !option_number(at + 1, &records, &at) || *at != '\0') {
        return false;
    }
    choice->kind = ACCESS_HOT;
    choice->hot_share = (double)percent / 100;
    choice->hot_records = records;
    return percent <= 100 && records > 0;
}

static const char *read_choice(const char *text, void *field)
{
    struct choice *choice = field;
    choice->given = true;
    choice->access.kind = ACCESS_UNIFORM;
    bool fine = strcmp(text, "uniform") == 0 ||
                read_zipf(text, &choice->access) ||
                read_hot(text, &choice->access);
    return fine ? NULL : "not uniform, zipf[:0.01-0.99] or hot:PERCENT:KEYS";
}

static const char *read_ratio(const char *text, void *field)
{
    unsigned long long gets, sets;
    const char *at;
    if (!option_number(text, &gets, &at) || *at != ':' ||
        !option_number(at + 1, &sets, &at) || *at != '\0' || gets > 100 ||
        gets + sets != 100) {
        return "not two shares whose sum is 100, such as 95:5";
    }
    *(unsigned *)field = (unsigned)gets;
    return NULL;
}

static void print_tables(void)
{
    puts("\nprotocols:");
    for (size_t i = 0; protocols[i] != NULL; i++) {
        printf("  %-26s %s\n", protocols[i]->name, protocols[i]->sentence);
    }
    puts("\nworkloads:");
    for (size_t i = 0; i < WORKLOAD_KINDS; i++) {
        printf("  %-26s %s\n", workloads[i].name, workloads[i].sentence);
    }
}

int net_options_read(struct net_options *options, int argc, char **argv)
{
    static const struct option_row rows[] = {
#define OPTION(type, field, name, letter, argument, reader, fallback, help) \
    {name,   letter,   argument, offsetof(struct net_options, field),       \
     reader, fallback, help},
#include "bench/net_options.def"
#undef OPTION
    };
    static const struct option_table table = {
        .program = "pawl-bench net",
        .usage = "pawl-bench net [options]",
        .sentence = "Asks a server for records over the network, checks the "
                    "replies, and measures.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
        .more = print_tables,
    };
    return options_read(&table, argc, argv, options);
}

const char *net_options_conflict(const struct net_options *options, char *room,
                                 size_t room_bytes)
{
    enum verb verb = workload_unsayable(options->workload, options->protocol);
    if (verb != VERB_COUNT) {
        snprintf(room, room_bytes, "protocol %s cannot say %s",
                 options->protocol->name, verb_text(verb));
        return room;
    }
    if (options->connections < options->threads ||
        (options->readers > 0 && options->workload->flow != FLOW_ONCE)) {
        return options->readers > 0
                   ? "--readers goes with the workload load only"
                   : "each thread needs a connection";
    }
    if (options->records == 0 || options->records > 1000000000000) {
        return "--keys is from 1 to 1000G";
    }
    if (options->workload->percent[VERB_TRANSFER] > 0 && options->records < 2) {
        return "a transfer needs two keys";
    }
    if (options->rate > 0 && options->workload->flow == FLOW_ONCE) {
        return "a load has no rate";
    }
    return options->seconds == 0 && options->requests == 0
               ? "give --seconds or --requests"
               : NULL;
}
