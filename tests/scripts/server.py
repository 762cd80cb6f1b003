"""server.py - a server of the test's own, and raw sockets to it.

Each test starts its server on a free port and stops it in all cases: by the
'with' statement, also where the test is ended by SIGTERM, and by the kernel
where it is killed.
Deadlines only tell a hang from work: no test's outcome hangs on its speed.
"""

import ctypes
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import tap

HOST = "127.0.0.1"
DEADLINE_S = 30
START_ATTEMPTS = 5
PR_SET_PDEATHSIG = 1


def program(variable, default):
    """The program that the environment names."""
    path = os.environ.get(variable, default)
    if not path or not os.access(path, os.X_OK):
        tap.bail_out(f"{variable} names no program: {path!r}")
    return path


def scratch_directory():
    """A directory of one's own under BUILDDIR, removed by the caller."""
    return tempfile.TemporaryDirectory(dir=os.environ.get("BUILDDIR"),
                                       prefix="pawl-test-")


def free_port():
    """A port that was free a moment ago; start() tries again when it is not."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def leave(*unused):
    """SIGTERM ends the test as an exception does."""
    sys.exit(1)


signal.signal(signal.SIGTERM, leave)

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(command, **kwargs):
    """A child that ends with the test, however that ends."""
    kwargs = {"stdin": subprocess.DEVNULL, "preexec_fn": die_with_parent,
              **kwargs}
    return subprocess.Popen(command, **kwargs)


def run(command, **kwargs):
    """Runs a command to its end; answers (status, output, errors)."""
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=DEADLINE_S, stdin=subprocess.DEVNULL,
                          preexec_fn=die_with_parent, check=False, **kwargs)
    return done.returncode, done.stdout, done.stderr


def wait_until(fact, deadline_s=DEADLINE_S):
    """Waits for a fact() to hold; answers whether it came to hold."""
    end = time.monotonic() + deadline_s
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def accepts(address):
    """Is somebody listening there? A (host, port) pair, or a path."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(DEADLINE_S)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def is_up(pid, port):
    """Waits until the process listens at port or has ended: does it live?"""
    def ended():
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                return stat.read().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True
    wait_until(lambda: ended() or accepts((HOST, port)))
    return not ended()


class Server:
    """A server process that listens at address."""

    def __init__(self, process, address, log):
        self.process = process
        self.address = address
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
        self.log.close()

    @property
    def port(self):
        return self.address[1]

    def connect(self):
        return Connection(self.address)

    def is_served(self):
        """Does a new connection get an answer?"""
        with self.connect() as connection:
            return connection.ask(b"version\r\n").startswith(b"VERSION ")

    def status_kb(self, field):
        """A figure of /proc/PID/status, such as VmRSS, in KiB."""
        path = f"/proc/{self.process.pid}/status"
        with open(path, encoding="ascii") as status:
            return int(re.search(rf"{field}:\s*(\d+)", status.read())[1])

    def cpu_seconds(self):
        """The processor time that the server has used."""
        path = f"/proc/{self.process.pid}/stat"
        with open(path, encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, signal_number=signal.SIGTERM):
        """Ends the server; answers its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            return self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def check_end(self, results, name="pawld ends well"):
        """Ends the server, and states that it had nothing to complain of."""
        status = self.stop()
        results.ok(status == 0, name, f"status {status}", self.log_text())

    def log_text(self):
        """What the server has written to its standard error."""
        return os.pread(self.log.fileno(), 1 << 20, 0).decode()

    def says(self, text):
        """Waits for the text in the log; answers whether it came."""
        return wait_until(lambda: text in self.log_text())


def start_at(command, address, **kwargs):
    """Starts command and waits until it listens; None where it ended."""
    log = tempfile.TemporaryFile()
    process = spawn(command, **{"stdout": log, "stderr": log, **kwargs})
    server = Server(process, address, log)
    wait_until(lambda: process.poll() is not None or accepts(address))
    if process.poll() is None:
        return server
    return None


def start(command_at, **kwargs):
    """Starts command_at(port) on a free port, and again if it was taken."""
    for _ in range(START_ATTEMPTS):
        port = free_port()
        server = start_at(command_at(port), (HOST, port), **kwargs)
        if server:
            return server
    tap.bail_out(f"does not start: {' '.join(command_at(0))}")
    return None


def start_pawld(*options, **kwargs):
    """Starts pawld on a free port of the loopback interface."""
    pawld = program("PAWLD", None)
    return start(lambda port: [pawld, "--listen", f"{HOST}:{port}", *options],
                 **kwargs)


def start_memcached(*options):
    """Starts Debian's memcached.

    As whoever runs the test: a process that changes its user is not ended by
    the kernel with its parent.
    """
    memcached = program("MEMCACHED", "/usr/bin/memcached")
    user = pwd.getpwuid(os.getuid()).pw_name
    return start(lambda port: [memcached, "-u", user, "-U", "0",
                               "-l", HOST, "-p", str(port), *options])


class Connection:
    """A raw connection: bytes go as they are given, lines come back."""

    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(DEADLINE_S)
        self.socket.connect(address)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.line_count = 0  # in received

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, request):
        """Sends all of request; answers False where the server hung up."""
        try:
            self.socket.sendall(request)
        except (ConnectionResetError, BrokenPipeError):
            return False
        return True

    def _receive(self):
        """Takes in what has come; answers False at the end."""
        try:
            more = self.socket.recv(1 << 16)
        except ConnectionResetError:
            more = b""
        self.received += more
        self.line_count += more.count(b"\n")
        return bool(more)

    def _give(self, byte_count):
        """Hands out the first bytes that have come."""
        given = self.received[:byte_count]
        self.received = self.received[byte_count:]
        self.line_count -= given.count(b"\n")
        return given

    def read_lines(self, count):
        """The next count lines as they came; fewer where it ends before."""
        while self.line_count < count and self._receive():
            pass
        end = 0
        for _ in range(count):
            found = self.received.find(b"\n", end)
            end = found + 1 if found >= 0 else len(self.received)
        return self._give(end)

    def read_to_end(self):
        """All that comes until the server closes."""
        while self._receive():
            pass
        return self._give(len(self.received))

    def ask(self, request, line_count=1):
        """Sends a request and answers that many lines of reply."""
        self.send(request)
        return self.read_lines(line_count)

    def stats(self, kind=""):
        """The rows that 'stats', or a kind of it, answers, by name."""
        self.send(f"stats {kind}".rstrip().encode() + b"\r\n")
        rows = {}
        while True:
            line = self.read_lines(1).decode()
            row = re.fullmatch(r"STAT (\S+) (.*)\r\n", line)
            if not row:
                return rows
            rows[row[1]] = row[2]
