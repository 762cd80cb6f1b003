#!/usr/bin/python3
"""test_lifecycle.py - how pawld starts, listens, and ends."""

import os
import re
import signal
import socket
import stat
import sys

import server
import tap

LARGE = b"x" * 1_000_000


def check_ends_well(results):
    for number in (signal.SIGTERM, signal.SIGINT):
        with server.start_pawld() as pawld, pawld.connect() as connection:
            asked = connection.ask(b"set a 0 0 1\r\nx\r\n")
            status = pawld.stop(number)
            rest = connection.read_to_end()
        name = number.name
        results.equal(status, 0, f"{name} ends pawld with status 0")
        results.equal((asked, rest), (b"STORED\r\n", b""),
                      f"{name} closes idle connections without a word")


def check_answers_first(results):
    """What was answered reaches the client, though it reads late."""
    for number in (signal.SIGTERM, signal.SIGINT):
        with server.start_pawld() as pawld, pawld.connect() as connection:
            connection.ask(b"set a 0 0 %d\r\n%s\r\n" % (len(LARGE), LARGE))
            connection.send(b"get a\r\n")
            connection.socket.recv(1, socket.MSG_PEEK)
            pawld.process.send_signal(number)
            reply = connection.read_to_end()
            status = pawld.stop(number)
        results.ok(reply == b"VALUE a 0 %d\r\n%s\r\nEND\r\n" %
                   (len(LARGE), LARGE),
                   f"{number.name}: a reply that was begun is finished",
                   f"{len(reply)} bytes came: {reply[-40:]!r}")
        results.equal(status, 0, f"{number.name}: and then the status is 0")


def check_answers_what_was_sent(results, path):
    """Requests that pawld had no room to read before the signal count, too."""
    count = 10_000
    value = b"x" * 1000
    reply = b"VALUE a 0 1000\r\n%s\r\nEND\r\n" % value
    with server.start(lambda port: [path, "-p", str(port),
                                    "-t", "1"]) as pawld, \
            pawld.connect() as connection, pawld.connect() as other:
        connection.ask(b"set a 0 0 1000\r\n%s\r\nset n 0 0 5\r\n10000\r\n"
                       % value, 2)
        connection.send(b"get a\r\ntake n 1 noreply\r\n" * count)
        server.wait_until(lambda: int(other.stats()["read_pauses"]) > 0)
        pawld.process.send_signal(signal.SIGTERM)
        results.ok(connection.read_to_end() == reply * count,
                   "what was sent before the signal is answered, all of it")
        results.equal(pawld.stop(signal.SIGTERM), 0,
                      "and then the status is 0")


def check_first_lines(results):
    with server.start_pawld() as pawld:
        results.ok(pawld.says(f"{server.HOST}:{pawld.port}"),
                   "the log says where pawld listens", pawld.log_text())


def check_address_in_use(results, path):
    with server.start_pawld("--workers", "2") as pawld:
        address = f"{server.HOST}:{pawld.port}"
        status, output, errors = server.run([path, "--listen", address])
        results.ok(status not in (0, None) and output == ""
                   and errors.count("\n") == 1 and str(pawld.port) in errors,
                   "a second start on the same port fails with one line",
                   f"status {status}", output, errors)
        results.ok(pawld.is_served(), "and the first goes on")


def check_loopback(results, path):
    with server.start(lambda port: [path, "-p", str(port)]) as pawld:
        results.ok(not server.accepts(("127.0.0.2", pawld.port)),
                   "without --listen pawld is on 127.0.0.1 alone")
    for host in ("0.0.0.0", "[::]", "*"):
        status, output, errors = server.run(
            [path, "--listen", f"{host}:{server.free_port()}"])
        results.ok(status == 64 and output == "" and "--insecure" in errors
                   and errors.count("\n") == 1,
                   f"{host} is refused without --insecure",
                   f"status {status}", output, errors)
    with server.start(lambda port: [path, "--insecure", "--listen",
                                    f"0.0.0.0:{port}"]) as pawld:
        results.ok(server.accepts(("127.0.0.2", pawld.port)),
                   "0.0.0.0 is listened on with --insecure")


def check_several_addresses(results, path):
    other = server.free_port()
    with server.start(lambda port: [
            path, "--listen", f"{server.HOST}:{port}",
            "--listen", f"127.0.0.2:{other}"]) as pawld:
        with pawld.connect() as connection:
            connection.ask(b"set a 0 0 1\r\nx\r\n")
        with server.Connection(("127.0.0.2", other)) as connection:
            results.equal(connection.ask(b"get a\r\n", 3),
                          b"VALUE a 0 1\r\nx\r\nEND\r\n",
                          "two addresses lead to the same records")


def check_kernel_picks(results, path):
    """Port 0: the log says which port it became."""
    log_line = re.compile(rf"{re.escape(server.HOST)}:([1-9][0-9]*)")
    log_read, log_write = os.pipe()
    process = server.spawn([path, "--listen", f"{server.HOST}:0"],
                           stderr=log_write)
    os.close(log_write)
    with open(log_read, encoding="ascii") as log:
        port = next((match[1] for match in map(log_line.search, log)
                     if match), None)
        results.ok(port and server.accepts((server.HOST, int(port))),
                   "with port 0 the kernel picks, and the log says what")
        process.terminate()
        results.equal(process.wait(server.DEADLINE_S), 0,
                      "and that server ends well")


def check_unix_socket(results, path):
    with server.scratch_directory() as scratch:
        at = os.path.join(scratch, "pawld.sock")
        with server.start_at([path, "-s", at, "-a", "600"], at) as pawld, \
                pawld.connect() as connection:
            mode = stat.S_IMODE(os.stat(at).st_mode)
            results.equal(oct(mode), "0o600", "a unix socket has its mode")
            results.equal(connection.ask(b"set a 0 0 1\r\nx\r\nget a\r\n", 4),
                          b"STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n",
                          "a unix socket is served")
            status, _, errors = server.run([path, "--unix", at])
            results.ok(status not in (0, None) and errors.count("\n") == 1,
                       "a second server on a unix socket fails", errors)
            results.ok(pawld.is_served(), "and the first goes on")
        results.ok(not os.path.exists(at), "the socket goes with the server")
        with server.start_at([path, "--unix", at], at) as pawld:
            pawld.stop(signal.SIGKILL)
        with server.start_at([path, "--unix", at], at) as pawld:
            results.ok(pawld.is_served(),
                       "a socket left behind by a killed server is replaced")
        status, _, errors = server.run([path, "--unix", f"{at}/x"])
        results.ok(status not in (0, None) and errors.count("\n") == 1,
                   "a unix socket that cannot be is one line", errors)


def check_both(results, path):
    with server.scratch_directory() as scratch:
        at = os.path.join(scratch, "pawld.sock")
        with server.start(lambda port: [
                path, "--unix", at, "--listen",
                f"{server.HOST}:{port}"]) as pawld:
            with pawld.connect() as connection:
                connection.ask(b"set a 0 0 1\r\nx\r\n")
            with server.Connection(at) as connection:
                results.equal(connection.ask(b"get a\r\n", 3),
                              b"VALUE a 0 1\r\nx\r\nEND\r\n",
                              "TCP and a unix socket at once")


def main():
    results = tap.Tap()
    path = server.program("PAWLD", None)
    check_ends_well(results)
    check_answers_first(results)
    check_answers_what_was_sent(results, path)
    check_first_lines(results)
    check_address_in_use(results, path)
    check_loopback(results, path)
    check_several_addresses(results, path)
    check_kernel_picks(results, path)
    check_unix_socket(results, path)
    check_both(results, path)
    sys.exit(results.done())


main()
