# SPDX-License-Identifier: GPL-2.0-only
"""Kernels to boot, from the distribution or from outside, and their modules."""
import os
import re
import shlex
import shutil
import subprocess

from . import SetupError, Unsupported, elf

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))

# What a consumer of the bus, or the bus itself, is called in any kernel: none of
# these may lie in an image that is to run ours.
BUS_MODULES = {"hv_vmbus", "hv_storvsc", "hv_timesource", "hv_netvsc", "hv_utils", "hv_balloon",
               "hid_hyperv", "hyperv_keyboard", "hyperv_fb", "hyperv_drm",
               "hv_sock", "pci_hyperv", "uio_hv_generic"}


def setup(script, *args):
    """Run a set-up script; the variables that it prints."""
    path = os.path.join(TOP, "tests/setup", script)
    r = subprocess.run([path, *args], stdout=subprocess.PIPE, text=True)
    if r.returncode:
        raise SetupError(f"tests/setup/{script} failed")
    out = {}
    for line in r.stdout.splitlines():
        key, _, value = line.partition("=")
        out[key] = value.strip('"')
    return out


def own_suite():
    """The suite of the distribution that this machine runs, whose compiler it has."""
    try:
        with open("/etc/os-release") as f:
            m = re.search(r"^VERSION_CODENAME=(\w+)", f.read(), re.M)
    except OSError:
        m = None
    return m.group(1) if m else None


class Kernel:
    def __init__(self, name, image, build, modules, cc=None, cpu=None, suite=None,
                 arch="amd64"):
        self.name, self.image, self.build, self.modules = name, image, build, modules
        self.suite, self.arch = suite, arch	# of the distribution, or None
        # Beside a kernel of another architecture lies a shell for it.
        beside = os.path.join(build.split("/usr/")[0], "bin/busybox")
        self.busybox = beside if arch != "amd64" and os.path.exists(beside) else \
            shutil.which("busybox") or "/bin/busybox"
        self.cc = cc
        self.release = self._release()
        m = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", self.release)
        self.version = tuple(int(x or 0) for x in m.groups()) if m else (0, 0, 0)
        # Kernels of the age of RHEL 5 and 6 stumble over features of "max", and
        # those of 32 bits take it for an AMD CPU that was not made for SMP.
        self.cpu = cpu or ("max,-x2apic" if self.version >= (3, 2) and arch == "amd64"
                           else "Nehalem,-x2apic")
        self._index = None
        self._cache = {}

    @classmethod
    def from_distribution(cls, version, cpu=None):
        v = setup("debug-kernel") if version == "6.1-debug" else setup("kernel", version)
        return cls(version, v["KERNEL_IMAGE"], v["KERNEL_BUILD"], v["KERNEL_MODULES"],
                   cpu=cpu, suite=v.get("KERNEL_SUITE"), arch=v.get("KERNEL_ARCH", "amd64"))

    @classmethod
    def from_outside(cls, image, build, cc=None, cpu=None):
        for path, what in ((image, "kernel image"),
                           (os.path.join(build, "Makefile"), "kernel build tree"),
                           (os.path.join(build, ".config"), "configured kernel build tree")):
            if not os.path.isfile(path):
                raise SetupError(f"{path} does not exist: give a {what}")
        with open(os.path.join(build, ".config")) as f:
            arch = "amd64" if "CONFIG_X86_64=y\n" in f.read() else "i386"
        k = cls("", os.path.abspath(image), os.path.abspath(build),
                os.path.abspath(build), cc, cpu, arch=arch)
        # RHEL 5 calls a kernel the same for both.
        k.name = k.release if arch == "amd64" else f"{k.release}-{arch}"
        return k

    def _release(self):
        # What uname will say; Debian's kernel.release says something else.
        for f in ("include/generated/utsrelease.h", "include/linux/utsrelease.h"):
            try:
                with open(os.path.join(self.build, f)) as h:
                    return re.search(r'UTS_RELEASE "(.*)"', h.read()).group(1)
            except OSError:
                pass
        raise SetupError(f"{self.build} does not tell its kernel's release: "
                         "is that kernel built?")

    def config(self, symbol):
        """'y', 'm' or ''."""
        with open(os.path.join(self.build, ".config")) as f:
            m = re.search(rf"^CONFIG_{symbol}=(.)$", f.read(), re.M)
        return m.group(1) if m else ""

    def vmbus_built_in(self):
        return "y" in (self.config("HYPERV_VMBUS"),) or (
            self.config("HYPERV") == "y" and not self.config("HYPERV_VMBUS"))

    def all_modules(self):
        """Paths of all modules that came with it."""
        if self._index is None:
            self._index = {}
            for top, dirs, files in os.walk(self.modules):
                dirs[:] = [d for d in dirs if d not in ("source", "build")]
                for f in files:
                    if re.search(r"\.ko(\.xz|\.gz|\.zst)?$", f):
                        self._index[elf.module_name(f)] = os.path.join(top, f)
        return self._index.values()

    def find(self, name):
        """Path of an in-box module, or None (built in, or not there)."""
        self.all_modules()
        return self._index.get(name)

    def module(self, path):
        """(bytes, modinfo) of a module file."""
        if path not in self._cache:
            data = elf.load(path)
            self._cache[path] = data, elf.modinfo(data)
        return self._cache[path]

    def build_ours(self, log, deny=()):
        """Build our modules for this kernel: {name: path}; deny: see compat/probe.sh."""
        if self.vmbus_built_in():
            raise Unsupported(f"the vmbus of {self.release} is built in and "
                              "cannot be replaced")
        out = os.path.join(TOP, "build", "-".join([
            self.release if self.suite else self.name, *deny]))
        cmd = ["make", "-C", TOP, "--no-print-directory", "modules",
               f"KDIR={self.build}"]
        if self.cc:
            cmd.append(f"KCC={self.cc}")
        if self.suite not in (None, own_suite()):
            cmd = [os.path.join(TOP, "tests/build/modules"), self.name, out]
        if deny:
            cmd.append("HVL_DENY=" + ",".join(deny))
        env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        # Not on the command line, where the kernel's own make would see it too.
        env["O"] = out
        with open(log, "w") as f:
            f.write("$ " + " ".join(shlex.quote(c) for c in cmd) + "\n")
            f.flush()
            if subprocess.run(cmd, stdout=f, stderr=subprocess.STDOUT, env=env).returncode:
                f.flush()
                with open(log) as g:
                    tail = "".join(g.readlines()[-15:])
                raise SetupError(f"our modules do not build for {self.release}:\n{tail}")
        found = {}
        for d in sorted(os.listdir(out)):
            sub = os.path.join(out, d)
            if not d.startswith("hv-") or not os.path.isdir(sub):
                continue
            for f in os.listdir(sub):
                if f.endswith(".ko"):
                    found[elf.module_name(f)] = os.path.join(sub, f)
        return found

    def closure(self, names, ours):
        """
        The modules to load, in order: [(name, path)].  Those of ours take the
        place of in-box ones of the same name; what is in neither is taken to be
        built into the kernel.
        """
        order, seen = [], set()

        def visit(name):
            if name in seen:
                return
            seen.add(name)
            path = (ours or {}).get(name)
            if not path and not (ours and name in BUS_MODULES):
                path = self.find(name)
            if not path:
                return
            for d in elf.depends(self.module(path)[1]):
                visit(d)
            order.append((name, path))

        for n in names:
            visit(n)
        return order
