# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel built to watch drivers (tests/debug) says of a guest at its end."""
import re
import time

from . import Failed

DEBUGFS = "/sys/kernel/debug"

# kmemleak reports nothing younger than this, so that what is on its way from
# one list to another is not called lost; seconds.
YOUNG = 5


class Checkers:
    """Of one booted guest; does nothing on a kernel without them."""

    def __init__(self, kernel, agent):
        self._agent = agent
        self.leaks = kernel.config("DEBUG_KMEMLEAK") == "y"
        self.locks = kernel.config("PROVE_LOCKING") == "y"
        self.memory = kernel.config("KASAN") == "y"

    def begin(self):
        """A checker that is configured and does not run would find nothing."""
        if not (self.leaks or self.locks or self.memory):
            return
        self._agent.run("mount", "none", DEBUGFS, "debugfs")
        if self.memory and "KernelAddressSanitizer initialized" not in self._agent.run("dmesg"):
            raise Failed("KASAN is configured but was not initialized")
        if self.leaks:
            # What the kernel itself has lost so far is not ours.
            self._agent.run("write", f"{DEBUGFS}/kmemleak", "scan")
            self._agent.run("write", f"{DEBUGFS}/kmemleak", "clear")
        self._lockdep()

    def end(self):
        """After the modules are gone: nothing lost, and lockdep watched to the end."""
        if self.locks:
            self._lockdep()
        if self.leaks:
            self._kmemleak()

    def _lockdep(self):
        if self.locks and not re.search(r"debug_locks:\s+1\b",
                                        self._agent.run("cat", "/proc/lockdep_stats")):
            raise Failed("lockdep has switched itself off: it saw a fault or ran out of room")

    def _kmemleak(self):
        path = f"{DEBUGFS}/kmemleak"
        # An object counts when two scans that are far enough apart do not find it.
        time.sleep(YOUNG + 1)
        for _ in range(2):
            self._agent.run("write", path, "scan")
        report = self._agent.run("cat", path)
        lost = report.split("unreferenced object")[1:]
        if lost:
            raise Failed(f"kmemleak: {len(lost)} lost, the first:\nunreferenced object{lost[0]}")
