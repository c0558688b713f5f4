/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/sysfs.h - groups whose attributes may hide, since 2.6.25
 *
 * RHEL 5 has groups without that, and nothing else of its driver core takes a
 * group; so ours are a type of our own there, added file by file.
 */
#include_next <linux/sysfs.h>

#ifndef HVL_COMPAT_LINUX_SYSFS_H
#define HVL_COMPAT_LINUX_SYSFS_H

#ifndef HAVE_ATTRIBUTE_GROUP_VISIBLE
#include <linux/types.h>

struct kobject;

struct hvl_compat_attribute_group {
	mode_t (*is_visible)(struct kobject *kobj, struct attribute *a, int n);
	struct attribute **attrs;
};

static inline void
hvl_compat_sysfs_remove_group(struct kobject *kobj,
			      const struct hvl_compat_attribute_group *group)
{
	struct attribute **a;

	for (a = group->attrs; *a; a++)
		sysfs_remove_file(kobj, *a);
}

static inline int
hvl_compat_sysfs_create_group(struct kobject *kobj,
			      const struct hvl_compat_attribute_group *group)
{
	struct attribute **a;
	int ret;

	for (a = group->attrs; *a; a++) {
		if (group->is_visible &&
		    !group->is_visible(kobj, *a, a - group->attrs))
			continue;
		ret = sysfs_create_file(kobj, *a);
		if (ret) {
			hvl_compat_sysfs_remove_group(kobj, group);
			return ret;
		}
	}
	return 0;
}

#define attribute_group		hvl_compat_attribute_group
#define sysfs_create_group	hvl_compat_sysfs_create_group
#define sysfs_remove_group	hvl_compat_sysfs_remove_group
#endif

#endif /* HVL_COMPAT_LINUX_SYSFS_H */
