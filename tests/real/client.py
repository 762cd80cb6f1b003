#!/usr/bin/python3
"""client.py - pymemcache. See README.md."""

import sys

from pymemcache.client.base import Client


class TakingClient(Client):
    """The client, and the verb that it does not know."""

    def take(self, key, amount):
        request = b"take %s %d\r\n" % (key.encode(), amount)
        return self._misc_cmd([request], b"take", False)[0].decode()


def basic(client, key):
    def ok(fact, name):
        print("ok" if fact else "not ok", "-", name)

    ok(client.set(key, b"one", noreply=False) is True, "set")
    ok(client.get(key) == b"one", "get")
    ok(client.get(key + ".none") is None, "get of a missing key")
    ok(client.add(key, b"two", noreply=False) is False, "add refuses")
    ok(client.replace(key, b"two", noreply=False) is True, "replace")
    ok(client.append(key, b"-end", noreply=False) is True, "append")
    ok(client.prepend(key, b"start-", noreply=False) is True, "prepend")
    ok(client.get(key) == b"start-two-end", "append and prepend together")
    value, version = client.gets(key)
    ok(client.cas(key, b"three", version, noreply=False) is True, "cas")
    ok(client.cas(key, b"four", version, noreply=False) is False,
       "cas refuses a version that has passed")
    ok(client.gets(key)[1] != version, "a change makes a new version")
    client.set(key, b"silent")
    ok(client.get(key) == b"silent", "set without a reply")
    ok(client.delete(key, noreply=False) is True, "delete")
    ok(client.delete(key, noreply=False) is False, "delete of nothing")
    client.set(key, b"10", noreply=False)
    ok(client.incr(key, 5) == 15, "incr")
    ok(client.decr(key, 6) == 9, "decr")
    ok(client.decr(key, 100) == 0, "decr cannot refuse: it stops at 0")
    ok(client.take(key, 1).startswith("REFUSED 0 "), "take can refuse")
    ok(client.touch(key, 100, noreply=False) is True, "touch")
    large = bytes(range(256)) * 2000
    client.set_many({key + ".a": large, key + ".b": b""}, noreply=False)
    ok(client.get_many([key + ".a", key + ".none", key + ".b"]) ==
       {key + ".a": large, key + ".b": b""}, "set_many and get_many")
    ok(b"cmd_get" in client.stats(), "stats")
    ok(len(client.version()) > 0, "version")
    ok(client.flush_all(noreply=False) is True, "flush_all")
    ok(client.get(key + ".a") is None, "nothing is there after flush_all")


def buy_by_cas(client, key):
    """Buys a seat; answers the line that says so, or None when sold out."""
    while True:
        value, version = client.gets(key)
        if int(value) == 0:
            return None
        if client.cas(key, str(int(value) - 1).encode(), version,
                      noreply=False):
            return f"SOLD {int(value)} {int(version)}"


def buy_by_take(client, key):
    reply = client.take(key, 1)
    return reply if reply.startswith("TAKEN ") else None


def race(client, key, quota, buy):
    client.get(key)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(quota):
        bought = buy(client, key)
        if bought is None:
            break
        print(bought)


def main():
    use, host, port, key = sys.argv[1:5]
    client = TakingClient((host, int(port)), timeout=60)
    if use == "basic":
        basic(client, key)
    else:
        race(client, key, int(sys.argv[5]),
             {"race": buy_by_cas, "take": buy_by_take}[use])
    client.close()


main()
