# SPDX-License-Identifier: GPL-2.0-only
"""
One virtual machine: QEMU with the host plug-in, a kernel, an initramfs.

The guest's RAM is a memfd that QEMU and the plug-in share.  The console goes to
a file, the agent's line and the control socket are UNIX sockets in the work
directory.
"""
import ctypes
import json
import os
import shutil
import socket
import subprocess
import time

from . import Failed
from .agent import Agent
from .console import Console
from .control import Control
from .cpio import Image

CMDLINE = ("console=ttyS0,115200 panic=-1 oops=panic random.trust_cpu=on "
           "rcupdate.rcu_cpu_stall_suppress=1 nowatchdog "
           "mitigations=off")


def die_with_parent():
    """In the child: no QEMU outlives the run that started it (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, 9)


class Machine:
    def __init__(self, host, programs, kernel, workdir, *, generation="ws2019", cpus=2,
                 memory=512, config=None, options=(), extra=(), cmdline="", reboots=False,
                 qemu=(), echo=None, boot_timeout=300, timeout=300):
        self.build, self.programs, self.kernel = host, programs, kernel
        self.dir, self.generation, self.cpus = workdir, generation, cpus
        self.memory, self.config, self.reboots = memory, config, reboots
        self.options, self.extra, self.cmdline = list(options), extra, cmdline
        self.qemu = list(qemu)
        self.echo, self.boot_timeout, self.timeout = echo, boot_timeout, timeout
        self.process = self.agent = self.console = self.host = None
        self.expect_exit = False
        os.makedirs(workdir, exist_ok=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    # ---- the image ----------------------------------------------------------

    def image(self, modules, extra):
        """An initramfs; modules are [(name, path)], extra functions that add to it."""
        img = Image()
        for d in ("dev", "proc", "sys", "tmp", "mnt", "bin", "modules"):
            img.directory(d)
        img.node("dev/console", 5, 1)
        img.file("init", self.programs["agent"], 0o755)
        for name in ("hvio", "netio"):
            img.file(f"bin/{name}", self.programs[name], 0o755)
        for name, path in modules:
            img.data(f"modules/{name}.ko", self.kernel.module(path)[0])
        if self.kernel.version >= (3, 2):
            img.file("bin/busybox", self.kernel.busybox, 0o755)
            for applet in ("sh", "ls", "cat", "dmesg", "ps", "mount", "vi", "grep"):
                img.link(f"bin/{applet}", "busybox")
        for add in extra:
            add(img)
        return img

    # ---- QEMU ---------------------------------------------------------------

    def _kernel_line(self):
        words = [CMDLINE, self.cmdline]
        # A host that counts answers the kernel's RDTSC only: no vDSO for programs.
        if "count=on" in self.options:
            words.append("vdso=0")
        # RHEL 5 gives the timer's usual wire up unless more than four of ten ticks come in
        # 10 ms, which an emulator on a loaded machine does not always manage; and by the
        # wire that it takes then, ticks end some time later.  Of slower ticks one is enough.
        if self.kernel.version < (2, 6, 32):
            words.append("divider=5")
        return " ".join(words)

    def _agent_line(self):
        return ["-chardev", f"socket,id=agent,path={self.path('agent')}",
                "-serial", "chardev:agent"]

    def _command(self, ram):
        size = self.memory << 20
        ramfile = f"/proc/self/fd/{ram}"
        # With room for one vCPU only, TCG makes plain loads and stores of locked
        # instructions; the host's threads need them to be atomic and barriers.
        smp = f"{self.cpus},maxcpus={max(self.cpus, 2)}"
        cmd = list(self.build.qemu) + [
            "-nodefaults", "-no-user-config", "-display", "none", "-vga", "none",
            "-accel", "tcg,thread=multi",
            "-M", "pc,memory-backend=ram,hpet=off,vmport=off",
            "-cpu", self.kernel.cpu, "-smp", smp, "-m", f"{self.memory}M",
            "-object", f"memory-backend-file,id=ram,size={size},share=on,mem-path={ramfile}",
            "-kernel", self.kernel.image, "-initrd", self.path("initramfs"),
            "-append", self._kernel_line(),
            "-chardev", f"file,id=console,path={self.path('console')},append=on",
            "-serial", "chardev:console"] + self._agent_line() + self.qemu
        if not self.reboots:
            cmd.append("-no-reboot")
        if self.build.plugin:
            opts = [f"host={self.generation}", f"ram={ramfile}", f"ramsize={size}",
                    f"qtest={self.path('qtest')}", f"control={self.path('control')}",
                    f"log={self.path('host.log')}"]
            if self.config is not None:
                with open(self.path("config"), "w") as f:
                    json.dump(self.config, f, indent=1)
                opts.append(f"config={self.path('config')}")
            cmd += ["-qtest", f"unix:{self.path('qtest')},server=on,wait=off",
                    "-qtest-log", "none", "-acpitable", f"file={self.build.acpi}",
                    "-plugin", ",".join([self.build.plugin] + opts + self.options)]
        return cmd

    def start(self, modules):
        """Boot with these modules in the image (not loaded); returns when init runs."""
        self.image(modules, self.extra).write(self.path("initramfs"))
        self._clear()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path("agent"))
        listener.listen(1)
        self._launch()
        self.agent = Agent(listener, self.check, self.timeout)
        listener.close()
        self.agent.wait_ready(self.boot_timeout)
        if self.build.plugin:
            self.host = Control(self.path("control"))
        self._greet()
        return self

    def _clear(self):
        for name in ("agent", "qtest", "control"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))

    def _launch(self):
        ram = os.memfd_create("guest-ram")
        os.ftruncate(ram, self.memory << 20)
        self.console = Console(self.path("console"), self.echo)
        cmd = self._command(ram)
        with open(self.path("command"), "w") as f:
            f.write(" \\\n  ".join(cmd) + "\n")
        with open(self.path("qemu.log"), "w") as log:
            self.process = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, pass_fds=(ram,),
                                            start_new_session=True,
                                            preexec_fn=die_with_parent)
        os.close(ram)

    def _greet(self):
        self.agent.run("write", "/proc/sys/kernel/printk", "7")

    def again(self, start):
        """
        Have start() bring the guest to start again without a new QEMU; returns when
        its init runs.
        """
        self.agent.forget()
        start()
        self.agent.wait_ready(self.boot_timeout)
        self._greet()

    def wait_console(self, text, times=1):
        """Wait until the console has shown this."""
        self.agent.wait_for(lambda: self.console.text().count(text) >= times, None,
                            f"'{text}' on the console, {times} times")

    def qemu_says(self):
        with open(self.path("qemu.log")) as f:
            lines = [line for line in f.read().splitlines() if line.strip()]
        return "\n".join(lines[-5:])

    def check(self, closed=False):
        """Raise if the kernel is sick or QEMU has ended, which it has if it closed a line."""
        if closed:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            self.console.catch_up()
        if self.console.sick:
            time.sleep(1)		# let the rest of the report reach the log
            raise Failed(f"the guest's kernel: {self.console.sick}")
        status = self.process.poll()
        if status is not None and not self.expect_exit:
            raise Failed(f"QEMU ended with status {status}: {self.qemu_says() or 'silently'}")

    # ---- modules -------------------------------------------------------------

    def load(self, name, params=""):
        self.agent.run("insmod", f"/modules/{name}.ko", *([params] if params else []))

    def loaded(self):
        names = self.agent.run("ls", "/sys/module").split()
        return [n for n in names]

    # ---- the end --------------------------------------------------------------

    def poweroff(self):
        """Shut the guest down in good order and check that it does."""
        self.check()
        self.expect_exit = True
        self.agent.start("poweroff")
        try:
            self.process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            raise Failed("the guest does not power off") from None
        self.console.finish()
        if self.console.sick:
            raise Failed(f"the guest's kernel: {self.console.sick}")
        if self.process.returncode:
            raise Failed(f"QEMU ended with status {self.process.returncode}: {self.qemu_says()}")

    def kill(self):
        """End QEMU at once, as pulling the plug does."""
        self.expect_exit = True
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for part in (self.host, self.agent):
            if part:
                part.close()
        if self.console:
            self.console.finish()
