#!/usr/bin/python3
"""test_oversell.py - real clients that want the same seats buy each one once.

Quotas make every buyer win: as all but one cannot buy all seats together, the
last seat is sold only after each has bought some.
"""

import sys

import clients
import server
import tap

PROCESSES = 4
QUOTA = 60
SEATS = (PROCESSES - 1) * QUOTA + 30

TAKERS_QUOTA = 1000
TAKERS_CONNECTIONS = 20


def buyers_of(peer, name, command, key, use="race", processes=PROCESSES):
    arguments = [use, server.HOST, str(peer.port), key, str(QUOTA)]
    return [(f"{name} {i}", [*command, *arguments]) for i in range(processes)]


def sell(results, peer, name, key, seats, buyers):
    clients.open_sale(peer, key, seats)
    buyers = clients.race(buyers)
    clients.check_sale(results, peer, name, key, seats, buyers)
    results.ok(all(buyer.rows for buyer in buyers),
               f"{name}: every buyer bought some")


def main():
    results = tap.Tap()
    commands = clients.commands()
    with server.start_pawld("--workers", "4") as pawld:
        for i, (name, command) in enumerate(commands.items()):
            key = f"seats-{i}"
            sell(results, pawld, name, key, SEATS,
                 buyers_of(pawld, name, command, key))
        together = buyers_of(pawld, "pymemcache with take",
                             commands["pymemcache"], "seats", "take", 2)
        for name, command in commands.items():
            together += buyers_of(pawld, name, command, "seats", processes=2)
        seats = len(together) * QUOTA - QUOTA + 2 * TAKERS_QUOTA + 30
        for way in ("take", "cas"):
            together.append((f"raw {way}", clients.raw_buyers(
                pawld, "seats", way, TAKERS_CONNECTIONS, TAKERS_QUOTA)))
        sell(results, pawld, "all together", "seats", seats, together)
        pawld.check_end(results)
    sys.exit(results.done())


main()
