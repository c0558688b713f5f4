# SPDX-License-Identifier: GPL-2.0-only
"""A guest that does a known number of I/Os, and what they cost it."""
import os
import shutil
import types

from hvtest import Failed, build
from hvtest.guest import BUS, Guest
from hvtest.matrix import Combination
from sections import Module

# name, mode, size, depth, N
WORKLOADS = [
    ("4 KiB random read, depth 1", "randread", 4096, 1, 1000),
    ("4 KiB random read, depth 32", "randread", 4096, 32, 8000),
    ("256 KiB sequential write", "seqwrite", 262144, 1, 400),
]
COLUMNS = ["own text", "all guest", "hypercalls", "interrupts"]
DISK, CONTROLLER = "scsi0-0", "scsi0"


class Bench:
    def __init__(self, a, drivers, kernel, host, programs, ours, program):
        self.drivers = drivers
        directory = os.path.join(build.OUT, "runs", f"bench-{os.getpid()}-{drivers}")
        shutil.rmtree(directory, ignore_errors=True)	# of an earlier turn
        scenario = types.SimpleNamespace(options={
            "config": "big", "plugin": ["count=on"], "memory": 512,
            "image": [lambda img: img.file("bin/hvbench", program, 0o755)]})
        options = types.SimpleNamespace(trace=False, console=a.console, timeout=600)
        self.guest = Guest(host, programs, kernel, directory,
                           Combination(kernel.name, drivers, a.host, a.cpus), ours=ours,
                           options=options, scenario=scenario, seed=1)
        self.threads = False		# the host's threads served, not events

    def start(self):
        self.guest.boot()
        self.dev = self.guest.disk(DISK)
        self.text = self._text_ranges()
        # Every CPU does the same work: who submits takes the interrupt too.
        queue = f"/sys/block/{self.dev[5:]}/queue"
        self.guest.agent.run("write", f"{queue}/scheduler",
                             "none" if self.guest.kernel.version >= (4, 0) else "noop")

    def _text_ranges(self):
        """[(start, end, module, section)] of the drivers' modules, as they lie in memory."""
        out = []
        for name, path in self.guest.order:
            if name not in BUS:
                continue
            module = Module(self.guest.kernel.module(path)[0])
            for section, size in module.executable().items():
                job = self.guest.agent.start("cat", f"/sys/module/{name}/sections/{section}")
                job.wait()
                if job.status == 0 and size:
                    at = int(job.output, 16)
                    out.append((at, at + size, module, section))
        if len({id(m) for _, _, m, _ in out}) != len(BUS) or not out[0][0]:
            raise Failed("the guest does not tell where the text of its drivers is")
        return out

    # ---- one measurement --------------------------------------------------------

    def _signals(self):
        c = self.guest.host("counters")
        t, d = c["totals"], c["devices"][CONTROLLER]
        # The controller's own: timer interrupts and the like depend on time.
        return [d["signals"] + t["hypercalls_other"], d["interrupts"]]

    def _run(self, mode, size, depth, n):
        """[each column] of n I/Os."""
        ask = self.guest.host
        before = self._signals()
        said = self.guest.agent.run("exec", "/bin/hvbench", self.dev, mode, size, depth, n)
        self.threads |= "threads serve" in said
        own = sum(ask("window", start=hex(s), end=hex(e))["instructions"]
                  for s, e, _, _ in self.text)
        return [own, ask("window")["instructions"]] + \
            [b - a for a, b in zip(before, self._signals())]

    def slope(self, mode, size, depth, n):
        """[each column] per I/O: 2n of them less n of them, over n."""
        once, twice = self._run(mode, size, depth, n), self._run(mode, size, depth, 2 * n)
        return [(b - a) / n for a, b in zip(once, twice)]

    def speeds(self):
        return self.guest.host("disk-speed")

    def choose(self, speed):
        self.guest.host("disk-speed", name=speed)

    def warm(self, mode, size, depth, n):
        self._run(mode, size, depth, max(n // 4, depth))

    def profile(self, mode, size, depth, n):
        """{function of the drivers: instructions per I/O}, of one run of n."""
        self._run(mode, size, depth, n)
        out = {}
        for start, end, module, section in self.text:
            names = sorted((at, size, name) for s, at, size, name in module.functions()
                           if s == section)
            for va, insns in self.guest.host("window", start=hex(start), end=hex(end),
                                             runs=True)["runs"]:
                at = int(va, 16) - start
                name = next((f for a, size, f in names if a <= at < a + size), "?")
                out[name] = out.get(name, 0) + insns / n
        return out

    def end(self):
        self.guest.end()
        self.guest.kill()
