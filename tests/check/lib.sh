# SPDX-License-Identifier: GPL-2.0-only
#
# lib.sh - what the checks share; sourced by a script in the same directory
#
# Leaves $top (of the tree), $dir (of the script's own, gone when it ends), and the
# counts $passed and $failed, which close() prints.
# shellcheck shell=sh disable=SC2034 # for the scripts that source it

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

# result STATUS WHAT
result()
{
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL  $2"
	fi
}

# close: say the sum; succeeds if nothing failed
close()
{
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
