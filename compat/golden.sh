#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# golden.sh - the probes' answers that are on record for a kernel
#
#   compat/golden.sh name RELEASE ARCH		what the record is called
#   compat/golden.sh check RELEASE ARCH ANSWERS	compare with the record
#   compat/golden.sh accept RELEASE ARCH ANSWERS	make them the record
#
# ANSWERS is a compat-config.h.  A record is compat/golden/<name>.h (HVL_GOLDEN
# names another directory), and the name is the release without what a vendor
# raises within a series, since an update must not change an answer:
#
#   6.1.0-50-amd64		6.1-amd64	version, flavour
#   6.12.107+deb13-amd64	6.12-deb13-amd64	version, suite, flavour
#   2.6.32-504.16.2.el6.x86_64	2.6.32-504.el6-x86_64	a minor release of RHEL
#   6.6.9			6.6-x86_64	a kernel of one's own
#
# check ends with 0 if they are the same, 1 if they differ, 2 if there is no
# record; it says in one line which answers are new, gone or other ones.
set -u

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
dir=${HVL_GOLDEN:-$top/compat/golden}

name_of()
{
	echo "$1" | awk -v arch="$2" '{
		if (match($0, /\.el[0-9]+/)) {
			el = substr($0, RSTART, RLENGTH)
			match($0, /^[0-9.]+-[0-9]+/)
			print substr($0, 1, RLENGTH) el "-" arch
			exit
		}
		split($0, part, /[^0-9]/)
		version = part[1] "." part[2]
		if (match($0, /deb[0-9]+/))
			version = version "-" substr($0, RSTART, RLENGTH)
		sub(/^[0-9.]+/, "")		# the version
		sub(/^\+deb[0-9]+/, "")
		sub(/^-[0-9][0-9.]*(\.deb[0-9.]+)?(-|$)/, "-")	# the build number
		sub(/^-/, "")
		print version "-" ($0 == "" ? arch : $0)
	}'
}

# The answers alone: sorted lines, without the paths that the file names.
answers()
{
	grep -E '^(#define HAVE_[A-Z0-9_]+ 1|/\* no [A-Z0-9_]+ \*/)$' "$1" | LC_ALL=C sort
}

# NAME ANSWER for the lines that answers() gives
pairs()
{
	sed 's/^#define HAVE_\([A-Z0-9_]*\) 1$/\1 yes/; s/^\/\* no \([A-Z0-9_]*\) \*\/$/\1 no/'
}

check()
{
	record=$dir/$1.h
	[ -f "$record" ] || return 2
	answers "$record" | pairs >"$2.record"
	said=$(answers "$2" | pairs | awk '
		NR == FNR { was[$1] = $2; next }
		{ now[$1] = 1 }
		!($1 in was) { printf " %s is new (%s),", $1, $2; next }
		was[$1] != $2 { printf " %s was %s and is %s,", $1, was[$1], $2 }
		END { for (n in was) if (!(n in now)) printf " %s is gone,", n }
		' "$2.record" -)
	rm -f "$2.record"
	[ -n "$said" ] || return 0
	echo "hv-lis: other answers than on record for $1:${said%,}"
	return 1
}

[ $# -ge 3 ] || { echo "usage: golden.sh name|check|accept RELEASE ARCH [ANSWERS]" >&2; exit 2; }
name=$(name_of "$2" "$3")
case $1 in
name)
	echo "$name"
	;;
check)
	check "$name" "$4"
	;;
accept)
	mkdir -p "$dir" || exit 1
	{
		echo "/* What compat/probes answers for $name; see docs/porting.md */"
		answers "$4"
	} >"$dir/$name.h.new" && mv "$dir/$name.h.new" "$dir/$name.h"
	;;
*)
	echo "golden.sh: what is $1?" >&2
	exit 2
	;;
esac
