# SPDX-License-Identifier: GPL-2.0-only
"""Runs the chosen scenarios on one combination of kernel, drivers, host and vCPUs."""
import collections
import os
import random
import shutil
import traceback

from . import Failed, SetupError, Unsupported, build, shell
from .guest import Guest
from .kernel import TOP, Kernel
from .report import Report

GENERATIONS = ("ws2008", "ws2008r2", "ws2012", "ws2012r2",
               "ws2016", "ws2019", "ws2022", "ws2025")

Combination = collections.namedtuple("Combination", "kernel drivers generation cpus")


class Runner:
    def __init__(self, options):
        self.report = Report()
        self.seed = options.seed if options.seed is not None else random.getrandbits(31)
        self._kernels, self._ours, self._refused = {}, {}, {}
        self._programs, self._host = {}, None
        self._count = 0
        self._dir = os.path.join(TOP, "build/vm/runs", str(os.getpid()))
        self.report.say(f"seed {self.seed} (repeat with --seed {self.seed})")

    # ---- what a boot needs, made once ------------------------------------------

    def _prepare(self, arch, programs):
        with build.Lock():
            if programs:
                self._programs[arch] = {n: os.path.join(programs, n)
                                        for n in build.GUEST_PROGRAMS}
            if arch not in self._programs:
                self._programs[arch] = build.guest_programs(arch)
            if not self._host:
                self._host = build.Host()

    def _kernel(self, c, o):
        key = o.kernel or c.kernel
        if key not in self._kernels:
            self._kernels[key] = Kernel.from_outside(o.kernel, o.kdir, o.cc, o.cpu) \
                if o.kernel else Kernel.from_distribution(c.kernel, o.cpu)
        return self._kernels[key]

    def _modules(self, kernel, deny):
        """Our modules for this kernel, built once a run."""
        name = "-".join([kernel.name, *deny])
        if name in self._refused:
            raise self._refused[name]
        if name not in self._ours:
            self.report.say(f"building our modules for {kernel.name}"
                            + (f" without {' '.join(deny)}" if deny else ""))
            try:
                with build.Lock():
                    self._ours[name] = kernel.build_ours(
                        os.path.join(build.OUT, f"modules-{name}.log"), deny)
            except (Unsupported, SetupError) as e:
                self._refused[name] = e
                raise
        return self._ours[name]

    # ---- one combination ----------------------------------------------------------

    def run(self, c, o, scenarios):
        kernel = self._kernel(c, o)
        where = f"{kernel.name} {c.drivers} {c.generation} {c.cpus} vCPU" \
            + "".join(f" -{d}" for d in o.deny)
        self.report.begin()
        try:
            ours = self._modules(kernel, o.deny) if c.drivers == "ours" else None
            if c.drivers == "inbox" and not kernel.vmbus_built_in() and \
                    not kernel.find("hv_vmbus"):
                raise Unsupported("this kernel has no VMBus driver of its own")
            self._prepare(kernel.arch, o.programs)
        except Unsupported as e:
            self.report.skip("boot", where, str(e))
            return
        except SetupError as e:
            self.report.fail("setup", where, e)
            return
        if o.shell:
            shell.run(self._guest(c, o, kernel, ours, scenarios[0]))
            self.report.passed += 1
            return
        guest = None
        for s in scenarios:
            reuse = guest and not s.own and guest.config_name == s.options.get("config") \
                and s.options.get("boot", True) == guest.autoload
            if guest and not reuse:
                self._end(guest, where)
                guest = None
            guest = self._one(s, c, o, kernel, ours, guest, where)
        if guest:
            self._end(guest, where)

    def _fits(self, s, c, kernel):
        opt = s.options
        if "hosts" in opt and c.generation not in opt["hosts"]:
            raise Unsupported(opt.get("why", "not on this host generation"))
        if "drivers" in opt and c.drivers not in opt["drivers"]:
            raise Unsupported("not with these drivers")
        if "kernels" in opt and not opt["kernels"](kernel):
            raise Unsupported(opt.get("why", "not on this kernel"))

    def _guest(self, c, o, kernel, ours, s):
        self._count += 1
        return Guest(self._host, self._programs[kernel.arch], kernel,
                     os.path.join(self._dir, str(self._count)), c,
                     ours=ours, options=o, scenario=s, seed=self.seed + self._count)

    def _one(self, s, c, o, kernel, ours, guest, where):
        """Run one scenario; the guest that is left for the next one, or None."""
        self.report.begin()
        try:
            self._fits(s, c, kernel)
            if not guest:
                guest = self._guest(c, o, kernel, ours, s)
                guest.boot()
            guest.params = {name: o.params.get(name, default)
                            for name, default in s.options.get("params", {}).items()}
            note = s.fn(guest) or ""
            if guest.machine:
                guest.machine.console.catch_up()
                guest.machine.check()
                guest.judged_by_host(s.options.get("honest", True))
            self.report.ok(s.full, where, note)
        except Unsupported as e:
            self.report.skip(s.full, where, str(e))
            return guest
        except Exception as e:			# whatever it is, it is a failure
            why = str(e) if isinstance(e, (Failed, SetupError)) else traceback.format_exc()
            if guest:
                guest.autopsy()
            self.report.fail(s.full, where, why, guest.machine if guest else None)
            if guest:
                guest.kill()
            return None
        if s.own:
            self._end(guest, where)
            return None
        return guest

    def _end(self, guest, where):
        """Power off; a guest that was fine so far and dies now is a failure too."""
        self.report.begin()
        try:
            guest.end()
            if not guest.options.keep:
                shutil.rmtree(guest.dir, ignore_errors=True)
        except Failed as e:
            self.report.fail("poweroff", where, e, guest.machine)
        finally:
            guest.kill()
