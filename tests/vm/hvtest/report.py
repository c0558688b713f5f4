# SPDX-License-Identifier: GPL-2.0-only
"""Counts and prints what the scenarios did."""
import sys
import time


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self._start = 0.0

    @staticmethod
    def say(text=""):
        print(text, flush=True)

    def begin(self):
        self._start = time.time()

    def _line(self, word, name, where, why=""):
        took = time.time() - self._start
        self.say(f"{word:4}  {name:32} {where}  {took:5.1f} s" + (f"  {why}" if why else ""))

    def ok(self, name, where, note=""):
        self.passed += 1
        self._line("PASS", name, where, note)

    def skip(self, name, where, why):
        self.skipped += 1
        self._line("n/a", name, where, why)

    def fail(self, name, where, why, machine=None):
        self.failed += 1
        self.failures.append(f"{name} ({where})")
        self._line("FAIL", name, where)
        for line in str(why).splitlines():
            self.say(f"      {line}")
        if machine and machine.console:
            self.say(f"      last lines of the console ({machine.path('console')}):")
            self.say(machine.console.tail(20))

    def close(self):
        if self.failures:
            self.say("failed: " + "; ".join(self.failures))
        if self.skipped:
            self.say(f"{self.skipped} not for their combination")
        self.say(f"{self.passed} passed, {self.failed} failed")
        sys.stdout.flush()
        return 0 if self.passed and not self.failed else 1
