# SPDX-License-Identifier: GPL-2.0-only
"""
The tick: who drives it, and that it goes on when the bus goes; and the clock.

Hosts from 2016 on have timers in direct mode, which the kernel drives without the
bus.  Older ones send expiries as messages through the bus's SynIC.
"""
import re
import time

from hvtest import Failed, Unsupported
from hvtest.scenario import scenario
from scenarios.io import random_io

BY_MESSAGE = ["ws2008", "ws2008r2", "ws2012", "ws2012r2"]


def sleep_everywhere(vm):
    """Each CPU sleeps and wakes forty times: a tick that is lost ends in the step's limit."""
    loop = "i=0; while [ $i -lt 40 ]; do /bin/busybox usleep 3000; i=$((i+1)); done"
    for job in [vm.agent.start("exec", "/bin/busybox", "taskset", "-c", cpu,
                               "/bin/busybox", "sh", "-c", loop) for cpu in range(vm.c.cpus)]:
        job.check()


def messages(vm):
    return vm.host("counters")["totals"]["timer_messages"]


@scenario("bus", own=True, kernels=lambda k: k.version >= (3, 2))
def tick(vm):
    """Every CPU's timer runs with the bus loaded, without it, and with it again."""
    if vm.keeps_bus():
        raise Unsupported("in-box takes the kernel's timers along when it is unloaded")
    sleep_everywhere(vm)
    for _ in range(3):
        vm.unload_bus()
        sleep_everywhere(vm)
        vm.load_bus()
        sleep_everywhere(vm)
    if not vm.inbox and messages(vm):
        raise Failed("timers came as messages, which nobody had asked for")
    return f"{messages(vm)} timer messages"


@scenario("bus", own=True, boot=False, drivers=["ours"], hosts=BY_MESSAGE,
          kernels=lambda k: k.version >= (5, 10))
def message_timers(vm):
    """Asked for, the tick comes by messages on every CPU; the bus then stays."""
    vm.load_bus({"hv_vmbus": "message_timers=1"})
    before = messages(vm)
    sleep_everywhere(vm)
    # A sleep that wakes takes one expiry at least.
    if messages(vm) - before < 40 * vm.c.cpus:
        raise Failed(f"{messages(vm) - before} timer messages in {40 * vm.c.cpus} sleeps")
    vm.rmmod("hv_storvsc")
    if vm.agent.start("rmmod", "hv_vmbus").wait().status == 0:
        raise Failed("hv_vmbus was unloaded under the tick")
    vm.load_bus()
    vm.all_disks()
    sleep_everywhere(vm)
    return f"{messages(vm)} timer messages"


def read_clock(vm, cpus, reads):
    """The first and the last of so many reads, in seconds, and what was said of them."""
    said = vm.agent.run("clock", cpus, reads)
    first, last = (int(n) / 1e9 for n in re.search(r"from (\d+) to (\d+) ns", said).groups())
    return first, last, said


def needs_clock(kernel):
    """It keeps time with clock sources, and has none for Hyper-V (docs/ownership.md)."""
    return kernel.arch == "i386" and kernel.version < (2, 6, 32)


@scenario("bus", own=True, drivers=["ours"], later=["hv_timesource"], kernels=needs_clock,
          why="this kernel has a clock source of Hyper-V's, or keeps time without any")
def reference_clock(vm):
    """The reference counter becomes the clock: forward on all CPUs, and as fast as the host's."""
    sources = "/sys/devices/system/clocksource/clocksource0"
    before = vm.agent.run("cat", f"{sources}/current_clocksource").strip()
    vm.load_later()
    for which in ("available", "current"):
        vm.agent.run("await", 30, "contains", f"{sources}/{which}_clocksource",
                     "hyperv_clocksource")
    *_, said = read_clock(vm, vm.c.cpus, 4000)
    # What the guest calls a stretch lies between what the host does, seen from within
    # and from without.
    outer = time.monotonic()
    begin, _, _ = read_clock(vm, 1, 1)
    inner = time.monotonic()
    for i in range(3):
        random_io(vm, "scsi0-0", seed=vm.seed + i).check()
    inner = time.monotonic() - inner
    end, _, _ = read_clock(vm, 1, 1)
    outer = time.monotonic() - outer
    if not inner * 0.99 <= end - begin <= outer * 1.01:
        raise Failed(f"{end - begin:.3f} s by the guest's clock are between {inner:.3f} and "
                     f"{outer:.3f} s by the host's")
    return f"instead of {before}; {said}; {end - begin:.3f} s in {inner:.3f} to {outer:.3f}"
