# SPDX-License-Identifier: GPL-2.0-only
"""Time: where our own clock source keeps it."""
from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

CLOCK = "/sys/devices/system/clocksource/clocksource0/"


@scenario("clock", boot=False, drivers=["ours"])
def timesource(vm):
    """Time by our clock source goes as the host's reference counter does."""
    if "hv_timesource" not in vm.ours:
        raise Unsupported("this kernel has a clock source for Hyper-V, or uses none at all")
    # Chosen at the next tick after the module is in.
    vm.agent.wait_for(lambda: vm.agent.run("cat", CLOCK + "current_clocksource").strip()
                      == "hyperv_clocksource", 60, "the clock source to be used")
    if "hyperv_clocksource" not in vm.agent.run("cat", CLOCK + "available_clocksource").split():
        raise Failed("the clock source in use is not in the list")

    def host():
        return vm.host("connection")["reference"] / 1e7

    def guest():
        return float(vm.agent.run("cat", "/proc/uptime").split()[0])

    # What the host read before and after bounds what the guest read in between;
    # the guest says hundredths of a second, cut off.
    outer, begin, inner = host(), guest(), host()
    vm.agent.wait_for(lambda: host() > inner + 10, 120, "10 s of the reference counter")
    least, end, most = host() - inner, guest(), host() - outer
    if not least - 0.02 <= end - begin <= most + 0.02:
        raise Failed(f"the guest counted {end - begin:.2f} s while the host counted "
                     f"{least:.3f} to {most:.3f} s")
    return f"{end - begin:.2f} s, between {least:.3f} and {most:.3f} s of the host"
