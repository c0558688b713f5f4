# SPDX-License-Identifier: GPL-2.0-only
"""Programs of this machine for the guest's image, with the libraries they need."""
import os
import re
import shutil
import subprocess

from . import SetupError


def libraries(path):
    text = subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return [p for p in re.findall(r"(/\S+) \(0x", text) if os.path.exists(p)]


def program(*names):
    """A function that adds them to an image (machine.Machine, extra)."""
    paths = {}
    for n in names:
        paths[n] = shutil.which(n, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if not paths[n]:
            raise SetupError(f"{n} is missing on this machine: run tests/setup/packages")

    def add(image):
        done = set()
        for n, path in paths.items():
            image.file(f"bin/{n}", os.path.realpath(path), 0o755)
            for lib in libraries(path):
                if lib not in done:
                    image.file(lib, os.path.realpath(lib), 0o755)
                    done.add(lib)
        if os.path.exists("/etc/mke2fs.conf"):
            image.file("etc/mke2fs.conf", "/etc/mke2fs.conf")
    return add
