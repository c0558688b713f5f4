# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# drivers.sh - which drivers will the next boot of a kernel use?
#
# The one answer to that question: hooks, packages, status, repair and rollback
# all take it from here.  The boot takes bus and storage from the initramfs, and
# what is not in there from the disk as modules.dep has it.  Bus and storage must
# be of one kind; one without the other finds no root disk.

# next_boot KERNEL: sets
#	boot_word	ours, in-box, built-in, mixed, none or unknown
#	boot_note	why, in words, where there is something to say
#	boot_stale	1 if the image's are not those that the disk has now
#	boot_image	the initramfs, or nothing
#	boot_version	of ours
next_boot()
{
	boot_word='' boot_note='' boot_stale='' boot_version='' boot_unsigned=''
	boot_image=$(image_of "$1") || boot_image=
	if kernel_bus_built_in "$1"; then
		boot_word=built-in
		return 0
	fi
	hvl_need_tmp
	_in=$hvl_tmp/image
	rm -rf "$_in"
	mkdir -p "$_in"
	if [ -z "$boot_image" ]; then
		boot_note="no initramfs"
	elif ! image_unpack "$boot_image" "$_in"; then
		boot_word=unknown
		boot_note="$boot_image cannot be read"
		return 0
	fi
	_bus=$(image_module "$_in" hv_vmbus)
	_stor=$(image_module "$_in" hv_storvsc)
	if [ -z "$_bus$_stor" ]; then
		[ -z "$boot_image" ] || boot_note="the initramfs has no Hyper-V drivers"
	fi
	_dbus=$(module_file "$1" hv_vmbus)
	_dstor=$(module_file "$1" hv_storvsc)
	drivers_judge "${_bus:-$_dbus}" "${_stor:-$_dstor}"
	drivers_signed "$1" "${_bus:-$_dbus}" "${_stor:-$_dstor}"
	{ drivers_differ "$_bus" "$_dbus" || drivers_differ "$_stor" "$_dstor"; } && boot_stale=1
	return 0
}

# drivers_judge BUS STORAGE: the word for two files
drivers_judge()
{
	_kb=$(module_kind "$1")
	_ks=$(module_kind "$2")
	case $_kb/$_ks in
	/) boot_word=none ;;
	ours:*/ours:*)
		boot_word=ours
		boot_version=${_kb#ours:}
		if [ "$_kb" != "$_ks" ]; then
			boot_word=mixed
			boot_note="hv_vmbus is ${_kb#ours:} and hv_storvsc ${_ks#ours:}"
		fi
		;;
	in-box/in-box) boot_word=in-box ;;
	in-box/ | /in-box) boot_word=in-box; boot_note="only one of hv_vmbus and hv_storvsc is there" ;;
	*)
		boot_word=mixed
		boot_note="hv_vmbus is ${_kb:-missing} and hv_storvsc ${_ks:-missing}"
		;;
	esac
}

# One in the image that is not the one on the disk.
drivers_differ()
{
	[ -n "$1" ] || return 1
	[ -n "$2" ] || return 0
	[ "$(module_kind "$1") $(module_source "$1")" != "$(module_kind "$2") $(module_source "$2")" ]
}

drivers_signed()
{
	secure_boot_on || return 0
	shift
	for _m in "$@"; do
		[ -n "$_m" ] || continue
		{ module_signed "$_m" && drivers_trusted "$_m"; } || boot_unsigned="$boot_unsigned $(basename "$_m")"
	done
	boot_unsigned=${boot_unsigned# }
}

# drivers_trusted FILE: does this machine's kernel know who signed it?  The kernel's own
# need no question: each kernel knows its own.
drivers_trusted()
{
	module_is_ours "$1" || return 0
	_c=$(modules_cert)
	[ ! -f "$_c" ] || { key_trusted "$_c"; return; }
	_by=$(modinfo -F signer "$1" 2>/dev/null)
	[ -z "$_by" ] || [ ! -f "${HVL_FACTS-}/proc/keys" ] ||
		grep -qF " asymmetri $_by: " "${HVL_FACTS-}/proc/keys"
}

# key_trusted CERTIFICATE: the kernel's keys are told by identifiers that their
# certificates hold
key_trusted()
{
	[ -f "${HVL_FACTS-}/proc/keys" ] || return 0
	_hex=$(od -An -v -tx1 "$1" | tr -d ' \n')
	sed -n 's/.* asymmetri .*: \([0-9a-f]\{16,\}\): X509.*/\1/p' "${HVL_FACTS-}/proc/keys" |
		while read -r _id; do
			case $_hex in *"$_id"*) echo "$_id" ;; esac
		done | grep -q .
}

# Does this machine want signatures, by its firmware or by its kernel's command line?  HVL_SECURE_BOOT=1 or 0 says it.
secure_boot_on()
{
	case ${HVL_SECURE_BOOT-} in
	1) return 0 ;;
	0) return 1 ;;
	esac
	[ "$(cat "${HVL_FACTS-}/sys/module/module/parameters/sig_enforce" 2>/dev/null)" != Y ] || return 0
	for _efi in /sys/firmware/efi/efivars/SecureBoot-* /sys/firmware/efi/vars/SecureBoot-*/data; do
		[ -f "$_efi" ] || continue
		case $(od -An -v -tx1 "$_efi" | tr -d ' \n') in
		*01) return 0 ;;
		esac
	done
	return 1
}

# boot_is_safe: the last next_boot found something that will find its root disk
boot_is_safe()
{
	case $boot_word in
	ours | in-box | built-in) [ -z "$boot_unsigned" ] ;;
	none) return 0 ;;	# a machine that does not boot from Hyper-V storage
	*) return 1 ;;
	esac
}

# disk_word KERNEL: what an image built now would hold
disk_word()
{
	drivers_judge "$(module_file "$1" hv_vmbus)" "$(module_file "$1" hv_storvsc)"
	echo "$boot_word"
}

# One line on a kernel, for people: status_line KERNEL
status_line()
{
	next_boot "$1"
	_t=$boot_word
	[ "$boot_word" != ours ] || _t="ours $boot_version"
	_more=
	[ -z "$boot_note" ] || _more="$_more; $boot_note"
	[ -z "$boot_stale" ] || _more="$_more; the initramfs is older than the modules on disk (hv-lis repair)"
	[ -z "$boot_unsigned" ] ||
		_more="$_more; NOT SIGNED by a key that this machine trusts, would not load: $boot_unsigned"
	[ "$boot_word" != mixed ] || _more="$_more; WOULD NOT FIND ITS ROOT DISK (hv-lis repair)"
	echo "$1: $_t${boot_image:+ ($(basename "$boot_image"))}$_more"
}
