# SPDX-License-Identifier: GPL-2.0-only
"""What is built before a guest can boot: its programs, the host, QEMU's command."""
import fcntl
import glob
import os
import shlex
import shutil
import subprocess
import tempfile

from . import SetupError
from .kernel import TOP, setup

GUEST = os.path.join(TOP, "tests/vm/guest")
OUT = os.path.join(TOP, "build/vm")
GUEST_PROGRAMS = {
    "agent": ["agent.c", "clock.c", "commands.c", "modprobe.c", "sha256.c"],
    "hvio": ["hvio.c", "hvio_range.c", "hvio_rand.c", "hvio_mix.c", "hvio_log.c", "hvio_sg.c",
             "sha256.c"],
    "netio": ["netio.c", "netio_ping.c", "netio_ethtool.c", "netio_flow.c",
              "netio_frames.c"],
}


class Lock:
    """One build at a time in this tree, whoever runs it."""

    def __enter__(self):
        os.makedirs(OUT, exist_ok=True)
        self._f = open(os.path.join(OUT, ".lock"), "w")
        fcntl.flock(self._f, fcntl.LOCK_EX)

    def __exit__(self, *exc):
        self._f.close()


def _run(cmd, what):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    r = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, env=env)
    if r.returncode:
        raise SetupError(f"{what}: {' '.join(cmd)}\n{r.stdout[-3000:]}")


# The small C library has no header of the kernel's.
KERNEL_HEADERS = ["-idirafter", "/usr/include", "-idirafter", "/usr/include/x86_64-linux-gnu"]


def _for_i386(flags, sources, path):
    """With a C library of its own, by a compiler in a root, over sources copied there."""
    v = setup("musl-i386")
    root, lib = v["ROOT"], v["MUSL"] + "/lib/i386-linux-musl"
    with tempfile.TemporaryDirectory(dir=os.path.join(root, "tmp")) as d:
        for s in sources:
            shutil.copy(s, d)
        inside = "/" + os.path.relpath(d, root)
        _run(["chroot", root, "gcc-12", "-m32", *flags, "-no-pie", "-fno-stack-protector",
              "-nostdinc", "-isystem", v["MUSL"] + "/include/i386-linux-musl",
              *KERNEL_HEADERS, "-nostdlib", f"{lib}/crt1.o", f"{lib}/crti.o", "-o", f"{inside}/out",
              *(f"{inside}/{os.path.basename(s)}" for s in sources if s.endswith(".c")),
              f"{lib}/libc.a", "-lgcc", f"{lib}/libc.a", f"{lib}/crtn.o"],
             f"{path} does not build")
        shutil.copy(os.path.join(d, "out"), path)


def guest_programs(arch="amd64"):
    """
    {name: path}; static, against a C library that runs on old kernels.  For i386,
    which this machine need not be able to compile for, by the root that also builds
    the modules.
    """
    os.makedirs(OUT, exist_ok=True)
    out = {}
    flags = ["-static", "-O2", "-Wall", "-Wextra", "-Werror"]
    for name, sources in GUEST_PROGRAMS.items():
        path = os.path.join(OUT, name if arch == "amd64" else f"{name}-{arch}")
        need = [os.path.join(GUEST, s) for s in sources]
        headers = glob.glob(os.path.join(GUEST, "*.h"))
        if not os.path.exists(path) or any(os.path.getmtime(i) > os.path.getmtime(path)
                                           for i in need + headers):
            if arch == "amd64":
                _run(["musl-gcc", *flags, *KERNEL_HEADERS, "-o", path + ".new", *need],
                     f"the guest's {name} does not build")
            else:
                _for_i386(flags, need + headers, path + ".new")
            os.rename(path + ".new", path)
        out[name] = path
    return out


class Host:
    """The host plug-in and the QEMU that loads it."""

    def __init__(self):
        v = setup("qemu")
        self.qemu = shlex.split(v["QEMU"])
        self.root = v["QEMU_ROOT"]
        out = os.path.join(TOP, "build/hvhost")
        _run(["make", "-C", os.path.join(TOP, "tests/hvhost"), "--no-print-directory",
              f"QEMU_ROOT={self.root}", f"BUILD={out}", "all"],
             "the host plug-in does not build")
        self.plugin = os.path.join(out, "hvhost.so")
        self.acpi = os.path.join(out, "vmbus.aml")
