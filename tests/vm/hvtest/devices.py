# SPDX-License-Identifier: GPL-2.0-only
"""The sets of devices that scenarios run on, and the host's config file for them."""
import os

MIB = 1 << 20


class Disk:
    """A virtual disk.  Every size is used once, so that it names the disk."""

    def __init__(self, name, size, path, ide=None, controller=None, lun=0,
                 **options):
        self.name, self.size, self.path = name, size, path
        self.ide, self.controller, self.lun, self.options = ide, controller, lun, options


class Nic:
    """A virtual NIC; its address tells it from others in the guest."""

    def __init__(self, name, mac, **options):
        self.name, self.mac, self.options = name, mac, options


class Set:
    """NICs; disks and a DVD on controllers; files lie in a directory of the run."""

    def __init__(self, directory):
        self.dir = directory
        self.disks = {}
        self.nics = {}
        self.dvds = []
        self.controllers = []
        self.controller_options = {}
        self.emulated = []
        self.display = False

    def backing(self, name, size):
        path = os.path.join(self.dir, name + ".raw")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.truncate(size)
        return path

    def scsi(self, controller, *sizes):
        self.controllers.append(controller)
        for lun, size in enumerate(sizes):
            name = f"{controller}-{lun}"
            self.disks[name] = Disk(name, size * MIB, self.backing(name, size * MIB),
                                    controller=controller, lun=lun)
        return self

    def add(self, controller, name, size, lun=0):
        """A disk for a hot add; sizes tell disks apart, so it must be a new one."""
        self.disks[name] = Disk(name, size, self.backing(name, size),
                                controller=controller, lun=lun)
        return self.disks[name]

    def nic(self, name, **options):
        """On the switch "lan" unless told otherwise; options: tests/hvhost/net_config.c."""
        mac = f"00:15:5d:01:00:{len(self.nics) + 1:02x}"
        self.nics[name] = Nic(name, mac, **{"switch": "lan", **options})
        return self

    def ide(self, name, size, channel=0, device=0):
        self.disks[name] = Disk(name, size * MIB, self.backing(name, size * MIB),
                                ide=(channel, device))
        return self

    def emulate(self, name):
        """Offer this IDE disk on the emulated controller too, over the same file."""
        self.emulated.append(self.disks[name])
        return self

    def qemu(self):
        """QEMU's options for what is emulated, on a machine that says it is Hyper-V's."""
        out = []
        for d in self.emulated:
            channel, device = d.ide
            out += ["-drive", f"if=ide,bus={channel},unit={device},format=raw,cache=writethrough,"
                              f"file.locking=off,file={d.path}"]
        if out:
            out += ["-smbios", "type=1,manufacturer=Microsoft Corporation,"
                               "product=Virtual Machine,version=7.0"]
        if self.display:
            # Where Hyper-V has it; the plug-in gives it Hyper-V's name (display.c).
            out += ["-device", "secondary-vga,addr=08.0"]
        return out

    def dvd(self, controller, lun, size=3):
        path = os.path.join(self.dir, f"{controller}-dvd.iso")
        with open(path, "wb") as f:
            for block in range(size * MIB // 2048):
                f.write(b"%016d" % block * 128)
        self.dvds.append((controller, lun, path))
        return self


def standard(directory):
    """One SCSI controller with three disks and a DVD, and an IDE disk."""
    return Set(directory).scsi("scsi0", 72, 80, 88).dvd("scsi0", 7).ide("ide0", 96)


def big(directory):
    """One controller, one disk that is large but sparse."""
    return Set(directory).scsi("scsi0", 1024)


def channels(directory):
    """One controller with sub-channels, two disks."""
    s = Set(directory).scsi("scsi0", 72, 80)
    s.controller_options["scsi0"] = {"subchannels": 3}
    return s


def monitored(directory):
    """One SCSI controller that has a doorbell in the monitor page, and an IDE disk without."""
    s = Set(directory).scsi("scsi0", 72).ide("ide0", 96)
    s.controller_options["scsi0"] = {"monitored": True}
    return s


def mixed(directory):
    """Two SCSI controllers, the first with sub-channels, whose disks are thin; an IDE disk."""
    s = Set(directory).scsi("scsi0", 72, 80, 88).scsi("scsi1", 64).ide("ide0", 96)
    s.controller_options["scsi0"] = {"subchannels": 3}
    for d in s.disks.values():
        if not d.ide:
            d.options["thin"] = True
    return s


def display(directory):
    """The standard set, and the display adapter of a machine of the first generation."""
    s = standard(directory)
    s.display = True
    return s


def twins(directory):
    """Two IDE disks as a virtual machine of the first generation has them: twice."""
    s = Set(directory).ide("ide0", 96).ide("ide1", 104, device=1)
    return s.emulate("ide0").emulate("ide1")


def net(directory):
    """Two NICs with a queue each on one switch."""
    return Set(directory).nic("net0").nic("net1")


def netmq(directory):
    """Two NICs with four queues each on one switch."""
    return Set(directory).nic("net0", subchannels=3).nic("net1", subchannels=3)


SETS = {None: standard, "big": big, "channels": channels, "monitored": monitored, "mixed": mixed,
        "display": display, "twins": twins, "net": net, "netmq": netmq}
