#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# layering.sh - rules of the driver sources that a compiler does not know
#
#   tests/check/layering.sh [TREE]
#
# One line for each breach, FILE:LINE: what is wrong; exit status 1 if any.
set -u

top=${1:-$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)}
cd "$top" || exit 1
found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT

# rule WHAT PATTERN FILE...: no line of the files may match.
rule()
{
	what=$1
	pattern=$2
	shift 2
	for f in "$@"; do
		[ -f "$f" ] || continue
		grep -nE "$pattern" "$f" | while IFS= read -r hit; do
			echo "$f:${hit%%:*}: $what"
		done
	done >>"$found"
}

drivers=$(find hv-* -name '*.[ch]')
sources=$(find hv-* -name '*.c')
pure=$(find hv-* -name '*_wire.h' -o -name '*_codec.[ch]' -o -name '*_core.[ch]' \
	-o -path hv-vmbus/ring.c -o -path hv-vmbus/ring.h)
nohooks=$(echo "$drivers" | grep -v '^hv-vmbus/hv_[a-z_]*\.c$')
# The one header of compat/ that knows the kernel's number, to tell the host.
compat=$(find compat -name '*.[ch]' ! -path compat/include/hvl-kernel.h 2>/dev/null)
hvhost=$(find tests/hvhost -name '*.[ch]' 2>/dev/null)

if [ -z "$sources" ]; then
	echo "layering: no driver sources under $top" >&2
	exit 1
fi

# shellcheck disable=SC2086 # lists of files without blanks
{
rule "a kernel version is tested; ask a probe in compat/ instead" \
	'LINUX_VERSION_CODE|KERNEL_VERSION *\(|RHEL_(MAJOR|MINOR|RELEASE)|UTS_RELEASE' \
	$drivers $compat
rule "a probe's answer is used outside compat/" '(^|[^A-Za-z0-9_])HAVE_[A-Z]' $drivers
rule "conditional compilation in a driver source; make it a file or a shim" \
	'^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif)([^a-z]|$)' $sources
rule "the kernel's own <linux/hyperv.h> is included" \
	'#[[:space:]]*include[[:space:]]*[<"]linux/hyperv\.h' $drivers
rule "the kernel's <asm/mshyperv.h> is included outside hv-vmbus/hv_hooks*.c" \
	'#[[:space:]]*include[[:space:]]*[<"]asm/mshyperv\.h' \
	$nohooks
rule "a codec or core includes a kernel header" \
	'#[[:space:]]*include[[:space:]]*[<"](linux|asm|scsi|net)/' $pure
rule "BUG() on what others may cause" '(^|[^A-Z_])BUG(_ON)?[[:space:]]*\(' $drivers
rule "unfinished work" 'TO''DO|FIX''ME|X''XX' $drivers
rule "an exported symbol without the prefix hvl_" \
	'EXPORT_SYMBOL(_GPL)?\([[:space:]]*(__)?([^h_]|h[^v]|hv[^l])' $sources
rule "the test host includes a header of the drivers" \
	'#[[:space:]]*include[[:space:]]*[<"](\.\./)*hv(/|-)' $hvhost
}

for f in $drivers $hvhost; do
	n=$(wc -l <"$f")
	[ "$n" -lt 800 ] || echo "$f:$n: 800 lines or more; split it" >>"$found"
	head -n 1 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
		echo "$f:1: no SPDX line" >>"$found"
done

cat "$found"
[ ! -s "$found" ]
