/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-sysfs.h - types that moved: the mode that is_visible() gives was a mode_t
 *               before 3.3
 *
 * HVL_IS_VISIBLE_CALLBACK(fn) emits an adapter where one is needed, and
 * HVL_IS_VISIBLE(fn) names what goes into struct attribute_group.
 */
#ifndef HVL_GLUE_SYSFS_H
#define HVL_GLUE_SYSFS_H

#include <linux/sysfs.h>

#ifdef HAVE_IS_VISIBLE_UMODE
#define HVL_IS_VISIBLE(fn)	fn
#define HVL_IS_VISIBLE_CALLBACK(fn)
#else
#define HVL_IS_VISIBLE(fn)	fn##_adapter
#define HVL_IS_VISIBLE_CALLBACK(fn)					\
static mode_t fn##_adapter(struct kobject *kobj, struct attribute *a, int n) \
{									\
	return fn(kobj, a, n);						\
}
#endif

/* Nobody writes to them, but before 2.6.33 nobody said so. */
#ifdef HAVE_SYSFS_OPS_CONST
#define HVL_SYSFS_OPS(ops)	(ops)
#else
#define HVL_SYSFS_OPS(ops)	((struct sysfs_ops *)(ops))
#endif

#endif /* HVL_GLUE_SYSFS_H */
