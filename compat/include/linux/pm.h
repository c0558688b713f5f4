/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/pm.h, for kernels before 2.6.32, whose buses have no struct of power
 * management callbacks: nothing calls these there (linux/suspend.h)
 */
#ifndef HVL_COMPAT_LINUX_PM_H
#define HVL_COMPAT_LINUX_PM_H

#include_next <linux/pm.h>

#ifdef SIMPLE_DEV_PM_OPS
#define HVL_PM_OPS(ops)	.pm = (ops),
#else
struct device;

struct dev_pm_ops {
	int (*freeze)(struct device *dev);
	int (*thaw)(struct device *dev);
	int (*poweroff)(struct device *dev);
	int (*restore)(struct device *dev);
};
#define HVL_PM_OPS(ops)
#endif

#endif /* HVL_COMPAT_LINUX_PM_H */
