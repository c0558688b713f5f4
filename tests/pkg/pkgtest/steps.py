# SPDX-License-Identifier: GPL-2.0-only
"""
The registry of steps: each makes a state from an earlier one, looks at it, and
says what a boot of each of its kernels must show.
"""
import collections

from hvtest import Failed

Step = collections.namedtuple("Step", "name after fn boots doc cmdline")
ALL = {}

# What a boot must show: drivers of that version, or the kernel's own.
INBOX = "in-box"
EITHER = "either"		# all of ours, of one build, or all of the kernel's


def step(name, after="", boots=None, where="scsi", cmdline=""):
    """
    Register fn(c), which changes the state.  boots: {kernel: drivers}, where a
    kernel is A or B and drivers a version of ours or INBOX.  cmdline is for the
    kernel that boots.
    """
    def add(fn):
        ALL[name] = Step(name, after, fn, (boots or {}, where), (fn.__doc__ or "").strip(),
                         cmdline)
        return fn
    return add


def chosen(names):
    """The named steps, each with those that it builds on, in order of registration."""
    if not names:
        return list(ALL.values())
    want = set()
    for n in names:
        matching = [s for s in ALL if s == n or s.startswith(n + "-")]
        if not matching:
            raise Failed(f"no step '{n}'; there are {', '.join(ALL)}")
        for s in matching:
            want.add(s)
    return [s for s in ALL.values() if s.name in want]


class Context:
    """What a step has at hand."""

    def __init__(self, layers, step_, kernels, packages):
        self.layers, self.step, self.packages = layers, step_, packages
        self.a, self.b = kernels
        self.said = ""

    def change(self, script, **more):
        """Run a script in the system that the step is about; $A and $B are the kernels."""
        self.said = self.layers.change(
            self.step.name, self.step.after, script, share=self.packages,
            variables=f"A={self.a} B={self.b}", **more)
        return self.said

    def look(self, script):
        return self.layers.look(self.step.name, f"A={self.a} B={self.b}\n{script}")

    def expect(self, true, what):
        if not true:
            tail = "\n".join(self.said.splitlines()[-25:])
            raise Failed(f"{what}\n{tail}")

    def status(self, **kernels):
        """hv-lis status begins its line for kernel A or B with this word."""
        said = self.look("hv-lis status || :")
        for name, word in kernels.items():
            release = getattr(self, name)
            self.expect(any(line.startswith(f"{release}: {word}") and
                            "older than" not in line for line in said.splitlines()),
                        f"hv-lis status does not say '{word}' for {release}:\n{said}")
        return said

    def sources(self, version, kernel, state=None):
        """{module: srcversion/version} of these drivers on the state's disk."""
        if version == INBOX:
            where = f"/lib/modules/{kernel}/kernel"
        else:
            where = f"/lib/modules/{kernel}/updates /lib/modules/{kernel}/extra"
        said = self.layers.look(
            state or self.step.name, "cd /; for m in hv_vmbus hv_storvsc; do "
            f"f=$(find {where} -name $m.ko 2>/dev/null | head -n 1); "
            "[ -z \"$f\" ] || echo $m $(modinfo -F srcversion $f)/$(modinfo -F version $f); done")
        return dict(line.split() for line in said.splitlines() if len(line.split()) == 2)
