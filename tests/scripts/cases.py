"""cases.py - reads the protocol cases of tests/scripts/protocol/*.txt.

A case is a conversation, and the counters that it moves:

    # Why it is as it is.
    case set_stores_what_get_reads
    > set $a 7 0 5
    > hello
    < STORED
    > get $a
    < VALUE $a 7 5
    < hello
    < END
    ~ cmd_set 1, cmd_get 1, get_hits 1

    > line      a line of the request; CR LF is added
    >> bytes    bytes of the request; nothing is added
    < line      a line of the reply, by both servers
    <p line     a line of pawld's reply only: where it differs from memcached,
    <m line     which says this instead
    closed      the server closes the connection here
    closed p    pawld alone does (m: memcached alone)
    wait 2100   milliseconds pass before the next request
    only pawld  memcached is not asked (for the rest of the file)
    ~ name n    counters of 'stats' that move; all others of the commands do not
    ~p, ~m      the same where pawld and memcached differ

Lines of a request follow each other until a reply is read: together they are
one exchange, sent in one write unless the test cuts it.

In the text \\r \\n \\t \\0 \\xHH are the bytes, \\{ \\\\ themselves; $ is six bytes that
are the run's own, so that runs share no key; {250*a} is 'a' 250 times; and

    in replies   {cas} any CAS unique, {cas:u} one that is called u and must
                 be the same wherever it is called so; {digits}, {text}
                 anything; {pad} the spaces that memcached's decr leaves
    in requests  {u} the unique that was called u
"""

import re

PEERS = {"p": "pawld", "m": "memcached"}
PREFIX_BYTES = 6
UNIQUE_BYTES = 20
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}
LINE_END = re.escape(b"\r\n")
MASKS = {
    "cas": rb"[1-9][0-9]*",
    "digits": rb"[0-9]+",
    "text": rb"[^\r\n]+",
    "pad": rb" *",
}
TOKEN = re.compile(r"\\x(?P<hex>..)|\\(?P<escape>.)|(?P<plain>[^\\{]+)"
                   r"|\{(?P<count>[0-9]+)\*(?P<repeated>.+?)\}"
                   r"|\{(?P<name>[a-z]+)(?::(?P<called>[a-z]+))?\}")


class Exchange:
    """A request, and the reply that each peer gives to it."""

    def __init__(self, wait_ms):
        self.wait_ms = wait_ms
        self.request = []  # bytes, or the str that names a capture
        self.reply = {peer: b"" for peer in PEERS.values()}  # expressions
        self.called = {peer: [] for peer in PEERS.values()}  # their groups
        self.line_count = {peer: 0 for peer in PEERS.values()}
        self.closes = {peer: False for peer in PEERS.values()}

    def rendered(self, prefix, captures):
        parts = (captures.get(part, b"?") if isinstance(part, str) else part
                 for part in self.request)
        return b"".join(parts).replace(b"$", prefix)

    def length(self):
        """The most bytes that the request renders to."""
        return len(self.rendered(b"p" * PREFIX_BYTES, {
            part: b"u" * UNIQUE_BYTES for part in self.request
            if isinstance(part, str)}))

    def answered(self):
        return any(self.line_count.values()) or any(self.closes.values())

    def add_request(self, text, end):
        self.request += list(_request_parts(text)) + [end]

    def add_reply(self, text, peers):
        expression = b"".join(_reply_parts(text)) + LINE_END
        called = [token["called"] for token in _tokens(text)
                  if token["called"]]
        for peer in peers:
            self.called[peer] += called
            self.reply[peer] += expression
            self.line_count[peer] += expression.count(b"\n")

    def joined(self, after):
        """This exchange and the one after it as one."""
        both = Exchange(self.wait_ms)
        both.request = self.request + after.request
        both.closes = after.closes
        for peer in PEERS.values():
            both.reply[peer] = self.reply[peer] + after.reply[peer]
            both.called[peer] = self.called[peer] + after.called[peer]
            both.line_count[peer] = (self.line_count[peer] +
                                     after.line_count[peer])
        return both


class Case:
    def __init__(self, name, peers):
        self.name = name
        self.peers = peers
        self.exchanges = []
        self.counters = {peer: {} for peer in PEERS.values()}

    def pipelined(self):
        """All of it as one exchange; None where it cannot be one."""
        first, *others = self.exchanges
        for other in others:
            named = any(isinstance(part, str) for part in other.request)
            if named or other.wait_ms or any(first.closes.values()):
                return None
            first = first.joined(other)
        one = Case(self.name, self.peers)
        one.exchanges = [first]
        return one


def _tokens(text):
    end = 0
    for token in TOKEN.finditer(text):
        if token.start() != end:
            break
        end = token.end()
        yield token
    if end != len(text):
        raise ValueError(f"not understood: {text[end:]!r}")


def _literal(token):
    """The bytes of a token; None where it stands for others."""
    if token["hex"]:
        return bytes.fromhex(token["hex"])
    if token["escape"]:
        return ESCAPES.get(token["escape"], token["escape"].encode())
    if token["count"]:
        return int(token["count"]) * b"".join(_request_parts(token["repeated"]))
    if token["plain"]:
        return token["plain"].encode()
    return None


def _request_parts(text):
    for token in _tokens(text):
        literal = _literal(token)
        yield token["name"] if literal is None else literal


def _reply_parts(text):
    for token in _tokens(text):
        literal = _literal(token)
        if literal is not None:
            yield re.escape(literal)
        elif token["called"]:
            yield b"(%s)" % MASKS[token["name"]]
        else:
            yield MASKS[token["name"]]


class _Reader:
    """One file as it is read, line by line."""

    def __init__(self):
        self.peers = list(PEERS.values())
        self.cases = []
        self.wait_ms = 0

    def exchange(self, new):
        """The exchange being read; a new one when one is due."""
        exchanges = self.cases[-1].exchanges
        if not exchanges or (new and (exchanges[-1].answered()
                                      or self.wait_ms)):
            exchanges.append(Exchange(self.wait_ms))
            self.wait_ms = 0
        return exchanges[-1]

    def count(self, text, peers):
        for counter in text.split(","):
            name, moves = counter.split()
            for peer in peers:
                self.cases[-1].counters[peer][name] = int(moves)

    def line(self, line):
        word, _, text = line.partition(" ")
        sign, peers = word, list(PEERS.values())
        if word[:1] in "<~" and word[1:] in PEERS:
            sign, peers = word[:1], [PEERS[word[1:]]]
        if sign in (">", ">>"):
            self.exchange(True).add_request(text,
                                            b"\r\n" if sign == ">" else b"")
        elif sign == "<":
            self.exchange(False).add_reply(text, peers)
        elif sign == "~":
            self.count(text, peers)
        elif sign == "closed":
            for peer in [PEERS[text]] if text else peers:
                self.exchange(False).closes[peer] = True
        elif sign == "wait":
            self.wait_ms = int(text)
        elif sign == "only":
            self.peers = [text]
        elif sign == "case":
            self.cases.append(Case(text, self.peers))
        else:
            raise ValueError(f"not understood: {line!r}")


def read(path):
    """The cases of a file."""
    reader = _Reader()
    with open(path, encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            try:
                reader.line(line)
            except (ValueError, KeyError, IndexError) as error:
                raise ValueError(f"{path}:{number}: {error}") from error
    return reader.cases
