#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_packaging.sh - what packages and install.sh share, in every shell that is here:
# which drivers an image holds, what the next boot uses, names of disks; and that
# dkms.conf says what the tree has
#
# shellcheck disable=SC2317 # functions are called by name
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# same WHAT GOT WANTED
same()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: '$2' instead of '$3'"
	fi
}

# ---- the tree agrees with itself ------------------------------------------------------

version=$(sed -n 's/^HVL_VERSION := *//p' "$top/compat/version.mk")
same "dkms.conf has the version" \
	"$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")" "$version"
same "the Debian changelog has the version" \
	"$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/packaging/deb/debian/changelog")" "$version"
for f in "$top"/compat/golden/*.h; do
	k=${f##*/}
	case ${k%.h} in *i386 | *686*) a=i686 ;; *) a=x86_64 ;; esac
	# dkms itself is a bash script
	same "dkms.conf has the modules of ${k%.h}" "$(kernelver=${k%.h} arch=$a kernel_source_dir=/x \
		bash -c '. "$1"; echo ${BUILT_MODULE_NAME[@]}' bash "$top/dkms.conf")" \
		"$("$top/compat/list.sh" "$f" | tr '\n' ' ' | sed 's/ $//')"
done
for k in 4.19.0-27-amd64:2 5.5.19:2 5.6.0:3 5.50.1:3 :3; do
	same "dkms.conf has the modules of ${k%:*}" "$(kernelver=${k%:*} kernel_source_dir=/x bash -c \
		'. "$1"; echo ${#BUILT_MODULE_NAME[@]}' bash "$top/dkms.conf")" "${k#*:}"
done
same "the list has every module that a Kbuild makes" "$("$top/compat/list.sh" | sort | tr '\n' ' ')" \
	"$(sed -n 's/^obj-m [:+]= \(.*\)\.o)*$/\1/p' "$top"/hv-*/Kbuild | sed 's/.*,//' | sort | tr '\n' ' ')"
same "dkms.conf is a shell script" "$(kernel_source_dir=/x sh -n "$top/dkms.conf" 2>&1)" ""
for f in "$top"/packaging/lib/*.sh "$top"/packaging/install/*.sh "$top/install.sh"; do
	n=$(wc -l <"$f")
	same "${f##*/} is below 800 lines" "$([ "$n" -lt 800 ] && echo yes)" yes
done

# ---- a system of our own making -------------------------------------------------------

# module FILE ours|in-box VERSION SOURCE
module()
{
	mkdir -p "${1%/*}"
	{
		printf '\177ELF'
		[ "$2" != ours ] || printf 'hvl_channel_open'
		printf '\000version=%s\000srcversion=%s\000' "$3" "$4"
	} >"$1"
}

k=6.6.6
disk()		# KIND VERSION SOURCE: what the disk has for bus and storage
{
	rm -rf "$dir/root/lib/modules/$k"
	for m in hv_vmbus hv_storvsc; do
		module "$dir/root/lib/modules/$k/kernel/$m.ko" in-box 1 INBOX
		[ "$1" != ours ] || module "$dir/root/lib/modules/$k/updates/$m.ko" ours "$2" "$3"
	done
	[ "$1" = ours ] && d=updates || d=kernel
	printf '%s/hv_vmbus.ko:\n%s/hv_storvsc.ko: x.ko\n' "$d" "$d" >"$dir/root/lib/modules/$k/modules.dep"
}

archive()	# BUS STORAGE: a cpio archive with those kinds of modules, on stdout
{
	rm -rf "$dir/in"
	mkdir -p "$dir/in/lib/modules/$k"
	echo x >"$dir/in/init"
	[ "$1" = - ] || module "$dir/in/lib/modules/$k/hv_vmbus.ko" "${1%%:*}" "${1#*:}" "S$1"
	[ "$2" = - ] || module "$dir/in/lib/modules/$k/hv_storvsc.ko" "${2%%:*}" "${2#*:}" "S$2"
	(cd "$dir/in" && find . | cpio -o -H newc --quiet)
}

early()		# an archive ahead of it, as for microcode
{
	mkdir -p "$dir/early/kernel/x86"
	echo microcode >"$dir/early/kernel/x86/m.bin"
	(cd "$dir/early" && find . | cpio -o -H newc --quiet)
	dd if=/dev/zero bs=512 count=1 2>/dev/null
}

ask()		# SHELL COMMANDS: with the library, over that system
{
	# shellcheck disable=SC2016 # for that shell to expand
	HVL_ROOT=$dir/root HVL_SECURE_BOOT=0 $1 -c '
		for p in common module image drivers boot modules; do
			. "$1/packaging/lib/$p.sh" || exit 1
		done
		hvl_need_tmp
		eval "$2"' sh "$top" "$2" 2>&1
}

boots()		# SHELL: word, version and staleness of the next boot
{
	ask "$1" "next_boot $k; echo \$boot_word \$boot_version \$boot_stale"
}

in_shell()
{
	s=$1
	img=$dir/root/boot/initrd.img-$k
	rm -rf "$dir/root"
	mkdir -p "$dir/root/boot"
	disk in-box
	same "$s: no image, in-box on disk" "$(boots "$s")" "in-box"
	disk ours 5.0.0 Sours:5.0.0
	same "$s: no image, ours on disk" "$(boots "$s")" "ours 5.0.0"
	for how in cat "gzip -c" "xz -c" "zstd -qc" "lz4 -qc" "bzip2 -c"; do
		command -v "${how%% *}" >/dev/null || continue
		archive ours:5.0.0 ours:5.0.0 | $how >"$img"
		same "$s: ours in an image by $how" "$(boots "$s")" "ours 5.0.0"
		{ early; archive ours:5.0.0 ours:5.0.0 | $how; } >"$img"
		same "$s: ours behind microcode, by $how" "$(boots "$s")" "ours 5.0.0"
		archive in-box:1 in-box:1 | $how >"$img"
		same "$s: an image older than the disk, by $how" "$(boots "$s")" "in-box 1"
		archive ours:5.0.0 in-box:1 | $how >"$img"
		same "$s: a bus without its storage, by $how" "$(boots "$s")" "mixed 1"
	done
	archive ours:5.0.0 ours:5.0.1 | gzip -c >"$img"
	same "$s: two versions" "$(boots "$s")" "mixed 5.0.0 1"
	archive ours:5.0.0 ours:5.0.0 >/dev/null
	module "$dir/in/lib/modules/$k/extra/hv_storvsc.ko" in-box 1 INBOX
	echo extra/hv_storvsc.ko: >"$dir/in/lib/modules/$k/modules.dep"
	(cd "$dir/in" && find . | cpio -o -H newc --quiet) | gzip -c >"$img"
	same "$s: the kernel's own beside ours, and meant" "$(boots "$s")" "mixed 1"
	echo hv_storvsc.ko: >"$dir/in/lib/modules/$k/modules.dep"
	(cd "$dir/in" && find . | cpio -o -H newc --quiet) | gzip -c >"$img"
	same "$s: the kernel's own beside ours, not meant" "$(boots "$s")" "ours 5.0.0"
	archive - - | gzip -c >"$img"
	same "$s: an image without drivers takes the disk's" "$(boots "$s")" "ours 5.0.0"
	early >"$img"
	same "$s: an image that is microcode alone" "$(boots "$s")" "ours 5.0.0"
	echo rubbish >"$img"
	same "$s: rubbish" "$(boots "$s")" "unknown"
	: >"$img"
	same "$s: an empty image" "$(boots "$s")" "unknown"
	echo kernel/drivers/hv/hv_vmbus.ko >"$dir/root/lib/modules/$k/modules.builtin"
	same "$s: a bus that is built in" "$(boots "$s")" "built-in"
	disk ours 5.0.0 Sours:5.0.0
	rm -f "$dir/root/lib/modules/$k/updates/hv_storvsc.ko"
	printf 'updates/hv_vmbus.ko:\nkernel/hv_storvsc.ko:\n' >"$dir/root/lib/modules/$k/modules.dep"
	same "$s: half of ours on disk" "$(ask "$s" "disk_word $k")" mixed
	same "$s: the kernel's own of a module" \
		"$(ask "$s" "module_inbox_file $k hv_vmbus")" "$dir/root/lib/modules/$k/kernel/hv_vmbus.ko"
}

# keys IDENTIFIER...: those that the machine's kernel trusts
keys()
{
	mkdir -p "$dir/facts/proc" "$dir/facts/sys/module/module/parameters"
	for id in "$@"; do
		echo "0a I------ 1 perm 1f030000 0 0 asymmetri Owner: $id: X509.rsa ${id%%????????} []"
	done >"$dir/facts/proc/keys"
}

sign()		# FILE...: as far as it can be seen
{
	for f in "$@"; do
		printf '~Module signature appended~\n' >>"$f"
	done
}

fit()		# SHELL: may ours be what that kernel boots with?
{
	ask "$1" "HVL_FACTS=$dir/facts HVL_SECURE_BOOT=${2-0}; modules_fit $k >/dev/null 2>&1 && echo yes || echo no"
}

whole_in_shell()
{
	s=$1
	rm -rf "$dir/root" "$dir/facts"
	disk ours 5.0.0 S
	card=$dir/facts/sys/bus/vmbus/drivers/hv_netvsc/1-2-3-4-5
	same "$s: no network card" "$(fit "$s")" yes
	mkdir -p "$card"
	same "$s: a network card and no driver" "$(fit "$s")" no
	module "$dir/root/lib/modules/$k/kernel/hv_netvsc.ko" in-box 1 INBOX
	echo kernel/hv_netvsc.ko: >>"$dir/root/lib/modules/$k/modules.dep"
	same "$s: a network card and the kernel's own driver" "$(fit "$s")" no
	module "$dir/root/lib/modules/$k/kernel/hv_netvsc.ko" ours 5.0.0 S
	same "$s: a network card and a driver of ours" "$(fit "$s")" yes
	rm -r "$card"
	keys 00112233445566778899aabbccddeeff00112233
	same "$s: signatures wanted, and none there" "$(fit "$s" 1)" no
	sign "$dir/root/lib/modules/$k"/updates/*.ko
	mkdir -p "$dir/root/var/lib/dkms"
	printf 'cert \377\356\335\314\273\252\231\210\377\356\335\314\273\252\231\210\001\002\003\004' \
		>"$dir/root/var/lib/dkms/mok.pub"
	same "$s: signed by a key that is not trusted" "$(fit "$s" 1)" no
	keys 00112233445566778899aabbccddeeff00112233 ffeeddccbbaa9988ffeeddccbbaa998801020304
	same "$s: signed by a key that is trusted" "$(fit "$s" 1)" yes
	keys 00112233445566778899aabbccddeeff00112233
	echo Y >"$dir/facts/sys/module/module/parameters/sig_enforce"
	same "$s: the command line wants signatures" "$(fit "$s" "''")" no
	echo N >"$dir/facts/sys/module/module/parameters/sig_enforce"
	same "$s: nobody wants signatures" "$(fit "$s" "''")" yes
}

for s in dash bash "busybox sh"; do
	command -v "${s%% *}" >/dev/null || continue
	in_shell "$s"
	whole_in_shell "$s"
done

close
