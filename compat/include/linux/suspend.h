/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/suspend.h, for kernels before 2.6.23, which tell nobody that they are
 * going to hibernate
 */
#ifndef HVL_COMPAT_LINUX_SUSPEND_H
#define HVL_COMPAT_LINUX_SUSPEND_H

#include_next <linux/suspend.h>

#ifndef PM_HIBERNATION_PREPARE
#include <linux/notifier.h>

#define PM_HIBERNATION_PREPARE	1
#define PM_RESTORE_PREPARE	5

#define notifier_from_errno(err)	NOTIFY_BAD

static inline int register_pm_notifier(struct notifier_block *nb)
{
	return 0;
}

static inline void unregister_pm_notifier(struct notifier_block *nb)
{
}
#endif

#endif /* HVL_COMPAT_LINUX_SUSPEND_H */
