/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * glue/vmbus_bus.h - the callbacks of a bus, whose signatures moved
 *
 * The bus writes the functions of 6.12; HVL_BUS_CALLBACKS() emits adapters
 * where the kernel wants others, and HVL_BUS_MATCH(fn) and its like name what
 * goes into struct bus_type.
 */
#ifndef HVL_GLUE_VMBUS_BUS_H
#define HVL_GLUE_VMBUS_BUS_H

#ifdef HAVE_BUS_MATCH_CONST
#define HVL_BUS_MATCH(fn)	fn
#define HVL_BUS_ADAPT_MATCH(fn)
#else
#define HVL_BUS_MATCH(fn)	fn##_adapter
#define HVL_BUS_ADAPT_MATCH(fn)						\
static int fn##_adapter(struct device *dev, struct device_driver *drv)	\
{									\
	return fn(dev, drv);						\
}
#endif

#ifdef HAVE_BUS_UEVENT_CONST
#define HVL_BUS_UEVENT(fn)	fn
#define HVL_BUS_ADAPT_UEVENT(fn)
#else
#define HVL_BUS_UEVENT(fn)	fn##_adapter
#define HVL_BUS_ADAPT_UEVENT(fn)					\
static int fn##_adapter(struct device *dev, struct kobj_uevent_env *env) \
{									\
	return fn(dev, env);						\
}
#endif

#ifdef HAVE_BUS_REMOVE_VOID
#define HVL_BUS_REMOVE(fn)	fn
#define HVL_BUS_ADAPT_REMOVE(fn)
#else
#define HVL_BUS_REMOVE(fn)	fn##_adapter
#define HVL_BUS_ADAPT_REMOVE(fn)					\
static int fn##_adapter(struct device *dev)				\
{									\
	fn(dev);							\
	return 0;							\
}
#endif

#define HVL_BUS_CALLBACKS(match, uevent, remove)			\
	HVL_BUS_ADAPT_MATCH(match)					\
	HVL_BUS_ADAPT_UEVENT(uevent)					\
	HVL_BUS_ADAPT_REMOVE(remove)

#endif /* HVL_GLUE_VMBUS_BUS_H */
