# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# preflight.sh - may this machine have our drivers?  Looks, changes nothing
#
# Each check calls decline with one line.  HVL_FACTS is a prefix for /proc, /sys and
# /dev, so that tests can show machines that they do not have.

: "${HVL_FACTS:=}"
declined=0

decline()
{
	declined=$((declined + 1))
	log "declined: $*"
}

# Consumers of the bus that a kernel may have.
consumers="hv_storvsc hv_netvsc hv_utils hv_balloon hid_hyperv hyperv_keyboard hyperv_fb
	hyperv_drm hv_sock pci_hyperv uio_hv_generic"

check_machine()
{
	case $(uname -m) in
	x86_64 | i?86) ;;
	*) decline "only x86 machines are supported, and this is $(uname -m)" ;;
	esac
	_dmi=$HVL_FACTS/sys/class/dmi/id
	if [ "$(cat "$_dmi/sys_vendor" 2>/dev/null)" = "Microsoft Corporation" ] &&
	   [ "$(cat "$_dmi/product_name" 2>/dev/null)" = "Virtual Machine" ]; then
		:
	elif [ -d "$HVL_FACTS/sys/bus/vmbus/devices" ] ||
	     ls -d "$HVL_FACTS"/sys/bus/acpi/devices/VMBUS* >/dev/null 2>&1; then
		:
	else
		decline "this machine is not a guest of Hyper-V"
	fi
	[ ! -e "$HVL_FACTS/dev/mshv" ] ||
		decline "this is the root partition of Hyper-V, not a guest"
	if [ -e "$HVL_FACTS/dev/sev-guest" ] || [ -e "$HVL_FACTS/dev/tdx_guest" ] ||
	   grep -qs -w -e tdx_guest -e sev_snp "$HVL_FACTS/proc/cpuinfo"; then
		decline "this is an isolated (confidential) machine: its drivers must be the kernel's"
	fi
}

check_kernel()
{
	case $kernel in
	*xen) decline "kernel-xen does not run on Hyper-V; boot the ordinary kernel" ;;
	*)	[ ! -e "$HVL_FACTS/proc/xen/capabilities" ] ||
			decline "this machine runs on Xen" ;;
	esac
	if kernel_bus_built_in "$kernel"; then
		decline "the vmbus of $kernel is built in and cannot be replaced; use the kernel's own drivers"
	fi
	[ -d "$HVL_ROOT/lib/modules/$kernel/kernel" ] ||
		decline "$kernel has no modules in /lib/modules"
}

# The modules that this kernel would get, as far as there are headers to ask it by
modules_wanted()
{
	if PROBE_ONLY=1 "$top/compat/build.sh" "$HVL_ROOT/lib/modules/$kernel/build" \
		"$hvl_tmp/probe" >/dev/null 2>&1; then
		"$top/compat/list.sh" "$hvl_tmp/probe/compat-config.h"
	else
		hvl_modules
	fi
}

check_consumers()
{
	wanted=$(modules_wanted)
	for _c in $consumers; do
		echo "$wanted" | tr - _ | grep -qx "$_c" && continue
		for _dev in "$HVL_FACTS/sys/bus/vmbus/drivers/$_c"/*-*-*-*-*; do
			[ -e "$_dev" ] || continue
			decline "$_c is in use (${_dev##*/}) and would be lost with the kernel's bus"
			break
		done
		[ "$_c" != hv_sock ] || case $(cat "$HVL_FACTS/sys/module/hv_sock/refcnt" 2>/dev/null) in
		'' | 0) ;;
		*) decline "hv_sock is in use and would be lost with the kernel's bus" ;;
		esac
	done
}

# The root disk behind a virtual PCI bus of Hyper-V, which we do not serve.
check_root_disk()
{
	_dev=$(awk '$2 == "/" && $1 ~ /^\/dev\// { print $1 }' "$HVL_FACTS/proc/mounts" 2>/dev/null | tail -n 1)
	_name=${_dev##*/}
	[ -n "$_name" ] || return 0
	_path=$(cd "$HVL_FACTS/sys/class/block/$_name" 2>/dev/null && pwd -P)
	case $_path in
	*/VMBUS:*/pci*:* | */VMBUS*/pci[0-9a-f]*:*)
		decline "the root disk $_dev is behind pci-hyperv, which would be lost with the kernel's bus" ;;
	esac
}

check_tools()
{
	[ -f "$HVL_ROOT/lib/modules/$kernel/build/Makefile" ] ||
		decline "the headers of $kernel are not installed" \
			"(Debian: linux-headers-$kernel; RHEL: kernel-devel; SUSE: kernel-default-devel)"
	for _t in make gcc cpio awk; do
		command -v $_t >/dev/null 2>&1 || decline "$_t is not installed"
	done
	_try=$hvl_tmp/try.c
	echo 'int main(void) { return 0; }' >"$_try"
	! command -v gcc >/dev/null 2>&1 || gcc -c -o "$hvl_tmp/try.o" "$_try" 2>/dev/null ||
		decline "gcc does not compile"
}

# free DIRECTORY: MiB that are left there
free()
{
	_d=$1
	while [ ! -d "$_d" ]; do
		_d=${_d%/*}
		[ -n "$_d" ] || _d=/
	done
	[ -z "${HVL_FREE-}" ] || { echo "$HVL_FREE"; return; }
	df -Pk "$_d" | awk 'NR == 2 { print int($4 / 1024) }'
}

check_room()
{
	_img=$(image_of "$kernel") && _need=$(($(wc -c <"$_img") / 524288 + 16)) || _need=64
	[ "$(free "$HVL_ROOT/boot")" -ge "$_need" ] ||
		decline "/boot has less than $_need MiB free, for a new initramfs beside the old one"
	[ "$(free "$HVL_ROOT/var")" -ge 64 ] || decline "/var has less than 64 MiB free, for the build"
	[ "$(free "$HVL_ROOT/lib/modules")" -ge 16 ] || decline "/lib/modules has less than 16 MiB free"
}

check_secure_boot()
{
	secure_boot_on || return 0
	if [ -f "${HVL_SIGN_KEY:-$HVL_ROOT/var/lib/dkms/mok.key}" ] ||
	   [ -f "$HVL_ROOT/var/lib/shim-signed/mok/MOK.priv" ]; then
		_c=$(modules_cert)
		key_trusted "$_c" || decline "Secure Boot is on and $_c is not enrolled:" \
			"mokutil --import $_c, restart, then try again"
		return 0
	fi
	decline "Secure Boot is on and there is no key to sign with: see docs/secure-boot.md"
}

# Where the kernel brings drivers that work, ours are by request only.
check_wanted()
{
	[ -z "$replace" ] || return 0
	module_inbox_file "$kernel" hv_vmbus >/dev/null || return 0
	case $kernel in
	*.el5* | *.el6*) return 0 ;;
	esac
	decline "$kernel has Hyper-V drivers of its own; --replace puts ours in their place"
}

preflight()
{
	declined=0
	check_machine
	check_kernel
	check_wanted
	check_consumers
	check_root_disk
	check_tools
	check_room
	check_secure_boot
	names_check
	[ $declined = 0 ]
}
