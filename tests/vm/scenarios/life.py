# SPDX-License-Identifier: GPL-2.0-only
"""CPUs that go and come back, and modules that somebody still uses."""
import struct
import subprocess

from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

BUS = "/sys/bus/vmbus/devices"
# From protocol 4.1 on the host can be told of another CPU for a channel.
MOVES = ("ws2019", "ws2022", "ws2025")
# Below 3.0 a host takes no second connection after UNLOAD.
NO_RETURN = ("ws2008", "ws2008r2", "ws2012")


def online(cpu):
    return f"/sys/devices/system/cpu/cpu{cpu}/online"


def channels(vm):
    """{directory in sysfs: the CPU that it interrupts}"""
    out = {}
    for device in vm.agent.run("ls", BUS).split():
        top = f"{BUS}/{device}/channels"
        for channel in vm.agent.run("ls", top).split():
            path = f"{top}/{channel}"
            out[path] = int(vm.agent.run("cat", f"{path}/cpu"))
    return out


def busy_cpus(vm):
    """CPUs that a channel interrupts, but for the one that has the host's messages."""
    got = sorted(set(channels(vm).values()) - {0})
    if not got:
        raise Unsupported("no channel interrupts a CPU that could go")
    return got


def set_online(vm, cpu, on):
    """Ask for it; the error's text, or '' if the kernel did it."""
    job = vm.agent.start("write", online(cpu), int(on)).wait()
    now = int(vm.agent.run("cat", online(cpu)))
    if now != (on if job.status == 0 else 1 - on):
        raise Failed(f"CPU {cpu} asked to be {'on' if on else 'off'}line: status "
                     f"{job.status}, {job.text()}; and it is {now}")
    return job.text() if job.status else ""


def traffic(vm, total="256M"):
    return vm.hvio("rand", vm.disk("scsi0-0"), size="16M", total=total, qd=32,
                   seed=vm.seed)


@scenario("life", config="channels")
def cpu_offline(vm):
    """CPUs go offline and come back under I/O: their channels move, or they stay."""
    if vm.c.cpus < 2:
        raise Unsupported("the only CPU does not go")
    cpus, job, rounds = busy_cpus(vm), traffic(vm), 0
    moves = vm.c.generation in MOVES and not vm.inbox
    while not job.done() and rounds < 8:
        for cpu in cpus:
            there = [c for c, at in channels(vm).items() if at == cpu]
            why = set_online(vm, cpu, False)
            if not moves:
                if "busy" not in why:
                    raise Failed(f"CPU {cpu} has channels that cannot move, and the answer "
                                 f"to taking it away is '{why}'")
                continue
            if why:
                raise Failed(f"CPU {cpu} does not go: {why}")
            left = [c for c, at in channels(vm).items() if at == cpu]
            if left:
                raise Failed(f"CPU {cpu} is gone and these still interrupt it: {left}")
            why = set_online(vm, cpu, True)
            if why:
                raise Failed(f"CPU {cpu} does not come back: {why}")
            for path in there:
                vm.agent.run("write", f"{path}/cpu", cpu)
        rounds += 1
    job.check()
    if not rounds:
        raise Failed("the traffic ended before the first CPU went")
    return f"{rounds} rounds over CPUs {cpus}: " + ("moved" if moves else "refused")


@scenario("life", config="channels", hosts=MOVES)
def cpu_vacated(vm):
    """Channels moved away by hand under I/O: then their CPU goes, and comes back."""
    if vm.c.cpus < 2:
        raise Unsupported("the only CPU does not go")
    job, said = traffic(vm), []
    for cpu in busy_cpus(vm):
        for path, at in channels(vm).items():
            if at == cpu:
                vm.agent.run("write", f"{path}/cpu", 0)
        why = set_online(vm, cpu, False)
        if why:
            raise Failed(f"no channel interrupts CPU {cpu}, and it does not go: {why}")
        said.append(str(cpu))
    job.check()
    again = traffic(vm, "16M")
    for cpu in said:
        set_online(vm, cpu, True)
    again.check()
    return "without CPU " + ", ".join(said)


@scenario("life", config="channels")
def suspend(vm):
    """Suspend to idle, and to RAM up to the last CPU, and back: the disk works on."""
    levels = [("freeze", "devices")]
    # To RAM, CPUs go offline; in-box refuses while a channel interrupts them.
    if vm.c.cpus > 1 and vm.c.generation in MOVES and not vm.inbox:
        levels.append(("mem", "processors"))
    for state, level in levels:
        job = traffic(vm, "32M")
        vm.agent.run("write", "/sys/power/pm_test", level)
        vm.agent.run("write", "/sys/power/state", state)
        job.check()
        traffic(vm, "16M").check()
    if vm.dmesg().count("suspend debug: Waiting for") != len(levels):
        raise Failed("the kernel did not get as far as it was asked to")
    return " ".join(s for s, _ in levels)


def refused(vm, module, why):
    job = vm.agent.start("rmmod", module).wait()
    if not job.status or "unavailable" not in job.text():
        raise Failed(f"rmmod {module}, {why}: status {job.status}, {job.text()}")


@scenario("life", own=True, also=["ext4", "crc32c_generic"])
def modules_in_use(vm):
    """rmmod with a mount, a disk or an attribute open: refused, or safe."""
    d = vm.set.disks["scsi0-1"]
    # As the mke2fs of RHEL 6 would: its kernel knows no newer features.
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256",
                    "-O", "^metadata_csum,^64bit,^orphan_file", d.path], check=True)
    vm.agent.run("mount", vm.disk("scsi0-1"), "/mnt", "ext4")
    vm.agent.run("write", "/mnt/file", "still here")
    refused(vm, "hv_storvsc", "a file system mounted")
    vm.agent.run("umount", "/mnt")
    load = vm.hvio("load", vm.disk("scsi0-0"), size="16M", writes=50, seed=vm.seed)
    load.wait_line("running")
    refused(vm, "hv_storvsc", "requests under way")
    refused(vm, "hv_vmbus", "a driver loaded")
    load.kill()
    load.wait()

    # Attributes of the disk, of the device, of its channel, and of the module's
    # bus: an open file of sysfs keeps nobody loaded.
    paths = [f"/sys/block/{vm.disk('scsi0-0')[5:]}/device/vendor"]
    if not vm.keeps_bus():
        device = vm.agent.run("ls", BUS).split()[0]
        channel = next(c for c in channels(vm) if f"/{device}/" in c)
        paths += [f"{BUS}/{device}/class_id", f"{channel}/events"]
    held = [vm.agent.start("stream", "hold", p, "/gate") for p in paths]
    for job in held:
        job.wait_line("open")
    vm.unload_bus()
    vm.agent.run("write", "/gate", "open")
    for job, path in zip(held, paths):
        job.wait()
        if not job.status or "No such device" not in job.text():
            raise Failed(f"{path} after its module went: {job.text()}")
    vm.load_bus()
    vm.agent.run("mount", vm.disk("scsi0-1"), "/mnt", "ext4")
    if vm.agent.run("cat", "/mnt/file") != "still here":
        raise Failed("the file is not what was written")
    vm.agent.run("umount", "/mnt")
    return f"{len(paths)} attributes held"


def swap_on(vm, name):
    """Make a disk a swap area and use it; returns its number."""
    d = vm.set.disks[name]
    with open(d.path, "r+b") as f:
        f.seek(1024)
        f.write(struct.pack("<III", 1, d.size // 4096 - 1, 0))
        f.seek(4086)
        f.write(b"SWAPSPACE2")
    dev = vm.disk(name)
    vm.agent.run("swapon", dev)
    return number(vm, dev)


def number(vm, dev):
    return vm.agent.run("cat", f"/sys/block/{dev[5:]}/dev").strip()


@scenario("life", own=True)
def hibernate(vm):
    """The guest sleeps on a synthetic disk and comes back, or says that it will not."""
    area = swap_on(vm, "scsi0-1")
    vm.agent.run("write", "/sys/power/image_size", 0)
    vm.agent.run("write", "/sys/power/resume", area)
    vm.agent.run("write", "/sys/power/disk", "shutdown")
    vm.agent.run("write", "/marker", "before")
    if vm.c.generation in NO_RETURN:
        if vm.inbox:
            raise Unsupported("in-box does not connect to such a host a second time")
        job = vm.agent.start("write", "/sys/power/state", "disk").wait()
        if not job.status or "Not supported" not in job.text():
            raise Failed(f"hibernating: status {job.status}, {job.text()}")
        traffic(vm, "16M").check()
        return "refused"
    vm.machine.expect_exit = True
    asleep = vm.agent.start("write", "/sys/power/state", "disk")
    vm.machine.process.wait(vm.machine.timeout)
    if asleep.done():
        raise Failed(f"hibernating: {asleep.text()}")
    vm.kill()
    vm.boot()
    vm.agent.adopt(asleep)
    vm.agent.start("write", "/sys/power/resume", number(vm, vm.disk("scsi0-1")))
    asleep.check()
    if vm.agent.run("cat", "/marker") != "before":
        raise Failed("this is not the guest that went to sleep")
    traffic(vm, "16M").check()
    return "came back"
