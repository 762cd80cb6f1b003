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
MASKS = {
    "cas": re.compile(rb"[1-9][0-9]*"),
    "digits": re.compile(rb"[0-9]+"),
    "text": re.compile(rb"[^\r\n]+"),
    "pad": re.compile(rb" *"),
}
TOKEN = re.compile(r"\\x(?P<hex>..)|\\(?P<escape>.)|(?P<plain>[^\\{]+)"
                   r"|\{(?P<count>[0-9]+)\*"
                   r"(?P<repeated>(?:[^{}]|\{[^{}]*\})+)\}"
                   r"|\{(?P<name>[a-z]+)(?::(?P<called>[a-z]+))?\}")


class Reply:
    """What one peer answers: bytes, and masks in between."""

    def __init__(self, parts=()):
        self.parts = list(parts)  # bytes, or pairs of mask and what it catches

    def __add__(self, after):
        return Reply(self.parts + after.parts)

    def line_count(self):
        return sum(part.count(b"\n") for part in self.parts
                   if isinstance(part, bytes))

    def match(self, reply):
        """The captures by name where reply is just this; None elsewhere."""
        captures = {}
        at = 0
        for part in self.parts:
            if isinstance(part, bytes):
                if not reply.startswith(part, at):
                    return None
                at += len(part)
                continue
            mask, called = part
            found = MASKS[mask].match(reply, at)
            if not found or captures.get(called, found[0]) != found[0]:
                return None
            if called:
                captures[called] = found[0]
            at = found.end()
        return captures if at == len(reply) else None

    def __str__(self):
        return repr(b"".join(part if isinstance(part, bytes) else
                             b"{%s}" % part[0].encode()
                             for part in self.parts))


class Exchange:
    """A request, and the reply that each peer gives to it."""

    def __init__(self, wait_ms):
        self.wait_ms = wait_ms
        self.request = []  # bytes, or the str that names a capture
        self.reply = {peer: Reply() for peer in PEERS.values()}
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
        return (any(reply.parts for reply in self.reply.values())
                or any(self.closes.values()))

    def add_request(self, text, end):
        self.request += list(_request_parts(text)) + [end]

    def add_reply(self, text, peers):
        for peer in peers:
            self.reply[peer] += Reply([*_reply_parts(text), b"\r\n"])

    def joined(self, after):
        """This exchange and the one after it as one."""
        both = Exchange(self.wait_ms)
        both.request = self.request + after.request
        both.closes = after.closes
        both.reply = {peer: self.reply[peer] + after.reply[peer]
                      for peer in PEERS.values()}
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
            yield literal
        elif token["name"] in MASKS:
            yield token["name"], token["called"]
        else:
            raise ValueError(f"not a mask: {token[0]}")


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
