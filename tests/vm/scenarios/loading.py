# SPDX-License-Identifier: GPL-2.0-only
"""
Nobody names our modules: they are loaded because a device has an alias, by what
udev and modprobe do with depmod's tables of the kernel's whole module tree.
"""
from hvtest import Failed
from hvtest.scenario import scenario
from scenarios.io import random_io, summary

TREE = {"drivers": ["ours"], "boot": False, "own": True, "tree": True}


def announces_acpi(kernel):
    """Devices of ACPI have aliases since 2.6.23."""
    return kernel.version >= (2, 6, 32)


def loads_by(vm, bus_alias):
    """The bus by this alias, then the disks' driver by that of its devices."""
    if {"hv_vmbus", "hv_storvsc"} & set(vm.machine.loaded()):
        raise Failed("a module is loaded before its device was announced")
    udev = vm.agent.start("stream", "udev")
    for line in (bus_alias, "loaded updates/hv-vmbus/hv_vmbus.ko",
                 "modprobe vmbus:", "loaded updates/hv-storvsc/hv_storvsc.ko"):
        udev.wait_line(line)
    vm.all_disks()
    vm.prove()
    note = summary(random_io(vm, "scsi0-0", size="8M", total="8M"))
    udev.kill()
    return f"{bus_alias}; {note}"


@scenario("bus", kernels=announces_acpi,
          why="this kernel announces no device of ACPI: see autoload_by_display", **TREE)
def autoload_by_acpi(vm):
    """The modules are loaded by what the firmware calls the bus."""
    return loads_by(vm, "modprobe acpi:VMBUS:")


@scenario("bus", kernels=lambda k: not announces_acpi(k), config="display",
          plugin=["display=on"], why="here the firmware's name is announced: see autoload_by_acpi",
          **TREE)
def autoload_by_display(vm):
    """The modules are loaded by the display adapter that comes with the bus."""
    return loads_by(vm, "modprobe pci:v00001414d00005353sv")
