# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154
#
# common.sh - sourced first by hv-lis, install.sh and the hooks: where things are
#
# HVL_ROOT is a prefix for every path of the system that is looked at or changed;
# empty for the machine itself.  POSIX sh and what RHEL 5 has: no no
# sort -V, no realpath.

: "${HVL_ROOT:=}"
hvl_share=${HVL_SHARE:-$HVL_ROOT/usr/share/hv-lis}
hvl_state=$HVL_ROOT/var/lib/hv-lis
hvl_etc=$HVL_ROOT/etc/hv-lis
# There while the administrator wants the kernel's own drivers (hv-lis rollback).
hvl_off=$hvl_etc/in-box
hvl_tmp=

hvl_say()
{
	echo "hv-lis: $*"
}

hvl_warn()
{
	echo "hv-lis: $*" >&2
}

hvl_die()
{
	hvl_warn "$*"
	exit 1
}

# A directory that goes when the script ends.
hvl_need_tmp()
{
	[ -z "$hvl_tmp" ] || return 0
	hvl_tmp=$(mktemp -d "${TMPDIR:-/tmp}/hv-lis.XXXXXX") || hvl_die "no room in ${TMPDIR:-/tmp}"
	trap 'rm -rf "$hvl_tmp"' EXIT
	trap 'exit 1' HUP INT TERM
}

# The modules of this version, by file name; the bus comes first.
hvl_modules()
{
	cat "$hvl_share/modules"
}

# Every installed kernel: those with a directory of modules and a module in it.
hvl_kernels()
{
	for _k in "$HVL_ROOT"/lib/modules/*/modules.dep; do
		[ -f "$_k" ] || continue
		_k=${_k%/modules.dep}
		[ -d "$_k/kernel" ] && echo "${_k##*/}"
	done
}

# Where the sources of this version are; a package of built modules has none.
hvl_source()
{
	_d=$HVL_ROOT/usr/src/hv-lis-$(cat "$hvl_share/version")
	[ -f "$_d/Makefile" ] && echo "$_d"
}
