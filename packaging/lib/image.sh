# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# image.sh - reads initramfs images of any maker: which of our names are in them
#
# An image is one or more cpio archives, one behind the other, of which the last
# may be compressed (the ones ahead hold CPU microcode or ACPI tables).

# The image that the boot loader takes for a kernel, by the names in use.
# HVL_IMAGE is taken instead while a new one is looked at.
image_of()
{
	[ -z "${HVL_IMAGE-}" ] || { echo "$HVL_IMAGE"; return 0; }
	for _i in "$HVL_ROOT/boot/initrd.img-$1" "$HVL_ROOT/boot/initramfs-$1.img" \
		"$HVL_ROOT/boot/initrd-$1.img" "$HVL_ROOT/boot/initrd-$1"; do
		[ -f "$_i" ] && { echo "$_i"; return 0; }
	done
	return 1
}

image_name_for()
{
	image_of "$1" && return 0
	if [ -x "$HVL_ROOT/usr/sbin/mkinitramfs" ]; then
		echo "$HVL_ROOT/boot/initrd.img-$1"
	elif [ -f "$HVL_ROOT/etc/SuSE-release" ] || grep -qs '^ID.*suse' "$HVL_ROOT/etc/os-release"; then
		echo "$HVL_ROOT/boot/initrd-$1"
	elif [ -x "$HVL_ROOT/sbin/dracut" ] || [ -x "$HVL_ROOT/usr/bin/dracut" ]; then
		# Debian's dracut keeps the names of initramfs-tools
		if [ -f "$HVL_ROOT/etc/debian_version" ]; then
			echo "$HVL_ROOT/boot/initrd.img-$1"
		else
			echo "$HVL_ROOT/boot/initramfs-$1.img"
		fi
	else
		echo "$HVL_ROOT/boot/initrd-$1.img"
	fi
}

# image_hex FILE OFFSET COUNT: so many bytes as one hexadecimal word
image_hex()
{
	dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null | od -An -v -tx1 | tr -d ' \n'
}

image_text()
{
	dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null | tr -d '\000'
}

# image_end FILE OFFSET: where the plain archive at OFFSET ends; nothing if it has
# so many members that it is the system itself and thus the last.
image_end()
{
	_off=$2
	_n=0
	while [ $_n -lt 300 ]; do
		_head=$(image_text "$1" "$_off" 110)
		case $_head in
		07070[12]*) ;;
		*) return 0 ;;
		esac
		_size=$((0x$(echo "$_head" | cut -c 55-62)))
		_len=$((0x$(echo "$_head" | cut -c 95-102)))
		_name=
		[ $_len != 11 ] || _name=$(image_text "$1" $((_off + 110)) 10)
		_off=$(((_off + 110 + _len + 3) / 4 * 4 + (_size + 3) / 4 * 4))
		[ "$_name" = 'TRAILER!!!' ] && { echo $_off; return 0; }
		_n=$((_n + 1))
	done
}

# image_skip FILE OFFSET: past the zeros that fill up to the next archive
image_skip()
{
	_at=$2
	while :; do
		_h=$(image_hex "$1" "$_at" 512)
		[ -n "$_h" ] || return 0
		_rest=${_h#"${_h%%[!0]*}"}
		[ -n "$_rest" ] && { echo $((_at + (${#_h} - ${#_rest}) / 2)); return 0; }
		_at=$((_at + ${#_h} / 2))
	done
}

image_plain()
{
	case $1 in
	1f8b*) gzip -dc ;;
	fd377a58*) xz -dc ;;
	28b52ffd*) zstd -dcq ;;
	02214c18* | 04224d18*) lz4 -dc ;;
	5d0000*) xz --format=lzma -dc ;;
	425a68*) bzip2 -dc ;;
	894c5a4f*) lzop -dc ;;
	30373037*) cat ;;
	*) return 77 ;;		# no archive
	esac
}

# image_unpack FILE DIR: the modules with names of Hyper-V drivers, below DIR
image_unpack()
{
	_start=0
	while [ -n "$_start" ]; do
		_magic=$(image_hex "$1" "$_start" 4)
		_end=
		case $_magic in
		30373037) _end=$(image_end "$1" "$_start") ;;
		esac
		image_plain "$_magic" </dev/null >/dev/null 2>&1
		[ $? -ne 77 ] || return 1
		# cpio ends at the archive's end, and those ahead of it may complain
		dd if="$1" bs=4096 skip=$((_start / 4096)) 2>/dev/null |
			tail -c +$((_start % 4096 + 1)) | image_plain "$_magic" 2>/dev/null |
			(cd "$2" && cpio -idm --quiet '*hv_*.ko*' '*hyperv*.ko*' '*/modules.dep' 2>/dev/null)
		_rc=$?
		[ -n "$_end" ] || return $_rc
		_start=$(image_skip "$1" "$_end")
	done
}

# image_module DIR MODULE: the file of a module in an unpacked image.  There may be the
# kernel's own beside ours; modprobe goes by the image's modules.dep then.
image_module()
{
	_dep=$(find "$1" -type f -name modules.dep 2>/dev/null | head -n 1)
	if [ -n "$_dep" ] && _f=$(module_in_dep "$_dep" "$2"); then
		case $_f in
		/*) _f=$1$_f ;;
		*) _f=${_dep%/*}/$_f ;;
		esac
		[ -f "$_f" ] && { echo "$_f"; return 0; }
	fi
	find "$1" -type f -name "$(echo "$2" | sed 's/[-_]/[-_]/g').ko*" 2>/dev/null | head -n 1
}
