# SPDX-License-Identifier: GPL-2.0-only
"""The module tree of a kernel with ours installed, as modprobe in a guest sees it."""
import os
import subprocess

from . import Failed, SetupError
from .kernel import TOP


class Tree:
    """Below directory; made by "make modules_install" and the depmod that it runs."""

    def __init__(self, kernel, ours, directory):
        self._kernel = kernel
        self._top = os.path.join(directory, "lib/modules", kernel.release)
        for path in kernel.all_modules():
            at = os.path.relpath(path, kernel.modules)
            # As it is installed, or where it was built.
            at = os.path.join(self._top, "" if at.startswith("kernel/") else "kernel", at)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            os.symlink(path, at)
        out = os.path.dirname(os.path.dirname(ours["hv_vmbus"]))
        r = subprocess.run(
            ["make", "-s", "-C", TOP, "modules_install", f"KDIR={kernel.build}",
             f"O={out}", f"INSTALL_MOD_PATH={directory}", f"KCC={kernel.cc or ''}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})
        if r.returncode:
            raise SetupError(f"our modules cannot be installed:\n{r.stdout[-2000:]}")
        with open(os.path.join(self._top, "modules.dep")) as f:
            self._dep = dict(line.split(":", 1) for line in f)

    def path(self, name):
        """Where modprobe finds a module, relative to the tree; None if it is built in."""
        for path in self._dep:
            if os.path.basename(path).split(".ko")[0].replace("-", "_") == name:
                return path
        return None

    def add(self, image, names):
        """The tables of the whole tree, but of its files only those of some modules."""
        to = f"lib/modules/{self._kernel.release}"
        for table in ("modules.dep", "modules.alias"):
            image.file(f"{to}/{table}", os.path.join(self._top, table))
        for name in names:
            path = self.path(name)
            if not path:
                raise Failed(f"depmod does not know {name}")
            image.data(f"{to}/{path}", self._kernel.module(os.path.join(self._top, path))[0])
