// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleep.c - hibernation: the host is left with the devices kept, and found again
 *
 * The kernel suspends children first: the disks, then the devices of the bus,
 * whose drivers close their channels, then the bus, which sends UNLOAD.  On the way
 * back the bus connects, and the host's offers are matched with the devices that
 * are there (offer.c); then the drivers open their channels.
 *
 * All of it happens three times: before the image is taken, so that neither the
 * image nor its copying is disturbed by the host; before the power goes; and in
 * the kernel that loads the image, which the host must have forgotten.
 *
 * No locks of its own.  Process context; the power management core holds the lock of
 * the device that it is about.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/suspend.h>
#include "bus.h"

static int device_sleep(struct device *dev)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	const struct hvl_driver *drv;

	if (!p->bound)
		return 0;
	drv = to_hvl_driver(dev->driver);
	if (!drv->suspend) {
		dev_err(dev, "%s cannot sleep\n", drv->name);
		return -EOPNOTSUPP;
	}
	return drv->suspend(&p->d);
}

static int device_wake(struct device *dev)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	const struct hvl_driver *drv;

	if (!p->bound)
		return 0;
	drv = to_hvl_driver(dev->driver);
	if (drv->resume)
		drv->resume(&p->d);
	return 0;
}

const struct dev_pm_ops hvl_device_pm = {
	.freeze		= device_sleep,
	.thaw		= device_wake,
	.poweroff	= device_sleep,
	.restore	= device_wake,
};

static int bus_sleep(struct device *dev)
{
	hvl_offers_sleep();
	hvl_leave();
	hvl_cpus_sleep();
	return 0;
}

static int bus_wake(struct device *dev)
{
	int ret;

	hvl_cpus_wake();
	ret = hvl_rejoin();
	if (ret)
		pr_err("the host does not take us back: error %d\n", ret);
	hvl_offers_woken();
	return ret;
}

const struct dev_pm_ops hvl_bus_pm = {
	.freeze		= bus_sleep,
	.thaw		= bus_wake,
	.poweroff	= bus_sleep,
	.restore	= bus_wake,
};

/*
 * Refused before anything is frozen, where the way back is not open: a host below
 * 3.0 does not connect again after UNLOAD, a tick that comes from the host would
 * stop, and some kernels have no callback for the bus.
 */
static int sleep_event(struct notifier_block *nb, unsigned long event, void *p)
{
	if (event != PM_HIBERNATION_PREPARE && event != PM_RESTORE_PREPARE)
		return NOTIFY_DONE;
	if (hvl_bus.can_sleep && hvl_bus.core.version >= HVL_VMBUS_3_0 &&
	    !hvl_cpus_tick())
		return NOTIFY_DONE;
	pr_err("hibernation is refused: the disks behind the bus would not come back\n");
	return notifier_from_errno(-EOPNOTSUPP);
}

static struct notifier_block sleep_block = {
	.notifier_call = sleep_event,
};

int hvl_sleep_init(void)
{
	return register_pm_notifier(&sleep_block);
}

void hvl_sleep_exit(void)
{
	unregister_pm_notifier(&sleep_block);
}
