/*
 * main.c - pawl, the command line: one command a run, told by exit status.
 */
#include "tools/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Runs a command whose words are all checked. */
static enum status run(struct call *call)
{
    const struct options *options = call->options;
    struct client client;
    enum status status = STATUS_DONE;

    client_init(&client);
    call->client = &client;
    if (call->command->wants_server) {
        status = client_open(&client, options->server,
                             (unsigned)options->number[OPTION_TIMEOUT]);
    }
    if (status == STATUS_DONE) {
        status = call->command->run(call);
    }
    if (client.why[0] != '\0') {
        complain("%s: %s", options->server, client.why);
    }
    client_close(&client);
    return status;
}

/* Runs the command that words name, count of them. */
static enum status run_command(const struct options *options, char **words,
                               size_t count)
{
    const struct command *command = command_find(words[0]);
    struct report report = {
        .format = options->number[OPTION_JSON] ? &report_json : &report_text};
    struct arguments arguments;
    enum status status;

    if (command == NULL) {
        complain("no command is called '%s'; see pawl --help", words[0]);
        return STATUS_USAGE;
    }
    status = options_check(options, command->options, command->name);
    if (status != STATUS_DONE) {
        return status;
    }
    status = arguments_init(&arguments, command->name, command->usage,
                            words + 1, count - 1);
    if (status == STATUS_DONE) {
        struct call call = {.command = command,
                            .options = options,
                            .arguments = &arguments,
                            .report = &report};

        status = run(&call);
    }
    arguments_fini(&arguments);
    return status;
}

static enum status run_words(struct options *options, char **words,
                             size_t count)
{
    if (options->number[OPTION_HELP]) {
        options->given = 0; /* what a command takes, help does not */
        return run_command(options, (char *[]){(char[]){"help"}, words[0]},
                           count > 0 ? 2 : 1);
    }
    if (options->number[OPTION_VERSION]) {
        printf("pawl %s\n", PAWL_RELEASE);
        return STATUS_DONE;
    }
    if (count == 0) {
        complain("a command is missing; see pawl --help");
        return STATUS_USAGE;
    }
    return run_command(options, words, count);
}

int main(int argc, char **argv)
{
    struct options options;
    int first;
    enum status status;

    argv[0] = (char[]){"pawl"}; /* so getopt_long() starts its lines alike */
    status = options_parse(&options, argc, argv, &first);
    if (status == STATUS_DONE) {
        status = run_words(&options, argv + first, (size_t)(argc - first));
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("standard output: %s", strerror(errno));
        status = STATUS_LOCAL;
    }
    return (int)status;
}
