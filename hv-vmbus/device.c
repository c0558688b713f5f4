// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - the bus `vmbus` of the driver model
 *
 * Locks: the driver core holds device_lock around probe and remove; hvl_bus.mutex
 * for a device's list of sub-channels.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "vmbus_bus.h"
#include "bus.h"

static const struct hvl_device_id *match_id(const struct hvl_driver *drv,
					    const struct hvl_device_priv *p)
{
	static const struct hvl_device_id by_name;
	static const struct hvl_guid none;
	const struct hvl_device_id *id;

	/* An administrator's choice goes before any table. */
	if (p->override)
		return strcmp(p->override, drv->name) ? NULL : &by_name;
	/* A socket's class is the service's own id: no table knows it. */
	if (p->d.channel->core.offer.flags & HVL_OFFER_TLNPI)
		return NULL;
	for (id = drv->id_table; id && !hvl_guid_equal(&id->guid, &none); id++) {
		if (hvl_guid_equal(&id->guid, &p->d.type))
			return id;
	}
	return NULL;
}

static int bus_match(struct device *dev, const struct device_driver *drv)
{
	return match_id(container_of(drv, struct hvl_driver, driver),
			to_priv(to_hvl_device(dev))) != NULL;
}

static int bus_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	const struct hvl_device *d = container_of(dev, struct hvl_device,
						  device);
	char alias[2 * sizeof(d->type.b) + 1];
	unsigned int i;

	for (i = 0; i < sizeof(d->type.b); i++)
		sprintf(alias + 2 * i, "%02x", d->type.b[i]);
	return add_uevent_var(env, "MODALIAS=vmbus:%s", alias);
}

/*
 * hvl_device_announce - tell the bound driver of a sub-channel
 *
 * Under the device's lock, once for each sub-channel.
 */
void hvl_device_announce(struct hvl_device_priv *p, struct hvl_channel *sub)
{
	const struct hvl_driver *drv = to_hvl_driver(p->d.device.driver);

	if (sub->announced || sub->stale || !drv->subchannel)
		return;
	sub->announced = true;
	drv->subchannel(&p->d, sub);
}

/*
 * hvl_device_moved - tell the bound driver that a channel has another CPU
 *
 * Under the channel's mutex, while it is open: that keeps the driver bound,
 * whose remove() has to close it first.
 */
void hvl_device_moved(struct hvl_channel *ch)
{
	struct device_driver *bound = READ_ONCE(ch->dev->device.driver);
	const struct hvl_driver *drv;

	if (!bound)
		return;
	drv = to_hvl_driver(bound);
	if (drv->channel_moved)
		drv->channel_moved(ch->dev, ch);
}

/* The next sub-channel that the driver has not been told of. */
static struct hvl_channel *next_unannounced(struct hvl_device_priv *p)
{
	struct hvl_channel *sub, *found = NULL;

	mutex_lock(&hvl_bus.mutex);
	list_for_each_entry(sub, &p->subs, link) {
		if (!sub->announced && !sub->stale && !sub->core.rescinded) {
			found = sub;
			break;
		}
	}
	mutex_unlock(&hvl_bus.mutex);
	return found;
}

static int bus_probe(struct device *dev)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	struct hvl_driver *drv = to_hvl_driver(dev->driver);
	const struct hvl_device_id *id = match_id(drv, p);
	struct hvl_channel *sub;
	int ret;

	if (!id)
		return -ENODEV;
	ret = drv->probe(&p->d, id);
	if (ret) {
		dev_err(dev, "%s does not take it: error %d\n", drv->name, ret);
		return ret;
	}
	p->bound = true;
	/* A sub-channel cannot go meanwhile: that takes this lock too. */
	while (drv->subchannel && (sub = next_unannounced(p)))
		hvl_device_announce(p, sub);
	return 0;
}

/* A driver that is bound later asks the host for sub-channels of its own. */
static void forget_subchannels(struct hvl_device_priv *p)
{
	struct hvl_channel *sub;

	mutex_lock(&hvl_bus.mutex);
	list_for_each_entry(sub, &p->subs, link) {
		if (sub->announced) {
			sub->announced = false;
			sub->stale = true;
		}
	}
	mutex_unlock(&hvl_bus.mutex);
}

static void bus_remove(struct device *dev)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	struct hvl_driver *drv = to_hvl_driver(dev->driver);

	p->bound = false;
	forget_subchannels(p);
	if (drv->remove)
		drv->remove(&p->d);
	/* The driver closed it; the host must not write to us even if not. */
	hvl_channel_close(p->d.channel);
}

static void bus_shutdown(struct device *dev)
{
	struct hvl_driver *drv;

	if (!dev->driver)
		return;
	drv = to_hvl_driver(dev->driver);
	if (drv->shutdown)
		drv->shutdown(to_hvl_device(dev));
}

HVL_BUS_CALLBACKS(bus_match, bus_uevent, bus_remove)

struct bus_type hvl_bus_type = {
	.name		= "vmbus",
	.match		= HVL_BUS_MATCH(bus_match),
	.uevent		= HVL_BUS_UEVENT(bus_uevent),
	.probe		= bus_probe,
	.remove		= HVL_BUS_REMOVE(bus_remove),
	.shutdown	= bus_shutdown,
	HVL_PM_OPS(&hvl_device_pm)
};

static void device_release(struct device *dev)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	struct hvl_channel *primary = p->d.channel;

	kfree(p->override);
	kfree(p);
	kobject_put(&primary->kobj);
}

/*
 * hvl_device_new - a device for a primary channel, not yet registered
 *
 * Takes over the caller's reference on @primary.  Given back by put_device().
 */
struct hvl_device_priv *hvl_device_new(struct hvl_channel *primary)
{
	const struct hvl_offer *o = &primary->core.offer;
	struct hvl_device_priv *p;
	char name[37];

	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return NULL;
	INIT_LIST_HEAD(&p->subs);
	INIT_LIST_HEAD(&p->link);
	p->d.type = o->type;
	p->d.instance = o->instance;
	memcpy(p->d.user_defined, o->user_defined, sizeof(p->d.user_defined));

	hvl_guid_format(name, &o->instance);
	p->d.device.bus = &hvl_bus_type;
	p->d.device.parent = hvl_bus.parent;
	p->d.device.release = device_release;
	device_initialize(&p->d.device);
	if (hvl_bus_set_device_name(&p->d.device, name, o->relid)) {
		/* The release would put a channel that it was never given. */
		kobject_get(&primary->kobj);
		p->d.channel = primary;
		put_device(&p->d.device);
		return NULL;
	}
	p->d.channel = primary;
	primary->dev = &p->d;
	return p;
}

/* Show the device to the driver core; its driver is probed before this returns. */
int hvl_device_add(struct hvl_device_priv *p)
{
	struct device *dev = &p->d.device;
	int ret;

	/*
	 * Page numbers are all that the host wants of memory; drivers that map
	 * for DMA get them one to one.
	 */
	dev->dma_mask = &p->dma_mask;
	hvl_bus_set_dma_parms(dev, &p->dma_parms);
	dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));

	ret = device_add(dev);
	if (ret) {
		pr_err("cannot register device %s: error %d\n", dev_name(dev),
		       ret);
		return ret;
	}
	p->channels = kset_create_and_add("channels", NULL, &dev->kobj);
	device_lock(dev);
	p->registered = true;
	if (p->channels)
		hvl_channel_sysfs_add(p->d.channel);
	device_unlock(dev);
	return 0;
}

/* A sub-channel that shows in sysfs, with a reference. */
static struct hvl_channel *next_in_sysfs(struct hvl_device_priv *p)
{
	struct hvl_channel *sub, *found = NULL;

	mutex_lock(&hvl_bus.mutex);
	list_for_each_entry(sub, &p->subs, link) {
		if (sub->kobj_added) {
			found = sub;
			kobject_get(&sub->kobj);
			break;
		}
	}
	mutex_unlock(&hvl_bus.mutex);
	return found;
}

/* Unbind the driver and take the device out of sight. */
void hvl_device_remove(struct hvl_device_priv *p)
{
	struct device *dev = &p->d.device;
	struct hvl_channel *sub;
	bool was;

	device_lock(dev);
	was = p->registered;
	p->registered = false;
	device_unlock(dev);
	if (!was)
		return;
	while ((sub = next_in_sysfs(p))) {
		hvl_channel_sysfs_remove(sub);
		kobject_put(&sub->kobj);
	}
	hvl_channel_sysfs_remove(p->d.channel);
	kset_unregister(p->channels);
	p->channels = NULL;
	device_del(dev);
}

int __hvl_driver_register(struct hvl_driver *drv, struct module *owner)
{
	if (READ_ONCE(hvl_bus.core.state) != HVL_CONNECTED)
		return -ENODEV;
	drv->driver.name = drv->name;
	drv->driver.owner = owner;
	drv->driver.bus = &hvl_bus_type;
	return driver_register(&drv->driver);
}
EXPORT_SYMBOL_GPL(__hvl_driver_register);

void hvl_driver_unregister(struct hvl_driver *drv)
{
	driver_unregister(&drv->driver);
}
EXPORT_SYMBOL_GPL(hvl_driver_unregister);

int hvl_bus_register(void)
{
	int ret = hvl_bus_type_register(&hvl_bus_type,
					hvl_device_groups);

	if (ret)
		pr_err("a bus called vmbus is there already: the kernel has its own built in\n");
	return ret;
}

void hvl_bus_unregister(void)
{
	bus_unregister(&hvl_bus_type);
}
