# SPDX-License-Identifier: GPL-2.0-only
"""What instructions a kernel module (an ELF64 file) consists of, and their names."""
import struct

SHF_EXECINSTR = 4
SHT_SYMTAB = 2
STT_FUNC = 2


class Module:
    def __init__(self, data):
        self._data = data
        shoff, = struct.unpack_from("<Q", data, 40)
        entsize, count, strndx = struct.unpack_from("<HHH", data, 58)
        # name, type, flags, address, offset, size, link
        self._headers = [struct.unpack_from("<IIQQQQI", data, shoff + i * entsize)
                         for i in range(count)]
        self._names = [self._text(self._headers[strndx][4], h[0]) for h in self._headers]

    def _text(self, table, offset):
        start = table + offset
        return self._data[start:self._data.index(b"\0", start)].decode()

    def executable(self):
        """{section: size}; those that are dropped after the module's init are left out."""
        return {name: h[5] for name, h in zip(self._names, self._headers)
                if h[2] & SHF_EXECINSTR and not name.startswith(".init")}

    def functions(self):
        """[(section, offset in it, size, name)]"""
        out = []
        for h in self._headers:
            if h[1] != SHT_SYMTAB:
                continue
            strings = self._headers[h[6]][4]
            for at in range(h[4], h[4] + h[5], 24):
                name, info, _, shndx, value, size = struct.unpack_from(
                    "<IBBHQQ", self._data, at)
                if info & 15 == STT_FUNC and 0 < shndx < len(self._names):
                    out.append((self._names[shndx], value, size,
                                self._text(strings, name)))
        return out
