# SPDX-License-Identifier: GPL-2.0-only
"""What is built before a guest can boot: its programs, the host, QEMU's command."""
import fcntl
import glob
import os
import shlex
import subprocess

from . import SetupError
from .kernel import TOP, setup

GUEST = os.path.join(TOP, "tests/vm/guest")
OUT = os.path.join(TOP, "build/vm")
GUEST_PROGRAMS = {
    "agent": ["agent.c", "commands.c", "sha256.c"],
    "hvio": ["hvio.c", "hvio_rand.c", "hvio_log.c", "hvio_sg.c"],
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


def guest_programs():
    """{name: path}; static, against a C library that runs on old kernels."""
    os.makedirs(OUT, exist_ok=True)
    out = {}
    for name, sources in GUEST_PROGRAMS.items():
        path = os.path.join(OUT, name)
        need = [os.path.join(GUEST, s) for s in sources]
        inputs = need + glob.glob(os.path.join(GUEST, "*.h"))
        if not os.path.exists(path) or any(os.path.getmtime(i) > os.path.getmtime(path)
                                           for i in inputs):
            _run(["musl-gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", 
                  "-o", path + ".new", *need], f"the guest's {name} does not build")
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
