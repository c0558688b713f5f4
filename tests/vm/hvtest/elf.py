# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel module says of itself: the .modinfo section of an ELF file."""
import lzma
import os
import struct
import subprocess
import zlib


def load(path):
    """The module's bytes, unpacked: the guest's loader takes plain ELF only."""
    with open(path, "rb") as f:
        data = f.read()
    if path.endswith(".xz"):
        return lzma.decompress(data)
    if path.endswith(".gz"):
        return zlib.decompress(data, 31)
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], check=True,
                              stdout=subprocess.PIPE).stdout
    return data


def module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def modinfo(data):
    """A dictionary of lists: a key may come more than once."""
    if data[:5] == b"\x7fELF\x02":
        shoff, = struct.unpack_from("<Q", data, 40)
        entsize, count, strndx = struct.unpack_from("<HHH", data, 58)
        section = "<IIQQQQ"
    elif data[:5] == b"\x7fELF\x01":
        shoff, = struct.unpack_from("<I", data, 32)
        entsize, count, strndx = struct.unpack_from("<HHH", data, 46)
        section = "<IIIIII"
    else:
        raise ValueError("not an ELF file")

    def header(i):
        return struct.unpack_from(section, data, shoff + i * entsize)

    names = header(strndx)[4]
    info = {}
    for i in range(count):
        name, _, _, _, off, size = header(i)
        end = data.index(b"\0", names + name)
        if data[names + name:end] != b".modinfo":
            continue
        for item in data[off:off + size].split(b"\0"):
            key, eq, value = item.partition(b"=")
            if eq:
                info.setdefault(key.decode(), []).append(value.decode())
    return info


def depends(info):
    """Modules to load first: what its symbols need, and what it wants at hand ("softdep")."""
    out = []
    for line in info.get("depends", []):
        out += line.split(",")
    for line in info.get("softdep", []):
        when = None
        for word in line.split():
            if word in ("pre:", "post:"):
                when = word
            elif when == "pre:":
                out.append(word)
    return [d.replace("-", "_") for d in out if d]


def srcversion(info):
    return info.get("srcversion", [""])[0]
