"""cli_liar.py PATH MODE [REPLY] - a server that no client should believe.

Listens on the unix socket PATH until it is killed. Each connection gets, by
MODE:

    say       REPLY, with backslashes as in Python, to its first line; then
              the connection is closed
    silent    nothing, ever
    oversell  storage that forgets, and a take that counts down for each
              connection by itself, so that each seat is sold to everybody
"""

import os
import socketserver
import sys


class Liar(socketserver.StreamRequestHandler):
    def say(self):
        if self.rfile.readline():
            self.wfile.write(self.server.reply)

    def silent(self):
        self.rfile.read()

    def oversell(self):
        left = None
        for line in self.rfile:
            verb, key, *_ = line.split()
            if verb == b"set":
                self.server.seats = int(self.rfile.readline())
                self.wfile.write(b"STORED\r\n")
            elif verb == b"gets":
                self.wfile.write(b"VALUE %s 0 1 1\r\n0\r\nEND\r\n" % key)
            elif verb == b"take":
                left = self.server.seats if left is None else left
                word = b"TAKEN" if left > 0 else b"REFUSED"
                left = max(left - 1, 0)
                self.wfile.write(b"%s %d 1\r\n" % (word, left))
            else:
                self.wfile.write(b"DELETED\r\n")

    def handle(self):
        getattr(self, self.server.mode)()


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def main():
    path, mode, *reply = sys.argv[1:]
    with Server(path + ".new", Liar) as server:
        server.mode = mode
        server.reply = "".join(reply).encode().decode("unicode_escape").encode(
            "latin-1")
        os.rename(path + ".new", path)  # it listens: clients may come
        server.serve_forever()


main()
