# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# boot.sh - builds initramfs images, and never leaves a worse one than there was
#
# A new image is written beside the old one, looked at (drivers.sh), brought to
# the disk, and only then takes the old one's name.  The last image with other
# drivers than the new one stays as IMAGE.hv-lis-previous.

image_previous()
{
	echo "$1.hv-lis-previous"
}

# image_keep IMAGE: keep what is there, by a second link where that can be.  An
# image that would not boot is not worth keeping.
image_keep()
{
	[ -f "$1" ] || return 0
	_p=$(image_previous "$1")
	rm -f "$_p.new"
	ln "$1" "$_p.new" 2>/dev/null || cp -p "$1" "$_p.new" || { rm -f "$_p.new"; return 1; }
	mv -f "$_p.new" "$_p"
}

# image_make KERNEL FILE: by whatever this distribution makes images with
image_make()
{
	_mods=$(hvl_modules 2>/dev/null | tr '\n' ' ')
	_in=
	[ -z "$HVL_ROOT" ] || _in="chroot $HVL_ROOT"
	_file=${2#"$HVL_ROOT"}
	# shellcheck disable=SC2086 # a command or none
	if [ -x "$HVL_ROOT/usr/sbin/mkinitramfs" ]; then
		HVL_IMAGE_BY_US=1 $_in mkinitramfs -o "$_file" "$1"
	elif [ -x "$HVL_ROOT/sbin/dracut" ] || [ -x "$HVL_ROOT/usr/bin/dracut" ]; then
		HVL_IMAGE_BY_US=1 $_in dracut -f "$_file" "$1"
	elif grep -qs -e --preload "$HVL_ROOT/sbin/mkinitrd"; then
		# RHEL 5: what is preloaded comes ahead of the IDE driver
		_pre=
		for _m in $_mods; do
			case $_m in hv_vmbus | hv_storvsc) ;; *) continue ;; esac
			module_file "$1" "$_m" >/dev/null && _pre="$_pre --preload=$_m"
		done
		$_in /sbin/mkinitrd -f $_pre "$_file" "$1"
	else
		hvl_warn "there is nothing here that makes an initramfs"
		return 1
	fi
}

# image_judge KERNEL FILE: next_boot as if FILE were the kernel's image
image_judge()
{
	HVL_IMAGE=$2
	next_boot "$1"
	# shellcheck disable=SC2034 # of image_of
	HVL_IMAGE=
}

# image_rebuild KERNEL: a new image in place of the old one if it is good.  The last
# next_boot was about the old one.
image_rebuild()
{
	_had=$boot_word
	boot_is_safe || _had=
	_img=$(image_name_for "$1")
	_want=$(disk_word "$1")
	_new=$_img.hv-lis-new
	rm -f "$_new"
	if ! image_make "$1" "$_new"; then
		rm -f "$_new"
		hvl_warn "no new initramfs for $1: its maker failed; the old one stays"
		return 1
	fi
	image_judge "$1" "$_new"
	if [ "$boot_word" != "$_want" ] || ! boot_is_safe || [ -n "$boot_stale" ]; then
		rm -f "$_new"
		hvl_warn "the new initramfs for $1 holds ${boot_word} drivers instead of $_want" \
			"(${boot_note:-${boot_unsigned:-not those of the disk}}); the old one stays"
		return 1
	fi
	if [ -n "$_had" ] && [ "$_had" != "$_want" ] && ! image_keep "$_img"; then
		rm -f "$_new"
		hvl_warn "no room to keep $_img; it stays"
		return 1
	fi
	sync
	{ mv -f "$_new" "$_img" && sync; } || return 1
	# Older initramfs-tools touch an image only while it is the one they made.
	_sum=$HVL_ROOT/var/lib/initramfs-tools/$1
	[ ! -s "$_sum" ] || (cd / && sha1sum "${_img#"$HVL_ROOT"}") >"$_sum"
}

# repair KERNEL: see to it that the next boot of this kernel finds its disk, with
# the drivers that the disk has.  Says nothing where all is well.
repair()
{
	next_boot "$1"
	[ "$boot_word" != built-in ] || return 0
	# A package's new version may have brought modules while the administrator wants none.
	if { [ -e "$hvl_off" ] && [ "$(disk_word "$1")" = ours ]; } || ! modules_fit "$1"; then
		modules_take "$1" || return 1
		next_boot "$1"
	fi
	_disk=$(disk_word "$1")
	if [ "$_disk" = mixed ]; then
		modules_coherent "$1" || return 1
		_disk=$(disk_word "$1")
		next_boot "$1"
	fi
	[ -n "$boot_image" ] || return 0	# a kernel that boots without one
	[ "$boot_word" != none ] || [ "$_disk" != ours ] || boot_stale=1
	if boot_is_safe && [ "$boot_word" = "$_disk" ] && [ -z "$boot_stale" ]; then
		return 0
	fi
	hvl_say "building the initramfs of $1 again: it has ${boot_word} drivers, the disk $_disk"
	image_rebuild "$1"
}
