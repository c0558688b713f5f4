# SPDX-License-Identifier: GPL-2.0-only
"""A host that lies about one controller, while another carries checked traffic."""
from hvtest import Failed
from hvtest.scenario import scenario

from .change import MIB, Controller

# Fewer lies than this do not reach every field often enough to ask for it.
ENOUGH = 50000


def await_lies(vm, seed):
    """Traffic on the good disk until the host has lied enough; how many rounds."""
    good, rounds = vm.disk("scsi0-0"), 0
    while True:
        vm.hvio("rand", good, size="16M", total="16M", seed=seed + rounds).check()
        rounds += 1
        status = vm.host("hostile-status")
        if status["state"] == "stuck":
            raise Failed("the guest does not let go of the rescinded controller")
        if status["state"] == "done":
            return rounds, status
        if rounds % 10 == 0:
            vm.say(f"{status['changes']} of {vm.options.changes} lies, {rounds} rounds of "
                   "checked traffic beside them")


def covered(hits, least):
    """'N fields', or a failure that names those that were changed too rarely."""
    counts = {f"{layout}.{field}": n for layout, fields in hits.items()
              for field, n in fields.items()}
    poor = [f"{name} ({n})" for name, n in sorted(counts.items()) if n < least]
    if poor:
        raise Failed(f"changed less than {least} times: {', '.join(poor)}")
    return f"{len(counts)} fields and acts, each at least {min(counts.values())} times"


@scenario("hostile", own=True, drivers=["ours"], honest=False)
def one_controller(vm):
    """Lies about a controller: the guest lives, the other controller's data are right."""
    seed, changes = vm.seed, vm.options.changes
    c = Controller(vm, "scsi8", 56 * MIB)
    vm.host("hostile", device="scsi8", seed=seed, changes=changes)
    rounds, status = await_lies(vm, seed)
    # In good faith again, the same controller works.
    dev = vm.disk("scsi8-0", timeout=120)
    vm.hvio("rand", dev, size="16M", total="16M", seed=seed).check()
    c.remove()
    vm.wait_gone(dev[5:])
    return (f"{status['changes']} lies, {rounds} rounds of 16 MiB beside them; "
            + covered(status["hits"], changes // 1000 if changes >= ENOUGH else 0))
