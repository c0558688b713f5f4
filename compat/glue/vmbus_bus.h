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

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/kobject.h>

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
#elif defined(HAVE_BUS_UEVENT_ENVP)
/* Before 2.6.24: the parts of a kobj_uevent_env one by one. */
#define HVL_BUS_UEVENT(fn)	fn##_adapter
#define HVL_BUS_ADAPT_UEVENT(fn)					\
static int fn##_adapter(struct device *dev, char **envp, int num_envp,	\
			char *buf, int size)				\
{									\
	struct hvl_compat_uevent_env env = { envp, num_envp, buf, size }; \
	int ret = fn(dev, &env);					\
									\
	envp[env.used] = NULL;						\
	return ret;							\
}
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

#ifdef HAVE_BUS_DEV_GROUPS
static inline int hvl_bus_type_register(struct bus_type *bus,
					const struct attribute_group **groups)
{
	bus->dev_groups = groups;
	return bus_register(bus);
}
#else
/*
 * Before 3.12 a list, ended by one without a name, of what every device has; no
 * attribute can be hidden there.  Once, from the first group.
 */
static inline int hvl_bus_type_register(struct bus_type *bus,
					const struct attribute_group **groups)
{
	static struct device_attribute list[48];
	struct attribute **a = groups[0]->attrs;
	unsigned int i;

	for (i = 0; a[i] && i < ARRAY_SIZE(list) - 1; i++)
		list[i] = *container_of(a[i], struct device_attribute, attr);
	bus->dev_attrs = list;
	return bus_register(bus);
}
#endif

/*
 * Devices are called by their instance id.  RHEL 5 has no room for so long a
 * name; there the channel's id is in it, which is the device's alone too.
 */
static inline int hvl_bus_set_device_name(struct device *dev,
					  const char *instance, u32 relid)
{
#ifdef HAVE_DEV_SET_NAME
	return dev_set_name(dev, "%s", instance);
#else
	return dev_set_name(dev, "vmbus_0_%u", relid);
#endif
}

static inline void hvl_bus_set_dma_parms(struct device *dev,
					 struct device_dma_parameters *parms)
{
#ifdef HAVE_DMA_PARMS
	dev->dma_parms = parms;
#endif
}

#define HVL_BUS_CALLBACKS(match, uevent, remove)			\
	HVL_BUS_ADAPT_MATCH(match)					\
	HVL_BUS_ADAPT_UEVENT(uevent)					\
	HVL_BUS_ADAPT_REMOVE(remove)

#endif /* HVL_GLUE_VMBUS_BUS_H */
