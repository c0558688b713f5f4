#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# install.sh - install the modules that build.sh has made
#
#   compat/install.sh KDIR [OUT [ROOT [CC]]]
#
# Into ROOT/lib/modules/<release>/updates; the kernel's own files stay.  The tables by
# which modprobe goes are made anew: the kernel's build system does that only where
# it has the kernel's System.map, which packages of headers lack.  Some kernels look
# at the compiler here too; CC names the one that the modules were built with.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
# shellcheck source=kdir.sh
. "$top/compat/kdir.sh"
: "${MAKE:=make}"
kdir=$1
out=${2-}
root=${3-}
cc=${4-}

if [ ! -f "$kdir/Makefile" ] || [ ! -f "$kdir/.config" ]; then
	echo "hv-lis: $kdir is not the build tree of a configured kernel; give KDIR=..." >&2
	exit 1
fi
kdir_tell_arch "$kdir"
option=$(kdir_built_in "$kdir")
if [ -n "$option" ]; then
	echo "hv-lis: the vmbus of this kernel is built in ($option=y) and cannot be replaced:" \
		"nothing is installed" >&2
	exit 1
fi
[ -n "$out" ] || out=$top/build/$(kdir_release "$kdir")
for m in $("$top/compat/list.sh" -p "$out/compat-config.h" 2>/dev/null || echo hv_vmbus); do
	if [ ! -f "$out/$m.ko" ]; then
		echo "hv-lis: $m.ko is not built for $kdir; run 'make modules KDIR=$kdir' first" >&2
		exit 1
	fi
done
out=$(CDPATH='' cd -- "$out" && pwd -P) || exit 1
$MAKE -C "$kdir" M="$out" HVL_TOP="$out" INSTALL_MOD_DIR=updates \
	${root:+INSTALL_MOD_PATH="$root"} ${cc:+CC="$cc"} modules_install || exit 1
release=$(kdir_release "$kdir")
PATH=$PATH:/usr/sbin:/sbin depmod -a ${root:+-b "$root"} "$release" || {
	echo "hv-lis: depmod failed: run 'depmod -a $release', or nothing loads the modules" >&2
	exit 1
}
echo "hv-lis: installed; rebuild the initramfs if the root disk is on Hyper-V storage"
