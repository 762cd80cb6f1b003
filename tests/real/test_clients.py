#!/usr/bin/python3
"""test_clients.py - what each real client offers works with pawld."""

import sys

import clients
import server
import tap


def main():
    results = tap.Tap()
    with server.start_pawld("--workers", "2") as pawld:
        for name, command in clients.commands().items():
            status, output, errors = server.run(
                [*command, "basic", server.HOST, str(pawld.port), "client"])
            for line in output.splitlines():
                outcome, _, fact = line.partition(" - ")
                results.ok(outcome == "ok", f"{name}: {fact}")
            results.ok(status == 0 and "ok - set" in output,
                       f"{name}: ends well", errors)
        pawld.check_end(results)
    sys.exit(results.done())


main()
