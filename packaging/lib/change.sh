# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# change.sh - the commands of hv-lis; each takes the kernels it is about
#
# A change marks its begin in hvl_state/pending, which goes at its end: after a
# power cut the next boot finds it there and repairs what was left undone.

change_begin()
{
	mkdir -p "$hvl_state" && : >"$hvl_state/pending" && sync
}

change_end()
{
	rm -f "$hvl_state/pending"
	rmdir "$hvl_state/build" 2>/dev/null
	:
}

change_status()
{
	_bad=0
	[ ! -e "$hvl_off" ] ||
		hvl_say "rolled back: the kernel's own drivers are wanted (hv-lis activate ends that)"
	for _kernel in "$@"; do
		status_line "$_kernel"
		boot_is_safe || _bad=1
	done
	return $_bad
}

change_repair()
{
	_bad=0
	for _kernel in "$@"; do
		repair "$_kernel" || _bad=1
	done
	[ $_bad != 0 ] || change_end
	return $_bad
}

# After new sources or a kernel came in: modules for every kernel that can have
# them.  One for which they do not build keeps its own drivers.
change_modules()
{
	_dkms=$(modules_dkms && echo yes)
	for _kernel in "$@"; do
		if [ -e "$hvl_off" ] || ! hvl_source >/dev/null || kernel_bus_built_in "$_kernel"; then
			continue
		fi
		_f=$(module_file "$_kernel" hv_storvsc) || _f=
		if [ "$(disk_word "$_kernel")" = ours ] &&
		   [ "$(module_field "$_f" version)" = "$(cat "$hvl_share/version")" ]; then
			continue
		fi
		if [ -n "$_dkms" ]; then
			[ -d "$HVL_ROOT/lib/modules/$_kernel/build/." ] || {
				hvl_warn "the headers of $_kernel are not installed: it keeps its own drivers"
				continue
			}
			modules_in_root dkms install --force -m hv-lis -v "$(cat "$hvl_share/version")" \
				-k "$_kernel" ||
				hvl_warn "no modules for $_kernel, which keeps its own drivers"
		else
			modules_build "$_kernel"
		fi
		modules_fit "$_kernel" || modules_take "$_kernel"
	done
}

# The same, and images to match.
change_settle()
{
	change_modules "$@"
	change_repair "$@"
}

# modprobe's rules in words that this machine's modprobe knows
change_modprobe_rules()
{
	modules_in_root modprobe -V 2>&1 | grep -q module-init-tools || return 0
	cp "$hvl_share/modprobe-install.conf" "$HVL_ROOT/etc/modprobe.d/hv-lis-order.conf"
}

# An RPM's new version, while the one before is still complete: dkms gets to know
# it, modules and images follow, and only then the old one goes.
change_adopt()
{
	_adopted=$(cat "$hvl_share/version")
	change_begin
	change_modprobe_rules
	if [ -z "${HVL_NO_DKMS-}" ] && [ -x "$HVL_ROOT/usr/sbin/dkms" ]; then
		[ -d "$HVL_ROOT/var/lib/dkms/hv-lis/$_adopted" ] ||
			modules_in_root dkms add -m hv-lis -v "$_adopted" || return 1
	fi
	change_settle "$@"
	_rc=$?
	modules_dkms || return $_rc
	for _old in "$HVL_ROOT"/var/lib/dkms/hv-lis/*/source; do
		_old=${_old%/source}
		_old=${_old##*/}
		[ "$_old" = "$_adopted" ] || modules_in_root dkms remove -m hv-lis -v "$_old" --all || _rc=1
	done
	return $_rc
}

# The last version goes, after change_remove.
change_disown()
{
	if modules_dkms; then
		modules_in_root dkms remove -m hv-lis -v "$(cat "$hvl_share/version")" --all
	fi
	rm -rf "$hvl_state" "$hvl_etc"
	rm -f "$HVL_ROOT"/boot/*.hv-lis-previous "$HVL_ROOT"/boot/*.hv-lis-new
}

change_build()
{
	_bad=0
	for _kernel in "$@"; do
		{ modules_build "$_kernel" && repair "$_kernel"; } || _bad=1
	done
	return $_bad
}

# Ours away from these kernels, and images that show it.
change_remove()
{
	_bad=0
	change_begin
	for _kernel in "$@"; do
		modules_take "$_kernel" || _bad=1
		repair "$_kernel" || _bad=1
		rolled_back "$_kernel" || _bad=1
	done
	[ $_bad != 0 ] || change_end
	return $_bad
}

# rolled_back KERNEL: look at what the next boot has before anything is promised
rolled_back()
{
	next_boot "$1"
	case $boot_word in
	in-box | none | built-in)
		[ -n "$boot_stale" ] || return 0
		;;
	esac
	hvl_warn "$1: the next boot would still use $boot_word drivers${boot_note:+ ($boot_note)}"
	return 1
}

change_rollback()
{
	mkdir -p "$hvl_etc" && : >"$hvl_off" || return 1
	if change_remove "$@"; then
		for _kernel in "$@"; do
			status_line "$_kernel"
		done
		hvl_say "the next boot uses the kernel's own drivers; restart to use them"
		return 0
	fi
	hvl_warn "NOT rolled back; do not restart before 'hv-lis status' is clean"
	return 1
}

change_activate()
{
	rm -f "$hvl_off"
	for _kernel in "$@"; do
		[ ! -d "$hvl_state/aside/$_kernel" ] || modules_back "$_kernel" || return 1
	done
	change_settle "$@"
}
