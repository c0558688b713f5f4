# SPDX-License-Identifier: GPL-2.0-only
"""The bus alone: connecting, and doing it again."""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

# The newest protocol of each host generation (docs of the host's option host=).
NEWEST = {"ws2008": "0.13", "ws2008r2": "1.1", "ws2012": "2.4", "ws2012r2": "3.0",
          "ws2016": "4.0", "ws2019": "5.1", "ws2022": "5.3", "ws2025": "6.0"}


def number(version):
    return tuple(int(x) for x in version.split("."))


@scenario("bus", boot=False)
def connect(vm):
    """The bus connects at a version that the host offers."""
    vm.agent.run("insmod", "/modules/hv_vmbus.ko") if not vm.kernel.vmbus_built_in() else None
    c = vm.host("connection")
    if not c["connected"]:
        raise Failed("the host sees no connection")
    if number(c["version"]) > number(NEWEST[vm.c.generation]):
        raise Failed(f"connected at {c['version']}, newer than {vm.c.generation} offers")
    return f"protocol {c['version']}"


@scenario("bus", boot=False)
def reload_bus(vm):
    """hv_vmbus alone, unloaded and loaded 20 times."""
    if vm.kernel.vmbus_built_in():
        raise Unsupported("built in")
    for _ in range(20):
        vm.agent.run("rmmod", "hv_vmbus")
        if vm.host("connection")["connected"]:
            raise Failed("unloaded, and the host still sees a connection")
        vm.agent.run("insmod", "/modules/hv_vmbus.ko")
        if not vm.host("connection")["connected"]:
            raise Failed("loaded again, and the host sees no connection")
