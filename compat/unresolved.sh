#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# unresolved.sh - do our modules ask for something that nobody exports?
#
#   compat/unresolved.sh KDIR OUT		names each; status 1 if there is one
#
# The kernel's own tools stop for that today; those of RHEL 5 only warn, and the
# module is refused when it is loaded.
set -u

kdir=$1
out=$2
bad=0
for m in "$out"/hv-*/*.ko; do
	for s in $(nm -u "$m" | awk '$1 == "U" && $2 != "_GLOBAL_OFFSET_TABLE_" { print $2 }' |
		awk 'FILENAME != "-" { exported[$2] = 1; next } !($1 in exported)' \
			"$kdir/Module.symvers" "$out/Module.symvers" -); do
		echo "hv-lis: ${m##*/} needs $s, which this kernel does not export" >&2
		bad=1
	done
done
exit $bad
