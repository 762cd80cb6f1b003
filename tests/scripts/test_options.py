#!/usr/bin/python3
"""test_options.py - how pawld is told what to do, and how it says no."""

import os
import pwd
import sys
import tempfile

import server
import tap

USAGE = 64  # EX_USAGE of sysexits.h

# What is wrong, and the word that the one line must have in it.
WRONG_FLAGS = [
    (["--bogus"], "--bogus"),
    (["-Z"], "-Z"),
    (["stray"], "stray"),
    (["--workers"], "--workers"),
    (["--workers", "x"], "--workers"),
    (["--workers=-1"], "--workers"),
    (["--workers", "257"], "--workers"),
    (["-t", "1.5"], "-t"),
    (["-t"], "-t"),
    (["--port", "65536"], "--port"),
    (["-p", ""], "-p"),
    (["--memory", "1x"], "--memory"),
    (["--memory", "99999999999t"], "--memory"),
    (["--memory", "1"], "--memory"),
    (["--memory", "1048575"], "--memory"),
    (["-m", "many"], "-m"),
    (["--config", "/"], "/: "),
    (["--full", "maybe"], "--full"),
    (["--item-max", "0"], "--item-max"),
    (["--item-max", "2t"], "--item-max"),
    (["--connections", "0"], "--connections"),
    (["--unix-mode", "999"], "--unix-mode"),
    (["-a", "rwx"], "-a"),
    (["-U", "11211"], "-U"),
    (["--help=yes"], "--help"),
    (["--insecure=perhaps"], "--insecure"),
    (["--config", "/no/such/file"], "/no/such/file"),
    (["--idle-timeout", "soon"], "--idle-timeout"),
]

WRONG_ENVIRONMENT = [
    ("PAWLD_WORKERS", "x"),
    ("PAWLD_MEMORY", "1x"),
    ("PAWLD_FULL", "maybe"),
    ("PAWLD_INSECURE", "perhaps"),
    ("PAWLD_ITEM_MAX", "-1"),
    ("PAWLD_PORT", "http"),
]

WRONG_CONFIG = ["bogus 1", "workers", "workers x", "help 1", "config x"]


def clean_environment(**more):
    """The environment without what would tell pawld something."""
    return {**{name: value for name, value in os.environ.items()
               if not name.startswith("PAWLD_")}, **more}


def check_refusal(results, name, outcome, word):
    """A wrong option: status 64, nothing on stdout, one line that names it."""
    status, output, errors = outcome
    results.ok(status == USAGE and output == "" and errors.count("\n") == 1
               and errors.endswith("\n") and word in errors,
               f"{name} is refused", f"status {status}", output, errors)


def check_wrong(results, pawld):
    env = clean_environment()
    for flags, word in WRONG_FLAGS:
        check_refusal(results, " ".join(flags),
                      server.run([pawld, *flags], env=env), word)
    for variable, value in WRONG_ENVIRONMENT:
        env = clean_environment(**{variable: value})
        check_refusal(results, f"{variable}={value}",
                      server.run([pawld], env=env), variable)
    with server.scratch_directory() as scratch:
        path = os.path.join(scratch, "pawld.conf")
        for line in WRONG_CONFIG:
            with open(path, "w", encoding="ascii") as config:
                config.write(f"# wrong:\n{line}\n")
            check_refusal(results, f"config line '{line}'",
                          server.run([pawld, "--config", path],
                                     env=clean_environment()), f"{path}:2")


def check_showing(results, pawld):
    for flag in ("--help", "-h"):
        status, output, errors = server.run([pawld, flag])
        results.ok(status == 0 and errors == "" and "--listen" in output
                   and "--workers" in output and "-m" in output,
                   f"{flag} tells the options", output, errors)
        results.ok(all(len(line) <= 120 for line in output.splitlines()),
                   f"{flag} has no endless line")
    for flag in ("--version", "-V"):
        status, output, errors = server.run([pawld, flag])
        words = output.split()
        results.ok(status == 0 and errors == "" and output.count("\n") == 1
                   and words[0] == "pawld" and words[1][0].isdigit(),
                   f"{flag} tells the release", output, errors)


def settings(peer):
    with peer.connect() as connection:
        return connection.stats("settings")


def check_order(results):
    """Flags over the environment over the config file over the presets."""
    with server.scratch_directory() as scratch:
        path = os.path.join(scratch, "pawld.conf")
        with open(path, "w", encoding="ascii") as config:
            config.write("# three settings, two of them given elsewhere too\n"
                         "connections = 111\n"
                         "\n"
                         "item-max 2m   # spelt without =\n"
                         "workers 1\n")
        env = clean_environment(PAWLD_ITEM_MAX="3m", PAWLD_WORKERS="2")
        with server.start_pawld("--config", path, "--workers", "3",
                                env=env) as pawld:
            told = settings(pawld)
    results.equal(told.get("maxconns"), "111", "the config file is read")
    results.equal(told.get("item_size_max"), str(3 << 20),
                  "the environment is stronger than the config file")
    results.equal(told.get("num_threads"), "3",
                  "flags are stronger than the environment")
    results.equal(told.get("evictions"), "on",
                  "what nobody says stays as preset")


def check_memcached_flags(results, path):
    """A script that starts memcached can start pawld."""
    flags = ["-t", "2", "-m", "100", "-M", "-c", "200", "-I", "2m",
             "-U", "0", "-v"]
    if os.getuid() == 0:
        flags += ["-u", "nobody"]
    with server.start(lambda port: [path, "-l", server.HOST, "-p", str(port),
                                    *flags],
                      env=clean_environment()) as pawld:
        told = settings(pawld)
        wanted = {"num_threads": "2", "maxbytes": str(100 << 20),
                  "evictions": "off", "maxconns": "200",
                  "item_size_max": str(2 << 20), "verbosity": "1"}
        results.equal({name: told.get(name) for name in wanted}, wanted,
                      "memcached's short flags mean the same")
        if os.getuid() == 0:
            owner = os.stat(f"/proc/{pawld.process.pid}").st_uid
            results.ok(owner != 0, "-u gives up root")


def check_unix_socket_of_user(results, path):
    """Who is given up root for has the socket, and can remove it."""
    if os.getuid() != 0:
        return
    user = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as scratch:
        os.chown(scratch, user.pw_uid, user.pw_gid)
        at = os.path.join(scratch, "pawld.sock")
        with server.start_at([path, "-u", user.pw_name, "-s", at], at,
                             env=clean_environment()) as pawld:
            results.equal(os.stat(at).st_uid, user.pw_uid,
                          "the unix socket is the user's of -u")
            pawld.check_end(results)
        results.ok(not os.path.exists(at), "and goes with the server")


def check_item_max(results):
    with server.start_pawld("--item-max", "100") as pawld, \
            pawld.connect() as connection:
        results.equal(
            connection.ask(b"set a 0 0 101\r\n" + 101 * b"x" +
                           b"\r\nset a 0 0 100\r\n" + 100 * b"x" + b"\r\n", 2),
            b"SERVER_ERROR object too large for cache\r\nSTORED\r\n",
            "--item-max bounds a value")


def main():
    results = tap.Tap()
    pawld = server.program("PAWLD", None)
    check_showing(results, pawld)
    check_wrong(results, pawld)
    check_order(results)
    check_memcached_flags(results, pawld)
    check_unix_socket_of_user(results, pawld)
    check_item_max(results)
    sys.exit(results.done())


main()
