# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# names.sh - device names that another disk driver changes: hda becomes sda, and the
#            order of sda and sdb is nobody's promise
#
# fstab and the boot loader's root= get UUIDs (or labels) in their place, with the
# file as it was kept in hvl_state/names.  What cannot be converted is declined.

names_files="/etc/fstab /etc/default/grub /boot/grub/grub.conf /boot/grub/menu.lst /boot/grub2/grub.cfg
	/boot/grub/grub.cfg"
names_pattern='/dev/[hs]d[a-z][0-9]*'

# The devices by name in a file's lines that matter
names_in()
{
	case $1 in
	*/fstab) grep -v '^[[:space:]]*#' "$1" | grep -oE "^[[:space:]]*$names_pattern" ;;
	*) grep -v '^[[:space:]]*#' "$1" | grep -oE "(root|resume)=$names_pattern" | sed 's/.*=//' ;;
	esac | tr -d ' \t' | sort -u
}

# How a device is called for good: UUID=... or LABEL=...
names_lasting()
{
	for _tag in UUID LABEL; do
		_v=$(${HVL_BLKID:-blkid} -s $_tag -o value "$1" 2>/dev/null)
		[ -n "$_v" ] && { echo "$_tag=$_v"; return 0; }
	done
	return 1
}

names_check()
{
	for _f in $names_files; do
		[ -f "$HVL_ROOT$_f" ] || continue
		for _d in $(names_in "$HVL_ROOT$_f"); do
			names_lasting "$_d" >/dev/null ||
				decline "$_f names $_d, which has neither UUID nor label: a change of" \
					"the disk driver would lose it"
		done
	done
	_l=$HVL_ROOT/etc/lvm/lvm.conf
	[ -f "$_l" ] && grep -v '^[[:space:]]*#' "$_l" | grep -E 'filter *=' | grep -qE '[hs]d[a-z]' &&
		decline "the filter in /etc/lvm/lvm.conf names disks (hd, sd): a change of the disk" \
			"driver would lose them; use /dev/disk/by-id names"
	:
}

names_convert()
{
	for _f in $names_files; do
		[ -f "$HVL_ROOT$_f" ] || continue
		_list=$(names_in "$HVL_ROOT$_f")
		[ -n "$_list" ] || continue
		_kept=$hvl_state/names$_f
		would "convert device names in $_f: $(echo "$_list" | tr '\n' ' ')" && continue
		mkdir -p "${_kept%/*}" || return 1
		[ -f "$_kept" ] || cp -p "$HVL_ROOT$_f" "$_kept" || return 1
		cp -p "$HVL_ROOT$_f" "$HVL_ROOT$_f.hv-lis-new" || return 1
		for _d in $_list; do
			_l=$(names_lasting "$_d") || return 1
			case $_f in
			*/fstab) sed "s,^\([[:space:]]*\)$_d\([[:space:]]\),\1$_l\2," ;;
			*) sed "s,\(root\|resume\)=$_d\([^0-9]\|\$\),\1=$_l\2,g" ;;
			esac <"$HVL_ROOT$_f.hv-lis-new" >"$hvl_tmp/names" &&
				cat "$hvl_tmp/names" >"$HVL_ROOT$_f.hv-lis-new" || return 1
		done
		mv -f "$HVL_ROOT$_f.hv-lis-new" "$HVL_ROOT$_f" || return 1
		cp -p "$HVL_ROOT$_f" "$_kept.ours"
		log "$_f: device names are UUIDs now; as it was: $_kept"
	done
}

# Back as it was, unless somebody has changed the file since.
names_restore()
{
	for _f in $names_files; do
		_kept=$hvl_state/names$_f
		[ -f "$_kept" ] || continue
		if cmp -s "$HVL_ROOT$_f" "$_kept.ours"; then
			cp -p "$_kept" "$HVL_ROOT$_f"
		else
			log "$_f was changed since; it stays as it is (the first one is lost with --uninstall)"
		fi
	done
}
