# SPDX-License-Identifier: GPL-2.0-only
"""The guest is carried to another machine: another TSC, and the time that it was."""
import re

from hvtest import Failed
from hvtest.scenario import scenario

SOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource"


def reference(vm):
    return vm.host("connection")["reference"] / 1e7


def uptime(vm):
    """By a clock that nobody sets; seconds, in hundredths that are cut off."""
    return float(vm.agent.run("cat", "/proc/uptime").split()[0])


def stretch(vm, work):
    """Work between two looks at the clock: how long it took the guest, and by the host."""
    outer, begin, inner = reference(vm), uptime(vm), reference(vm)
    work()
    least, end, most = reference(vm) - inner, uptime(vm), reference(vm) - outer
    if not least - 0.02 <= end - begin <= most + 0.02:
        raise Failed(f"the guest counted {end - begin:.2f} s, the host {least:.3f} to "
                     f"{most:.3f} s")
    return end - begin


def by_register(vm, work):
    """How often the guest read the counter's register meanwhile."""
    before = vm.host("counters")["totals"]["reference_reads"]
    work()
    return vm.host("counters")["totals"]["reference_reads"] - before


def turns(vm):
    said = vm.agent.run("clock", vm.c.cpus, 2000)
    if not re.match(r"2000 reads", said):
        raise Failed(f"the clock: {said}")


# Hosts of 2008 have no TSC page.
@scenario("clock", own=True, plugin=["count=on"], kernels=lambda k: k.version >= (4, 14),
          hosts=["ws2012r2", "ws2016", "ws2019", "ws2022", "ws2025"])
def migrated(vm):
    """Under I/O the TSC starts anew at other rates, its page comes and goes: time goes on."""
    if "tsc_page" not in vm.agent.run("cat", SOURCE):
        raise Failed(f"the clock is {vm.agent.run('cat', SOURCE)}, not the TSC page")
    load = vm.hvio("rand", vm.disk("scsi0-0"), size="16M", total="256M", qd=16, seed=vm.seed)
    said, moves = [], 0
    for percent in (150, 40, 100, 270):
        def carried(withhold):
            vm.host("migrate", percent=percent, ahead=0, withhold=withhold)
            turns(vm)

        stretch(vm, lambda: carried(True))
        without = by_register(vm, lambda: turns(vm))
        stretch(vm, lambda: carried(False))
        by_page = by_register(vm, lambda: turns(vm))
        if without < 2000 or by_page > without // 10:
            raise Failed(f"2000 looks at the clock took {without} reads of the register without "
                         f"the page and {by_page} with it")
        said.append(f"{percent} %")
        moves += 2
    load.check()
    return f"{moves} moves, at {', '.join(said)}"
