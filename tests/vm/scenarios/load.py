# SPDX-License-Identifier: GPL-2.0-only
"""Everything at once, for as long as one likes, and nothing is lost."""
import re

from hvtest import Failed
from hvtest.scenario import scenario

MIB = 1 << 20

# What each disk of the set has to bear: how deep its queue may be, and the rest.
LOADS = {
    "scsi0-0": dict(qd=32),
    "scsi0-1": dict(qd=1),
    "scsi0-2": dict(qd=8, unaligned=1),
    "scsi1-0": dict(qd=128, max=16384),
    "ide0": dict(qd=4),
}
SIZE = 24 * MIB


def outcome(job, timeout):
    """{what: number} of the last line, and the sum that the host's file must have."""
    text = job.check(timeout)
    got = dict(re.findall(r"(\w+)=(\w+)", text.splitlines()[-1]))
    if "sha256" not in got:
        raise Failed(f"{job}: ended without saying what it did: {text}")
    return {k: int(v) for k, v in got.items() if k != "sha256"}, got["sha256"]


@scenario("storage", config="mixed", params={"minutes": 0, "rounds": 4})
def mixed_load(vm):
    """Reads, writes, flushes and trims on five disks at once; guest and host check all of it."""
    length = dict(rounds=vm.params["rounds"], seconds=60 * vm.params["minutes"])
    timeout = vm.options.timeout + 2 * length["seconds"]
    jobs = {}
    for i, (name, load) in enumerate(LOADS.items()):
        jobs[name] = vm.hvio("mix", vm.disk(name), seed=vm.seed + i, size=SIZE,
                             trims=int(not vm.set.disks[name].ide), **length, **load)
    total = {}
    for name, job in jobs.items():
        got, want = outcome(job, timeout)
        host = vm.backing_sha256(name, 0, SIZE)
        if host != want:
            raise Failed(f"{name}: the guest left {want}, the backing file has {host}")
        few = [k for k in ("writes", "reads", "flushes") if not got[k]]
        if few or vm.set.disks[name].options.get("thin") and not got["trims"]:
            raise Failed(f"{name}: not all kinds of requests were made: {got}")
        if got["verified"] < SIZE // 512:
            raise Failed(f"{name}: not all of it was verified: {got}")
        for k, v in got.items():
            total[k] = total.get(k, 0) + v
    return (f"{total['rounds']} rounds, {total['KiB'] >> 10} MiB: {total['writes']} writes, "
            f"{total['reads']} reads, {total['flushes']} flushes, {total['trims']} trims "
            f"({total['by_command']} by command); {total['verified']} sectors verified")
