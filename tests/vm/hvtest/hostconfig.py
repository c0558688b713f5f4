# SPDX-License-Identifier: GPL-2.0-only
"""The host's device list (the plug-in's config=FILE) for a set of devices."""


def document(s):
    controllers = []
    for c in s.controllers:
        luns = [{"lun": d.lun, "name": d.name, "file": d.path, "size": d.size}
                for d in s.disks.values() if d.controller == c]
        luns += [{"lun": lun, "type": "dvd", "name": f"{c}-dvd", "file": path}
                 for dc, lun, path in s.dvds if dc == c]
        controllers.append({"type": "scsi", "name": c, "disks": luns})
    for d in s.disks.values():
        if d.ide:
            controllers.append({"type": "ide", "name": d.name, "channel": d.ide[0],
                                "device": d.ide[1], "file": d.path, "size": d.size})
    return {"devices": controllers}
