# SPDX-License-Identifier: GPL-2.0-only
"""
A machine of the first generation offers each IDE disk twice, emulated and
accelerated.  Exactly one block device may own its sectors, whoever comes first.
"""
import re

from hvtest import Failed
from hvtest.scenario import scenario


def has_ide(kernel):
    """The old IDE layer is built in and has the controller before any module is loaded."""
    return kernel.config("IDE") == "y" and kernel.config("BLK_DEV_PIIX") == "y"


def has_ata(kernel):
    return kernel.config("ATA_PIIX") == "m" and not has_ide(kernel)


BOTH = {"config": "twins", "boot": False, "own": True}
ATA = {**BOTH, "later": ["ata_piix"], "kernels": has_ata}
IDE = {**BOTH, "drivers": ["ours"], "kernels": has_ide}
FORCED = {"ata_piix": "prefer_ms_hyperv=0"}


def owners(vm):
    """{disk of the set: [(block device, vendor)]}, by size."""
    if vm.kernel.version < (2, 6, 32):
        vm.agent.run("nodes")
    out = {name: [] for name in vm.set.disks}
    for block in vm.agent.run("ls", "/sys/block").split():
        if not re.match(r"(sd[a-z]+|hd[a-z])$", block):
            continue
        size = int(vm.agent.run("cat", f"/sys/block/{block}/size")) * 512
        vendor = vm.agent.start("cat", f"/sys/block/{block}/device/vendor").wait()
        for name, disk in vm.set.disks.items():
            if disk.size == size:
                out[name].append((block, vendor.output.strip() if not vendor.status else "IDE"))
    return out


def wait_owned(vm):
    """Once something has each disk; all that can take one has been loaded by now."""
    for _ in range(100):
        got = owners(vm)
        if all(got.values()):
            return got
        vm.agent.start("await", "0.1", "exists", "/nothing").wait()
    raise Failed(f"a disk has no owner: {got}; the kernel says: {vm.dmesg()[-1500:]}")


def check_owned(vm, accelerated):
    """Each disk is owned once, by the side that it should be, and can be used."""
    got = wait_owned(vm)
    for name, who in got.items():
        if len(who) != 1:
            raise Failed(f"{name} is owned by {who}")
        block, vendor = who[0]
        if (vendor == "Msft") != accelerated:
            raise Failed(f"{name} is owned by {block} of {vendor}")
        vm.agent.run("nodes")
        vm.hvio("rand", "/dev/" + block, seed=vm.seed, size="4M", total="8M").check()
        if accelerated:
            vm.flush("/dev/" + block)
        guest = vm.agent.run("sha256", "/dev/" + block, 0, 4 << 20)
        if guest != vm.backing_sha256(name, 0, 4 << 20):
            raise Failed(f"{name}: {block} reads something else than the backing file has")
    return ", ".join(f"{name} is {who[0][0]}" for name, who in got.items())


def wait_log(vm, text, times):
    """Wait until the log has it so often."""
    for _ in range(300):
        got = vm.dmesg().count(text)
        if got >= times:
            break
        vm.agent.start("await", "0.1", "exists", "/nothing").wait()
    if got != times:
        raise Failed(f"the log says '{text}' {got} times, expected {times}")


@scenario("twins", **ATA)
def emulated_first(vm):
    """ata_piix, loaded first, leaves the disks to us."""
    vm.load_later()
    vm.load_bus()
    return check_owned(vm, accelerated=True)


@scenario("twins", **ATA)
def accelerated_first(vm):
    """ata_piix, loaded last, leaves the disks to us."""
    vm.load_bus()
    vm.load_later()
    return check_owned(vm, accelerated=True)


@scenario("twins", drivers=["ours"], **ATA)
def forced_first(vm):
    """ata_piix is told to take the disks: ours declines, and says what to set."""
    vm.load_later(FORCED)
    vm.load_bus()
    wait_log(vm, "do not set ata_piix.prefer_ms_hyperv=0", len(vm.set.disks))
    return check_owned(vm, accelerated=False)


@scenario("twins", drivers=["ours"], **ATA)
def forced_last(vm):
    """ata_piix is told to take the disks that ours has: its disks get no driver."""
    vm.load_bus()
    wait_owned(vm)
    vm.load_later(FORCED)
    wait_log(vm, "emulated twin of a disk that hv_storvsc has", len(vm.set.disks))
    return check_owned(vm, accelerated=True)


@scenario("twins", **IDE)
def ide_layer(vm):
    """The IDE layer has the disks: ours declines, and says what to boot with."""
    vm.load_bus()
    for letter in "ab":
        wait_log(vm, f"boot with hd{letter}=noprobe", 1)
    return check_owned(vm, accelerated=False)


@scenario("twins", cmdline="hda=noprobe hdb=noprobe", **IDE)
def ide_noprobe(vm):
    """The IDE layer is told to leave the disks to us."""
    vm.load_bus()
    return check_owned(vm, accelerated=True)
