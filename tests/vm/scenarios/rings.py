# SPDX-License-Identifier: GPL-2.0-only
"""A host that breaks the rules of the ring."""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario
from scenarios.change import Controller

HOW = {"write-index": "incoming", "write-index-late": "incoming",
       "write-index-odd": "incoming", "packet": "incoming", "read-index": "outgoing"}
# What the driver forgives (storvsc_events.c).
FORGIVEN = 8


def said(vm, ring):
    return vm.dmesg().count(f"the host broke the {ring} ring")


def break_at_rest(vm, c, how):
    """A read waits for its answer, which the broken ring cannot bring."""
    vm.host("delay", device=c.name, opcode=0x28, until="release")
    read = vm.hvio("one", c.dev, "r", 0, 1)
    while vm.host("storage-stats", device=c.name)["devices"][0]["held"] < 1:
        if read.done():
            raise Failed(f"the read was not held: {read.text()}")
    vm.host("ring-break", device=c.name, how=how)
    if how == "read-index":
        # Nothing tells the guest before it sends again.
        vm.one(c.dev, False)
    if read.check() != "ok":
        raise Failed(f"{how}: the read that was out ended with '{read.text()}'")


def break_under_load(vm, c, how):
    """32 requests are out, and more follow: all data are right in the end."""
    done = vm.host("storage-stats", device=c.name)["devices"][0]["completed"]
    job = vm.hvio("rand", c.dev, size="32M", total="32M", qd=32, seed=vm.seed)
    while vm.host("storage-stats", device=c.name)["devices"][0]["completed"] < done + 100:
        if job.done():
            raise Failed(f"the I/O was over before the ring broke: {job.text()}")
    vm.host("ring-break", device=c.name, how=how)
    job.check()


def check_said_once(vm, c, how, act):
    before = said(vm, HOW[how])
    act(vm, c, how)
    if vm.one(c.dev, False) != "ok":
        raise Failed(f"{how}: the disk does not work after the controller was started again")
    if said(vm, HOW[how]) != before + 1:
        raise Failed(f"{how}: the kernel's log does not tell of it once")


@scenario("storage", honest=False)
def ring_broken(vm):
    """Illegal ring indices and packets: said, all requests end, the rest is well."""
    if vm.inbox:
        raise Unsupported("in-box believes the indices that the host writes")
    c = Controller(vm, "scsi7", 60 << 20)
    # Only what the ring tells can end a request in time.
    vm.agent.run("write", f"/sys/block/{c.dev[5:]}/device/timeout", "3600")
    for how in HOW:
        check_said_once(vm, c, how, break_at_rest)
    for how in list(HOW)[:FORGIVEN - len(HOW)]:
        check_said_once(vm, c, how, break_under_load)
    vm.hvio("rand", vm.disk("scsi0-0"), size="4M", total="4M", seed=vm.seed).check()
    vm.host("ring-break", device=c.name, how="packet")
    got = vm.one(c.dev, False)
    if got not in ("I/O error", "No such device or address", "No such device"):
        raise Failed(f"a controller that was given up answers a read with '{got}'")
    if "given up" not in vm.dmesg():
        raise Failed("the kernel's log does not say that the controller was given up")
    vm.hvio("rand", vm.disk("scsi0-0"), size="4M", total="4M", seed=vm.seed + 1).check()
    c.remove()
    c.wait_gone()
    return f"{FORGIVEN} times started again, then given up"
