# SPDX-License-Identifier: GPL-2.0-only
"""Which sections of a kernel module (an ELF64 file) hold instructions that stay."""
import struct

SHF_EXECINSTR = 4


def executable(data):
    """{name: size}; those that are dropped after the module's init are left out."""
    shoff, = struct.unpack_from("<Q", data, 40)
    entsize, count, strndx = struct.unpack_from("<HHH", data, 58)

    def header(i):
        return struct.unpack_from("<IIQQQQ", data, shoff + i * entsize)

    names = header(strndx)[4]
    out = {}
    for i in range(count):
        name, _, flags, _, _, size = header(i)
        if not flags & SHF_EXECINSTR:
            continue
        start = names + name
        text = data[start:data.index(b"\0", start)].decode()
        if not text.startswith(".init"):
            out[text] = size
    return out
