# SPDX-License-Identifier: GPL-2.0-only
"""Disks come up, and what they say of themselves."""
from hvtest import Failed
from hvtest.scenario import scenario
from scenarios.bus import check_connected


@scenario("storage")
def attach(vm):
    """All disks and the DVD come up with the right sizes and names."""
    note = check_connected(vm)
    for name in vm.set.disks:
        dev = vm.disk(name)
        vendor = vm.agent.run("cat", f"/sys/block/{dev[5:]}/device/vendor").strip()
        if vendor != "Msft":
            raise Failed(f"{dev} says that its vendor is '{vendor}'")
    if vm.set.dvds:
        vm.agent.run("await", 60, "exists", "/sys/block/sr0")
        vm.agent.run("nodes")
        host = vm.agent.run("sha256", "/dev/sr0", 0, 65536)
        with open(vm.set.dvds[0][2], "rb") as f:
            import hashlib
            want = hashlib.sha256(f.read(65536)).hexdigest()
        if host != want:
            raise Failed("the DVD's first 64 KiB are not those of its image")
    offered = vm.agent.run("ls", "/sys/bus/vmbus/devices").split()
    want = len(vm.set.controllers) + sum(1 for d in vm.set.disks.values() if d.ide)
    if len(offered) != want:
        raise Failed(f"{len(offered)} VMBus devices in sysfs, the host offers {want}")
    return f"{note}, {len(vm.set.disks)} disks"
