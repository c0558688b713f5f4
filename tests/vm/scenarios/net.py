# SPDX-License-Identifier: GPL-2.0-only
"""NICs on a switch, each in a name space of its own, and what goes between them."""
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
            for name, (space, v4, v6) in SPACES.items():
                self.names[name] = vm.nic(name)
                vm.netio("ns", space)
                vm.netio("move", self.names[name], space)
                self.set_up(name)
        if mtu:
            self.mtu(mtu)

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
            self.ip(name, "link", "set", i, "mtu", n)

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

    def ping(self, to, **options):
        return self.inside("net0", "ping", to, **options)


def sizes(mtu):
    """Payloads at the edges of an MTU, and those that are always interesting."""
    edge = [mtu - 28 + d for d in (-1, 0, 1)] + [2 * mtu - 48 + d for d in (-1, 0, 1)]
    return ",".join(str(n) for n in sorted({*EDGES, *edge}) if 0 <= n <= 65507)


@scenario("net", config="net", own=True)
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


@scenario("net", config="net")
def net_ping(vm):
    """Echoes of payloads from 0 to 65507 bytes come back unchanged, by IPv4 and IPv6."""
    p = Pair(vm)
    four = p.ping(SPACES["net1"][1], sizes=sizes(1500), seed=vm.seed)
    six = p.ping(SPACES["net1"][2], sizes=sizes(1500), seed=vm.seed)
    every = p.ping(SPACES["net1"][1], **{"from": 0, "to": 65507, "step": 409}, seed=vm.seed)
    p.check_verdict()
    return f"v4 {four}; v6 {six}; {every}"
