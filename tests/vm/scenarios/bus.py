# SPDX-License-Identifier: GPL-2.0-only
"""The bus alone: connecting, and doing it again."""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

# The newest protocol that each host generation speaks (vmbus.md section 2).
HOST = {"ws2008": (0, 13), "ws2008r2": (1, 1), "ws2012": (2, 4), "ws2012r2": (3, 0),
        "ws2016": (4, 0), "ws2019": (5, 2), "ws2022": (5, 3), "ws2025": (6, 0)}

# The oldest and the newest that the in-box driver of a kernel speaks.
IN_BOX = (((7, 0), (2, 4), (6, 0)), ((6, 0), (2, 4), (5, 3)), ((5, 8), (0, 13), (5, 2)),
          ((3, 10), (0, 13), (4, 0)), ((2, 6, 32), (0, 13), (3, 0)))
OURS = ((0, 13), (6, 0))


def told_of_leaving(generation):
    """Whether a host is sent UNLOAD: those below 3.0 would take no second connection then."""
    return HOST[generation] >= (3, 0)


def range_of(vm):
    if not vm.inbox:
        return OURS
    for since, low, high in IN_BOX:
        if vm.kernel.version >= since:
            return low, high
    raise Unsupported("this kernel has no VMBus driver of its own")


def check_connected(vm):
    """Connected, at the newest version that both sides speak."""
    low, high = range_of(vm)
    want = min(high, HOST[vm.c.generation])
    if want < low:
        raise Unsupported(f"the in-box driver speaks {low[0]}.{low[1]} and later, the host "
                          f"nothing newer than {want[0]}.{want[1]}")
    c = vm.host("connection")
    if not c["connected"]:
        raise Failed("the host sees no connection")
    if c["version"] != "%d.%d" % want:
        raise Failed(f"connected at {c['version']}, expected {want[0]}.{want[1]}")
    return f"protocol {c['version']}"


@scenario("bus", boot=False)
def connect(vm):
    """The bus connects at the newest version that both sides speak."""
    if not vm.kernel.vmbus_built_in():
        vm.machine.load("hv_vmbus")
        vm.prove()
    return check_connected(vm)


@scenario("bus", config="monitored")
def monitor_page(vm):
    """A channel with a monitor id is signalled by its bit in the page, not by hypercalls."""
    def signals(name, disk):
        def now():
            c = vm.host("counters")
            return (c["devices"][name]["signals"], c["devices"][name]["monitor_kicks"],
                    c["totals"]["hypercalls_signal"])
        dev, before = vm.disk(disk), now()
        vm.hvio("rand", dev, seed=vm.seed, size="16M", total="16M", qd=8).check()
        return [b - a for a, b in zip(before, now())]

    by_call, by_page, calls = signals("scsi0", "scsi0-0")
    if by_call or calls or not by_page:
        raise Failed(f"with a monitor id: {by_call} signals and {calls} hypercalls, "
                     f"{by_page} by the page")
    note = f"{by_page} signals by the page, no hypercall"
    by_call, by_page, calls = signals("ide0", "ide0")
    if by_page or not by_call or not calls:
        raise Failed(f"without a monitor id: {by_page} signals by the page, {by_call} by call")
    return note


@scenario("bus", own=True, boot=False, drivers=["ours"], hosts=["ws2019", "ws2022", "ws2025"])
def no_connection(vm):
    """A host that names a message port which is not there, or closes it: no wait of minutes."""
    def refused():
        return vm.host("counters")["totals"]["post_no_connection"]

    vm.host("message-port", id=0x00123456)
    if vm.agent.start("insmod", "/modules/hv_vmbus.ko").wait().status == 0:
        raise Failed("hv_vmbus was loaded, and no message can reach the host")
    # REQUESTOFFERS and UNLOAD, some twenty attempts in two seconds each.
    named = refused()
    if not 2 <= named <= 50:
        raise Failed(f"two messages were posted {named} times to a port that is not there")
    vm.host("message-port", id=0)
    vm.load_bus()
    vm.all_disks()
    vm.host("message-port", closed=True)
    vm.unload_bus()
    closed = refused() - named
    if not closed:
        raise Failed("the modules left without a message to the host")
    vm.load_bus()
    dev = vm.all_disks()["scsi0-0"]
    vm.hvio("rand", dev, size="8M", total="8M", seed=vm.seed).check()
    return f"{named} attempts for a made-up port, {closed} for one that was closed"


@scenario("bus", boot=False)
def reload_bus(vm):
    """hv_vmbus alone, unloaded and loaded 20 times."""
    if vm.kernel.vmbus_built_in():
        raise Unsupported("built in")
    if vm.inbox and vm.kernel.version >= (5, 3):
        # Seen on QEMU's own VMBus with stimers too (tests/nested).
        raise Unsupported("in-box frees its clock events when it is unloaded: with direct-mode "
                          "stimers the kernel stands still, else the next timer message oopses")
    if vm.keeps_bus():
        raise Unsupported("in-box tells the host nothing when it is unloaded")
    vm.machine.load("hv_vmbus")
    told = told_of_leaving(vm.c.generation)
    if vm.inbox and not told:
        raise Unsupported("in-box sends no UNLOAD to hosts before 2012 R2 and takes them "
                          "for unable to reconnect")

    def counts():
        return [vm.host("counters")["totals"][k] for k in ("unloads", "connects")]

    unloads, connects = counts()
    for life in range(1, 21):
        vm.agent.run("rmmod", "hv_vmbus")
        if vm.host("connection")["connected"] == told:
            raise Failed("unloaded, and the host " + ("still sees a connection" if told else
                         "was told, which then refuses the next connection"))
        vm.machine.load("hv_vmbus")
        note = check_connected(vm)
        # A connection that was not given up is replaced by the next one.
        want = [unloads + life * told, connects + life]
        if counts() != want:
            raise Failed(f"UNLOAD and connections so far: {counts()}, expected {want}")
    return f"{note}, " + ("each time UNLOAD" if told else "no UNLOAD to this host")
