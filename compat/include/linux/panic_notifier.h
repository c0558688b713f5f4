/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/panic_notifier.h, a header of its own since 5.14
 */
#ifndef HVL_COMPAT_LINUX_PANIC_NOTIFIER_H
#define HVL_COMPAT_LINUX_PANIC_NOTIFIER_H

#ifdef HAVE_HEADER_LINUX_PANIC_NOTIFIER_H
#include_next <linux/panic_notifier.h>
#else
#include <linux/kernel.h>
#include <linux/notifier.h>
#endif

#endif /* HVL_COMPAT_LINUX_PANIC_NOTIFIER_H */
