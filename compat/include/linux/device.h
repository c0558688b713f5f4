/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/device.h - names, lock and attributes of devices, for RHEL 5
 */
#include_next <linux/device.h>

#ifndef HVL_COMPAT_LINUX_DEVICE_H
#define HVL_COMPAT_LINUX_DEVICE_H

/* Before 2.6.26 a name has at most BUS_ID_SIZE - 1 characters. */
#ifndef HAVE_DEV_SET_NAME
#define dev_name(dev)		((const char *)(dev)->bus_id)
#define dev_set_name(dev, fmt, ...)					\
	(snprintf((dev)->bus_id, BUS_ID_SIZE, fmt, ##__VA_ARGS__) <	\
	 BUS_ID_SIZE ? 0 : -ENAMETOOLONG)
#endif

/* 2.6.34 */
#ifndef HAVE_DEVICE_LOCK
#define device_lock(dev)	down(&(dev)->sem)
#define device_unlock(dev)	up(&(dev)->sem)
#endif

#ifndef HAVE_DEVICE_ATTR_RO
#define DEVICE_ATTR_RO(name)						\
	struct device_attribute dev_attr_##name = __ATTR_RO(name)
#define DEVICE_ATTR_RW(name)						\
	struct device_attribute dev_attr_##name =			\
		__ATTR(name, 0644, name##_show, name##_store)
#endif

#endif /* HVL_COMPAT_LINUX_DEVICE_H */
