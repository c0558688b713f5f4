# SPDX-License-Identifier: GPL-2.0-only
"""A disk image with the root file system of a state, and the kernel to boot it with."""
import os

UUID = "5e1f0b0e-6c1f-4f0e-9f62-0d1f2a3b4c5d"

# The init of these systems: says what is loaded, by source and version, and switches off.
REPORT = r"""#!/bin/sh
mount -t proc proc /proc 2>/dev/null
mount -t sysfs sysfs /sys 2>/dev/null
exec >/dev/console 2>&1
echo "HVL kernel $(uname -r)"
for m in /sys/module/*; do
	[ -e "$m/initstate" ] || continue
	# those of a distribution may have neither
	case ${m##*/} in hv_*|hyperv*|hid_hyperv)
		echo "HVL module ${m##*/} $(cat "$m/srcversion" 2>/dev/null)/$(cat "$m/version" 2>/dev/null)" ;;
	esac
done
echo "HVL root $(sed -n 's,^\(/dev/[^ ]*\) / .*,\1,p' /proc/mounts)"
for d in /sys/block/sd*; do
	[ -e "$d" ] && echo "HVL disk ${d##*/} $(cat "$d/size")" \
		"$(readlink -f "$d" | grep -q -e vmbus -e VMBUS && echo vmbus || echo other)"
done
echo "HVL end"
sync
echo o >/proc/sysrq-trigger
while :; do sleep 60; done
"""

MAKE = r"""
printf '%s' "$REPORT" >mnt/sbin/hvl-report
chmod 755 mnt/sbin/hvl-report
for d in usr/src usr/share usr/include usr/lib/gcc var/cache/apt var/lib/apt; do
	[ -d "mnt/$d" ] && mount -t tmpfs tmpfs "mnt/$d"
done
for k in mnt/lib/modules/*; do
	for d in drivers/gpu drivers/media drivers/net drivers/staging drivers/infiniband sound net fs; do
		[ -d "$k/kernel/$d" ] && mount -t tmpfs tmpfs "$k/kernel/$d"
	done
done
umount mnt/proc mnt/tmp
cp mnt/boot/vmlinuz-* mnt/boot/initrd* "$OUT/"
rm -f "$OUT/root.img"
mke2fs -q -F -t ext4 -O ^metadata_csum,^64bit -E nodiscard -U "$UUID" -d mnt "$OUT/root.img" "$SIZE"
"""


def make(layers, state, out, size="900M"):
    """out/root.img, out/vmlinuz-*, out/initrd*: what a boot of this state takes."""
    os.makedirs(out, exist_ok=True)
    for f in os.listdir(out):
        if f.startswith(("vmlinuz-", "initr")):
            os.unlink(os.path.join(out, f))
    layers.outside(state, MAKE, {"REPORT": REPORT, "OUT": out, "UUID": UUID, "SIZE": size})
    return os.path.join(out, "root.img")
