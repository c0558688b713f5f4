# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# module.sh - what a module file is: ours or the kernel's, of which source, signed
#
# The .modinfo strings are read without modinfo, which does not know every
# compression that a kernel's modules come in.

# The bytes of a module file, uncompressed.
module_bytes()
{
	case $1 in
	*.ko) cat "$1" ;;
	*.xz) xz -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) return 1 ;;
	esac
}

# module_field FILE FIELD: the value of its first such line in .modinfo
module_field()
{
	module_bytes "$1" 2>/dev/null | tr '\000' '\n' | LC_ALL=C sed -n "s/^$2=//p" | head -n 1
}

# Ours are known by the prefix of the symbols they give and take.  Counted, since a
# grep that ends early is a failure in shells with pipefail, such as dracut's.
module_is_ours()
{
	[ "$(module_bytes "$1" 2>/dev/null | LC_ALL=C grep -c hvl_)" != 0 ]
}

# module_kind FILE: ours:VERSION, in-box, or nothing if there is no such file
module_kind()
{
	[ -f "$1" ] || return 0
	if module_is_ours "$1"; then
		echo "ours:$(module_field "$1" version)"
	else
		echo in-box
	fi
}

# What tells one build's source from another's; kernels built without that say no
# more than the version.
module_source()
{
	_s=$(module_field "$1" srcversion)
	echo "${_s:-$(module_field "$1" version)}"
}

module_signed()
{
	module_bytes "$1" 2>/dev/null | tail -c 28 | LC_ALL=C grep -q 'Module signature appended'
}

# module_in_dep MODULES.DEP MODULE: the module's file as it is named there
module_in_dep()
{
	sed -n "s,^\([^:]*\):.*,\1,p" "$1" 2>/dev/null |
		grep -E "(^|/)$(echo "$2" | sed 's/[-_]/[-_]/g')\.ko(\.[a-z]+)?\$" | head -n 1 | grep .
}

# module_file KERNEL MODULE: the file that modprobe would load, as depmod decided
module_file()
{
	_d=$HVL_ROOT/lib/modules/$1
	_f=$(module_in_dep "$_d/modules.dep" "$2") || return 1
	case $_f in
	/*) echo "$HVL_ROOT$_f" ;;	# RHEL 5 writes them absolute
	*) echo "$_d/$_f" ;;
	esac
}

# The kernel's own file of a module: in its tree, or where dkms moved it.
module_inbox_file()
{
	_pat=$(echo "$2" | sed 's/[-_]/[-_]/g')
	find "$HVL_ROOT/lib/modules/$1/kernel" "$HVL_ROOT/var/lib/dkms/hv-lis/original_module/$1" \
		-name "$_pat.ko*" 2>/dev/null | while read -r _f; do
		module_is_ours "$_f" || { echo "$_f"; break; }
	done | grep .
}

# Is the bus of this kernel part of its image?
kernel_bus_built_in()
{
	_l=$HVL_ROOT/lib/modules/$1/modules.builtin
	grep -q '/hv_vmbus\.ko$' "$_l" 2>/dev/null && return 0
	_c=$HVL_ROOT/boot/config-$1
	[ -f "$_c" ] || return 1
	_o=HYPERV
	grep -q '^CONFIG_HYPERV_VMBUS=' "$_c" && _o=HYPERV_VMBUS
	grep -q "^CONFIG_$_o=y" "$_c"
}
