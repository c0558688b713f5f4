/* SPDX-License-Identifier: GPL-2.0-only */
/* Kobjects and what they show. */
/// include linux/kobject.h
/// include linux/sysfs.h
/// include linux/device.h
/// include linux/dma-mapping.h

/* 2.6.25: an object is initialised with its type, a set made in one call. */
/// probe KOBJECT_INIT_TYPE
	kobject_init((struct kobject *)0, (struct kobj_type *)0);
	(void)&kset_create_and_add;

/* 2.6.25 */
/// probe ATTRIBUTE_GROUP_VISIBLE
	(void)((struct attribute_group *)0)->is_visible;

/* 2.6.33: an object's operations are constant. */
/// probe SYSFS_OPS_CONST
	const struct sysfs_ops *ops = 0;

	((struct kobj_type *)0)->sysfs_ops = ops;

/* 2.6.24: variables of an event in one structure. */
/// probe ADD_UEVENT_VAR_ENV
	(void)add_uevent_var((struct kobj_uevent_env *)0, "%d", 1);

/* 2.6.26: a name of any length, and functions for it. */
/// probe DEV_SET_NAME
	(void)dev_set_name((struct device *)0, "%d", 1);
	(void)dev_name((struct device *)0);

/* 2.6.34: a lock by name; before, the semaphore in it. */
/// probe DEVICE_LOCK
	device_lock((struct device *)0);
	device_unlock((struct device *)0);

/* 3.11, RHEL 6 */
/// probe DEVICE_ATTR_RO
#ifndef DEVICE_ATTR_RO
#error not there
#endif

/* 2.6.34 */
/// probe DMA_PARMS
	((struct device *)0)->dma_parms = (struct device_dma_parameters *)0;
/* 3.13, RHEL 6 */
/// probe DMA_SET_MASK_AND_COHERENT
	(void)dma_set_mask_and_coherent((struct device *)0, 0);
