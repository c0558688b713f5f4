# SPDX-License-Identifier: GPL-2.0-only
"""Disks and controllers that come, go and grow while the guest runs."""
import os

from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

MIB = 1 << 20
BUS = "/sys/bus/vmbus/devices"


def plug(vm, name, size, lun):
    """Add a disk to a running guest, which the host has to tell of it."""
    d = vm.set.add("scsi0", name, size, lun=lun)
    told = vm.host("disk-add", device="scsi0", lun=lun, file=d.path, size=size)["notified"]
    if vm.c.generation == "ws2008":
        vm.host("disk-remove", device="scsi0", lun=lun)
        del vm.set.disks[name]
        if told:
            raise Failed("the host told of a new disk in a protocol that cannot say it")
        raise Unsupported("storage protocol 2.0 has no word for a disk that comes or goes")
    if not told:
        raise Failed("the host did not tell the guest of the new disk")


@scenario("storage")
def resize(vm):
    """A disk grows; the guest sees the new size and can use it."""
    if vm.inbox and vm.kernel.version < (5, 3):
        raise Unsupported("in-box looks again only if the unit attention comes as ABORTED, "
                          "and the host sends ERROR")
    d = vm.set.disks["scsi0-1"]
    dev = vm.disk("scsi0-1")
    new = d.size + 4 * MIB
    vm.host("disk-resize", device=d.controller, lun=d.lun, size=new)
    # The next command gets the unit attention; the driver rescans on it.
    vm.one(dev, False)
    vm.agent.run("await", 60, "equals", f"/sys/block/{dev[5:]}/size", new // 512)
    d.size = new
    vm.hvio("rand", dev, start=new - 8 * MIB, size="8M", total="8M", seed=vm.seed).check()


@scenario("storage")
def hot_add_remove(vm):
    """A disk is added, used, removed; three times in the same place."""
    if vm.inbox and vm.kernel.version < (3, 10):
        raise Unsupported("in-box asks no disk whether it is still there")
    for i in range(3):
        size = (40 + i) * MIB
        name = f"added{i}"
        plug(vm, name, size, lun=20)
        dev = vm.disk(name)
        vm.hvio("rand", dev, size="4M", total="4M", seed=vm.seed + i).check()
        vm.host("disk-remove", device="scsi0", lun=20)
        vm.wait_gone(dev[5:])
        del vm.set.disks[name]


@scenario("storage")
def hot_remove_under_io(vm):
    """A disk is removed while 32 requests are on the way: errors, no hang."""
    plug(vm, "doomed", 44 * MIB, lun=21)
    dev = vm.disk("doomed")
    load = vm.hvio("load", dev, size="32M", writes=50, seed=vm.seed)
    load.wait_line("running")
    vm.host("disk-remove", device="scsi0", lun=21)
    load.wait()
    vm.wait_gone(dev[5:])
    del vm.set.disks["doomed"]
    if load.status != 4:
        raise Failed(f"the load ended with status {load.status}: {load.text()}")
    # the others are as well as before
    vm.hvio("rand", vm.disk("scsi0-0"), size="4M", total="4M", seed=vm.seed).check()
    return load.text().splitlines()[-1]


def interrupts(vm):
    """Of the host, by CPU, as the guest's kernel counts them."""
    sums = [0] * vm.c.cpus
    for line in vm.agent.run("cat", "/proc/interrupts").splitlines():
        words = line.split()
        # A line of the hypervisor's own, or of the IRQ that the bus requested.
        if len(words) > vm.c.cpus and (words[0] == "HYP:" or
                                       {"hv_vmbus", "hyperv"} & set(words[vm.c.cpus:])):
            for i in range(vm.c.cpus):
                sums[i] += int(words[1 + i])
    return sums


@scenario("storage", config="channels",
          hosts=["ws2012r2", "ws2016", "ws2019", "ws2022", "ws2025"],
          why="a controller has one channel before 2012 R2; before 2012 the host "
              "interrupts VP 0 only")
def every_cpu(vm):
    """Each CPU is interrupted by the channel that carries its requests."""
    before = interrupts(vm)
    dev = vm.disk("scsi0-0")
    for cpu in range(vm.c.cpus):
        vm.hvio("rand", dev, seed=vm.seed + cpu, size="2M", total="2M", max=4096, qd=1,
                cpu=cpu).check()
    came = [a - b for a, b in zip(interrupts(vm), before)]
    if min(came) <= 0:
        raise Failed(f"interrupts by CPU while each did I/O: {came}")
    return f"interrupts by CPU {came}"


@scenario("storage", config="channels",
          hosts=["ws2012r2", "ws2016", "ws2019", "ws2022", "ws2025"],
          why="a controller has one channel before 2012 R2")
def at_once(vm):
    """Two CPUs submit by the same controller at the same time: no lock is between them."""
    if vm.c.cpus < 2:
        raise Unsupported("with one CPU nothing is at the same time")
    jobs = [vm.hvio("load", vm.disk(f"scsi0-{cpu}"), seed=vm.seed, size="16M", max=4096, qd=1,
                    writes=50, cpu=cpu) for cpu in range(2)]
    for job in jobs:
        job.wait_line("running")
    # From now on the host keeps a CPU in the middle of its submission until the other is
    # in its own.  It gives up after some seconds, and then for good.
    vm.host("meet", device="scsi0", times=100)
    vm.agent.wait_for(lambda: vm.host("met")["over"], 120, "two CPUs that submit at once")
    for job in jobs:
        job.kill()
    met = vm.host("met")["met"]
    if not met:
        raise Failed("while a CPU was kept in its submission, the other could not submit")
    return f"{met} times"


@scenario("storage", config="channels", drivers=["ours"],
          hosts=["ws2019", "ws2022", "ws2025"],
          why="before 2019 the host cannot be told of another CPU for a channel")
def retarget(vm):
    """A channel's interrupts move to another CPU, and that CPU's requests follow."""
    # The in-box driver sends by another channel than the CPU's own on purpose.
    if vm.c.cpus < 2:
        raise Unsupported("with one CPU there is one channel")
    device, = vm.agent.run("ls", BUS).split()
    top = f"{BUS}/{device}/channels"
    first, second = sorted(vm.agent.run("ls", top).split(), key=lambda c: int(
        vm.agent.run("cat", f"{top}/{c}/subchannel_id")))[:2]
    dev, said = vm.disk("scsi0-0"), []

    def signals():
        return [int(vm.agent.run("cat", f"{top}/{c}/events")) for c in (first, second)]

    def used_by_cpu_1():
        before = signals()
        vm.hvio("rand", dev, seed=vm.seed, size="2M", total="2M", max=4096, qd=1,
                cpu=1).check()
        moved = [a - b for a, b in zip(signals(), before)]
        said.append("%u:%u" % tuple(moved))
        if max(moved) < 100 or min(moved) * 10 > max(moved):
            raise Failed(f"signals of the two channels {moved}: neither is CPU 1's own")
        return (first, second)[moved.index(max(moved))]

    for cpu, channel, expected in ((0, first, None), (1, second, second),
                                   (1, first, first), (0, first, second)):
        vm.agent.run("write", f"{top}/{channel}/cpu", cpu)
        if expected and used_by_cpu_1() != expected:
            raise Failed(f"channel {channel} was moved to CPU {cpu}, and CPU 1 does not "
                         f"use {expected}: signals {', '.join(said)}")
    return f"signals by first:second channel {', '.join(said)}"


class Controller:
    """A controller with one disk, added to a running guest."""

    def __init__(self, vm, name, size, **options):
        self.vm, self.name = vm, name
        before = set(vm.agent.run("ls", BUS).split())
        self.disk = vm.set.add(name, f"{name}-0", size)
        vm.host("device-add", device={
            "type": "scsi", "name": name,
            "disks": [{"lun": 0, "file": self.disk.path, "size": size, **options}]})
        self.dev = vm.disk(f"{name}-0")
        self.device = (set(vm.agent.run("ls", BUS).split()) - before).pop()

    def remove(self):
        self.vm.host("device-remove", device=self.name)

    def wait_gone(self):
        self.vm.wait_gone(self.dev[5:])
        self.vm.agent.run("await", 60, "gone", f"{BUS}/{self.device}")
        del self.vm.set.disks[f"{self.name}-0"]
        os.unlink(self.disk.path)


@scenario("storage")
def hot_add_controller(vm):
    """A whole controller with a disk is added, used, and taken away."""
    # In-box asks the rescinded controller to write the disk's cache out, and waits
    # for the answer for ever; so there the disk has none.
    c = Controller(vm, "scsi9", 52 * MIB, write_cache=not vm.inbox)
    vm.hvio("rand", c.dev, size="8M", total="8M", seed=vm.seed).check()
    before = vm.host("counters")["totals"]["ids_released"]
    c.remove()
    c.wait_gone()
    vm.agent.wait_for(lambda: vm.host("counters")["totals"]["ids_released"] > before, 60,
                      "the channel's id given back")


@scenario("storage")
def rescind_under_io(vm):
    """A controller is rescinded while 32 requests are on the way: no hang."""
    if vm.inbox:
        raise Unsupported("in-box never ends the requests of a rescinded controller")
    c = Controller(vm, "scsi8", 56 * MIB)
    load = vm.hvio("load", c.dev, size="32M", writes=50, seed=vm.seed)
    load.wait_line("running")
    # Nobody but the driver can end what the host still has when the controller goes.
    vm.host("delay", device=c.name, opcode=0x28, count=0, until="release")
    while vm.host("storage-stats", device=c.name)["devices"][0]["held"] < 8:
        if load.done():
            raise Failed(f"the load is over: {load.text()}")
    c.remove()
    load.wait()
    c.wait_gone()
    if load.status != 4:
        raise Failed(f"the load ended with status {load.status}: {load.text()}")
    vm.hvio("rand", vm.disk("scsi0-0"), size="4M", total="4M", seed=vm.seed).check()
    return load.text().splitlines()[-1]


@scenario("storage")
def give_back(vm):
    """hv_storvsc unloaded: all channels are closed, all memory lent to the host is back."""
    vm.rmmod("hv_storvsc")
    # A controller that the host took away before keeps its GPADL with some drivers.
    before = vm.host("counters")
    vm.machine.load("hv_storvsc")
    vm.prove()
    vm.all_disks()
    vm.rmmod("hv_storvsc")
    after = vm.host("counters")
    lent, back = (after["totals"][n] - before["totals"][n]
                  for n in ("gpadls_created", "gpadls_returned"))
    if not lent or lent != back:
        raise Failed(f"{lent} GPADLs were lent to the host, {back} taken back")
    for name, d in after["devices"].items():
        opens, closes = (d[n] - before["devices"][name][n] for n in ("opens", "closes"))
        if opens != closes:
            raise Failed(f"{name}: {opens} channels opened, {closes} closed")
    vm.machine.load("hv_storvsc")
    vm.prove()
    vm.all_disks()
    return f"{lent} GPADLs"


@scenario("storage")
def reload(vm):
    """Both modules unloaded and loaded 20 times; the data stay."""
    dev = vm.disk("scsi0-0")
    vm.hvio("rand", dev, size="8M", total="8M", seed=vm.seed).check()
    before = vm.agent.run("sha256", dev, 0, 8 * MIB)
    # Most kernels do it when a disk goes, but the host's file is looked at.
    vm.flush(dev)
    for i in range(20):
        vm.unload_bus()
        vm.load_bus()
        dev = vm.disk("scsi0-0")
        if vm.agent.run("sha256", dev, 0, 65536) != vm.backing_sha256("scsi0-0", 0, 65536):
            raise Failed(f"after reload {i + 1} the disk reads differently")
    vm.all_disks()
    if vm.agent.run("sha256", dev, 0, 8 * MIB) != before:
        raise Failed("after 20 reloads the data are not what they were")
    return "hv_storvsc only: in-box unloads its bus under the clock" if vm.keeps_bus() else ""
