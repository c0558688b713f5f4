#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_layering.sh - does layering.sh see what it is there to see?
#
# A small tree that keeps the rules passes; with any one breach planted in it,
# the check must fail and name the line.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
passed=0
failed=0

fresh()
{
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/hv-a" "$tree/hv-vmbus" "$tree/tests/hvhost" "$tree/compat/include" \
		"$tree/compat/glue" "$tree/compat/probes"
	for f in hv-a/a_drv.c hv-a/a_core.c hv-a/a_wire.h hv-vmbus/hv_hooks.c tests/hvhost/h.c \
		compat/include/hvl-kernel.h compat/glue/g.h compat/probes/p.c; do
		printf '// SPDX-License-Identifier: GPL-2.0-only\nint nothing;\n' >"$tree/$f"
	done
}

result()
{
	if [ "$1" = ok ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $2"
		failed=$((failed + 1))
	fi
}

# breach FILE LINE: planted as line 3 of FILE
breach()
{
	fresh
	printf '%s\n' "$2" >>"$tree/$1"
	if out=$("$here/layering.sh" "$tree"); then
		result bad "not seen in $1: $2"
	elif echo "$out" | grep -q "^$1:3: "; then
		result ok
	else
		result bad "seen, but at another place: $1: $2: $out"
	fi
}

fresh
if "$here/layering.sh" "$tree"; then result ok; else result bad "a clean tree fails"; fi

breach hv-a/a_drv.c '#if LINUX_VERSION_CODE'
breach compat/glue/g.h '#if LINUX_VERSION_CODE'
breach compat/probes/p.c '#if RHEL_RELEASE_CODE'
breach hv-a/a_wire.h 'int v = KERNEL_VERSION(3, 10, 0);'
breach hv-a/a_drv.c 'int r = RHEL_RELEASE_CODE;'
breach hv-a/a_drv.c 'int h = HAVE_SOMETHING;'
breach hv-a/a_drv.c '#ifdef CONFIG_X86'
breach hv-a/a_drv.c '  #  ifndef A'
breach hv-a/a_drv.c '#include <linux/hyperv.h>'
breach hv-a/a_drv.c '#include <asm/mshyperv.h>'
breach hv-a/a_core.c '#include <linux/slab.h>'
breach hv-a/a_drv.c '	BUG_ON(x);'
breach hv-a/a_drv.c "/* TO""DO: later */"
breach hv-a/a_drv.c 'EXPORT_SYMBOL_GPL(vmbus_open);'
breach tests/hvhost/h.c '#include "../../hv-vmbus/ring.h"'
breach tests/hvhost/h.c '#include <hv/vmbus.h>'

fresh
echo '#include <asm/mshyperv.h>' >>"$tree/hv-vmbus/hv_hooks.c"
if "$here/layering.sh" "$tree"; then result ok; else result bad "hv_hooks.c may use the hooks"; fi

fresh
echo '#define V LINUX_VERSION_CODE' >>"$tree/compat/include/hvl-kernel.h"
if "$here/layering.sh" "$tree"; then result ok; else result bad "one header may know the number"; fi

fresh
awk 'BEGIN { for (i = 0; i < 800; i++) print "int x" i ";" }' >>"$tree/hv-a/a_drv.c"
if "$here/layering.sh" "$tree" >/dev/null; then result bad "a long file is not seen"; else result ok; fi

fresh
echo 'int nothing;' >"$tree/hv-a/a_drv.c"
if "$here/layering.sh" "$tree" >/dev/null; then result bad "a missing SPDX line is not seen"; else result ok; fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
