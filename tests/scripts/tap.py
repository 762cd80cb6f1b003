"""tap.py - results in the Test Anything Protocol, one line a fact.

A test makes one Tap, states facts with ok() and its kin, and ends with
sys.exit(tap.done()). What went wrong is told in lines that start with '#'.
"""

import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, fact, name, *details):
        """States a fact; details are told only where it does not hold."""
        self.count += 1
        if fact:
            print(f"ok {self.count} - {name}", flush=True)
            return True
        self.failed += 1
        print(f"not ok {self.count} - {name}", flush=True)
        for detail in details:
            self.note(detail)
        return False

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name,
                       f"wanted {wanted!r}", f"got    {got!r}")

    def note(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def done(self):
        """Prints the plan and answers the exit status."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed or not self.count else 0


def bail_out(reason):
    """Ends the whole test: what it needs is not there."""
    print(f"Bail out! {reason}", flush=True)
    sys.exit(1)
