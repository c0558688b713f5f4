#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-errors.sh - a build that cannot work says so in one line and leaves
#                   nothing behind
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# A directory that looks like a kernel's build tree.
tree()
{
	rm -rf "${dir:?}"/*
	mkdir -p "$dir/k/include/generated"
	: >"$dir/k/Makefile"
	printf 'CONFIG_X86=y\nCONFIG_MODULES=y\nCONFIG_HYPERV=m\n' >"$dir/k/.config"
	: >"$dir/k/include/generated/autoconf.h"
	echo '#define UTS_RELEASE "0.0.0-test"' >"$dir/k/include/generated/utsrelease.h"
	: >"$dir/k/Module.symvers"
}

# refused WHAT PATTERN KDIR: one line, matching, status not 0, no output made
refused()
{
	out=$("$top/compat/build.sh" "$3" "$dir/out" 2>&1)
	rc=$?
	lines=$(printf '%s\n' "$out" | wc -l)
	if [ $rc != 0 ] && [ "$lines" = 1 ] && printf '%s\n' "$out" | grep -q "$2" &&
	   [ ! -e "$dir/out" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $1: status $rc, $lines lines: $out"
		failed=$((failed + 1))
	fi
}

tree
refused "no such directory" "does not exist" "$dir/none"
refused "no KDIR" "no kernel build tree given" ""
mkdir "$dir/empty"
refused "not a build tree" "no Makefile" "$dir/empty"
tree; rm "$dir/k/.config"
refused "not configured" "not configured" "$dir/k"
tree; rm "$dir/k/include/generated/autoconf.h"
refused "not prepared" "not prepared" "$dir/k"
tree; rm "$dir/k/Module.symvers"
refused "no symbols" "no Module.symvers" "$dir/k"
tree; sed -i 's/HYPERV=m/HYPERV=y/' "$dir/k/.config"
refused "built in" "CONFIG_HYPERV=y" "$dir/k"
tree; echo CONFIG_HYPERV_VMBUS=y >>"$dir/k/.config"
refused "built in, newer option" "CONFIG_HYPERV_VMBUS=y" "$dir/k"
tree; sed -i '/X86/d' "$dir/k/.config"
refused "another architecture" "only x86" "$dir/k"
tree; sed -i '/MODULES/d' "$dir/k/.config"
refused "no modules" "no loadable modules" "$dir/k"
tree; : >"$dir/k/include/generated/utsrelease.h"
refused "no release" "cannot tell the release" "$dir/k"

# HYPERV=y alone is right from the release that made the bus an option of its own.
tree; sed -i 's/HYPERV=m/HYPERV=y/' "$dir/k/.config"; echo CONFIG_HYPERV_VMBUS=m >>"$dir/k/.config"
if "$top/compat/build.sh" "$dir/k" "$dir/out" 2>&1 | grep -q "built in"; then
	echo "FAIL a bus that is a module is taken for built in"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
fi

# A symbol that the kernel does not export, but for what another of our modules does.
mkdir -p "$dir/out/hv-a" "$dir/out/hv-b"
printf '0x1\ttheirs\tvmlinux\tEXPORT_SYMBOL\n' >"$dir/k/Module.symvers"
printf '0x2\tours\thv-a\tEXPORT_SYMBOL\n' >"$dir/out/Module.symvers"
object()
{
	echo "$1" | cc -c -ffreestanding -xc -o "$dir/out/hv-b/hv_b.ko" -
}
object 'void theirs(void); void ours(void); void f(void); void f(void) { theirs(); ours(); }'
if out=$("$top/compat/unresolved.sh" "$dir/k" "$dir/out" 2>&1) && [ -z "$out" ]; then
	passed=$((passed + 1))
else
	echo "FAIL what is exported is missed: $out"
	failed=$((failed + 1))
fi
object 'void nobodys(void); void f(void); void f(void) { nobodys(); }'
if out=$("$top/compat/unresolved.sh" "$dir/k" "$dir/out" 2>&1) ||
   [ "$out" != "hv-lis: hv_b.ko needs nobodys, which this kernel does not export" ]; then
	echo "FAIL what nobody exports is not missed: $out"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
fi

close
