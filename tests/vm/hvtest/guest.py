# SPDX-License-Identifier: GPL-2.0-only
"""A booted guest as scenarios see it: modules, disks, I/O, and the host's control."""
import hashlib
import os
import re
import sys
import time

from . import Failed, devices, elf, hostconfig
from .checkers import Checkers
from .kernel import BUS_MODULES
from .machine import CMDLINE, Machine
from .tree import Tree

BUS = ["hv_vmbus", "hv_storvsc"]
OTHERS = ["sd_mod", "sr_mod", "sg", "hv_timesource"]


class Guest:
    def __init__(self, host, programs, kernel, directory, combination, *, ours, options,
                 scenario, seed):
        self._host_build, self._programs = host, programs
        self.kernel, self.dir, self.c, self.ours = kernel, directory, combination, ours
        self.options, self.seed = options, seed
        self.config_name = scenario.options.get("config")
        self.autoload = scenario.options.get("boot", True)
        self._memory = scenario.options.get("memory", 512)
        self._extra = scenario.options.get("image", ())
        self.cmdline = scenario.options.get("cmdline", "")
        self._plugin = list(scenario.options.get("plugin", ()))
        self._reboots = scenario.options.get("reboots", False)
        self._next = scenario.options.get("next", ())
        self._has_tree = scenario.options.get("tree", False)
        self.machine = self._checkers = None
        self.boots = 0
        self.params = {}		# of the scenario that runs
        self.order = []
        self.also = list(scenario.options.get("also", ()))	# beside the usual ones
        self.later = list(scenario.options.get("later", ()))	# in the image, not loaded
        self.names = {}			# disk name -> sdX, as last seen by disk()
        os.makedirs(directory, exist_ok=True)
        self.set = devices.SETS[self.config_name](directory)
        # What is loaded last, and taken out first: the bus and who lives on it.
        self.bus = BUS + (["hv_netvsc"] if self.set.nics else [])

    # ---- life -----------------------------------------------------------------

    @property
    def agent(self):
        return self.machine.agent

    @property
    def host(self):
        return self.machine.host

    @property
    def inbox(self):
        return self.ours is None

    def boot(self):
        """Boot (again, over the same disks)."""
        self.boots += 1
        self._judged = {}		# what the host had counted at the last judgement
        self.order = self._modules(self.ours)
        self._aside = [m for m in self.kernel.closure(self.later, self.ours)
                               if m not in self.order]
        opts = list(self._plugin)
        if self.options.trace:
            opts.append("trace=on")
        self.machine = Machine(
            self._host_build, self._programs, self.kernel,
            os.path.join(self.dir, f"boot{self.boots}"), generation=self.c.generation,
            cpus=self.c.cpus, memory=self._memory,
            config=hostconfig.document(self.set), options=opts,
            extra=[*self._extra, self._add_next, self._add_tree], cmdline=self.cmdline,
            reboots=self._reboots, qemu=self.set.qemu(),
            echo=sys.stdout if self.options.console else None,
            timeout=self.options.timeout)
        self.machine.start(self.order + self._aside)
        self._load_all()
        return self

    def _load_all(self):
        self._checkers = Checkers(self.kernel, self.agent)
        self._checkers.begin()
        for name, _ in self.order:
            if name not in self.bus:
                self.machine.load(name)
        if self.autoload:
            self.load_bus()
            self.all_disks()

    # ---- other lives -----------------------------------------------------------

    def _add_next(self, image):
        """What this guest may start with kexec: its kernel, with "same" or "inbox" drivers."""
        if self._next:
            image.file("boot/kernel", self.kernel.image)
        for drivers in self._next:
            order = self._modules(self.ours if drivers == "same" else None)
            image.data(f"boot/{drivers}", self.machine.image(order, ()).bytes())

    def _add_tree(self, image):
        """What modprobe in the guest goes by: with ours installed beside the kernel's own."""
        if self._has_tree:
            tree = Tree(self.kernel, self.ours, os.path.join(self.dir, "tree"))
            tree.add(image, [name for name, _ in self.order])

    def kexec_load(self, drivers, when="next", cmdline=""):
        self.agent.run("kexec", when, "/boot/kernel", f"/boot/{drivers}",
                       *CMDLINE.split(), *cmdline.split())

    def again(self, start, drivers="same"):
        """After start() a kernel begins anew, with the same drivers or the in-box ones."""
        if drivers == "inbox":
            self.ours = None
        self.order = self._modules(self.ours)
        self.machine.again(start)
        self._load_all()

    def end(self):
        if self.machine and self.machine.process.poll() is None:
            if self._checkers.leaks:
                self.agent.run("sync")
                self.unload_bus()
            self._checkers.end()
            self.machine.poweroff()

    def kill(self):
        if self.machine:
            self.machine.kill()

    def judged_by_host(self, honest):
        """
        Ours have sent the host no message that makes no sense, broken no ring, and lent
        it no page for two uses, nor one with other data in it.  A host that lies makes
        them say strange things; what it may read is to be the same all the while.
        """
        if self.inbox or self.machine.process.poll() is not None:
            return
        before, self._judged = self._judged, self.host("counters")["totals"]
        rules = ("memory_conflicts", "dirty_rings")
        if honest:
            rules += ("memory_denied", "bad_messages", "ring_errors")
        for what in rules:
            n = self._judged[what] - before.get(what, 0)
            if n:
                raise Failed(f"the host counts {n} {what.replace('_', ' ')}; "
                             f"its log says which")

    def autopsy(self):
        """Have a guest that failed say on the console what it is doing."""
        m = self.machine
        if not m or not m.agent or not m.agent.ready or m.process.poll() is not None:
            return
        try:
            m.console.allowed.append("")
            m.agent.start("sysrq", "w").wait(5)
            m.agent.wait_for(lambda: False, 1, "the console")
        except Failed:
            pass

    # ---- modules ---------------------------------------------------------------

    def _modules(self, ours):
        """What is loaded, in order; with ours, none of the kernel's own may be in it."""
        order = self.kernel.closure(OTHERS + self.also + self.bus, ours)
        for name, path in order:
            if ours and name in BUS_MODULES and ours.get(name) != path:
                raise Failed(f"the image for our drivers holds {path}")
        return order

    def load_later(self, params=None):
        """Load what the scenario asked to have at hand, with what it depends on."""
        for name, _ in self._aside:
            self.machine.load(name, (params or {}).get(name, ""))

    def load_bus(self, params=None):
        for name, _ in self.order:
            if name in self.bus:
                self.machine.load(name, (params or {}).get(name, ""))
        self.prove()

    def keeps_bus(self):
        """
        In-box hv_vmbus of 5.3 and later frees the kernel's clock events when it is
        unloaded: the kernel stands still, or the next timer message oopses.  That of
        RHEL 6 does not tell the host that it goes, which takes no second connection.
        """
        return self.inbox and not (3, 10) <= self.kernel.version < (5, 3)

    def unload_bus(self):
        loaded = self.machine.loaded()
        for name in reversed([n for n, _ in self.order if n in self.bus and n in loaded]):
            if name != "hv_vmbus" or not self.keeps_bus():
                self.rmmod(name)

    def rmmod(self, name):
        """Take a module out; who still looks at a disk that has just come keeps it a moment."""
        end = time.monotonic() + 60
        while True:
            job = self.agent.start("rmmod", name).wait()
            if job.status == 0:
                return
            if "temporarily unavailable" not in job.text() or time.monotonic() > end:
                raise Failed(f"rmmod {name}: {job.text()} (status {job.status})")
            self.agent.start("await", "0.1", "exists", "/nothing").wait()

    def prove(self):
        """With ours, that what is loaded is what was built, by srcversion."""
        if not self.ours:
            return
        for name in sorted(set(self.machine.loaded()) & BUS_MODULES):
            if name not in self.ours:
                raise Failed(f"{name} in the guest is not ours")
            want = elf.srcversion(self.kernel.module(self.ours[name])[1])
            # Kernels built without CONFIG_MODULE_SRCVERSION_ALL show none unless
            # the module has a version; ours has.
            have = self.agent.run("cat", f"/sys/module/{name}/srcversion")
            if not want or have != want:
                raise Failed(f"{name} in the guest has srcversion {have}, built was {want}")

    # ---- disks ------------------------------------------------------------------

    def blocks(self):
        """{sdX: size in bytes} as the guest has them now."""
        out = {}
        if self.kernel.version < (2, 6, 32):
            self.agent.run("nodes")
        for b in self.agent.run("ls", "/sys/block").split():
            if re.match(r"sd[a-z]+$", b):
                job = self.agent.start("cat", f"/sys/block/{b}/size").wait()
                if job.status == 0:
                    out[b] = int(job.output) * 512
        return out

    def disk(self, name, timeout=60):
        """/dev/sdX of a disk of the set; waits until the guest has it."""
        d = self.set.disks[name]
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            got = [b for b, size in self.blocks().items() if size == d.size]
            if len(got) == 1:
                self.names[name] = got[0]
                self.agent.run("nodes")
                return "/dev/" + got[0]
            if len(got) > 1:
                raise Failed(f"the guest has {name} more than once: {', '.join(got)}")
            self.agent.start("await", "0.1", "exists", "/nothing").wait()
        raise Failed(f"{name} ({d.size >> 20} MiB) did not come up within {timeout} s; "
                     f"there are {self.blocks()}")

    def all_disks(self):
        return {n: self.disk(n) for n in self.set.disks}

    def backing_sha256(self, name, offset, length):
        """Of a part of the host's file for a disk (which the guest has synced)."""
        with open(self.set.disks[name].path, "rb") as f:
            f.seek(offset)
            return hashlib.sha256(f.read(length)).hexdigest()

    def wait_gone(self, block, timeout=60):
        self.agent.run("await", timeout, "gone", f"/sys/block/{block}")

    # ---- network ------------------------------------------------------------------

    def nic(self, name, timeout=60):
        """The guest's interface for a NIC of the set, by its address; waits for it."""
        want = self.set.nics[name].mac
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for i in self.agent.run("ls", "/sys/class/net").split():
                job = self.agent.start("cat", f"/sys/class/net/{i}/address").wait()
                if job.output.strip() == want:
                    return i
            self.agent.start("await", "0.1", "exists", "/nothing").wait()
        raise Failed(f"{name} ({want}) did not come up within {timeout} s")

    def netio_start(self, *words, **options):
        """Start the network tool; options as key=value."""
        opts = [f"{k}={v}" for k, v in options.items()]
        return self.agent.start("stream", "exec", "/bin/netio", *words, *opts)

    def netio(self, *words, **options):
        return self.netio_start(*words, **options).check()

    def ip(self, space, *words):
        return self.netio("in", space, "/bin/busybox", "ip", *words)

    # ---- I/O --------------------------------------------------------------------

    def hvio(self, mode, dev, *words, **options):
        """Start the I/O tool; options as key=value."""
        opts = [f"{k}={v}" for k, v in options.items()]
        return self.agent.start("stream", "exec", "/bin/hvio", mode, dev, *words, *opts)

    def sg(self, dev, op, lba=0, blocks=1):
        """One command; its result as the SCSI layer has it."""
        text = self.hvio("sg", dev, op, lba, blocks).check()
        out = {}
        for word in text.split():
            k, _, v = word.partition("=")
            out[k] = v if k == "sense" else int(v, 0)
        return out

    def fsync_empties(self):
        """Does fsync of a block device empty the disk's own cache?  Not on RHEL 5."""
        return self.kernel.version >= (2, 6, 32)

    def flush(self, dev):
        """Have the disk empty its cache, whatever the kernel's fsync does."""
        self.sg(dev, "sync")

    def one(self, dev, write, lba=0, blocks=1):
        """One direct read or write: 'ok' or the error's name."""
        return self.hvio("one", dev, "w" if write else "r", lba, blocks).check()

    def say(self, text):
        """Progress of something long."""
        print(f"     {text}", flush=True)

    def dmesg(self):
        return self.agent.run("dmesg")
