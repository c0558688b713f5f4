#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# install.sh - put the drivers on this machine, on any distribution
#
#   ./install.sh [--replace] [--no-dkms] [--dry-run] [--yes]
#   ./install.sh --status | --rollback | --uninstall [--dry-run] [--yes]
#
#   --replace    also where the kernel has Hyper-V drivers of its own
#   --no-dkms    build without dkms, though it is installed
#   --dry-run    say what would be done; change nothing
#   --yes        do not ask
#   --status     which drivers the next boot of each kernel uses
#   --rollback   back to the kernel's own drivers, with images that are looked at
#   --uninstall  rollback, and take every file away
#
# The log is /var/log/hv-lis.log.  It ends with 0 when all is done or was so already,
# 1 on failure with the machine as it was, 2 for a wrong option, 3 when it declines.
# shellcheck disable=SC2034,SC2154 # shared with the parts
set -u
umask 022

top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
replace='' dry='' yes='' mode=install
while [ $# -gt 0 ]; do
	case $1 in
	--replace) replace=1 ;;
	--no-dkms) HVL_NO_DKMS=1; export HVL_NO_DKMS ;;
	--dry-run) dry=1 ;;
	--yes) yes=1 ;;
	--status | --rollback | --uninstall) mode=${1#--} ;;
	-h | --help) sed -n '3,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
	*) echo "install.sh: no option $1; see install.sh --help" >&2; exit 2 ;;
	esac
	shift
done

for part in lib/common lib/module lib/image lib/drivers lib/boot lib/modules lib/change \
	install/preflight install/names install/files; do
	# shellcheck source=/dev/null
	. "$top/packaging/$part.sh" || exit 1
done
kernel=${HVL_KERNEL:-$(uname -r)}
logfile=$HVL_ROOT/var/log/hv-lis.log

log()
{
	echo "hv-lis: $*"
	[ -n "$dry" ] || echo "$(date '+%Y-%m-%d %H:%M:%S') $*" >>"$logfile" 2>/dev/null
}

# would WHAT: says it and is true if nothing is to be done
would()
{
	[ -n "$dry" ] || return 1
	echo "would $*"
}

ask()
{
	[ -z "$yes" ] && [ -z "$dry" ] || return 0
	printf '%s [y/N] ' "$1"
	read -r answer || answer=
	case $answer in y | Y | yes) return 0 ;; esac
	echo "nothing is changed"
	exit 1
}

# What the library reads from an installation is in the tree before there is one.
share_from_tree()
{
	[ -f "$hvl_share/modules" ] && return 0
	hvl_share=$hvl_tmp/share
	mkdir -p "$hvl_share"
	"$top/compat/list.sh" >"$hvl_share/modules"
	sed -n 's/^HVL_VERSION := *//p' "$top/compat/version.mk" >"$hvl_share/version"
}

by_package()
{
	[ -f "$HVL_ROOT/usr/share/hv-lis/version" ] && [ ! -f "$hvl_state/manifest" ]
}

# A failure: everything back as it was.
undo()
{
	log "failed: $1; putting everything back"
	if [ -z "$was_there" ]; then
		change_remove "$kernel" >>"$logfile" 2>&1
		names_restore
		if modules_dkms; then
			modules_in_root dkms remove -m hv-lis -v "$version" --all >>"$logfile" 2>&1
		fi
		rm -rf "$HVL_ROOT/var/lib/dkms/hv-lis"
	fi
	files_undo
	log "nothing was installed"
	exit 1
}

nothing_to_do()
{
	[ -n "$was_there" ] && files_same || return 1
	next_boot "$kernel"
	[ "$boot_word" = ours ] && [ -z "$boot_stale" ] && [ "$boot_version" = "$version" ] &&
		boot_is_safe
}

install_all()
{
	! by_package || hvl_die "hv-lis is installed as a package here; update it with the package manager"
	preflight || { log "nothing is changed"; exit 3; }
	files_stage || hvl_die "no room in ${TMPDIR:-/tmp}"
	version=$(cat "$hvl_tmp/stage/usr/share/hv-lis/version")
	was_there=
	[ ! -f "$hvl_state/manifest" ] || was_there=1
	if nothing_to_do; then
		echo "hv-lis: $version is installed, and the next boot of $kernel uses it: nothing to do"
		return 0
	fi
	if [ -n "$dry" ]; then
		names_convert
		echo "would install $(wc -l <"$hvl_tmp/files") files (sources in /usr/src/hv-lis-$version)"
		echo "would build and install $(echo "$wanted" | tr '\n' ' ')for $kernel" \
			"$([ -z "${HVL_NO_DKMS-}" ] && [ -x "$HVL_ROOT/usr/sbin/dkms" ] && echo with || echo without) dkms"
		echo "would build the initramfs of $kernel again and keep the one that is there"
		return 0
	fi
	ask "Install hv-lis $version for $kernel?"
	log "installing $version for $kernel"
	hvl_share=$HVL_ROOT/usr/share/hv-lis
	files_put || undo "the files could not be written"
	names_convert || undo "device names could not be converted"
	change_adopt "$kernel" >>"$logfile" 2>&1 || undo "modules or initramfs; see $logfile"
	next_boot "$kernel"
	{ [ "$boot_word" = ours ] && [ "$boot_version" = "$version" ] && boot_is_safe; } ||
		undo "the next boot would use $boot_word drivers; see $logfile"
	log "the next boot of $kernel uses ours $version; restart to use them"
}

uninstall()
{
	! by_package || hvl_die "hv-lis is installed as a package here; remove it with the package manager"
	[ -f "$hvl_state/manifest" ] || { echo "hv-lis: is not installed: nothing to do"; return 0; }
	hvl_share=$HVL_ROOT/usr/share/hv-lis
	would "remove ours from every kernel, build their images again, remove all files" && return 0
	ask "Remove hv-lis?"
	log "removing"
	# shellcheck disable=SC2046 # names of kernels
	change_remove $(hvl_kernels) >>"$logfile" 2>&1 ||
		hvl_die "the initramfs could not be built: nothing more is removed; see $logfile"
	names_restore
	cp "$hvl_state/manifest" "$hvl_tmp/manifest"
	change_disown >>"$logfile" 2>&1
	files_take "$hvl_tmp/manifest"
	log "removed; the next boot uses the kernel's own drivers"
}

hvl_need_tmp
share_from_tree
[ "$mode" = status ] || [ "$(id -u)" = 0 ] || hvl_die "this is for root"
# shellcheck disable=SC2046 # names of kernels
case $mode in
install) install_all ;;
uninstall) uninstall ;;
status) change_status $(hvl_kernels) ;;
rollback)
	would "roll back to the kernel's own drivers" && exit 0
	ask "Go back to the kernel's own drivers?"
	change_rollback $(hvl_kernels)
	;;
esac
