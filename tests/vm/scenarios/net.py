# SPDX-License-Identifier: GPL-2.0-only
"""NICs on a switch, each in a name space of its own, and what goes between them."""
import re

from hvtest import Failed
from hvtest.scenario import scenario

SPACES = {"net0": ("a", "10.9.0.1", "fd09::1"), "net1": ("b", "10.9.0.2", "fd09::2")}
EDGES = (0, 1, 17, 18, 19, 55, 56, 1471, 1472, 1473, 1480, 2952, 4000, 8972, 16000, 32768,
         65000, 65506, 65507)


class Pair:
    """Two NICs, each up with addresses in a name space."""

    def __init__(self, vm, mtu=None):
        self.vm = vm
        self.names = getattr(vm, "nic_names", None) or {}
        if not self.names:
            vm.nic_names = self.names
            for name, (space, _, _) in SPACES.items():
                vm.netio("ns", space)
                self.renew(name)
        if mtu:
            self.mtu(mtu)

    def renew(self, name):
        """Take a NIC that has come up into its name space."""
        self.names[name] = self.vm.nic(name)
        self.vm.netio("move", self.names[name], SPACES[name][0])
        self.set_up(name)

    def wait_frames(self, name, n):
        """Until so many more frames have come from or to this NIC."""
        def seen():
            s = self.stats(name)["port"]
            return s["tx_frames"] + s["rx_frames"]
        goal = seen() + n
        self.vm.agent.wait_for(lambda: seen() >= goal, None, f"{n} frames of {name}")

    def set_up(self, name):
        space, v4, v6 = SPACES[name]
        i = self.names[name]
        # No wait for duplicates, whose end would have to be waited for.
        self.inside(name, "/bin/busybox", "sh", "-c",
                    f"echo 0 > /proc/sys/net/ipv6/conf/{i}/accept_dad")
        self.ip(name, "link", "set", "lo", "up")
        self.ip(name, "link", "set", i, "up")
        self.ip(name, "addr", "add", f"{v4}/24", "dev", i)
        self.ip(name, "addr", "add", f"{v6}/64", "dev", i)

    def inside(self, name, *words, **options):
        return self.vm.netio("in", SPACES[name][0], *words, **options)

    def start(self, name, *words, **options):
        return self.vm.netio_start("in", SPACES[name][0], *words, **options)

    def ip(self, name, *words):
        return self.vm.ip(SPACES[name][0], *words)

    def mtu(self, n):
        for name, i in self.names.items():
            space, _, v6 = SPACES[name]
            self.ip(name, "link", "set", i, "mtu", n)
            # IPv6 goes, with its addresses, when the MTU is too small for it.
            if n >= 1280:
                self.vm.netio_start("in", space, "/bin/busybox", "ip", "addr", "add",
                                    f"{v6}/64", "dev", i).wait()

    def switch(self, what, on):
        for name, i in self.names.items():
            self.inside(name, "ethtool", i, what, "on" if on else "off")

    def stats(self, name):
        got, = self.vm.host("net-stats", device=name)["devices"]
        return got

    def check_verdict(self):
        """The host has not found fault with what the guest did."""
        for name in self.names:
            s = self.stats(name)
            for what in ("fatal", "tx_refused", "not_offered", "rx_failed"):
                if s[what]:
                    raise Failed(f"{name}: the host counts {what} {s[what]}: {s['verdict']}")

    def wait(self, name, path, value):
        """Until a file of the name space's /sys has this."""
        self.inside(name, "/bin/busybox", "sh", "-c",
                    "mount -t sysfs s /mnt 2>/dev/null; "
                    f"until [ \"$(cat /mnt/{path[5:]} 2>/dev/null)\" = {value} ]; "
                    "do usleep 50000; done")

    def ping(self, address, **options):
        try:
            return self.inside("net0", "ping", address, **options)
        except Failed as e:
            raise Failed(f"{e}; {self.losses()}") from None

    def losses(self):
        """What may have become of a frame, wherever that is counted."""
        out = []
        for name in self.names:
            s = self.stats(name)
            few = {k: v for k, v in {**s, **s["port"]}.items() if isinstance(v, int) and v}
            out.append(f"host {name}: {few}")
            for proto, field in (("Ip", "ReasmFails"), ("Ip", "InDiscards"), ("Ip", "OutDiscards"),
                                 ("Ip", "FragFails"), ("Ip", "ReasmTimeout"), ("Icmp", "InErrors")):
                n = snmp(self, name, proto, field)
                if n:
                    out.append(f"{name} {proto} {field} {n}")
        return "; ".join(out)


def sizes(mtu):
    """Payloads at the edges of an MTU, and those that are always interesting."""
    edge = [mtu - 28 + d for d in (-1, 0, 1)] + [2 * mtu - 48 + d for d in (-1, 0, 1)]
    # The socket that answers for the kernel holds no more than some 115 fragments.
    most = min(65507, 110 * (mtu - 28))
    return ",".join(str(n) for n in sorted({*EDGES, *edge}) if 0 <= n <= most)


@scenario("net", config="net", also=["8021q"])
def net_attach(vm):
    """Both NICs come up with their addresses, link and speed, and answer a ping."""
    p = Pair(vm)
    info = p.inside("net0", "ethtool", p.names["net0"], "info")
    if "driver=hv_netvsc" not in info or "link=1" not in info:
        raise Failed(f"the NIC says of itself: {info}")
    p.ping(SPACES["net1"][1])
    p.check_verdict()
    s = p.stats("net0")
    return f"version {s['version'] >> 16}.{s['version'] & 0xffff}, {s['channels']} channels"


@scenario("net", config="net", also=["8021q"])
def net_ping(vm):
    """Echoes of payloads from 0 to 65507 bytes come back unchanged, by IPv4 and IPv6."""
    p = Pair(vm)
    four = p.ping(SPACES["net1"][1], sizes=sizes(1500), seed=vm.seed)
    six = p.ping(SPACES["net1"][2], sizes=sizes(1500), seed=vm.seed)
    every = p.ping(SPACES["net1"][1], **{"from": 0, "to": 65507, "step": 409}, seed=vm.seed)
    p.check_verdict()
    return f"v4 {four}; v6 {six}; {every}"


@scenario("net", config="net", also=["8021q"])
def net_mtu(vm):
    """The same with MTUs of 576 and 9000 bytes, and back."""
    p = Pair(vm)
    for mtu in (576, 9000, 1500):
        p.mtu(mtu)
        p.ping(SPACES["net1"][1], sizes=sizes(mtu), seed=vm.seed)
        if mtu >= 1280:
            p.ping(SPACES["net1"][2], sizes=sizes(mtu), seed=vm.seed)
        if p.stats("net0")["mtu"] != max(mtu + 14, 1514):
            raise Failed(f"the host was told an MTU of {p.stats('net0')['mtu'] - 14}, "
                         f"the interface has {mtu}")
    p.check_verdict()


@scenario("net", config="net", also=["8021q"])
def net_vlan(vm):
    """A VLAN over both NICs carries echoes, with its tag out of the frames."""
    p = Pair(vm)
    for name, (space, v4, v6) in SPACES.items():
        i = p.names[name]
        p.ip(name, "link", "add", "link", i, "name", "vlan7", "type", "vlan", "id", 7)
        p.ip(name, "link", "set", "vlan7", "up")
        p.ip(name, "addr", "add", v4.replace("10.9.0", "10.9.7") + "/24", "dev", "vlan7")
    before = p.stats("net0")["tx_vlan"]
    p.ping("10.9.7.2", sizes=sizes(1500), seed=vm.seed)
    tagged = p.stats("net0")["tx_vlan"] - before
    for name in SPACES:
        p.ip(name, "link", "del", "vlan7")
    p.check_verdict()
    if tagged < len(EDGES):
        raise Failed(f"the host saw {tagged} frames with a tag")


def tcp(p, to, **options):
    """A compared exchange from net0 to net1's address."""
    server = p.start("net1", "tcp-serve", to, streams=options.get("streams", 1))
    server.wait_line("ready")
    note = p.inside("net0", "tcp-send", to, seed=p.vm.seed, **options)
    server.check()
    return note


@scenario("net", config="net", also=["8021q"])
def net_tcp(vm):
    """256 MiB each way at the same time by TCP, with offloads, then without; all compared."""
    p = Pair(vm)
    first = p.stats("net0")
    tcp(p, SPACES["net1"][1], bytes=256 << 20, both=1)
    on = p.stats("net0")
    if on["tx_lso"] == first["tx_lso"]:
        raise Failed("no frame was left to the host to split")
    tcp(p, SPACES["net1"][2], bytes=16 << 20, both=1)
    p.switch("tso", False)
    p.switch("tx", False)
    off = p.stats("net0")
    tcp(p, SPACES["net1"][1], bytes=32 << 20, both=1)
    tcp(p, SPACES["net1"][2], bytes=16 << 20, both=1)
    end = p.stats("net0")
    p.switch("tx", True)
    p.switch("tso", True)
    for what in ("tx_lso", "tx_csum"):
        if end[what] != off[what]:
            raise Failed(f"{what}: {end[what] - off[what]} although it is switched off")
    p.check_verdict()
    return f"{on['tx_lso'] - first['tx_lso']} frames split by the host"


@scenario("net", config="net", also=["8021q"])
def net_streams(vm):
    """20 streams of 4 MiB at once, each compared."""
    p = Pair(vm)
    note = tcp(p, SPACES["net1"][1], bytes=4 << 20, streams=20)
    p.check_verdict()
    return note


def udp(p, count, size):
    """Datagrams from net0 to net1: how many came, and what the receiver says."""
    to = SPACES["net1"][1]
    p.ping(to)
    counter = p.start("net1", "udp-count", to)
    counter.wait_line("ready")
    p.inside("net0", "udp-send", to, count=count, size=size)
    # The end itself must not be lost: faults are for the datagrams before it.
    p.vm.host("net-clear", port="net0")
    p.inside("net0", "udp-send", to, end=1)
    text = counter.check()
    return int(re.search(r"(\d+) came", text).group(1))


@scenario("net", config="net", also=["8021q"])
def net_udp_loss(vm):
    """Of 5,000 datagrams exactly those that the switch drops are missing."""
    p = Pair(vm)
    before, b0 = p.stats("net0")["port"], p.stats("net1")
    vm.host("net-fault", port="net0", kind="drop", direction="tx", proto=17, percent=10, count=0)
    came = udp(p, 5000, 700)
    after, b1 = p.stats("net0")["port"], p.stats("net1")
    dropped = after["dropped"] - before["dropped"]
    full = b1["rx_no_buffer"] - b0["rx_no_buffer"]
    if not dropped or came + dropped + full != 5000:
        raise Failed(f"{came} of 5000 came, the switch dropped {dropped}, {full} found no buffer")
    p.check_verdict()
    return f"{dropped} dropped"


def snmp(p, name, proto, field):
    """A counter of the guest's stack in a name space."""
    rows = [line.split() for line in p.inside(name, "cat", "/proc/net/snmp").splitlines()
            if line.startswith(proto + ":")]
    return int(dict(zip(*rows))[field])


@scenario("net", config="net", also=["8021q"])
def net_bad_checksums(vm):
    """Datagrams that were changed on the way are flagged, and the stack drops them."""
    p = Pair(vm)
    before = snmp(p, "net1", "Udp", "InCsumErrors")
    vm.host("net-fault", port="net0", kind="corrupt", direction="tx", proto=17, count=25, nth=10)
    came = udp(p, 1000, 700)
    bad = snmp(p, "net1", "Udp", "InCsumErrors") - before
    if came != 975 or bad != 25:
        raise Failed(f"{came} of 975 good datagrams came, the stack counts {bad} of 25 bad ones")
    p.check_verdict()


@scenario("net", config="net", also=["8021q"])
def net_frames(vm):
    """1,000 random frames, at the edges of the MTU too, come back bit for bit."""
    p = Pair(vm)
    echo = p.start("net1", "echo", p.names["net1"])
    echo.wait_line("ready")
    low = p.inside("net0", "frames", p.names["net0"], vm.set.nics["net1"].mac,
                   **{"from": 14, "to": 514, "seed": vm.seed})
    high = p.inside("net0", "frames", p.names["net0"], vm.set.nics["net1"].mac,
                    **{"from": 1014, "to": 1514, "seed": vm.seed})
    echo.kill()
    p.check_verdict()
    return f"{low}; {high}"


@scenario("net", config="net", also=["8021q"])
def net_disorder(vm):
    """A stream survives loss, duplicates, disorder and changed frames, and is compared."""
    p = Pair(vm)
    for kind, percent, more in (("drop", 2, {}), ("duplicate", 3, {}),
                                ("reorder", 3, {"distance": 3}), ("corrupt", 2, {})):
        vm.host("net-fault", port="net0", kind=kind, direction="tx", proto=6, count=0,
                percent=percent, **more)
    tcp(p, SPACES["net1"][1], bytes=2 << 20)
    vm.host("net-clear", port="net0")
    got = p.stats("net0")["port"]
    for what in ("dropped", "duplicated", "reordered", "corrupted"):
        if not got[what]:
            raise Failed(f"no frame was {what}")
    p.check_verdict()


@scenario("net", config="net", also=["8021q"])
def net_link(vm):
    """The carrier and the speed follow what the host says."""
    p = Pair(vm)
    path = f"/sys/class/net/{p.names['net0']}"
    for up in (False, True):
        vm.host("net-link", device="net0", up=up)
        p.wait("net0", path + "/carrier", "1" if up else "0")
    p.ping(SPACES["net1"][1])
    vm.host("net-speed", device="net0", speed=25 * 10 ** 9)
    if p.stats("net0")["version"] >= 0x50000:
        p.wait("net0", path + "/speed", "25000")
    vm.host("net-speed", device="net0", speed=10 ** 10)
    p.check_verdict()


@scenario("net", config="netmq")
def net_channels(vm):
    """With a queue for each vCPU streams use all of them in both directions."""
    p = Pair(vm)
    channels = p.stats("net0")["channels"]
    if p.stats("net0")["version"] < 0x50000 and channels == 1:
        return "no sub-channels on this host"
    if channels < min(4, vm.c.cpus):
        raise Failed(f"{channels} channels with {vm.c.cpus} vCPUs")
    tcp(p, SPACES["net1"][1], bytes=1 << 20, streams=20, both=1)
    for name in SPACES:
        s = p.stats(name)
        for way in ("queue_tx", "queue_rx"):
            if len([n for n in s[way] if n]) < channels:
                raise Failed(f"{name} has used these queues only: {way} {s[way]}")
    p.check_verdict()
    return f"{channels} channels"


@scenario("net", config="net", own=True)
def net_stall(vm):
    """A host that completes and delivers nothing for 10 s: the stream goes on afterwards."""
    p = Pair(vm)
    server = p.start("net1", "tcp-serve", SPACES["net1"][1], streams=4)
    server.wait_line("ready")
    sender = p.start("net0", "tcp-send", SPACES["net1"][1], bytes=64 << 20, streams=4,
                     seed=vm.seed)
    while p.stats("net1")["rx_frames"] < 1000:
        vm.machine.check()
    for name in SPACES:
        vm.host("net-stall", device=name, tx=True, rx=True)
    vm.agent.start("await", 10, "exists", "/nothing").wait()
    held = p.stats("net1")["rx_held"]
    for name in SPACES:
        vm.host("net-stall", device=name)
    sender.check()
    server.check()
    if not held:
        raise Failed("no frame was held back")
    p.ping(SPACES["net1"][1])
    p.check_verdict()
    return f"{held} frames held"


@scenario("net", config="net", own=True)
def net_reload(vm):
    """The driver is taken out and put back ten times, with frames under way."""
    p = Pair(vm)
    for n in range(10):
        flood = p.start("net0", "udp-send", SPACES["net1"][1], count=1 << 30, stubborn=1)
        p.wait_frames("net0", 200)
        vm.agent.run("rmmod", "hv_netvsc")
        flood.kill()
        vm.machine.load("hv_netvsc")
        for name in SPACES:
            p.renew(name)
        p.ping(SPACES["net1"][1], seed=vm.seed + n)
    p.check_verdict()


# In-box drivers of 6.1 wait for ever for sends that no host will complete any more.
@scenario("net", config="net", own=True, drivers=["ours"])
def net_hot_plug(vm):
    """A NIC goes and comes back ten times, with frames on their way to it."""
    p = Pair(vm)
    nic = vm.set.nics["net1"]
    for n in range(10):
        flood = p.start("net0", "udp-send", SPACES["net1"][1], count=1 << 30, stubborn=1)
        p.wait_frames("net1", 200)
        vm.host("device-remove", device="net1")
        flood.kill()
        vm.host("device-add", device={"type": "net", "name": "net1", "mac": nic.mac,
                                      **nic.options})
        p.renew("net1")
        p.ping(SPACES["net1"][1], seed=vm.seed + n)
    p.check_verdict()


@scenario("net", config="net", own=True)
def net_mtu_traffic(vm):
    """The MTU changes ten times under four streams, each compared."""
    p = Pair(vm)
    server = p.start("net1", "tcp-serve", SPACES["net1"][1], streams=4)
    server.wait_line("ready")
    sender = p.start("net0", "tcp-send", SPACES["net1"][1], bytes=64 << 20, streams=4,
                     seed=vm.seed)
    changed = 0
    for mtu in (9000, 1500, 1400, 4000, 1500) * 2:
        p.wait_frames("net0", 100)
        changed += not sender.done()
        p.ip("net0", "link", "set", p.names["net0"], "mtu", mtu)
    sender.check()
    server.check()
    p.check_verdict()
    return f"{changed} changes while data flowed"
