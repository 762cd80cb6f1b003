#!/usr/bin/python3
"""test_bounds.py - peers that are many, slow, rude or gone hurt nobody else."""

import os
import resource
import socket
import struct
import sys
import time

import server
import tap

VALUE_BYTES = 1_000_000
GREEDY_GETS = 200
GREEDY_KB_MAX = 16 * 1024  # what a peer that does not read may cost
HALF_COMMANDS = 1000
GATHERING = 40
GATHERING_KB_MAX = 20 * 1024  # of 39 MiB, with a quarter of 16 MiB allowed
HANG_UPS = 1000
FEW_FILES = 200
OWN_FILES_MAX = 60  # of them that the server may keep for itself
CROWD = 100
CONNECTIONS_MAX = 5
IDLE_S = 3
TOO_MANY = b"SERVER_ERROR too many open connections\r\n"


def allow_many_files():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def allow_few_files():
    server.die_with_parent()
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))


def check_too_many_connections(results):
    with server.start_pawld("--connections", str(CONNECTIONS_MAX)) as pawld:
        held = [pawld.connect()]
        # The connection that start() tried may be on its way out still.
        results.ok(server.wait_until(lambda: is_alone(held[0])),
                   "a connection that ended is counted no more")
        held += [pawld.connect() for _ in range(CONNECTIONS_MAX - 1)]
        for connection in held:
            connection.ask(b"version\r\n")
        with pawld.connect() as connection:
            results.equal(connection.read_to_end(), TOO_MANY,
                          "one connection too many is told so and closed")
        results.ok(all(connection.ask(b"version\r\n").startswith(b"VERSION ")
                       for connection in held), "the others go on")
        held.pop().close()
        results.ok(server.wait_until(pawld.is_served),
                   "when one goes there is room for another")
        for connection in held:
            connection.close()


def is_alone(connection):
    """Has the server no other connection?

    The one that start() tried is on no worker's list before it is accepted.
    """
    stats = connection.stats()
    return (int(stats["curr_connections"]) == 1 and
            int(stats["total_connections"]) > 1)


def check_few_files(results):
    """A limit on open files is a limit on connections, and is said."""
    with server.start_pawld("--workers", "2",
                            preexec_fn=allow_few_files) as pawld, \
            pawld.connect() as first:
        allowed = int(first.stats()["max_connections"])
        results.ok(FEW_FILES - OWN_FILES_MAX < allowed < FEW_FILES and
                   pawld.says(f" {allowed} connections"),
                   "few files: the log says how many connections they allow",
                   pawld.log_text())
        server.wait_until(lambda: is_alone(first))
        crowd = [pawld.connect() for _ in range(allowed - 1)]
        results.ok(all(connection.ask(b"version\r\n").startswith(b"VERSION ")
                       for connection in crowd),
                   "few files: so many are served")
        with pawld.connect() as connection:
            results.equal(connection.read_to_end(), TOO_MANY,
                          "few files: one more is told so and closed")
        for connection in crowd:
            connection.close()


def take_all_files(pawld):
    """Lowers the server's limit so far that it can open no more files.

    Answers connections that fill the gaps between those that are open.
    """
    pid = pawld.process.pid
    opened = list(map(int, os.listdir(f"/proc/{pid}/fd")))
    limit = 1 + max(opened)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
    fillers = [pawld.connect() for _ in range(limit - len(opened))]
    for connection in fillers:
        connection.ask(b"version\r\n")
    return fillers


def check_out_of_files(results, workers):
    """accept() fails all at once: nobody waits for ever, and nothing spins."""
    name = f"out of files, {workers} workers"
    with server.start_pawld("--workers", str(workers)) as pawld, \
            pawld.connect() as first:
        server.wait_until(lambda: is_alone(first))
        fillers = take_all_files(pawld)
        before = pawld.cpu_seconds()
        crowd = [pawld.connect() for _ in range(CROWD)]
        results.ok(first.ask(b"version\r\n").startswith(b"VERSION "),
                   f"{name}: who is connected is served")
        # Several workers may take the file that one has put by from it.
        if workers == 1:
            results.ok(all(connection.read_to_end() == TOO_MANY
                           for connection in crowd),
                       f"{name}: who comes is told so and closed")
        time.sleep(1)
        used = pawld.cpu_seconds() - before
        results.ok(used < 0.3, f"{name}: nothing spins",
                   f"{used} s of processor time in a second")
        for connection in [first, *fillers, *crowd]:
            connection.close()
        results.ok(server.wait_until(pawld.is_served),
                   f"{name}: when they have gone new ones are served")
        pawld.check_end(results, f"{name}: pawld ends well")


def check_no_reserve(results):
    """Not even the file that each worker has put by can be opened again."""
    with server.start_pawld("--workers", "2") as pawld, \
            pawld.connect() as first:
        server.wait_until(lambda: is_alone(first))
        resource.prlimit(pawld.process.pid, resource.RLIMIT_NOFILE,
                         (1, FEW_FILES))
        crowd = [pawld.connect() for _ in range(CROWD)]
        failed = server.wait_until(
            lambda: int(first.stats()["listen_disabled_num"]) > CROWD / 2)
        results.ok(failed and first.ask(b"version\r\n")
                   .startswith(b"VERSION "),
                   "no file to spare: who is connected is served")
        resource.prlimit(pawld.process.pid, resource.RLIMIT_NOFILE,
                         (FEW_FILES, FEW_FILES))
        with pawld.connect() as late:
            results.ok(late.ask(b"version\r\n").startswith(b"VERSION "),
                       "no file to spare: others are when files are free")
        for connection in crowd:
            connection.close()
        pawld.check_end(results, "no file to spare: pawld ends well")


def check_peer_that_does_not_read(results):
    with server.start_pawld("--workers", "1") as pawld, \
            pawld.connect() as greedy, pawld.connect() as other:
        value = b"x" * VALUE_BYTES
        other.ask(b"set a 0 0 %d\r\n%s\r\n" % (VALUE_BYTES, value))
        before = pawld.status_kb("VmRSS")
        greedy.send(b"get a\r\n" * GREEDY_GETS)
        greedy.socket.recv(1, socket.MSG_PEEK)
        results.ok(all(other.ask(b"version\r\n").startswith(b"VERSION ")
                       for _ in range(1000)),
                   "a peer that does not read: others are served")
        grown = pawld.status_kb("VmHWM") - before
        results.ok(grown < GREEDY_KB_MAX,
                   "a peer that does not read costs little memory",
                   f"{grown} KiB more")
        wanted = b"VALUE a 0 %d\r\n%s\r\nEND\r\n" % (VALUE_BYTES, value)
        results.ok(all(greedy.read_lines(3) == wanted
                       for _ in range(GREEDY_GETS)),
                   "and gets every byte when it reads at last")
        pawld.check_end(results, "a peer that does not read: pawld ends well")


def check_half_commands(results):
    with server.start_pawld("--workers", "2") as pawld, \
            pawld.connect() as other:
        other.ask(b"set a 0 0 1\r\nx\r\n")
        halves = [pawld.connect() for _ in range(HALF_COMMANDS)]
        for connection in halves[::2]:
            connection.send(b"get ")
        for connection in halves[1::2]:
            connection.send(b"set b 0 0 100\r\nhalf of a value")
        results.equal(other.ask(b"get a\r\n", 3), b"VALUE a 0 1\r\nx\r\nEND\r\n",
                      "half commands: others are served")
        for connection in halves[::2]:
            connection.send(b"a\r\n")
        results.ok(all(connection.read_lines(3) == b"VALUE a 0 1\r\nx\r\nEND\r\n"
                       for connection in halves[::2]),
                   "half commands: the other half of each is answered")
        for connection in halves:
            connection.close()
        results.equal(other.ask(b"get b\r\n"), b"END\r\n",
                      "half commands: nothing is stored of half a value")
        results.ok(server.wait_until(lambda: is_alone(other)),
                   "half commands: none is left")
        pawld.check_end(results, "half commands: pawld ends well")


def check_half_values(results):
    """What values cost that are not all there yet is bounded in sum."""
    stored = b"STORED\r\n"
    refused = b"SERVER_ERROR out of memory storing object\r\n"
    with server.start_pawld("--workers", "2", "--memory", "16m") as pawld, \
            pawld.connect() as other:
        before = pawld.status_kb("VmHWM")
        halves = [pawld.connect() for _ in range(GATHERING)]
        for i, connection in enumerate(halves):
            connection.send(b"set k%d 0 0 %d\r\n%s" %
                            (i, VALUE_BYTES, b"x" * (VALUE_BYTES - 1)))
            other.ask(b"version\r\n")
        server.wait_until(lambda: int(other.stats()["bytes_read"]) >
                          GATHERING * VALUE_BYTES)
        grown = pawld.status_kb("VmHWM") - before
        results.ok(grown < GATHERING_KB_MAX,
                   "half values: all together cost little memory",
                   f"{grown} KiB more")
        for connection in halves:
            connection.send(b"x\r\nversion\r\n")
        answers = [connection.read_lines(1) for connection in halves]
        results.ok(set(answers) == {stored, refused},
                   "half values: some are stored, the others refused", answers)
        results.ok(all(connection.read_lines(1).startswith(b"VERSION ")
                       for connection in halves),
                   "half values: and each stream stays in step")
        for connection in halves:
            connection.close()
        results.equal(other.ask(b"set k 0 0 %d\r\n%s\r\n" %
                                (VALUE_BYTES, b"x" * VALUE_BYTES)), stored,
                      "half values: when they are gone there is room again")
        pawld.check_end(results, "half values: pawld ends well")


def check_hang_ups(results):
    """Peers that reset the connection in the middle of a request."""
    reset_on_close = struct.pack("ii", 1, 0)
    with server.start_pawld("--workers", "2") as pawld, \
            pawld.connect() as other:
        other.ask(b"set a 0 0 %d\r\n%s\r\n" % (VALUE_BYTES,
                                               b"x" * VALUE_BYTES))
        for i in range(HANG_UPS):
            with pawld.connect() as connection:
                connection.send((b"", b"get a\r\n", b"set b 0 0 9\r\n")[i % 3])
                connection.socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, reset_on_close)
        results.ok(other.ask(b"version\r\n").startswith(b"VERSION "),
                   "peers that hang up: others are served")
        results.ok(server.wait_until(lambda: is_alone(other)),
                   "peers that hang up: none is left")
        pawld.check_end(results, "peers that hang up: pawld ends well")


def check_half_closed(results):
    with server.start_pawld() as pawld, pawld.connect() as connection:
        connection.send(b"set a 0 0 1\r\nx\r\nget a\r\nget")
        connection.socket.shutdown(socket.SHUT_WR)
        results.equal(connection.read_to_end(),
                      b"STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n",
                      "a peer that has done writing is answered, then closed")


def check_idle(results):
    with server.start_pawld("--idle-timeout", str(IDLE_S)) as pawld, \
            pawld.connect() as idle, pawld.connect() as busy:
        idle.socket.settimeout(0.05)
        closed = False
        served = True
        end = time.monotonic() + server.DEADLINE_S
        while served and not closed and time.monotonic() < end:
            served = busy.ask(b"version\r\n").startswith(b"VERSION ")
            try:
                closed = idle.socket.recv(1) == b""
            except TimeoutError:
                pass
        results.ok(closed, "--idle-timeout closes who asks nothing")
        results.ok(served and busy.ask(b"version\r\n")
                   .startswith(b"VERSION "), "and not who asks")


def main():
    results = tap.Tap()
    allow_many_files()
    check_too_many_connections(results)
    check_few_files(results)
    check_out_of_files(results, 1)
    check_out_of_files(results, 4)
    check_no_reserve(results)
    check_peer_that_does_not_read(results)
    check_half_commands(results)
    check_half_values(results)
    check_hang_ups(results)
    check_half_closed(results)
    check_idle(results)
    sys.exit(results.done())


main()
