"""clients.py - the real clients, how each is run, and a race between buyers."""

import concurrent.futures
import fcntl
import os
import shutil
import subprocess
import sys

REAL = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(REAL, "..", "scripts"))

import server  # noqa: E402
import tap  # noqa: E402

BUILT = os.path.join(os.environ.get("BUILDDIR", "."), "tests", "real")
RACE_SECONDS_MAX = 600

# Debian's python3, which is the one that sees Debian's pymemcache.
PYTHON = "/usr/bin/python3"


def source(name):
    return os.path.join(REAL, name)


def built(name):
    return os.path.join(BUILT, name)


def node_modules():
    """Installs the pinned client below the build folder, once; its path."""
    folder = built("npm")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pinned = source("package-lock.json")
        installed = os.path.join(folder, "installed.json")
        if not same_bytes(pinned, installed):
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source(name), folder)
            status, output, errors = server.run(
                ["npm", "ci", "--no-audit", "--no-fund", "--prefix", folder])
            if status != 0:
                tap.bail_out(f"npm ci fails: {output}{errors}")
            shutil.copy(pinned, installed)
    return os.path.join(folder, "node_modules")


def same_bytes(one, other):
    if not os.path.exists(other):
        return False
    with open(one, "rb") as left, open(other, "rb") as right:
        return left.read() == right.read()


def commands():
    """The command that runs each client."""
    return {
        "pymemcache": [PYTHON, source("client.py")],
        "libmemcached": [built("client")],
        "php-memcached": ["php", source("client.php")],
        "Cache::Memcached::Fast": ["perl", source("client.pl")],
        "npm memcached": ["env", f"NODE_PATH={node_modules()}",
                          "node", source("client.js")],
    }


def raw_buyers(peer, key, way, connections, quota=0):
    """The command for that many raw connections."""
    return [built("race"), server.HOST, str(peer.port), key, way,
            str(connections), str(quota)]


class Buyer:
    """A process that buys when told to, and what it has bought."""

    def __init__(self, name, command):
        self.name = name
        self.rows = []
        self.refused = 0
        self.process = server.spawn(command, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)

    def wait_until_ready(self):
        line = self.process.stdout.readline()
        if line != "ready\n":
            tap.bail_out(f"{self.name} is not ready: {line!r}")

    def buy(self):
        """Says go and takes in all that is bought; answers the status."""
        output, _ = self.process.communicate("go\n", RACE_SECONDS_MAX)
        for line in output.splitlines():
            word, *numbers = line.split()
            if word == "REFUSED":
                self.refused = int(numbers[0])
            else:
                self.rows.append((word, int(numbers[0]), int(numbers[1])))
        return self.process.returncode


def race(named_commands):
    """Runs the buyers side by side; answers them when all have ended."""
    buyers = [Buyer(name, command) for name, command in named_commands]
    for buyer in buyers:
        buyer.wait_until_ready()
    with concurrent.futures.ThreadPoolExecutor(len(buyers)) as threads:
        statuses = list(threads.map(Buyer.buy, buyers))
    for buyer, status in zip(buyers, statuses):
        if status != 0:
            tap.bail_out(f"{buyer.name} ended with status {status}")
    return buyers


def seat_of(row):
    """The number of the seat: how many there were before it was bought."""
    word, number, _ = row
    return number if word == "SOLD" else number + 1


def version_faults(rows):
    """Fewer seats left, higher version; and one version a number left."""
    version_of = {}
    for _, left, version in rows:
        if version_of.setdefault(left, version) != version:
            yield f"{left} left: versions {version_of[left]} and {version}"
    in_order = [version_of[left] for left in sorted(version_of, reverse=True)]
    for earlier, later in zip(in_order, in_order[1:]):
        if earlier >= later:
            yield f"version {later} came after {earlier}"


def open_sale(peer, key, seats):
    with peer.connect() as connection:
        body = str(seats).encode()
        reply = connection.ask(b"set %s 0 0 %d\r\n%s\r\n" %
                               (key.encode(), len(body), body))
        assert reply == b"STORED\r\n", reply


def check_sale(results, peer, name, key, seats, buyers):
    """States what must be true after all seats are sold."""
    rows = [row for buyer in buyers for row in buyer.rows]
    results.equal(len(rows), seats, f"{name}: sold exactly {seats}")
    results.ok(sorted(map(seat_of, rows)) == list(range(1, seats + 1)),
               f"{name}: each seat was sold once")
    faults = list(version_faults(rows))
    results.ok(not faults, f"{name}: each version was seen once, in order",
               *faults[:5])
    with peer.connect() as connection:
        results.equal(connection.ask(b"get %s\r\n" % key.encode(), 3),
                      b"VALUE %s 0 1\r\n0\r\nEND\r\n" % key.encode(),
                      f"{name}: none are left")
    for buyer in buyers:
        results.note(f"{buyer.name}: {len(buyer.rows)}")
