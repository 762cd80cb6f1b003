#!/usr/bin/python3
"""test_log.py - what pawld logs at each level, and that it waits for nobody."""

import fcntl
import os
import re
import signal
import sys

import server
import tap

PIPE_BYTES = 4096
VISITS = 200  # two lines each: much more than the pipe takes

LOST = re.compile(r"^pawld: ([0-9]+) lines are lost here$", re.MULTILINE)


def visit(pawld):
    """A connection that comes, is served, and is gone."""
    with pawld.connect() as connection:
        connection.ask(b"version\r\n")
        connection.ask(b"quit\r\n")


def start_unread(path):
    """Pawld on a free port, and the end of its log that nobody reads yet."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    try:
        return server.start(
            lambda port: [path, "-p", str(port), "-t", "2", "-v", "-v"],
            stderr=writer), reader
    finally:
        os.close(writer)


def check_unread(results, path):
    """A log that nobody reads stops neither the others nor the end."""
    pawld, reader = start_unread(path)
    with pawld, open(reader, "rb", buffering=0) as log:
        for _ in range(VISITS):
            visit(pawld)
        results.ok(pawld.is_served(), "a log that nobody reads delays nobody")
        seen = log.read(1 << 20).decode()
        results.ok(0 < seen.count("\n") < 2 * VISITS and seen.endswith("\n")
                   and not LOST.search(seen), "what fits is whole lines", seen)
        visit(pawld)
        seen = log.read(1 << 20).decode()
        results.ok(LOST.match(seen), "the next line tells how many are lost",
                   seen)
        for _ in range(VISITS):
            visit(pawld)
        results.equal(pawld.stop(signal.SIGTERM), 0,
                      "nor is the end delayed")


def check_levels(results):
    refusal = "refused: too many"
    coming = re.compile(r"^connection [0-9]+ (accepted|closed)$", re.MULTILINE)
    for flags, refusals, comings in (([], False, False), (["-v"], True, False),
                                     (["-vv"], True, True)):
        with server.start_pawld("-c", "1", *flags) as pawld:
            with pawld.connect() as connection:
                connection.ask(b"version\r\n")
                with pawld.connect() as surplus:
                    surplus.ask(b"version\r\n")
            pawld.stop()
            log = pawld.log_text()
        results.equal((refusal in log, bool(coming.search(log))),
                      (refusals, comings),
                      f"{' '.join(flags) or 'no flag'}: what is logged")


def check_verbosity(results):
    with server.start_pawld() as pawld:
        visit(pawld)
        with pawld.connect() as connection:
            connection.ask(b"verbosity 2\r\n")
        visit(pawld)
        results.ok(pawld.says("accepted"), "verbosity 2 is like -vv",
                   pawld.log_text())


def check_hangup(results):
    with server.start_pawld() as pawld:
        pawld.process.send_signal(signal.SIGHUP)
        results.ok(pawld.is_served(), "SIGHUP changes nothing")
        pawld.check_end(results)


def main():
    results = tap.Tap()
    path = server.program("PAWLD", None)
    check_unread(results, path)
    check_levels(results)
    check_verbosity(results)
    check_hangup(results)
    sys.exit(results.done())


main()
