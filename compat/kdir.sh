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

# What the kernel runs on, as compat/golden names it.
kdir_arch()
{
	grep -q '^CONFIG_X86_64=y' "$1/.config" && echo x86_64 || echo i386
}

# Kernels before 2.6.24 have a directory for each of the two, and take that of the
# machine which builds, unless they are told.
kdir_tell_arch()
{
	[ -z "${ARCH-}" ] && [ -f "$1/arch/$(kdir_arch "$1")/Makefile" ] || return 0
	ARCH=$(kdir_arch "$1")
	export ARCH
}
