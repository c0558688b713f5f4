// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - loading and unloading; the ACPI device that the bus hangs under
 *
 * No locks; module init and exit.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/module.h>
#include "hvl-acpi.h"
#include "bus.h"
#include "hypervisor.h"

struct hvl_bus hvl_bus;

/*
 * The firmware's VMBus device tells that there is a bus, and is its parent in
 * sysfs.  Its resources are not needed: MMIO windows may be on an ancestor, or
 * nowhere, and its interrupt means nothing where the vector is fixed.
 */
static int firmware_device(struct device *dev)
{
	if (hvl_bus.parent)
		return -EBUSY;
	hvl_bus.parent = dev;
	hvl_bus.can_sleep = HVL_ACPI_CAN_SLEEP;
	return 0;
}

/* Firmware writes the name both ways. */
HVL_ACPI_DRIVER(firmware_driver, "vmbus", "VMBUS", "VMBus", firmware_device,
		&hvl_bus_pm);

static int __init hvl_init(void)
{
	int ret;

	ret = hvl_hv_start();
	if (ret)
		return ret;
	hvl_core_init(&hvl_bus.core, hvl_wake_request);

	ret = hvl_acpi_register(&firmware_driver);
	if (ret)
		goto hv;
	if (!hvl_bus.parent) {
		pr_err("the firmware names no VMBus device; nothing to drive here\n");
		ret = -ENODEV;
		goto acpi;
	}
	ret = hvl_dispatch_init();
	if (ret)
		goto acpi;
	ret = hvl_offers_init();
	if (ret)
		goto dispatch;
	ret = hvl_bus_register();
	if (ret)
		goto offers;
	ret = hvl_connect();
	if (ret)
		goto bus;
	ret = hvl_power_init();
	if (ret)
		goto connection;
	return 0;

connection:
	hvl_remove_all_devices();
	hvl_disconnect();
bus:
	hvl_bus_unregister();
offers:
	hvl_offers_exit();
dispatch:
	hvl_dispatch_exit();
acpi:
	hvl_acpi_unregister(&firmware_driver);
	hvl_bus.parent = NULL;
hv:
	hvl_hv_stop();
	return ret;
}

static void __exit hvl_exit(void)
{
	hvl_power_exit();
	hvl_remove_all_devices();
	hvl_disconnect();
	hvl_bus_unregister();
	hvl_offers_exit();
	hvl_dispatch_exit();
	hvl_acpi_unregister(&firmware_driver);
	hvl_bus.parent = NULL;
	hvl_hv_stop();
}

module_init(hvl_init);
module_exit(hvl_exit);

MODULE_DESCRIPTION("Hyper-V VMBus");
MODULE_AUTHOR("The hv-lis authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(HVL_MODULE_VERSION);
