#!/usr/bin/python3
"""test_protocol.py - every case of protocol/*.txt, however its bytes arrive.

Memcached is asked first: its reply must be what the case says, so that the
cases are known to be memcached's protocol and not our memory of it. Then
pawld: whole, counting what 'stats' counts; all of the case in one write; a
byte at a time; and cut in two at every byte. Only requests with large values
are cut at some bytes instead. The reply is the same each time, and the
connection is in step after it.

The server has one worker. It answers in the order in which things became
ready, so a reply on another connection shows that it has read what came
before: pieces never wait, and are never read as one.
"""

import glob
import os
import re
import resource
import sys
import time

import cases
import server
import tap

COUNTERS = """cmd_get cmd_set cmd_flush cmd_touch get_hits get_misses
    delete_hits delete_misses incr_hits incr_misses decr_hits decr_misses
    cas_hits cas_misses cas_badval touch_hits touch_misses""".split()
COUNTERS_OF_PAWLD = """cmd_take take_hits take_misses take_refused
    cmd_give give_hits give_misses give_refused""".split()

# Longer requests are cut near both ends, and now and then between.
EVERY_BYTE_UP_TO = 4096
NEAR_BYTES = 64
CUTS_BETWEEN = 40

LANES_MAX = 512
LANES_BYTES_MAX = 16 << 20


class Lane:
    """One run of a case on one connection, its requests cut at some bytes."""

    def __init__(self, peer, cuts):
        self.peer = peer
        self.cuts = cuts  # pairs of exchange and byte
        self.connection = peer.borrow()
        self.prefix = peer.new_prefix()
        self.captures = {}
        self.fault = None

    def pieces(self, index, exchange):
        """The pieces in which an exchange's request is sent."""
        request = exchange.rendered(self.prefix, self.captures)
        at = [0, *sorted(byte for which, byte in self.cuts
                         if which == index and byte < len(request)),
              len(request)]
        return [request[a:b] for a, b in zip(at, at[1:])]

    def read(self, exchange):
        """Reads a reply and compares it."""
        name = self.peer.name
        wanted = exchange.reply[name]
        try:
            reply = self.connection.read_lines(wanted.line_count())
            if exchange.closes[name]:
                reply += self.connection.read_to_end()
        except TimeoutError:
            reply = self.connection.received + b" and then nothing"
            self.peer.patience_s = 1
        reply = reply.replace(self.prefix, b"$")
        captures = wanted.match(reply)
        if captures is None:
            self.fail(wanted, reply)
            return
        for called, unique in captures.items():
            if self.captures.setdefault(called, unique) != unique:
                self.fail(self.captures[called], unique)

    def fail(self, wanted, got):
        self.fault = self.fault or (wanted, got)

    def finish(self, closed):
        """Is the connection in step after it all, or closed as said?"""
        if closed or self.fault:
            self.connection.close()
            return
        try:
            reply = self.connection.ask(b"version\r\n")
        except TimeoutError:
            reply = b"nothing"
        if re.fullmatch(rb"VERSION [^\r\n]+\r\n", reply):
            self.peer.give_back(self.connection)
        else:
            self.fail("in step: VERSION", reply)
            self.connection.close()


class Peer:
    """A server under test, and connections to it."""

    def __init__(self, name, process):
        self.name = name
        self.process = process
        self.control = process.connect()
        self.idle = []
        self.lanes = 0
        self.patience_s = server.DEADLINE_S  # shorter once it was in vain

    def borrow(self):
        connection = self.idle.pop() if self.idle else self.process.connect()
        connection.socket.settimeout(self.patience_s)
        return connection

    def give_back(self, connection):
        self.idle.append(connection)

    def new_prefix(self):
        self.lanes += 1
        prefix = b"~%05X" % self.lanes
        assert len(prefix) == cases.PREFIX_BYTES
        return prefix

    def wait_for_all_read(self):
        self.control.ask(b"version\r\n")

    def run(self, case, all_cuts):
        """Runs the case in lanes side by side; answers the lanes."""
        lanes = [Lane(self, cuts) for cuts in all_cuts]
        for index, exchange in enumerate(case.exchanges):
            time.sleep(exchange.wait_ms / 1000)
            sent = [lane.pieces(index, exchange) for lane in lanes]
            for turn in range(max(map(len, sent))):
                if turn > 0:
                    self.wait_for_all_read()
                for lane, pieces in zip(lanes, sent):
                    if turn < len(pieces):
                        lane.connection.send(pieces[turn])
            for lane in lanes:
                lane.read(exchange)
        for lane in lanes:
            lane.finish(case.exchanges[-1].closes[self.name])
        return lanes


def counted(peer, case):
    """Runs the case whole; answers its lanes and what the counters did."""
    before = peer.control.stats()
    lanes = peer.run(case, [()])
    after = peer.control.stats()
    names = list(COUNTERS)
    if peer.name == "pawld":
        names += COUNTERS_OF_PAWLD
    moved = {name: int(after.get(name, 0)) - int(before.get(name, 0))
             for name in names}
    missing = [name for name in names if name not in after]
    return lanes, {name: n for name, n in moved.items() if n}, missing


def positions(length):
    """The bytes at which a request of that length is cut."""
    if length <= EVERY_BYTE_UP_TO:
        return range(1, length)
    return [*range(1, NEAR_BYTES),
            *range(NEAR_BYTES, length - NEAR_BYTES, length // CUTS_BETWEEN),
            *range(length - NEAR_BYTES, length)]


def in_batches(items, size):
    for start in range(0, len(items), size):
        yield items[start:start + size]


def report(results, case, how, lanes):
    faults = [lane for lane in lanes if lane.fault]
    details = [f"{len(faults)} of {len(lanes)} runs"]
    for lane in faults[:1]:
        if len(lane.cuts) == 1:
            details.append("cut before byte %d of exchange %d" %
                           (lane.cuts[0][1], lane.cuts[0][0]))
        details += [f"wanted {lane.fault[0]}"[:400],
                    f"got    {lane.fault[1]}"[:400]]
    results.ok(not faults, f"{case.name}: {how}", *details)


def check_whole(results, peer, case):
    lanes, moved, missing = counted(peer, case)
    report(results, case, f"{peer.name}, whole", lanes)
    results.equal(moved, case.counters[peer.name],
                  f"{case.name}: {peer.name}, counters")
    for name in missing:
        results.note(f"{peer.name} has no counter {name}")


def check_cut(results, peer, case):
    one = case.pipelined()
    if one:
        report(results, case, "in one write", peer.run(one, [()]))
    cuts = [(index, byte) for index, exchange in enumerate(case.exchanges)
            for byte in positions(exchange.length())]
    length = sum(exchange.length() for exchange in case.exchanges)
    lanes = []
    for batch in in_batches([cuts, *((cut,) for cut in cuts)],
                            min(LANES_MAX, LANES_BYTES_MAX // length)):
        lanes += peer.run(case, batch)
    whole = length == len(cuts) + len(case.exchanges)
    report(results, case, "byte by byte" if whole else
           f"in {len(cuts) + 1} pieces", lanes[:1])
    report(results, case, f"cut in two in {len(cuts)} places", lanes[1:])


def main():
    results = tap.Tap()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "protocol")
    all_cases = [case for path in sorted(glob.glob(f"{folder}/*.txt"))
                 for case in cases.read(path)
                 if not sys.argv[1:] or sys.argv[1] in case.name]
    with server.start_memcached("-t", "1") as memcached, \
            server.start_pawld("--workers", "1") as pawld:
        memcached_peer = Peer("memcached", memcached)
        pawld_peer = Peer("pawld", pawld)
        for case in all_cases:
            for peer in (memcached_peer, pawld_peer):
                if peer.name in case.peers:
                    check_whole(results, peer, case)
            check_cut(results, pawld_peer, case)
        pawld.check_end(results)
    sys.exit(results.done())


main()
