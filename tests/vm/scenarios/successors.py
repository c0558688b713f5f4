# SPDX-License-Identifier: GPL-2.0-only
"""
One kernel after another on the same partition, in good order or not, and kernels
that die.
"""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario
from scenarios.bus import check_connected, told_of_leaving

MIB = 1 << 20


def can_kexec(kernel):
    return kernel.config("KEXEC_FILE") == "y"


def totals(vm):
    return vm.host("counters")["totals"]


def expect(vm, **want):
    """The host's totals are these, and no kernel has waited for the host in vain."""
    have = totals(vm)
    wrong = [f"{k} {have[k]}, expected {v}" for k, v in want.items() if have[k] != v]
    if wrong:
        raise Failed("the host counts " + "; ".join(wrong))
    if "did not answer UNLOAD" in vm.machine.console.text():
        raise Failed("the kernel missed the host's answer to its UNLOAD")


def fill(vm, seed):
    """Use all disks; {name: sha256 of what was written} of what is to stay."""
    for name in vm.set.disks:
        vm.hvio("rand", vm.disk(name), size="4M", total="4M", seed=seed).check()
    return {n: vm.agent.run("sha256", vm.disk(n), 0, 4 * MIB) for n in vm.set.disks}


def check_filled(vm, sums, seed):
    """The next kernel is connected, reads what was written, and can write again."""
    check_connected(vm)
    for name, want in sums.items():
        if vm.agent.run("sha256", vm.disk(name), 0, 4 * MIB) != want:
            raise Failed(f"{name} reads differently after the kernel has started again")
    return fill(vm, seed)


@scenario("bus", own=True, plugin=["keep=on"], reboots=True)
def dirty_start(vm):
    """A kernel starts over another's SynIC, connection and open channels; twice."""
    sums = fill(vm, vm.seed)
    for life in (1, 2):
        vm.again(lambda: vm.host("reset"))
        expect(vm, resets=0, resets_kept=life, unloads=0, connects=1 + life)
        sums = check_filled(vm, sums, vm.seed + life)
    return "two resets that the host did not see"


def reexec(vm, next_one):
    sums = fill(vm, vm.seed)
    vm.kexec_load(next_one)
    vm.again(lambda: vm.agent.start("reexec"), next_one)
    expect(vm, unloads=int(told_of_leaving(vm.c.generation)), connects=2, resets=0)
    check_filled(vm, sums, vm.seed + 1)


@scenario("bus", own=True, next=["same"], memory=768, kernels=can_kexec)
def kexec(vm):
    """kexec into the same kernel and drivers with the disks in use; UNLOAD was sent."""
    reexec(vm, "same")


@scenario("bus", own=True, next=["inbox"], memory=768, drivers=["ours"], kernels=can_kexec)
def kexec_inbox(vm):
    """kexec from ours into a kernel with the in-box drivers."""
    reexec(vm, "inbox")


# ---- dying -------------------------------------------------------------------------

# Hosts before 2012 R2 have no crash MSRs, those before 2016 take no text.
NO_REPORT = ("ws2008", "ws2008r2", "ws2012")
NO_TEXT = (*NO_REPORT, "ws2012r2")


def crash(vm):
    """Have the kernel panic, and nothing else."""
    vm.machine.console.allowed += ["Kernel panic - not syncing: (sysrq|Fatal exception)",
                                   "Call Trace:"]
    if old_crash(vm):
        # There the letter is an oops, which these kernels were told to panic of.
        vm.machine.console.allowed += ["NULL pointer dereference at \\(null\\)", "Oops: 0002",
                                       "invalid opcode: 0000", "kernel BUG at"]
    return vm.agent.start("sysrq", "c")


def old_crash(vm):
    """Whether the kernel oopses at the letter, and has no last word when it panics."""
    return vm.kernel.version < (3, 17)


def reports(kernel):
    """Whether the in-box drivers of a kernel tell of its crash: since 4.1, and RHEL 7."""
    return kernel.version >= (3, 10)


def crashed(vm, **want):
    """Wait until a panic has run its course; old kernels do not say when."""
    if not old_crash(vm):
        vm.machine.wait_console("end Kernel panic")
        return
    vm.machine.wait_console("Kernel panic - not syncing")
    vm.agent.wait_for(lambda: all(totals(vm)[k] >= v for k, v in want.items()), None,
                      f"the host to count {want}, it has {totals(vm)}")


def check_report(vm, **want):
    """The host was told of the crash as often as it can be: once, or never."""
    expect(vm, **want)
    text = vm.host("crash")["text"]
    says = vm.c.generation not in NO_TEXT and reports(vm.kernel)
    words = "SysRq : Trigger a crash" if old_crash(vm) else "sysrq triggered crash"
    if says != (words in text):
        raise Failed(f"the text of the crash report {'lacks' if says else 'holds'} '{words}': "
                     f"{text[-200:]!r}")
    return "one report" + (" with text" if text else "") if want["crashes"] \
        else "no report to this host"


def told(vm):
    if vm.inbox and not reports(vm.kernel):
        raise Unsupported("in-box tells no host of a crash")
    return int(vm.c.generation not in NO_REPORT)


@scenario("bus", own=True, cmdline="panic=0")
def panic(vm):
    """A panic is reported to the host once, and the connection is given up."""
    want = {"crashes": told(vm), "unloads": int(told_of_leaving(vm.c.generation))}
    crash(vm)
    crashed(vm, **want)
    note = check_report(vm, **want)
    vm.kill()
    return note


@scenario("bus", own=True, cmdline="panic=0")
def nmi(vm):
    """An NMI from the host ends in a panic where the guest is told to, reported once."""
    want = {"crashes": told(vm), "unloads": int(told_of_leaving(vm.c.generation))}
    for vp in range(vm.c.cpus):
        vm.host("nmi", vp=vp)
        vm.machine.wait_console("Uhhuh. NMI received for unknown reason", vp + 1)
    vm.hvio("rand", vm.disk("scsi0-0"), size="4M", total="4M", seed=vm.seed).check()
    vm.machine.console.allowed += ["Kernel panic - not syncing: NMI: Not continuing",
                                   "Call Trace:"]
    vm.agent.run("write", "/proc/sys/kernel/unknown_nmi_panic", 1)
    vm.host("nmi", vp=vm.c.cpus - 1)
    crashed(vm, **want)
    expect(vm, **want)
    text = vm.host("crash")["text"]
    says = vm.c.generation not in NO_TEXT and reports(vm.kernel)
    if says != ("NMI" in text):
        raise Failed(f"the text of the crash report {'lacks' if says else 'holds'} 'NMI': "
                     f"{text[-200:]!r}")
    vm.kill()
    return f"{vm.c.cpus} survived, one was the last"


def unloads_before_kdump(kernel):
    """Before 3.16 a crash kernel starts ahead of the notifiers that give the connection up."""
    return kernel.version >= (3, 10)


@scenario("bus", own=True, next=["same"], memory=768, cmdline="crashkernel=256M",
          kernels=can_kexec)
def kdump(vm):
    """A panic starts the crash kernel, which takes over the connection and the disks."""
    want = {"crashes": told(vm),
            "unloads": int(told_of_leaving(vm.c.generation) and unloads_before_kdump(vm.kernel))}
    sums = fill(vm, vm.seed)
    vm.kexec_load("same", "crash", "nr_cpus=1 reset_devices")
    vm.again(lambda: crash(vm))
    note = check_report(vm, **want)
    check_filled(vm, sums, vm.seed + 1)
    return note


# ---- where ours has no business -------------------------------------------------------

def declines(vm, reason):
    job = vm.agent.start("insmod", "/modules/hv_vmbus.ko").wait()
    if job.status != 1 or "No such device" not in job.text():
        raise Failed(f"hv_vmbus was to decline: status {job.status}, {job.text()}")
    # The kernel itself says of any module of others that it taints.
    said = [line for line in vm.dmesg().splitlines()
            if "hv_vmbus: " in line and "taint" not in line]
    if len(said) != 1 or reason not in said[0]:
        raise Failed(f"one line was to say '{reason}': {said}")
    expect(vm, connects=0, hypercalls_post=0, eom_writes=0)
    return said[0].partition("hv_vmbus: ")[2]


@scenario("bus", own=True, boot=False, drivers=["ours"], plugin=["isolated=on"])
def isolated(vm):
    """An isolated VM: ours declines with one line."""
    return declines(vm, "isolated VM")


# A root's kernel has the hypervisor start its other CPUs, which this host does not.
@scenario("bus", own=True, boot=False, drivers=["ours"], plugin=["root=on"],
          cmdline="nr_cpus=1")
def root_partition(vm):
    """The root partition: ours declines with one line."""
    return declines(vm, "root partition")
