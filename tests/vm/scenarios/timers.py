# SPDX-License-Identifier: GPL-2.0-only
"""
The tick: who drives it, and that it goes on when the bus goes.

Hosts from 2016 on have timers in direct mode, which the kernel drives without the
bus.  Older ones send expiries as messages through the bus's SynIC.
"""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

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
    vm.agent.run("rmmod", "hv_storvsc")
    if vm.agent.start("rmmod", "hv_vmbus").wait().status == 0:
        raise Failed("hv_vmbus was unloaded under the tick")
    vm.load_bus()
    vm.all_disks()
    sleep_everywhere(vm)
    return f"{messages(vm)} timer messages"
