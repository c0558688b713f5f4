# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# files.sh - puts files where they belong, remembers them, and takes them away
#
# hvl_state/manifest names each file and each directory that was made.

# Where the files come from: everything that a package would have, in hvl_tmp
files_stage()
{
	"$top/packaging/bundle" "$hvl_tmp/stage" >/dev/null || return 1
	if [ -d "$HVL_ROOT/usr/share/initramfs-tools/hooks" ]; then
		mkdir -p "$hvl_tmp/stage/usr/share/initramfs-tools/hooks"
		cp "$top/packaging/initramfs-tools/hv-lis" "$hvl_tmp/stage/usr/share/initramfs-tools/hooks/"
	fi
	if [ -d "$HVL_ROOT/usr/lib/dracut/modules.d" ] || [ -d "$HVL_ROOT/usr/share/dracut" ] ||
	   [ -d "$HVL_ROOT/usr/lib/kernel/install.d" ]; then
		"$top/packaging/rpm/more" "$hvl_tmp/stage" || return 1
	fi
	(cd "$hvl_tmp/stage" && find . -type f | sed 's,^\.,,' | sort) >"$hvl_tmp/files"
}

files_same()
{
	while read -r _f; do
		cmp -s "$hvl_tmp/stage$_f" "$HVL_ROOT$_f" || return 1
	done <"$hvl_tmp/files"
	[ ! -f "$hvl_state/manifest" ] || ! files_stale | grep -q .
}

# Files of the version before that this one does not have
files_stale()
{
	[ -f "$hvl_state/manifest" ] || return 0
	sed -n 's/^file //p' "$hvl_state/manifest" | while read -r _f; do
		grep -qxF "$_f" "$hvl_tmp/files" || echo "$_f"
	done
}

# dirs_for FILE: makes its directory, remembering which were not there
files_directory()
{
	_d=${1%/*}
	_new=
	while [ -n "$_d" ] && [ ! -d "$HVL_ROOT$_d" ]; do
		_new="dir $_d
$_new"
		_d=${_d%/*}
	done
	mkdir -p "$HVL_ROOT${1%/*}" || return 1
	[ -z "$_new" ] || printf '%s' "$_new" >>"$hvl_state/manifest.new"
}

files_put()
{
	files_directory /var/lib/hv-lis/x 2>/dev/null
	mkdir -p "$hvl_state" || return 1
	grep '^dir ' "$hvl_state/manifest" 2>/dev/null >"$hvl_state/manifest.new"
	files_stale >"$hvl_tmp/stale"
	while read -r _f; do
		if [ -e "$HVL_ROOT$_f" ] && ! cmp -s "$hvl_tmp/stage$_f" "$HVL_ROOT$_f"; then
			mkdir -p "$hvl_tmp/old${_f%/*}" && cp -p "$HVL_ROOT$_f" "$hvl_tmp/old$_f" || return 1
		fi
		files_directory "$_f" || return 1
		echo "file $_f" >>"$hvl_state/manifest.new"
		cmp -s "$hvl_tmp/stage$_f" "$HVL_ROOT$_f" && continue
		cp -p "$hvl_tmp/stage$_f" "$HVL_ROOT$_f.hv-lis-new" &&
			mv -f "$HVL_ROOT$_f.hv-lis-new" "$HVL_ROOT$_f" || return 1
	done <"$hvl_tmp/files"
	while read -r _f; do
		rm -f "$HVL_ROOT$_f"
	done <"$hvl_tmp/stale"
	mv -f "$hvl_state/manifest.new" "$hvl_state/manifest"
}

# files_take MANIFEST: what it names, and then the directories that are empty
files_take()
{
	[ -f "$1" ] || return 0
	cp "$1" "$hvl_tmp/take" || return 1
	sed -n 's/^file //p' "$hvl_tmp/take" | while read -r _f; do
		rm -f "$HVL_ROOT$_f"
	done
	rm -rf "$hvl_state"
	sed -n 's/^dir //p' "$hvl_tmp/take" | sort -r | while read -r _d; do
		rmdir "$HVL_ROOT$_d" 2>/dev/null
	done
	:
}

# After a failed first installation or a failed update
files_undo()
{
	if [ -d "$hvl_tmp/old" ]; then
		(cd "$hvl_tmp/old" && find . -type f | sed 's,^\.,,') | while read -r _f; do
			cp -p "$hvl_tmp/old$_f" "$HVL_ROOT$_f"
		done
		rm -f "$hvl_state/manifest.new"
		return
	fi
	[ ! -f "$hvl_state/manifest.new" ] || mv -f "$hvl_state/manifest.new" "$hvl_state/manifest"
	files_take "$hvl_state/manifest"
}
