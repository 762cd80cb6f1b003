#!/usr/bin/python3
"""test_race.py - a hundred connections want 10,000 seats of one key.

Once with take, and once with gets and cas, which any client has. The
connections belong to several processes, so that they are served at once.
"""

import sys

import clients
import server
import tap

SEATS = 10_000
CONNECTIONS = 100
PROCESSES = 4


def race(results, peer, way):
    key = f"seats-by-{way}"
    command = clients.raw_buyers(peer, key, way, CONNECTIONS // PROCESSES)
    clients.open_sale(peer, key, SEATS)
    buyers = clients.race([(f"{way} {i}", command) for i in range(PROCESSES)])
    clients.check_sale(results, peer, way, key, SEATS, buyers)
    results.equal(sum(buyer.refused for buyer in buyers), CONNECTIONS,
                  f"{way}: in the end each connection was refused")


def main():
    results = tap.Tap()
    with server.start_pawld("--workers", "4") as pawld:
        race(results, pawld, "take")
        race(results, pawld, "cas")
        pawld.check_end(results)
    sys.exit(results.done())


main()
