# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# modules.sh - puts our modules under /lib/modules and takes them away, all or none
#
# With dkms, dkms does it; without, they lie in updates/hv-lis, a directory that
# is filled under another name and then renamed.  The kernel's own files are never
# touched here.

modules_dkms()
{
	[ -z "${HVL_NO_DKMS-}" ] && [ -x "$HVL_ROOT/usr/sbin/dkms" ] &&
		[ -d "$HVL_ROOT/var/lib/dkms/hv-lis" ]
}

modules_in_root()
{
	if [ -n "$HVL_ROOT" ]; then chroot "$HVL_ROOT" "$@"; else "$@"; fi
}

modules_depmod()
{
	modules_in_root depmod -a "$1" && sync
}

# modules_put KERNEL DIR LIST: the modules that DIR holds for this kernel; LIST names
# them all, as directory/name
modules_put()
{
	_to=$HVL_ROOT/lib/modules/$1/updates
	rm -rf "$_to/.hv-lis.new"
	mkdir -p "$_to/.hv-lis.new" || return 1
	for _m in ${3:-none}; do
		cp "$2/$_m.ko" "$_to/.hv-lis.new/" || {
			hvl_warn "$_m.ko is not in $2, or $_to has no room: nothing is installed"
			rm -rf "$_to/.hv-lis.new"
			return 1
		}
	done
	for _m in "$_to"/.hv-lis.new/*.ko; do
		strip --strip-debug "$_m" 2>/dev/null
		modules_sign "$1" "$_m" || { rm -rf "$_to/.hv-lis.new"; return 1; }
	done
	sync
	rm -rf "$_to/.hv-lis.old"
	[ ! -d "$_to/hv-lis" ] || mv "$_to/hv-lis" "$_to/.hv-lis.old" || return 1
	mv "$_to/.hv-lis.new" "$_to/hv-lis" || return 1
	rm -rf "$_to/.hv-lis.old"
	modules_depmod "$1"
}

# modules_sign KERNEL FILE: with the given key, or dkms'; nothing to do without one
modules_sign()
{
	_cert=$(modules_cert)
	case $_cert in
	*/mok/MOK.der) _key=${_cert%der}priv ;;
	*) _key=$HVL_ROOT/var/lib/dkms/mok.key ;;
	esac
	_key=${HVL_SIGN_KEY:-$_key}
	if [ ! -f "$_key" ] || [ ! -f "$_cert" ]; then
		secure_boot_on || return 0
		hvl_warn "Secure Boot is on and there is no key to sign with ($_key):" \
			"the modules would not load"
		return 1
	fi
	for _s in "$HVL_ROOT/lib/modules/$1/build/scripts/sign-file" \
		"$HVL_ROOT"/usr/lib/linux-kbuild-"${1%%.[0-9]*-*}"*/scripts/sign-file; do
		[ -x "$_s" ] || continue
		"$_s" sha256 "$_key" "$_cert" "$2" && return 0
	done
	secure_boot_on || return 0
	hvl_warn "$2 could not be signed: no sign-file for $1"
	return 1
}

# modules_fit KERNEL: would the machine be whole with ours, as they lie there?  Says
# why not.
modules_fit()
{
	[ "$(disk_word "$1")" = ours ] || return 0
	for _dev in "${HVL_FACTS-}"/sys/bus/vmbus/drivers/hv_netvsc/*-*-*-*-*; do
		[ -e "$_dev" ] || break
		case $(module_kind "$(module_file "$1" hv_netvsc)") in
		ours:*) break ;;
		esac
		hvl_warn "$1 keeps its own drivers: there is a network card here, and none of ours for it"
		return 1
	done
	boot_unsigned=
	drivers_signed "$1" "$(module_file "$1" hv_vmbus)" "$(module_file "$1" hv_storvsc)"
	[ -n "$boot_unsigned" ] || return 0
	hvl_warn "$1 keeps its own drivers: signatures are enforced here, and ours have none that" \
		"this machine trusts; enrol the key (mokutil --import $(modules_cert), restart)," \
		"then: hv-lis activate"
	return 1
}

# The certificate that belongs to the key that modules are signed with
modules_cert()
{
	for _c in "${HVL_SIGN_CERT-}" "$HVL_ROOT/var/lib/shim-signed/mok/MOK.der" \
		"$HVL_ROOT/var/lib/dkms/mok.pub"; do
		[ -f "$_c" ] && { echo "$_c"; return 0; }
	done
	echo "$HVL_ROOT/var/lib/dkms/mok.pub"
}

# modules_take KERNEL: ours away, the kernel's own are found again.  What a package
# brought as it is (kmod-hv-lis) cannot be built again: that is put aside.
modules_take()
{
	for _w in extra weak-updates; do
		[ -d "$HVL_ROOT/lib/modules/$1/$_w/hv-lis" ] || continue
		rm -rf "$hvl_state/aside/$1/$_w"
		mkdir -p "$hvl_state/aside/$1/$_w" &&
			mv "$HVL_ROOT/lib/modules/$1/$_w/hv-lis" "$hvl_state/aside/$1/$_w/" || return 1
	done
	rm -rf "$HVL_ROOT/lib/modules/$1/updates/hv-lis" \
		"$HVL_ROOT/lib/modules/$1/updates/.hv-lis.new" \
		"$HVL_ROOT/lib/modules/$1/updates/.hv-lis.old"
	rmdir "$HVL_ROOT/lib/modules/$1/updates" 2>/dev/null
	if modules_dkms; then
		modules_dkms_take "$1" || return 1
	fi
	modules_depmod "$1"
}

# modules_back KERNEL: what was put aside, where the package had it
modules_back()
{
	for _w in extra weak-updates; do
		[ -d "$hvl_state/aside/$1/$_w/hv-lis" ] || continue
		if [ ! -e "$HVL_ROOT/lib/modules/$1/$_w/hv-lis" ]; then
			mkdir -p "$HVL_ROOT/lib/modules/$1/$_w" &&
				mv "$hvl_state/aside/$1/$_w/hv-lis" "$HVL_ROOT/lib/modules/$1/$_w/" || return 1
		fi
	done
	rm -rf "$hvl_state/aside/$1"
	rmdir "$hvl_state/aside" 2>/dev/null
	modules_depmod "$1"
}

modules_dkms_take()
{
	for _v in "$HVL_ROOT"/var/lib/dkms/hv-lis/*/"$1"; do
		[ -d "$_v" ] || continue
		_v=${_v%/*}
		_v=${_v##*/}
		modules_in_root dkms uninstall -m hv-lis -v "$_v" -k "$1" && continue
		# dkms 2.2's uninstall does nothing for one kernel alone; its remove does both.
		modules_in_root dkms remove -m hv-lis -v "$_v" -k "$1" || return 1
		[ -d "$HVL_ROOT/var/lib/dkms/hv-lis/$_v" ] ||
			modules_in_root dkms add -m hv-lis -v "$_v" || return 1
	done
}

# Ours that lie about, whoever put them there; one line each.
modules_ours()
{
	find "$HVL_ROOT/lib/modules/$1/updates" "$HVL_ROOT/lib/modules/$1/extra" \
		"$HVL_ROOT/lib/modules/$1/weak-updates" \
		\( -name 'hv_*.ko*' -o -name 'hid-hyperv.ko*' -o -name 'hyperv-keyboard.ko*' \) \
		2>/dev/null | while read -r _f; do
		module_is_ours "$_f" && echo "$_f"
	done
}

# modules_coherent KERNEL: after an interruption only some of ours may be there;
# then none shall be, and the kernel's own are put back.
modules_coherent()
{
	hvl_warn "$1 has some of our modules and not others: going back to the kernel's own"
	if modules_dkms; then
		modules_dkms_take "$1" >/dev/null 2>&1
	fi
	modules_ours "$1" | while read -r _f; do
		rm -f "$_f"
	done
	modules_put_back "$1"
	modules_depmod "$1"
	case $(disk_word "$1") in
	in-box | none) return 0 ;;
	esac
	hvl_warn "$1: still not of one kind; install its kernel package again"
	return 1
}

# What dkms moved away and nobody moved back.
modules_put_back()
{
	_o=$HVL_ROOT/var/lib/dkms/hv-lis/original_module/$1
	[ -d "$_o" ] || return 0
	find "$_o" -name '*.ko*' | while read -r _f; do
		_b=${_f##*/}
		find "$HVL_ROOT/lib/modules/$1/kernel" -name "${_b%%.*}.ko*" | grep -q . ||
			cp -p "$_f" "$HVL_ROOT/lib/modules/$1/kernel/drivers/hv/" 2>/dev/null ||
			{ mkdir -p "$HVL_ROOT/lib/modules/$1/kernel/drivers/hv" &&
			  cp -p "$_f" "$HVL_ROOT/lib/modules/$1/kernel/drivers/hv/"; }
	done
}

# modules_build KERNEL: from the installed sources, without dkms
modules_build()
{
	_src=$(hvl_source) || return 1
	_out=$hvl_state/build/$1
	[ -d "$HVL_ROOT/lib/modules/$1/build/." ] || {
		hvl_warn "the headers of $1 are not installed: it keeps its own drivers"
		return 1
	}
	mkdir -p "$hvl_state/build" "$hvl_state/log" || return 1
	_log=$hvl_state/log/build-$1.log
	if ! modules_in_root make -C "${_src#"$HVL_ROOT"}" modules \
		KDIR="/lib/modules/$1/build" O="${_out#"$HVL_ROOT"}" >"$_log" 2>&1; then
		hvl_warn "the modules do not build for $1, which keeps its own drivers; see $_log:"
		grep '^hv-lis: ' "$_log" | tail -n 3 >&2
		return 1
	fi
	modules_put "$1" "$_out" "$("$_src/compat/list.sh" -p "$_out/compat-config.h")"
	_rc=$?
	rm -rf "$_out"
	return $_rc
}
