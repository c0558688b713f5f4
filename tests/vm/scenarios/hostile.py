# SPDX-License-Identifier: GPL-2.0-only
"""
A host that lies: about one controller, while another carries checked traffic; and to
everyone, from the answer to the first message on.
"""
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


def memory(vm):
    """What the host could read, in one phrase; the judge has seen that it was no more."""
    t = vm.host("counters")["totals"]
    return (f"{t['gpadls_created']} GPADLs and {t['packets_in']} packets lent memory, "
            f"{t['memory_conflicts']} for two uses; {t['memory_denied']} lies that would have "
            "reached memory not lent were refused")


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
            + covered(status["hits"], changes // 1000 if changes >= ENOUGH else 0)
            + "; " + memory(vm))


def under_rescinds(vm, *command):
    """Run it while all devices are taken away again and again; its exit status."""
    job = vm.agent.start(*command)
    while not job.done():
        vm.agent.start("await", "0.3", "exists", "/nothing").wait()
        vm.host("rescind-all")
    return job.status


def come_and_go(vm):
    """One life of the modules under lies; what became of it."""
    if vm.agent.start("insmod", "/modules/hv_vmbus.ko").wait().status:
        return "refused"
    loaded = under_rescinds(vm, "insmod", "/modules/hv_storvsc.ko") == 0
    for module in ["hv_storvsc"] * loaded + ["hv_vmbus"]:
        status = under_rescinds(vm, "rmmod", module)
        if status:
            raise Failed(f"{module} cannot be unloaded (status {status})")
    vm.host("reoffer-all")
    return "loaded"


# Of the connection; what comes once in a life cannot be had a hundred times.
CONNECTING = ("version_response", "all_offers", "unload_response")


@scenario("hostile", own=True, boot=False, drivers=["ours"], honest=False)
def everyone(vm):
    """Lies from the first answer on, about all devices: modules come and go, then all is well."""
    lives, least = {}, vm.options.changes // 1000 if vm.options.changes >= ENOUGH else 1
    vm.host("hostile-all", seed=vm.seed)
    while True:
        how = come_and_go(vm)
        lives[how] = lives.get(how, 0) + 1
        status = vm.host("hostile-status")
        rarest = min(min(status["hits"][layout].values()) for layout in CONNECTING)
        if sum(lives.values()) % 10 == 0:
            vm.say(f"{lives}, {status['changes']} lies, rarest field of the connection {rarest}")
        if rarest >= least and sum(lives.values()) >= vm.options.changes // 5000:
            break
    vm.host("hostile-stop")
    vm.load_bus()
    vm.all_disks()
    vm.hvio("rand", vm.disk("scsi0-0"), size="16M", total="16M", seed=vm.seed).check()
    return (f"{status['changes']} lies in {sum(lives.values())} lives of the modules ({lives}); "
            + covered({n: status["hits"][n] for n in CONNECTING}, least) + "; " + memory(vm))
