/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-acpi.h - a driver for a device that the firmware names
 *
 *   HVL_ACPI_DRIVER(drv, "name", "ID1", "ID2", found, pm)
 *
 * defines drv, to be registered with hvl_acpi_register(&drv) and taken away with
 * hvl_acpi_unregister(&drv).  Before the first returns, found(dev) has been
 * called for a device with one of the two ids; dev lives until the second.  Where
 * HVL_ACPI_CAN_SLEEP, the power management callbacks pm are its driver's.
 *
 * Three models: a platform driver (3.8, RHEL 7); a driver of the ACPI bus
 * (RHEL 6); and a kernel that shows no such device at all (RHEL 5), where we
 * look for it in the namespace and make a platform device to stand for it.
 */
#ifndef HVL_GLUE_ACPI_H
#define HVL_GLUE_ACPI_H

#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/platform_device.h>

/* depmod reads them too: udev loads the module by them. */
#define HVL_ACPI_IDS(drv, id1, id2)					\
static const struct acpi_device_id drv##_ids[] = {			\
	{ id1, 0 },							\
	{ id2, 0 },							\
	{ "", 0 },							\
};									\
MODULE_DEVICE_TABLE(acpi, drv##_ids);

#if defined(HAVE_ACPI_MATCH_TABLE)

#ifdef HAVE_PROBE_TYPE
#define HVL_ACPI_PROBE_NOW	.probe_type = PROBE_FORCE_SYNCHRONOUS,
#else
#define HVL_ACPI_PROBE_NOW
#endif

#define HVL_ACPI_DRIVER(drv, text, id1, id2, found, pm_ops)			\
HVL_ACPI_IDS(drv, id1, id2)						\
static int drv##_probe(struct platform_device *pdev)			\
{									\
	return found(&pdev->dev);					\
}									\
static struct platform_driver drv = {					\
	.probe = drv##_probe,						\
	.driver = {							\
		.name = text,						\
		.acpi_match_table = ACPI_PTR(drv##_ids),		\
		.suppress_bind_attrs = true,				\
		.pm = (pm_ops),						\
		HVL_ACPI_PROBE_NOW					\
	},								\
}

/*
 * Kernels with the older form of the vector's hook (before 5.8, RHEL 7) may not
 * bring their hypercall page back after hibernation.
 */
#ifdef HAVE_HV_SETUP_VMBUS_IRQ_ONLY
#define HVL_ACPI_CAN_SLEEP		false
#else
#define HVL_ACPI_CAN_SLEEP		true
#endif
#define hvl_acpi_register(drv)		platform_driver_register(drv)
#define hvl_acpi_unregister(drv)	platform_driver_unregister(drv)

#elif defined(HAVE_ACPI_DRIVER_TABLE)

#define HVL_ACPI_DRIVER(drv, text, id1, id2, found, pm_ops)			\
HVL_ACPI_IDS(drv, id1, id2)						\
static int drv##_add(struct acpi_device *adev)				\
{									\
	return found(&adev->dev);					\
}									\
static struct acpi_driver drv = {					\
	.name = text,							\
	.ids = drv##_ids,						\
	.ops = {							\
		.add = drv##_add,					\
	},								\
	.owner = THIS_MODULE,						\
}

#define HVL_ACPI_CAN_SLEEP		false
#define hvl_acpi_register(drv)		acpi_bus_register_driver(drv)
#define hvl_acpi_unregister(drv)	acpi_bus_unregister_driver(drv)

#else /* HAVE_ACPI_DRIVER_STRING */

struct hvl_acpi_driver {
	const char *name;
	const char *ids[2];
	int (*found)(struct device *dev);
	struct platform_device *stand_in;
};

#define HVL_ACPI_DRIVER(drv, text, id1, id2, fn, pm_ops)			\
static struct hvl_acpi_driver drv = {					\
	.name = text,							\
	.ids = { id1, id2 },						\
	.found = fn,							\
}

#define HVL_ACPI_CAN_SLEEP		false

static acpi_status hvl_acpi_seen(acpi_handle handle, u32 level, void *ctx,
				 void **ret)
{
	*(int *)ctx = 1;
	return AE_CTRL_TERMINATE;
}

static inline int hvl_acpi_register(struct hvl_acpi_driver *drv)
{
	int i, there = 0;

	for (i = 0; i < 2 && !there; i++)
		acpi_get_devices((char *)drv->ids[i], hvl_acpi_seen, &there,
				 NULL);
	if (!there)
		return 0;
	drv->stand_in = platform_device_register_simple((char *)drv->name, -1,
							NULL, 0);
	if (IS_ERR(drv->stand_in))
		return PTR_ERR(drv->stand_in);
	return drv->found(&drv->stand_in->dev);
}

static inline void hvl_acpi_unregister(struct hvl_acpi_driver *drv)
{
	if (drv->stand_in)
		platform_device_unregister(drv->stand_in);
	drv->stand_in = NULL;
}

#endif
#endif /* HVL_GLUE_ACPI_H */
