/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/dev_printk.h, a header of its own since 5.5
 */
#ifndef HVL_COMPAT_LINUX_DEV_PRINTK_H
#define HVL_COMPAT_LINUX_DEV_PRINTK_H

#ifdef HAVE_HEADER_LINUX_DEV_PRINTK_H
#include_next <linux/dev_printk.h>
#else
#include <linux/device.h>
#include <linux/kernel.h>
#endif

/* 3.5 */
#ifndef dev_warn_ratelimited
#define dev_warn_ratelimited(dev, fmt, ...)				\
	hvl_compat_ratelimited(dev_warn(dev, fmt, ##__VA_ARGS__))
#endif

#endif /* HVL_COMPAT_LINUX_DEV_PRINTK_H */
