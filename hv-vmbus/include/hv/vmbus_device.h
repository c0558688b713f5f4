/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv/vmbus_device.h - the device model of the bus, for DIMs (*_drv.c) only.
 */
#ifndef _HV_VMBUS_DEVICE_H
#define _HV_VMBUS_DEVICE_H

#include <hv/vmbus.h>
#include <linux/device.h>
#include <linux/module.h>

/*
 * An interface type is written once, as a list of its bytes in wire order,
 *
 *	#define MY_TYPE	d9,63,61,ba,a1,04,29,4d,b6,05,72,e2,ff,b1,dc,7f
 *
 * and used twice: in the driver's table, and on a line of its own for the name
 * that udev asks modprobe for.  (The tools of old kernels cannot make that name
 * from the table.)
 */
#define HVL_DEVICE_TYPE(...)	HVL_DEVICE_TYPE_(__VA_ARGS__)
#define HVL_DEVICE_TYPE_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) \
	{ { 0x##a, 0x##b, 0x##c, 0x##d, 0x##e, 0x##f, 0x##g, 0x##h,	\
	    0x##i, 0x##j, 0x##k, 0x##l, 0x##m, 0x##n, 0x##o, 0x##p } }
#define HVL_DEVICE_ALIAS(...)	HVL_DEVICE_ALIAS_(__VA_ARGS__)
#define HVL_DEVICE_ALIAS_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) \
	MODULE_ALIAS("vmbus:" #a #b #c #d #e #f #g #h #i #j #k #l #m #n #o #p)

/**
 * struct hvl_device_id - one interface type that a driver serves
 * @guid: interface type, wire order; a zero GUID ends the table
 * @driver_data: the driver's own
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
 * @suspend: hibernation; closes every channel and forgets the sub-channels.  An
 *           error stops the kernel from sleeping.  NULL: it cannot
 * @resume: after @suspend, with the host that is there now: another one, perhaps,
 *          or one that has the device no more (the channel is rescinded then)
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
	int (*suspend)(struct hvl_device *dev);
	void (*resume)(struct hvl_device *dev);
	void (*subchannel)(struct hvl_device *dev, struct hvl_channel *sub);
	void (*subchannel_gone)(struct hvl_device *dev,
				struct hvl_channel *sub);
	void (*channel_moved)(struct hvl_device *dev, struct hvl_channel *ch);
	struct device_driver driver;
};

#define to_hvl_driver(d) container_of(d, struct hvl_driver, driver)

int __hvl_driver_register(struct hvl_driver *drv, struct module *owner);
#define hvl_driver_register(drv)	__hvl_driver_register(drv, THIS_MODULE)
void hvl_driver_unregister(struct hvl_driver *drv);

#endif /* _HV_VMBUS_DEVICE_H */
