# SPDX-License-Identifier: GPL-2.0-only
"""The host's device list (tests/hvhost/host_config.c) for a set of devices."""


def document(s):
    out = []
    for c in s.controllers:
        disks = [{"lun": d.lun, "file": d.path, "size": d.size, **d.options}
                 for d in s.disks.values() if d.controller == c]
        disks += [{"lun": lun, "dvd": path} for dc, lun, path in s.dvds if dc == c]
        out.append({"type": "scsi", "name": c, "disks": disks,
                    **s.controller_options.get(c, {})})
    for d in s.disks.values():
        if d.ide:
            out.append({"type": "ide", "name": d.name, "channel": d.ide[0],
                        "device": d.ide[1], "file": d.path, "size": d.size})
    out += [{"type": "net", "name": n.name, "mac": n.mac, **n.options}
            for n in s.nics.values()]
    return {"devices": out}
