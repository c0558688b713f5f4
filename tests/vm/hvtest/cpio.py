# SPDX-License-Identifier: GPL-2.0-only
"""An initramfs: a cpio archive in the 'newc' format (initramfs buffer format)."""
import os
import stat


class Image:
    def __init__(self):
        self._parts = []
        self._dirs = set()
        self._ino = 1

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        raw = name.encode() + b"\0"
        fields = (self._ino, mode, 0, 0, 1, 0, len(data), 0, 0,
                  rdev[0], rdev[1], len(raw), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + raw
        head += b"\0" * (-len(head) % 4)
        self._parts.append(head + data + b"\0" * (-len(data) % 4))
        self._ino += 1

    def directory(self, name):
        name = name.strip("/")
        if not name or name in self._dirs:
            return
        self.directory(os.path.dirname(name))
        self._dirs.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def data(self, name, data, mode=0o644):
        name = name.strip("/")
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def file(self, name, path, mode=None):
        with open(path, "rb") as f:
            self.data(name, f.read(), mode or os.stat(path).st_mode & 0o777)

    def link(self, name, target):
        name = name.strip("/")
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def node(self, name, major, minor):
        name = name.strip("/")
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def bytes(self):
        raw = b"TRAILER!!!\0"
        end = b"070701" + b"%08X" * 13 % (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(raw), 0)
        return b"".join(self._parts) + end + raw + b"\0" * 3

    def write(self, path):
        with open(path, "wb") as f:
            f.write(self.bytes())
