#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# list.sh - the modules of this tree, one a line; the bus comes first
#
#   compat/list.sh [ANSWERS]		their names: all, or those of one kernel
#   compat/list.sh -p [ANSWERS]		the same as directory/name
#
# ANSWERS is what the probes answered for that kernel, a compat-config.h.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
path=0
if [ "${1-}" = -p ]; then
	path=1
	shift
fi
if [ $# -gt 0 ] && [ ! -f "$1" ]; then
	echo "hv-lis: $1 is not there: nothing was asked of that kernel" >&2
	exit 1
fi
# shellcheck disable=SC2016 # awk's
awk -v all=$((1 - ($# > 0))) -v path=$path '
FILENAME ~ /\/compat\/modules$/ { if ($1 !~ /^#/ && NF == 3) line[++n] = $0; next }
$1 == "#define" { have[$2] = 1 }
END {
	for (i = 1; i <= n; i++) {
		split(line[i], m)
		if (all || m[3] == "-" || ("HAVE_" m[3]) in have)
			print (path ? m[2] "/" : "") m[1]
	}
}' "$top/compat/modules" "$@"
