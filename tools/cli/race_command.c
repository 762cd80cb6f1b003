/*
 * race_command.c - pawl race: each way in turn, and what it sold.
 */
#include "tools/cli/command.h"

#include "tools/cli/race.h"

#include <unistd.h>

/* The worse of two: an error beats a refusal, that beats what is done. */
static enum status worse(enum status one, enum status other)
{
    return one > other ? one : other;
}

/* Runs one way and prints what came of it. */
static enum status show(const struct call *call, const struct race *race,
                        const struct way *way)
{
    struct race_result result;
    enum status status = race_run(race, way, &result);

    if (status != STATUS_DONE) {
        complain("%s: %s: %s", race->server, way->title, result.why);
        return status;
    }
    status = call->report->format->race(call->report, race, &result);
    if (way->exact && (result.oversold > 0 || result.unsold > 0)) {
        status = worse(status, STATUS_REFUSED);
    }
    return status;
}

enum status run_race(const struct call *call)
{
    const struct options *options = call->options;
    const struct race race = {
        .server = options->server,
        .timeout_s = (unsigned)options->number[OPTION_TIMEOUT],
        .client_count = options->number[OPTION_CLIENTS],
        .seat_count = options->number[OPTION_SEATS],
        .live = call->report->format == &report_text && isatty(STDOUT_FILENO),
    };
    enum status worst = STATUS_DONE;

    for (size_t i = 0; i < way_count; i++) {
        enum status status = show(call, &race, &ways[i]);

        worst = worse(worst, status);
        if (status_is_error(status) && status != STATUS_FAILED) {
            break; /* another way would meet the same error */
        }
    }
    return worst;
}
