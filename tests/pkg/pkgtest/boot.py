# SPDX-License-Identifier: GPL-2.0-only
"""Boots a disk image on the simulated host with its own kernel and initramfs."""
import fcntl
import glob
import os
import re
import shutil
import subprocess
import threading

from hvtest import Failed
from hvtest.hostconfig import document
from hvtest.devices import MIB, Disk, Set
from hvtest.machine import Machine

from .disk import UUID


class OneOf:
    """Holds one of several locks: guests of other users of the machine take the others."""

    def __init__(self, paths):
        self._paths, self._held = paths, None
        self._mutex, self._got = threading.Lock(), threading.Event()

    def _wait(self, path):
        f = open(path, "a")
        fcntl.flock(f, fcntl.LOCK_EX)
        with self._mutex:
            if not self._got.is_set():
                self._held = f
                self._got.set()
                return
        f.close()

    def __enter__(self):
        for path in self._paths:
            threading.Thread(target=self._wait, args=(path,), daemon=True).start()
        if self._paths:
            self._got.wait()

    def __exit__(self, *exc):
        if self._held:
            self._held.close()


class KernelOfDisk:
    """As much of hvtest.kernel.Kernel as a machine asks for."""
    version = (6, 1, 0)
    cpu = "max,-x2apic"

    def __init__(self, image):
        self.image = image


class DiskMachine(Machine):
    """A machine that boots from its disk; nobody of ours lives in it."""

    def _agent_line(self):
        return []

    def boot(self, initramfs):
        shutil.copy(initramfs, self.path("initramfs"))
        self._clear()
        self._launch()

    def wait_off(self):
        """Wait for the guest to switch itself off; what its console said."""
        self.expect_exit = True
        try:
            status = self.process.wait(self.boot_timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("does not boot, or not in "
                         f"{self.boot_timeout} s:\n{self.console.tail(12)}") from None
        self.console.finish()
        if status:
            raise Failed(f"QEMU ended with status {status}: {self.qemu_says()}")
        return self.console.text()


class Report:
    """What a booted system said of itself (disk.REPORT)."""

    def __init__(self, text):
        self.text = text
        if "HVL end" not in text:
            raise Failed("the system did not come up:\n"
                         + "\n".join("    | " + line for line in text.splitlines()[-15:]))
        self.kernel = re.search(r"^HVL kernel (\S+)", text, re.M).group(1)
        self.modules = dict(re.findall(r"^HVL module (\S+) (\S+)", text, re.M))
        self.root = (re.findall(r"^HVL root (\S+)", text, re.M) or [""])[0]
        self.disks = re.findall(r"^HVL disk (\S+) (\d+) (\S+)", text, re.M)


def devices(directory, image, where):
    """The root disk on the SCSI controller, or on IDE both as VMBus and as hardware offers it."""
    s = Set(directory)
    size = os.path.getsize(image)
    if where == "scsi":
        s.controllers.append("scsi0")
        s.disks["root"] = Disk("root", size, image, controller="scsi0", lun=0)
        return s
    s.disks["root"] = Disk("root", size, image, ide=(0, 0))
    return s.emulate("root")


def boot(host, directory, image, kernel, initramfs, *, where="scsi", echo=None, timeout=400,
         init="/sbin/hvl-report", more="", memory=768):
    """Boot, wait until it has switched itself off; its Report."""
    s = devices(directory, image, where)
    m = DiskMachine(host, {}, KernelOfDisk(kernel), directory, cpus=2, memory=memory,
                    config=document(s), qemu=s.qemu(), echo=echo, boot_timeout=timeout,
                    cmdline=f"root=UUID={UUID} rw init={init} loglevel=5 {more}")
    try:
        m.boot(initramfs)
        return Report(m.wait_off())
    finally:
        m.kill()


def kernels(out):
    """{release: (kernel, initramfs)} beside an image that disk.make() has made."""
    found = {}
    for k in sorted(glob.glob(os.path.join(out, "vmlinuz-*"))):
        release = os.path.basename(k)[len("vmlinuz-"):]
        for name in (f"initrd.img-{release}", f"initramfs-{release}.img"):
            if os.path.exists(os.path.join(out, name)):
                found[release] = k, os.path.join(out, name)
    return found


__all__ = ["MIB", "boot", "devices", "kernels", "DiskMachine", "Report"]
