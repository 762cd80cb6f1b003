/*
 * test_net_reply.c - every outcome of every command, byte for byte.
 */
#include "net/parser.h"
#include "net/plan.h"
#include "net/reply.h"
#include "tests/support.h"

#include <string.h>

#define VERSION_A UINT64_C(1763622000000000007)

static struct buffer out;
static struct reply_state state;

static void release(void)
{
    buffer_release(&out);
}

TestSuite(reply, .fini = release);

static struct request read_request(struct parser *parser, const char **message)
{
    struct request request;
    size_t used;

    CHECK(
        parser_next(parser, 100, *message, strlen(*message), &used, &request));
    *message += used;
    return request;
}

/* What is answered to message, a request, where its op came to status. */
static void check_reply(const char *message, enum pawl_status status,
                        const char *wanted)
{
    struct parser parser = {0};
    struct request request = read_request(&parser, &message);
    struct pawl_op op = {.status = status,
                         .view = {.value = "abc",
                                  .value_bytes = 3,
                                  .version = VERSION_A,
                                  .number = 40,
                                  .flags = 5}};

    CHECK(reply_outcome(&state, &request, &op, &out));
    CHECK_BYTES(buffer_front(&out), buffer_bytes(&out), wanted, strlen(wanted));
    CHECK(buffer_bytes(&out) <= reply_bytes_max(&request, &op));
    buffer_release(&out);
}

Test(reply, to_a_list_of_one_key)
{
    check_reply("get k\r\n", PAWL_OK, "VALUE k 5 3\r\nabc\r\nEND\r\n");
    check_reply("gets k\r\n", PAWL_OK,
                "VALUE k 5 3 1763622000000000007\r\nabc\r\nEND\r\n");
    check_reply("gat 1 k\r\n", PAWL_OK, "VALUE k 5 3\r\nabc\r\nEND\r\n");
    check_reply("gats 1 k\r\n", PAWL_OK,
                "VALUE k 5 3 1763622000000000007\r\nabc\r\nEND\r\n");
    check_reply("get k\r\n", PAWL_NOT_FOUND, "END\r\n");
    check_reply("get k l\r\n", PAWL_NOT_FOUND, "");
    check_reply("get k l\r\n", PAWL_OK, "VALUE k 5 3\r\nabc\r\n");
}

Test(reply, to_storage_commands)
{
    check_reply("set k 0 0 1\r\nx\r\n", PAWL_OK, "STORED\r\n");
    check_reply("add k 0 0 1\r\nx\r\n", PAWL_NOT_STORED, "NOT_STORED\r\n");
    check_reply("cas k 0 0 1 1\r\nx\r\n", PAWL_OK, "STORED\r\n");
    check_reply("cas k 0 0 1 1\r\nx\r\n", PAWL_EXISTS, "EXISTS\r\n");
    check_reply("cas k 0 0 1 1\r\nx\r\n", PAWL_NOT_FOUND, "NOT_FOUND\r\n");
    check_reply("append k 0 0 1\r\nx\r\n", PAWL_TOO_LARGE,
                "SERVER_ERROR object too large for cache\r\n");
    check_reply("set k 0 0 1\r\nx\r\n", PAWL_NO_MEMORY,
                "SERVER_ERROR out of memory storing object\r\n");
    check_reply("set k 0 0 1\r\nx\r\n", PAWL_STALLED,
                "SERVER_ERROR out of memory storing object\r\n");
}

Test(reply, to_counters)
{
    check_reply("incr k 1\r\n", PAWL_OK, "40\r\n");
    check_reply("decr k 1\r\n", PAWL_NOT_FOUND, "NOT_FOUND\r\n");
    check_reply("incr k 1\r\n", PAWL_NOT_A_NUMBER,
                "CLIENT_ERROR cannot increment or decrement non-numeric "
                "value\r\n");
    check_reply("incr k 1\r\n", PAWL_NO_MEMORY,
                "SERVER_ERROR out of memory\r\n");
    check_reply("take k 1\r\n", PAWL_OK, "TAKEN 40 1763622000000000007\r\n");
    check_reply("give k 1\r\n", PAWL_OK, "GIVEN 40 1763622000000000007\r\n");
    check_reply("take k 1\r\n", PAWL_REFUSED,
                "REFUSED 40 1763622000000000007\r\n");
    check_reply("give k 1\r\n", PAWL_REFUSED,
                "REFUSED 40 1763622000000000007\r\n");
    check_reply("take k 1\r\n", PAWL_NOT_FOUND, "NOT_FOUND\r\n");
    check_reply("take k 1\r\n", PAWL_NOT_A_NUMBER,
                "CLIENT_ERROR cannot increment or decrement non-numeric "
                "value\r\n");
}

Test(reply, to_the_other_commands)
{
    check_reply("delete k\r\n", PAWL_OK, "DELETED\r\n");
    check_reply("delete k\r\n", PAWL_NOT_FOUND, "NOT_FOUND\r\n");
    check_reply("touch k 1\r\n", PAWL_OK, "TOUCHED\r\n");
    check_reply("touch k 1\r\n", PAWL_NOT_FOUND, "NOT_FOUND\r\n");
    check_reply("flush_all\r\n", PAWL_OK, "OK\r\n");
}

Test(reply, is_nothing_where_none_is_wanted)
{
    for (unsigned status = PAWL_OK; status <= PAWL_UNSUPPORTED; status++) {
        check_reply("set k 0 0 1 noreply\r\nx\r\n", status, "");
        check_reply("take k 1 noreply\r\n", status, "");
        check_reply("incr k 1 noreply\r\n", status, "");
        check_reply("delete k noreply\r\n", status, "");
        check_reply("touch k 1 noreply\r\n", status, "");
        check_reply("flush_all noreply\r\n", status, "");
    }
}

Test(reply, says_at_the_end_of_a_list_that_a_key_failed)
{
    static const char wanted[] =
        "VALUE c 0 3\r\nabc\r\n"
        "SERVER_ERROR out of memory writing get response\r\nEND\r\n";
    const char *message = "gat 1 a b c\r\nget d\r\n";
    struct pawl_op lost = {.status = PAWL_NO_MEMORY};
    struct pawl_op missing = {.status = PAWL_NOT_FOUND};
    struct pawl_op found = {.status = PAWL_OK,
                            .view = {.value = "abc", .value_bytes = 3}};
    const struct pawl_op *ops[] = {&lost, &missing, &found, &missing};
    struct parser parser = {0};

    for (size_t i = 0; i < 4; i++) {
        struct request request = read_request(&parser, &message);

        CHECK(reply_outcome(&state, &request, ops[i], &out));
    }
    CHECK_BYTES(buffer_front(&out), buffer_bytes(&out), wanted,
                sizeof wanted - 1);
}

Test(reply, fits_into_the_bound_that_is_told_for_it)
{
    static char value[1000];
    struct parser parser = {0};
    char message[300] = "gets ";
    const char *at = message;
    struct pawl_op op = {.status = PAWL_OK,
                         .view = {.value = value,
                                  .value_bytes = sizeof value,
                                  .version = PAWL_VERSION_MAX,
                                  .flags = UINT32_MAX}};
    struct request request;

    memset(message + 5, 'k', PAWL_KEY_BYTES_MAX);
    memcpy(message + 5 + PAWL_KEY_BYTES_MAX, "\r\n", 3);
    request = read_request(&parser, &at);
    CHECK(reply_outcome(&state, &request, &op, &out));
    CHECK(buffer_bytes(&out) > sizeof value);
    CHECK(buffer_bytes(&out) <= reply_bytes_max(&request, &op));
    CHECK(reply_bytes_max(&request, &op) <=
          sizeof value + REPLY_OVERHEAD_BYTES);
}

Test(reply, names_what_is_wrong)
{
    static const struct {
        const char *message;
        const char *wanted;
    } wrong[] = {
        {"what\r\n", "ERROR\r\n"},
        {"set k x 0 1\r\nx\r\n", "CLIENT_ERROR bad command line format\r\n"},
        {"set k x 0 1 noreply\r\nx\r\n", ""},
        {"set k 0 0 1\r\nxyz", "CLIENT_ERROR bad data chunk\r\n"},
        {"set k 0 0 101\r\n", "SERVER_ERROR object too large for cache\r\n"},
        {"touch k x\r\n", "CLIENT_ERROR invalid exptime argument\r\n"},
        {"incr k x\r\n", "CLIENT_ERROR invalid numeric delta argument\r\n"},
        {"delete k 1\r\n", "CLIENT_ERROR bad command line format.  "
                           "Usage: delete <key> [noreply]\r\n"},
        {"POST / HTTP/1.0\r\n", ""},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct parser parser = {0};
        const char *at = wrong[i].message;
        struct request request = read_request(&parser, &at);

        CHECK(reply_fault(&request, &out));
        CHECK_BYTES(buffer_front(&out), buffer_bytes(&out), wrong[i].wanted,
                    strlen(wrong[i].wanted));
        buffer_release(&out);
    }
}
