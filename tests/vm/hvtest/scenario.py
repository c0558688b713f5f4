# SPDX-License-Identifier: GPL-2.0-only
"""
What a scenario is: a function with a clear end.

	@scenario("storage")
	def attach(vm): ...

It passes if it returns, fails if it raises Failed (or anything else), and is
not for this combination if it raises Unsupported.  vm is a guest.Guest with the
modules loaded and the disks there.  Scenarios of the same needs share a boot in
the order in which they are written; one with own=True gets a boot to itself,
because it leaves a guest that is no use to others.
"""
import importlib
import os
import pkgutil
import sys

from . import SetupError

ALL = []


class Scenario:
    def __init__(self, fn, group, own, options):
        self.fn, self.group, self.own, self.options = fn, group, own, options
        self.name = fn.__name__
        self.full = f"{group}.{self.name}"
        self.doc = (fn.__doc__ or "").strip().split("\n")[0]


def scenario(group, own=False, **options):
    """
    options: config=NAME (devices.py), boot=False (do not load the modules first),
    also=[...] (modules of the kernel to load beside the usual ones; with own=True),
    plugin=[...] (of the host), cmdline="..." for the kernel, memory=MIB, image=[...]
    (adds to the initramfs), later=[...] modules to have in the image, reboots=True (a
    reset starts it again), next=[drivers] (what kexec may start, guest.py), tree=True (the kernel's module tree
    with ours installed, for modprobe), why="..." if hosts or kernels do not fit,
    params={name: default} (numbers that --param changes, vm.params),
    honest=False (the host breaks rules: what it sees of the guest is not judged),
    hosts=[...], kernels=callable(kernel), drivers=[...] restrict it; hidden=True keeps
    it out of what is run when nothing is named.
    """
    def register(fn):
        ALL.append(Scenario(fn, group, own, options))
        return fn
    return register


def load_all():
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                        "scenarios")
    sys.path.insert(0, os.path.dirname(here))
    for m in sorted(i.name for i in pkgutil.iter_modules([here])):
        importlib.import_module(f"scenarios.{m}")


def select(names):
    """Scenarios by group, by full name or by plain name; all if none is given."""
    if not names:
        return [s for s in ALL if not s.options.get("hidden")]
    out = []
    for n in names:
        got = [s for s in ALL if n in (s.group, s.full, s.name)]
        if not got:
            known = ", ".join(sorted({s.group for s in ALL} | {s.full for s in ALL}))
            raise SetupError(f"no scenario '{n}'; there are {known}")
        out += [s for s in got if s not in out]
    return [s for s in ALL if s in out]


def parameters(chosen, given):
    """{name: number} of what was given for the chosen scenarios."""
    known = sorted({name for s in chosen for name in s.options.get("params", {})})
    for name, _ in given:
        if name not in known:
            raise SetupError(f"no parameter '{name}' in what is to run; there are "
                             f"{', '.join(known) or 'none'}")
    return dict(given)
