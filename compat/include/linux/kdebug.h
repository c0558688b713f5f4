/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/kdebug.h - the die notifiers were each architecture's before 2.6.22
 */
#ifndef HVL_COMPAT_LINUX_KDEBUG_H
#define HVL_COMPAT_LINUX_KDEBUG_H

#ifdef HAVE_HEADER_LINUX_KDEBUG_H
#include_next <linux/kdebug.h>
#else
#include <asm/kdebug.h>
#endif

#endif /* HVL_COMPAT_LINUX_KDEBUG_H */
