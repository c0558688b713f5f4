# SPDX-License-Identifier: GPL-2.0-only
"""What tools find in sysfs is what the in-box bus of today shows there."""
import re
import uuid

from hvtest import Failed, Unsupported
from hvtest.scenario import scenario

BASE = "/sys/bus/vmbus/devices"
NUMBER, GUID = r"\d+", r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}"

# name -> what the value looks like; all are 0444 but for WRITABLE.
RING = {f"{way}_{what}": NUMBER for way in ("in", "out") for what in (
    "intr_mask", "read_index", "write_index", "read_bytes_avail", "write_bytes_avail")}
CHANNEL = {f"channels/ID/{name}": NUMBER for name in (
    "cpu", "in_mask", "out_mask", "read_avail", "write_avail", "interrupts", "events",
    "intr_in_full", "intr_out_empty", "out_full_first", "out_full_total", "subchannel_id")}
DEVICE = {**RING, **CHANNEL, "id": NUMBER, "state": NUMBER, "numa_node": r"-?\d+",
          "class_id": GUID, "device_id": GUID, "modalias": r"vmbus:[0-9a-f]{32}",
          "vendor": "0x1414", "device": r"0x[0-9a-f]+",
          "channel_vp_mapping": r"(\d+:\d+\n?)+", "driver_override": r"\(null\)",
          "uevent": r"DRIVER=hv_storvsc\nMODALIAS=vmbus:[0-9a-f]{32}",
          "driver": ".*/bus/vmbus/drivers/hv_storvsc", "subsystem": ".*/bus/vmbus"}
# Only there if the host gave the channel a place in the monitor page.
MONITOR = {"monitor_id": NUMBER, "channels/ID/monitor_id": NUMBER,
           "channels/ID/pending": NUMBER, "channels/ID/latency": NUMBER,
           **{f"{side}_monitor_{what}": NUMBER for side in ("client", "server")
              for what in ("pending", "latency", "conn_id")}}
WRITABLE = ("channels/ID/cpu", "driver_override", "uevent")
LINKS = ("driver", "subsystem")


def listing(vm, device):
    """{file: (mode, text)} of a device without what is below it, ID for its channel."""
    text = vm.agent.run(
        "exec", "/bin/busybox", "sh", "-c",
        f"cd {BASE}/{device}/ && find . -name 'host*' -prune -o -name power -prune -o "
        "! -type d -print | while read -r f; do "
        "if [ -L $f ]; then echo \"@ $f link $(readlink $f)\"; "
        "else echo \"@ $f $(stat -c %a $f) $(cat $f 2>&1)\"; fi; done")
    out = {}
    for entry in text.split("@ ./")[1:]:
        name, mode, value = (entry.rstrip("\n") + "  ").split(" ", 2)
        out[re.sub(r"^channels/\d+/", "channels/ID/", name)] = (mode, value.strip())
    return out


def mode_of(name):
    return "link" if name in LINKS else "644" if name in WRITABLE else "444"


def check_device(vm, device, monitored):
    have, want = listing(vm, device), {**DEVICE, **(MONITOR if monitored else {})}
    wrong = [f"{n} is missing" for n in sorted(want.keys() - have.keys())]
    wrong += [f"{n} is new" for n in sorted(have.keys() - want.keys())]
    for name in want.keys() & have.keys():
        mode, value = have[name]
        if mode != mode_of(name) or not re.fullmatch(want[name], value):
            wrong.append(f"{name}: mode {mode}, '{value}'")
    if wrong:
        raise Failed(f"{device}: " + "; ".join(wrong))
    alias = "vmbus:" + uuid.UUID(have["class_id"][1]).bytes_le.hex()
    if have["modalias"][1] != alias or not have["uevent"][1].endswith(alias):
        raise Failed(f"{device}: the modalias is {have['modalias'][1]}, not {alias}")
    if have["device_id"][1] != f"{{{device}}}":
        raise Failed(f"{device} says that its id is {have['device_id'][1]}")
    if vm.agent.run("ls", f"{BASE}/{device}/channels").split() != [have["id"][1]]:
        raise Failed(f"{device}: its channel is not named by its id, {have['id'][1]}")
    return len(have)


@scenario("bus", config="monitored")
def sysfs(vm):
    """The attributes of devices: names, modes and how their values look, as in-box."""
    if vm.inbox and vm.kernel.version < (6, 1):
        raise Unsupported("the table is that of 6.1; older kernels show less")
    seen = {}
    for device in vm.agent.run("ls", BASE).split():
        monitored = "monitor_id" in vm.agent.run("ls", f"{BASE}/{device}").split()
        seen[monitored] = check_device(vm, device, monitored)
    if sorted(seen) != [False, True]:
        raise Failed("the host offers a device with a place in the monitor page and one "
                     f"without; in sysfs only the one with monitor_id {list(seen)} is there")
    return f"{seen[False]} files, {seen[True]} with a monitor id"
