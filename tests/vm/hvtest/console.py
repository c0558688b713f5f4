# SPDX-License-Identifier: GPL-2.0-only
"""Reads a guest's console log and knows a sick kernel when it sees one."""
import os
import re
import threading
import time

SICK = re.compile(
    rb"BUG: |Oops|Kernel panic|kernel BUG at|WARNING: (CPU: \d+ PID|at )|general protection|"
    rb"Unable to handle kernel|unable to handle (kernel|page fault)|Call Trace:|"
    rb"INFO: possible |possible (recursive|circular|irq lock)|possible deadlock|"
    rb"INFO: task .* blocked for more|soft lockup|hard LOCKUP|list_(add|del) corruption|"
    rb"scheduling while atomic|sleeping function called|INFO: inconsistent lock|"
    rb"invalid opcode|double fault|bad page state|Bad page|slab corruption|"
    rb"Unable to mount root|Out of memory: Kill")


class Console:
    """One thread follows the file; the rest is read-only for others."""

    def __init__(self, path, echo=None):
        self.path, self.sick, self.allowed = path, None, []
        self._echo, self._stop, self._judged = echo, False, 0
        open(path, "wb").close()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self):
        with open(self.path, "rb") as f:
            rest = b""
            while True:
                stop = self._stop
                chunk = f.read(65536)
                if not chunk:
                    if stop:
                        return
                    time.sleep(0.05)
                    continue
                lines = (rest + chunk).split(b"\n")
                rest = lines.pop()
                for line in lines:
                    self._line(line)
                self._judged += len(chunk)

    def _line(self, line):
        if self._echo:
            self._echo.write(line.decode("utf-8", "replace").rstrip("\r") + "\n")
            self._echo.flush()
        if self.sick or not SICK.search(line):
            return
        text = line.decode("utf-8", "replace").strip()
        if not any(re.search(a, text) for a in self.allowed):
            self.sick = text

    def catch_up(self):
        """Wait until all that the guest has written so far has been judged."""
        size = self.size()
        while self._judged < size and self._thread.is_alive():
            time.sleep(0.01)

    def finish(self):
        self._stop = True
        self._thread.join(5)

    def text(self):
        with open(self.path, "rb") as f:
            return f.read().decode("utf-8", "replace").replace("\r", "")

    def tail(self, n=20):
        return "\n".join("    | " + line for line in self.text().splitlines()[-n:])

    def size(self):
        return os.path.getsize(self.path)
