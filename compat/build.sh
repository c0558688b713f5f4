#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh - build all modules for one kernel
#
#   compat/build.sh KDIR [OUT] [VARIABLE=value...]
#
# Checks KDIR, makes a tree of links in OUT, asks the kernel what it offers
# (probe.sh), and runs the kernel's build system there.  Nothing is written
# outside OUT, and nothing at all before KDIR has been found good.  With
# COMPILE_ONLY=1 in the environment a kernel whose bus is built in is compiled
# for all the same; install.sh declines what comes of it.  With PROBE_ONLY=1 nothing
# is built.  HVL_EXPECT names the modules that somebody counts on.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
# shellcheck source=kdir.sh
. "$top/compat/kdir.sh"
: "${MAKE:=make}"

die()
{
	echo "hv-lis: $*" >&2
	exit 1
}

kdir=${1-}
out=${2-}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] && shift

# ---- is KDIR something that modules can be built against? -------------------

[ -n "$kdir" ] || die "no kernel build tree given: make modules KDIR=/lib/modules/<release>/build"
[ -d "$kdir" ] || die "$kdir does not exist: install the headers of that kernel" \
	"(Debian: linux-headers-\$(uname -r), RHEL: kernel-devel) or give KDIR=..."
[ -f "$kdir/Makefile" ] || die "$kdir is not a kernel build tree (no Makefile in it)"
[ -f "$kdir/.config" ] || die "$kdir is not configured (no .config in it): KDIR must be" \
	"the build tree of a kernel, as installed by its headers package"
[ -f "$kdir/include/generated/autoconf.h" ] || [ -f "$kdir/include/linux/autoconf.h" ] ||
	die "$kdir is not prepared (no autoconf.h): run 'make modules_prepare' in it"
[ -f "$kdir/Module.symvers" ] || die "$kdir has no Module.symvers: build that kernel's" \
	"modules first, or install its headers package"
kdir=$(CDPATH='' cd -- "$kdir" && pwd -P) || exit 1

option=$(kdir_built_in "$kdir")
if [ -n "$option" ] && [ "${COMPILE_ONLY-}" != 1 ]; then
	die "the vmbus of this kernel is built in ($option=y in $kdir/.config) and" \
		"cannot be replaced; use the kernel's own drivers"
fi
grep -q '^CONFIG_X86=y' "$kdir/.config" || die "only x86 kernels are supported, and $kdir is not one"
grep -q '^CONFIG_MODULES=y' "$kdir/.config" || die "the kernel of $kdir has no loadable modules"
if grep -q '^CONFIG_XEN=y' "$kdir/.config" && ! grep -q '^CONFIG_PARAVIRT=y' "$kdir/.config"; then
	die "kernel-xen does not run on Hyper-V; build against the ordinary kernel"
fi

kdir_tell_arch "$kdir"
release=$(kdir_release "$kdir")
[ -n "$release" ] || die "cannot tell the release of the kernel in $kdir"
[ -n "$out" ] || out=$top/build/$release

# ---- the tree of links ---------------------------------------------------------

mkdir -p "$out" || exit 1
out=$(CDPATH='' cd -- "$out" && pwd -P) || exit 1
[ "$out" != "$top" ] || die "O must not be the source directory itself"

# Links whose source is gone would keep a deleted file in the build.
find "$out" -type l ! -exec test -e {} \; -exec rm -f {} \;
(cd "$top" && find Kbuild compat hv-* \( -name '*.[chS]' -o -name Kbuild -o -name '*.mk' \) -type f) |
while read -r f; do
	case $f in
	*/*) mkdir -p "$out/${f%/*}" ;;
	esac
	[ -L "$out/$f" ] || ln -s "$top/$f" "$out/$f" || exit 1
done || die "cannot write to $out"

# ---- what is this kernel like? --------------------------------------------------

args="HVL_TOP=$out"
for a in "$@"; do
	case $a in
	*=) ;;
	*\ *) die "no blanks in $a, please" ;;
	*) args="$args $a" ;;
	esac
done
cc=
case " $args " in *" CC="*) cc=${args##* CC=}; cc=${cc%% *} ;; esac

KCC=$cc "$top/compat/probe.sh" "$kdir" "$out" || exit 1
[ "${PROBE_ONLY-}" != 1 ] || exit 0

# dkms has to say what will come out before anything is asked of the kernel; what it
# does not know it would not install, nor take away.
have=$("$top/compat/list.sh" "$out/compat-config.h") || exit 1
have=$(echo "$have" | tr '\n' ' ')
[ -z "${HVL_EXPECT-}" ] || [ "$HVL_EXPECT " = "$have" ] ||
	die "dkms.conf says that $release has $HVL_EXPECT, and the kernel says ${have% }:" \
		"correct it, or build without dkms"

# A vendor may take up an API within a series: no reason not to build, but one to
# tell.  The tests are stricter (tests/build/run).
arch=$(kdir_arch "$kdir")
[ -n "${HVL_DENY-}" ] ||
	said=$("$top/compat/golden.sh" check "$release" "$arch" "$out/compat-config.h") ||
	[ -z "$said" ] || echo "$said; please report that, it is built all the same"

# ---- build ------------------------------------------------------------------------

# shellcheck disable=SC2086 # a list of assignments without blanks
$MAKE -C "$kdir" M="$out" $args modules || die "the build for $release failed; the probes' answers" \
	"are in $out/compat-config.h, their log in $out/probe.log"

"$top/compat/unresolved.sh" "$kdir" "$out" || die "these modules would not load"

for m in "$out"/hv-*/*.ko; do
	[ -f "$m" ] || continue
	m=${m#"$out"/}
	"$top/compat/list.sh" -p | grep -qxF "${m%.ko}" ||
		die "$m came out, and compat/modules does not know it: nobody would install it"
done
for m in $("$top/compat/list.sh" -p "$out/compat-config.h"); do
	[ -f "$out/$m.ko" ] || die "no module came out at $m.ko"
done
echo "hv-lis: modules for $release are in $out/hv-*/${option:+ (to look at: its bus is built in)}"
