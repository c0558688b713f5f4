# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# kdir.sh - sourced by build.sh and install.sh: what a kernel's build tree says
#           about its kernel

# The release that uname will say; nothing if the tree does not tell.
kdir_release()
{
	sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' "$1/include/generated/utsrelease.h" \
		"$1/include/linux/utsrelease.h" 2>/dev/null | head -n 1
}

# The option by which the bus is part of the kernel image; nothing if it is not.
# From the release that split it out, HYPERV_VMBUS is the bus; before, HYPERV.
kdir_built_in()
{
	_sym=HYPERV
	grep -q '^CONFIG_HYPERV_VMBUS=' "$1/.config" && _sym=HYPERV_VMBUS
	grep -q "^CONFIG_$_sym=y" "$1/.config" && echo "CONFIG_$_sym"
}
