# SPDX-License-Identifier: GPL-2.0-only
"""A power cut loses what was not synced, and nothing else."""
import re

from hvtest import Failed
from hvtest.scenario import scenario

SIZE = 32 << 20


def checked(vm, dev, **options):
    text = vm.hvio("check", dev, **options).check()
    m = re.search(r"kept (\d+) newer (\d+) dropped (\d+) bad (\d+)", text)
    if not m:
        raise Failed(f"the check says: {text}")
    return [int(x) for x in m.groups()]


@scenario("storage", own=True)
def power_cut(vm):
    """What fsync has returned for is there after the cut, for SCSI and IDE."""
    empty = int(not vm.fsync_empties())
    # Two disks with an end that is never synced, and one in full swing.
    quiet = {name: vm.seed + i for i, name in enumerate(("scsi0-0", "ide0"))}
    for name, seed in quiet.items():
        vm.hvio("log", vm.disk(name), size=SIZE, batches=10, unsynced=4, seed=seed,
                empty=empty).check()
    swing = vm.hvio("log", vm.disk("scsi0-1"), size=SIZE, seed=vm.seed + 9, empty=empty)
    swing.wait_line("synced 8")
    vm.machine.expect_exit = True
    lost = vm.host("cut-power")["lost_bytes"]
    vm.machine.process.wait(60)
    synced = max(int(line.split()[1]) for line in swing.lines if line.startswith("synced"))
    vm.kill()
    if not lost:
        raise Failed("the cut lost nothing: the cache held nothing, so nothing was tried")
    vm.boot()
    kept = dropped = 0
    for name, seed in quiet.items():
        k, _, d, _ = checked(vm, vm.disk(name), size=SIZE, synced=10, unsynced=4, seed=seed)
        kept, dropped = kept + k, dropped + d
    if not dropped:
        raise Failed("nothing unsynced is missing after the cut: there was no cut")
    k, _, _, _ = checked(vm, vm.disk("scsi0-1"), size=SIZE, synced=synced, seed=vm.seed + 9)
    return (f"{20 + synced} batches kept ({kept + k} sectors), {lost >> 10} KiB of the "
            f"cache lost" + ("; SYNCHRONIZE CACHE sent after fsync" if empty else ""))
