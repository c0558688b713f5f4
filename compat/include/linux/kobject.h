/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/kobject.h - kobjects got name, parent and type with 2.6.25
 *
 * RHEL 5: type and set are fields, the name is set before, and a set takes its
 * reference where the object is initialised, not where it is added.
 */
#include_next <linux/kobject.h>

#ifndef HVL_COMPAT_LINUX_KOBJECT_H
#define HVL_COMPAT_LINUX_KOBJECT_H

#ifndef HAVE_KOBJECT_INIT_TYPE
#include <linux/slab.h>

static inline void hvl_compat_kobject_init(struct kobject *kobj,
					   struct kobj_type *type)
{
	kobj->ktype = type;
	kobject_init(kobj);
}

static inline int hvl_compat_kobject_add(struct kobject *kobj)
{
	int ret;

	kset_get(kobj->kset);
	ret = kobject_add(kobj);
	if (ret)
		kset_put(kobj->kset);
	return ret;
}

#define kobject_init(kobj, type)	hvl_compat_kobject_init(kobj, type)
#define kobject_add(kobj, up, fmt, ...)					\
({									\
	struct kobject *hvl_kobj = (kobj);				\
									\
	hvl_kobj->parent = (up);					\
	kobject_set_name(hvl_kobj, fmt, ##__VA_ARGS__) ? -ENOMEM :	\
		hvl_compat_kobject_add(hvl_kobj);			\
})

static inline void hvl_compat_kset_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct kset, kobj));
}

static inline struct kset *
hvl_compat_kset_create_and_add(const char *name, struct kobject *parent)
{
	static struct kobj_type type = {
		.release = hvl_compat_kset_release,
	};
	struct kset *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (!set)
		return NULL;
	set->kobj.ktype = &type;
	set->kobj.parent = parent;
	if (kobject_set_name(&set->kobj, "%s", name)) {
		kfree(set);
		return NULL;
	}
	if (kset_register(set)) {
		kobject_put(&set->kobj);
		return NULL;
	}
	return set;
}

static inline void hvl_compat_kset_unregister(struct kset *set)
{
	if (set)
		kset_unregister(set);
}

#define kset_create_and_add(name, ops, parent) \
	hvl_compat_kset_create_and_add(name, parent)
#define kset_unregister(set)	hvl_compat_kset_unregister(set)
#endif

#ifndef HAVE_ADD_UEVENT_VAR_ENV
/* What bus.uevent() of before 2.6.24 is given, in the shape of later. */
struct hvl_compat_uevent_env {
	char **envp;
	int slots;
	char *buf;
	int size;
	int used;
	int len;
};

#define kobj_uevent_env	hvl_compat_uevent_env
#define add_uevent_var(env, fmt, ...)					\
	add_uevent_var((env)->envp, (env)->slots, &(env)->used,		\
		       (env)->buf, (env)->size, &(env)->len, fmt, ##__VA_ARGS__)
#endif

#endif /* HVL_COMPAT_LINUX_KOBJECT_H */
