#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# setup-errors.sh - what a person types on a machine that lacks something says in
#                   one line what it lacks, fails, and has begun nothing
set -u

# shellcheck source=lib.sh
. "$(dirname -- "$0")/lib.sh"
HVLIS_CACHE=$dir/cache
O=$dir/out
export HVLIS_CACHE O
unset HVLIS_QEMU

# refused WHAT PATTERN COMMAND...: one line on stderr, but for make's own words,
# that matches; status not 0; neither cache nor output was made
refused()
{
	what=$1
	pattern=$2
	shift 2
	"$@" >"$dir/said.out" 2>"$dir/said"
	rc=$?
	sed -i '/^make[:[]/d' "$dir/said"
	if [ $rc != 0 ] && [ "$(wc -l <"$dir/said")" = 1 ] && grep -q "$pattern" "$dir/said" &&
	   [ ! -e "$dir/cache" ] && [ ! -e "$dir/out" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $what: status $rc, said: $(cat "$dir/said")"
		failed=$((failed + 1))
		rm -rf "$dir/cache" "$dir/out"
	fi
}

# A QEMU of version $1, and a machine on which nobody is root.
mkdir "$dir/bin"
emulator()
{
	printf '#!/bin/sh\necho "QEMU emulator version %s (Debian)"\n' "$1" \
		>"$dir/bin/qemu-system-x86_64"
	chmod +x "$dir/bin/qemu-system-x86_64"
}
nobody()
{
	printf '#!/bin/sh\necho 1000\n' >"$dir/bin/id"
	chmod +x "$dir/bin/id"
	PATH=$dir/bin:$PATH "$@"
}

emulator 10.2.1
refused "a QEMU that is too old" "is QEMU 10, .*QEMU 11 or later" \
	env HVLIS_QEMU="$dir/bin/qemu-system-x86_64" "$top/tests/setup/qemu"
refused "a QEMU that is not there" "does not run" \
	env HVLIS_QEMU="$dir/none" "$top/tests/setup/qemu"
refused "an old QEMU, and no root to fetch another" "needs root" \
	nobody "$top/tests/setup/qemu"
refused "a kernel that nobody has" "no kernel '9.9'" "$top/tests/setup/kernel" 9.9

cd "$top" || exit 1
refused "headers that are missing" "0.0.0-none.*install the headers" \
	make modules KVER=0.0.0-none O="$dir/out"
refused "a wrong KDIR" "nowhere does not exist" make modules KDIR="$dir/nowhere" O="$dir/out"
refused "installing for what is no kernel" "not the build tree" \
	make modules_install KDIR="$top" O="$dir/out"

# A kernel from outside, for the VM tests.
: >"$dir/bzImage"
mkdir -p "$dir/k/include/generated"
: >"$dir/k/Makefile"
echo CONFIG_X86=y >"$dir/k/.config"
vm()
{
	"$top/tests/vm/run" --drivers ours --kernel "$1" --kdir "$2" attach
}
refused "installing without having built" "run 'make modules" \
	make modules_install KDIR="$dir/k" O="$dir/out"
refused "an image that is not there" "give a kernel image" vm "$dir/none" "$dir/k"
refused "a build tree that is not there" "give a kernel build tree" \
	vm "$dir/bzImage" "$dir/nowhere"
refused "a kernel that was not built" "is that kernel built" vm "$dir/bzImage" "$dir/k"
refused "half of a kernel from outside" "go together" \
	"$top/tests/vm/run" --kernel "$dir/bzImage" attach
refused "a scenario that is not there" "no scenario 'nonsense'" "$top/tests/vm/run" nonsense
refused "a parameter that no scenario has" "no parameter 'nonsense'" \
	"$top/tests/vm/run" --param nonsense=1 attach
refused "a host that is not there" "no host generation 'ws1999'" \
	"$top/tests/vm/run" --hosts ws1999 attach

# A bus that is built in has nothing to show: said, not passed, and not a success.
echo '#define UTS_RELEASE "0.0.0-test"' >"$dir/k/include/generated/utsrelease.h"
printf 'CONFIG_X86=y\nCONFIG_MODULES=y\nCONFIG_HYPERV=y\n' >"$dir/k/.config"
if vm "$dir/bzImage" "$dir/k" >"$dir/said" 2>&1 || [ -e "$dir/cache" ] ||
   ! grep -q "^n/a .*is built in and cannot be replaced" "$dir/said" ||
   [ "$(tail -n 1 "$dir/said")" != "0 passed, 0 failed" ]; then
	echo "FAIL a bus that is built in: $(cat "$dir/said")"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
fi

close
