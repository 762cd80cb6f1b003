#!/usr/bin/python3
"""test_stats.py - what stats tells, in memcached's words."""

import re
import sys

import server
import tap

# Rows that tools which watch memcached ask for.
NUMBERS = """pid uptime time pointer_size max_connections curr_connections
    total_connections rejected_connections cmd_get cmd_set cmd_flush cmd_touch
    get_hits get_misses delete_misses delete_hits incr_misses incr_hits
    decr_misses decr_hits cas_misses cas_hits cas_badval touch_hits
    touch_misses bytes_read bytes_written limit_maxbytes threads bytes
    curr_items total_items evictions""".split()
SECONDS = ["rusage_user", "rusage_system"]

MOVED = b"set a 0 0 1\r\n1\r\nget a b\r\nincr a 1\r\ntake a 1\r\ntake a 9\r\n"
MOVED_LINES = 7


def check_rows(results, connection):
    rows = connection.stats()
    for name in NUMBERS:
        results.ok(re.fullmatch(r"[0-9]+", rows.get(name, "")),
                   f"{name} is a number", rows.get(name))
    for name in SECONDS:
        results.ok(re.fullmatch(r"[0-9]+\.[0-9]{6}", rows.get(name, "")),
                   f"{name} is seconds", rows.get(name))
    version = connection.ask(b"version\r\n").decode().split()[1]
    results.equal(rows.get("version"), version, "version is that of 'version'")


def check_records(results, connection):
    connection.ask(b"flush_all\r\n")
    before = connection.stats()
    connection.ask(MOVED, MOVED_LINES)
    after = connection.stats()
    moved = {name: int(after[name]) - int(before[name])
             for name in ("total_items", "bytes_written")}
    results.equal(moved["total_items"], 1, "total_items counts what was stored")
    results.ok(moved["bytes_written"] > 0, "bytes_written moves")
    results.ok(int(after["curr_items"]) >= 1, "curr_items tells the records")


def check_reset(results, connection):
    connection.ask(MOVED, MOVED_LINES)
    results.equal(connection.ask(b"stats reset\r\n"), b"RESET\r\n",
                  "stats reset answers RESET")
    rows = connection.stats()
    counters = ("cmd_get", "cmd_set", "get_hits", "incr_hits", "take_hits",
                "take_refused")
    results.equal({name: rows.get(name) for name in counters},
                  {name: "0" for name in counters},
                  "counters start anew after stats reset")
    results.ok(int(rows["curr_items"]) >= 1, "records stay")
    connection.ask(MOVED, MOVED_LINES)
    rows = connection.stats()
    results.equal((rows["cmd_set"], rows["cmd_get"], rows["take_refused"]),
                  ("1", "2", "1"), "and count on from there")


def check_workers(results, pawld):
    """A sum over all workers, whichever serves the connection that asks."""
    with pawld.connect() as connection:
        before = int(connection.stats()["cmd_set"])
    for i in range(40):
        with pawld.connect() as connection:
            connection.ask(b"set k%d 0 0 1\r\nx\r\n" % i)
    with pawld.connect() as connection:
        results.equal(int(connection.stats()["cmd_set"]) - before, 40,
                      "counters are sums over the workers")


def main():
    results = tap.Tap()
    with server.start_pawld("--workers", "4") as pawld:
        with pawld.connect() as connection:
            check_rows(results, connection)
            check_records(results, connection)
            check_reset(results, connection)
            results.ok(connection.stats("settings"), "stats settings has rows")
        check_workers(results, pawld)
        pawld.check_end(results)
    sys.exit(results.done())


main()
