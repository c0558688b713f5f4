/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-kernel.h - the kernel's number, as something to tell the host
 *
 * The hypervisor wants to know who its guest is.  Nothing is decided by it.
 */
#ifndef HVL_COMPAT_KERNEL_VERSION_H
#define HVL_COMPAT_KERNEL_VERSION_H

#include <linux/version.h>

#define HVL_KERNEL_VERSION	LINUX_VERSION_CODE

#endif /* HVL_COMPAT_KERNEL_VERSION_H */
