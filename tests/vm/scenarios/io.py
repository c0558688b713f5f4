# SPDX-License-Identifier: GPL-2.0-only
"""Data goes out and comes back the same."""
from hvtest import Failed
from hvtest.scenario import scenario

MIB = 1 << 20


def random_io(vm, name, **options):
    """64 MiB of random writes and as much of reads, all verified; what it covered."""
    options = {"seed": vm.seed, "size": "64M", "total": "64M", "qd": 32, **options}
    return vm.hvio("rand", vm.disk(name), **options)


def summary(job):
    lines = job.check().splitlines()
    if not any("sectors verified" in line for line in lines):
        raise Failed(f"{job}: ended without saying what it verified")
    return lines[-1]


def check_depth(line):
    """The queue really was full, and the sizes went from end to end."""
    if "depth up to 32" not in line or "sizes 512 to" not in line:
        raise Failed(f"not at depth 32 from 512 bytes on: {line}")
    return line


@scenario("storage")
def random_aligned(vm):
    """64 MiB random write, read, verify; depth 32, 512 B to 512 KiB."""
    return check_depth(summary(random_io(vm, "scsi0-0")))


@scenario("storage")
def random_unaligned(vm):
    """The same with vectors of pieces at odd multiples of 512 bytes."""
    return check_depth(summary(random_io(vm, "scsi0-0", unaligned=1, seed=vm.seed + 1)))


@scenario("storage", drivers=["ours"])
def copied(vm):
    """Vectors with gaps inside pages: copied where the kernel does not prevent them."""
    # Since 5.2 a SCSI host can say that it takes none.
    prevented = vm.kernel.version >= (5, 2) and "SCSI_VIRT_BOUNDARY" not in vm.options.deny
    counter = "/sys/module/hv_storvsc/parameters/copied_requests"
    before = int(vm.agent.run("cat", counter))
    note = check_depth(summary(random_io(vm, "scsi0-1", unaligned=1, seed=vm.seed + 2)))
    copies = int(vm.agent.run("cat", counter)) - before
    if bool(copies) == prevented:
        raise Failed(f"{copies} requests were copied")
    return f"{copies} copied; {note}"


@scenario("storage")
def several_luns(vm):
    """Three disks of a controller at once."""
    jobs = [random_io(vm, f"scsi0-{i}", seed=vm.seed + 10 + i, size="24M", total="24M")
            for i in range(3)]
    return summary([j for j in jobs if summary(j)][-1])


@scenario("storage")
def ide_disk(vm):
    """Random I/O on the IDE-accelerated disk."""
    return check_depth(summary(random_io(vm, "ide0", seed=vm.seed + 20, fresh=1)))


@scenario("storage")
def backing_file(vm):
    """What the guest writes and syncs is what lies in the host's file."""
    for name in ("scsi0-2", "ide0"):
        dev = vm.disk(name)
        vm.hvio("rand", dev, seed=vm.seed + 30, size="4M", total="8M").check()
        vm.flush(dev)
        guest = vm.agent.run("sha256", dev, 0, 4 * MIB)
        host = vm.backing_sha256(name, 0, 4 * MIB)
        if guest != host:
            raise Failed(f"{name}: the guest reads {guest}, the backing file has {host}")
