/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv/vmbus_device.h - the device model of the bus, for DIMs (*_drv.c) only.
 */
#ifndef _HV_VMBUS_DEVICE_H
#define _HV_VMBUS_DEVICE_H

#include <hv/vmbus.h>
#include <linux/device.h>
#include <linux/module.h>

/**
 * struct hvl_device_id - one interface type that a driver serves
 * @guid: interface type, wire order; a zero GUID ends the table
 * @driver_data: the driver's own
 *
 * The layout is that of the kernel's vmbus device id (16 bytes and a pointer-
 * sized integer), so that modpost writes the module aliases.
 */
struct hvl_device_id {
	struct hvl_guid guid;
	unsigned long driver_data;
};

/**
 * struct hvl_device - one device on the bus: a primary channel and its
 *                     sub-channels
 * @device: the Linux device, on bus `vmbus`
 * @channel: primary channel; valid until remove() has returned
 * @type: interface GUID
 * @instance: instance GUID
 * @user_defined: the offer's 120 bytes for the device's driver
 * @drvdata: use hvl_set_drvdata()/hvl_get_drvdata()
 */
struct hvl_device {
	struct device device;
	struct hvl_channel *channel;
	struct hvl_guid type;
	struct hvl_guid instance;
	u8 user_defined[120];
	void *drvdata;
};

#define to_hvl_device(d) container_of(d, struct hvl_device, device)

static inline void hvl_set_drvdata(struct hvl_device *dev, void *data)
{
	dev->drvdata = data;
}

static inline void *hvl_get_drvdata(const struct hvl_device *dev)
{
	return dev->drvdata;
}

/**
 * struct hvl_driver - a VSC driver
 * @name: as it shows in sysfs, e.g. "hv_storvsc"
 * @id_table: ended by a zero GUID
 * @probe: process context; the primary channel is not open yet
 * @remove: process context; on rescind the channel is already marked so.  The
 *          driver ends every request it still holds and closes its channels
 * @shutdown: reboot, kexec; may be NULL
 * @subchannel: a sub-channel of a bound device was offered; process context,
 *              may open it at once.  NULL: sub-channels are left closed
 * @subchannel_gone: a sub-channel was rescinded; the driver stops using it and
 *              closes it before this returns
 * @channel_moved: an open channel now interrupts another CPU; process context.
 *              The channel can be neither opened nor closed meanwhile, so this
 *              must not do it nor wait for who does.  May be NULL
 */
struct hvl_driver {
	const char *name;
	const struct hvl_device_id *id_table;
	int (*probe)(struct hvl_device *dev, const struct hvl_device_id *id);
	void (*remove)(struct hvl_device *dev);
	void (*shutdown)(struct hvl_device *dev);
	void (*subchannel)(struct hvl_device *dev, struct hvl_channel *sub);
	void (*subchannel_gone)(struct hvl_device *dev,
				struct hvl_channel *sub);
	void (*channel_moved)(struct hvl_device *dev, struct hvl_channel *ch);
	struct device_driver driver;
};

#define to_hvl_driver(d) container_of(d, struct hvl_driver, driver)

int __hvl_driver_register(struct hvl_driver *drv, struct module *owner,
			  const char *mod_name);
#define hvl_driver_register(drv) \
	__hvl_driver_register(drv, THIS_MODULE, KBUILD_MODNAME)
void hvl_driver_unregister(struct hvl_driver *drv);

#endif /* _HV_VMBUS_DEVICE_H */
