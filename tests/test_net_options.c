/*
 * test_net_options.c - flags over environment over config file over presets.
 *
 * Each test runs in a process of its own, so the environment is its own too.
 */
#include "net/options.h"
#include "tests/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32

static struct options options;
static char message[OPTIONS_MESSAGE_BYTES];

static void forget(void)
{
    options_fini(&options);
}

TestSuite(options, .fini = forget);

/* Reads line, its words being pawld's arguments. */
static int read_words(const char *line)
{
    static char words[OPTIONS_MESSAGE_BYTES];
    char *argv[ARGUMENTS_MAX] = {(char[]){"pawld"}};
    char *rest = words;
    int argc = 1;

    message[0] = '\0';
    (void)snprintf(words, sizeof words, "%s", line);
    while (rest != NULL && *rest != '\0') {
        CHECK(argc < ARGUMENTS_MAX - 1);
        argv[argc++] = strsep(&rest, " ");
    }
    return options_read(&options, argc, argv, message);
}

static void check_right(const char *line)
{
    if (read_words(line) < 0) {
        check_failed(__FILE__, __LINE__, "%s: %s", line, message);
    }
}

static void check_wrong(const char *line, const char *wanted)
{
    CHECK(read_words(line) < 0);
    CHECK_BYTES(message, strlen(message), wanted, strlen(wanted));
    options_fini(&options);
}

/* Puts text into a file and answers "--config FILE". */
static const char *config_of(const char *text)
{
    static char flag[64] = "--config /tmp/pawl-options-XXXXXX";
    char *path = flag + 9;
    int fd = mkstemp(path);

    CHECK(fd >= 0);
    CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(fd);
    return flag;
}

static void remove_config(const char *flag)
{
    (void)unlink(flag + 9);
}

Test(options, have_presets)
{
    check_right("");
    CHECK_NUMBER(options.port, 7295);
    CHECK_NUMBER(options.memory, 0);
    CHECK_NUMBER(options.full, PAWL_FULL_EVICT);
    CHECK_NUMBER(options.item_max, 1 << 20);
    CHECK_NUMBER(options.connections, 10000);
    CHECK_NUMBER(options.unix_mode, 0700);
    CHECK_NUMBER(strlen(options.listen), 0);
    CHECK_NUMBER(strlen(options.unix_path), 0);
}

Test(options, are_read_in_every_spelling_of_a_flag)
{
    static const char *const spellings[] = {
        "--workers 3", "--workers=3", "-t 3", "-t3", "-vMt3", "-vMt 3"};

    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        check_right(spellings[i]);
        CHECK_NUMBER(options.workers, 3);
        options_fini(&options);
    }
}

Test(options, take_what_scripts_give_to_memcached)
{
    check_right("-p 11211 -l 127.0.0.1 -t 4 -m 64 -M -c 1024 -I 2m -U 0 "
                "-u nobody -vv");
    CHECK_NUMBER(options.port, 11211);
    CHECK_BYTES(options.listen, strlen(options.listen), TEXT("127.0.0.1"));
    CHECK_NUMBER(options.workers, 4);
    CHECK_NUMBER(options.memory, 64 << 20);
    CHECK_NUMBER(options.full, PAWL_FULL_REFUSE);
    CHECK_NUMBER(options.connections, 1024);
    CHECK_NUMBER(options.item_max, 2 << 20);
    CHECK_NUMBER(options.verbosity, 2);
    CHECK_BYTES(options.user, strlen(options.user), TEXT("nobody"));
}

Test(options, take_a_unix_socket_as_memcached_does)
{
    check_right("-s /run/pawld.sock -a 0770");
    CHECK_BYTES(options.unix_path, strlen(options.unix_path),
                TEXT("/run/pawld.sock"));
    CHECK_NUMBER(options.unix_mode, 0770);
}

Test(options, gather_addresses)
{
    check_right("--listen 127.0.0.1:1 -l [::1]:2,127.0.0.2");
    CHECK_BYTES(options.listen, strlen(options.listen),
                TEXT("127.0.0.1:1,[::1]:2,127.0.0.2"));
}

Test(options, say_what_is_wrong_in_one_line)
{
    check_wrong("--what", "--what: unknown option, see --help");
    check_wrong("-Z", "-Z: unknown option, see --help");
    check_wrong("serve", "serve: not an option, see --help");
    check_wrong("-", "-: not an option, see --help");
    check_wrong("--workers", "--workers: needs a value");
    check_wrong("-t", "-t: needs a value");
    check_wrong("--insecure=1", "--insecure: takes no value");
    check_wrong("--work 3", "--work: unknown option, see --help");
    check_wrong("--workers 257",
                "--workers: '257' is not a number from 0 to 256");
    check_wrong("-p -1", "-p: '-1' is not a number from 0 to 65535");
    check_wrong("-U 11211", "-U: '11211' is not a number from 0 to 0");
    check_wrong("-c 0", "-c: '0' is not a number from 1 to 1000000");
    check_wrong("--full maybe", "--full: 'maybe' is neither evict nor refuse");
    check_wrong("-a 888", "-a: '888' is not an octal number up to 777");
    check_wrong("-I 0", "-I: '0' is not a size from 1 to 1073741824 bytes, "
                        "such as 64m");
}

Test(options, come_from_the_environment_where_no_flag_says_otherwise)
{
    CHECK(setenv("PAWLD_WORKERS", "5", 1) == 0);
    CHECK(setenv("PAWLD_ITEM_MAX", "4k", 1) == 0);
    CHECK(setenv("PAWLD_INSECURE", "yes", 1) == 0);
    CHECK(setenv("PAWLD_LISTEN", "127.0.0.3", 1) == 0);
    check_right("-t 3");
    CHECK_NUMBER(options.workers, 3);
    CHECK_NUMBER(options.item_max, 4096);
    CHECK_NUMBER(options.insecure, 1);
    CHECK_BYTES(options.listen, strlen(options.listen), TEXT("127.0.0.3"));
    options_fini(&options);
    check_right("-l 127.0.0.1");
    CHECK_BYTES(options.listen, strlen(options.listen), TEXT("127.0.0.1"));
}

Test(options, are_checked_where_a_stronger_source_has_the_say)
{
    CHECK(setenv("PAWLD_WORKERS", "many", 1) == 0);
    check_wrong("-t 3", "PAWLD_WORKERS: 'many' is not a number from 0 to 256");
}

Test(options, come_from_a_file_where_nothing_else_says_otherwise)
{
    const char *flag = config_of("# a comment\n"
                                 "\n"
                                 "workers 7   # and another\n"
                                 "\tmemory = 1g\r\n"
                                 "full=refuse\n"
                                 "item-max 2k");

    CHECK(setenv("PAWLD_MEMORY", "2g", 1) == 0);
    check_right(flag);
    CHECK_NUMBER(options.workers, 7);
    CHECK_NUMBER(options.memory, UINT64_C(2) << 30);
    CHECK_NUMBER(options.full, PAWL_FULL_REFUSE);
    CHECK_NUMBER(options.item_max, 2048);
    remove_config(flag);
}

Test(options, may_have_a_hash_sign_inside_a_value)
{
    const char *flag = config_of("unix /run/a#b.sock\t# a comment\n"
                                 "  # another\n");

    check_right(flag);
    CHECK_BYTES(options.unix_path, strlen(options.unix_path),
                TEXT("/run/a#b.sock"));
    remove_config(flag);
}

Test(options, take_no_memory_as_no_bound)
{
    check_right("--memory 1m");
    CHECK_NUMBER(options.memory, 1 << 20);
    options_fini(&options);
    check_right("-m 0");
    CHECK_NUMBER(options.memory, 0);
    check_wrong("--memory 1048575",
                "--memory: '1048575' is not a size from 1048576 to "
                "1125899906842624 bytes, such as 64m, nor 0");
}

Test(options, find_the_file_by_the_environment_too)
{
    const char *flag = config_of("workers 7\n");

    CHECK(setenv("PAWLD_CONFIG", flag + 9, 1) == 0);
    check_right("");
    CHECK_NUMBER(options.workers, 7);
    remove_config(flag);
}

/* What is wrong with a file that has just this line, after its name. */
static void check_wrong_file(const char *line, const char *wanted)
{
    static char flag[64];
    char *seen;

    (void)snprintf(flag, sizeof flag, "%s", config_of(line));
    CHECK(read_words(flag) < 0);
    seen = strchr(message, ':');
    CHECK(seen != NULL);
    CHECK_BYTES(seen, strlen(seen), wanted, strlen(wanted));
    remove_config(flag);
    options_fini(&options);
}

Test(options, name_the_line_of_a_file_that_is_wrong)
{
    check_wrong_file("\n\nworker 7\n", ":3: worker: unknown setting");
}

Test(options, let_no_file_name_another)
{
    check_wrong_file("config /dev/null\n", ":1: config: unknown setting");
}

Test(options, want_a_value_in_a_file)
{
    check_wrong_file("workers\n", ":1: workers: needs a value");
}

Test(options, need_a_file_that_can_be_read)
{
    check_wrong("--config /nonexistent/file",
                "/nonexistent/file: No such file or directory");
}

/* Finds the setting named in context, a pair of name and room for a value. */
static bool find_setting(void *context, const char *name, const char *value)
{
    char **pair = context;

    if (strcmp(pair[0], name) == 0) {
        (void)snprintf(pair[1], 64, "%s", value);
        return false;
    }
    return true;
}

static void check_setting(const char *name, const char *wanted)
{
    char value[64] = "";
    char name_[32];
    char *pair[] = {name_, value};

    (void)snprintf(name_, sizeof name_, "%s", name);
    CHECK(!options_list(&options, find_setting, pair));
    CHECK_BYTES(value, strlen(value), wanted, strlen(wanted));
}

Test(options, are_listed_by_memcached_s_names)
{
    check_right("-p 1 -t 3 -m 64 -M -c 9 -s /x -a 750");
    check_setting("tcpport", "1");
    check_setting("num_threads", "3");
    check_setting("maxbytes", "67108864");
    check_setting("evictions", "off");
    check_setting("maxconns", "9");
    check_setting("domain_socket", "/x");
    check_setting("umask", "750");
    check_setting("item_size_max", "1048576");
}
