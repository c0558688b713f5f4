// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel_sysfs.c - channels/<id>/ of a device: one directory per channel
 *
 * Locks: hvl_channel.mutex while a ring is looked at; the CPU hot-plug lock
 * around a change of `cpu`.
 */
#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "hvl-sysfs.h"
#include "bus.h"

struct channel_attr {
	struct attribute attr;
	ssize_t (*show)(struct hvl_channel *ch, char *buf);
	ssize_t (*store)(struct hvl_channel *ch, const char *buf, size_t n);
};

#define kobj_to_channel(k) container_of(k, struct hvl_channel, kobj)

static ssize_t attr_show(struct kobject *kobj, struct attribute *a, char *buf)
{
	const struct channel_attr *ca = container_of(a, struct channel_attr,
						     attr);

	return ca->show ? ca->show(kobj_to_channel(kobj), buf) : -EIO;
}

static ssize_t attr_store(struct kobject *kobj, struct attribute *a,
			  const char *buf, size_t n)
{
	const struct channel_attr *ca = container_of(a, struct channel_attr,
						     attr);

	return ca->store ? ca->store(kobj_to_channel(kobj), buf, n) : -EIO;
}

static const struct sysfs_ops channel_sysfs_ops = {
	.show = attr_show,
	.store = attr_store,
};

/* ---- rings ------------------------------------------------------------------------ */

enum { OUT_MASK, IN_MASK, READ_AVAIL, WRITE_AVAIL };

static ssize_t ring_show(struct hvl_channel *ch, char *buf, int what)
{
	ssize_t ret = -EINVAL;
	u32 v, write;

	mutex_lock(&ch->mutex);
	if (!ch->open)
		goto unlock;
	switch (what) {
	case OUT_MASK:
		v = READ_ONCE(ch->out.hdr->interrupt_mask);
		break;
	case IN_MASK:
		v = READ_ONCE(ch->in.hdr->interrupt_mask);
		break;
	case READ_AVAIL:
		write = READ_ONCE(ch->in.hdr->write_index);
		v = write < ch->in.size ?
			hvl_ring_distance(READ_ONCE(ch->in.published), write,
					  ch->in.size) : 0;
		break;
	default:
		v = ch->out.size - hvl_out_ring_used(&ch->out);
		break;
	}
	ret = sprintf(buf, "%u\n", v);
unlock:
	mutex_unlock(&ch->mutex);
	return ret;
}

#define RING_ATTR(name, what)						\
static ssize_t name##_show(struct hvl_channel *ch, char *buf)		\
{									\
	return ring_show(ch, buf, what);				\
}									\
static struct channel_attr attr_##name = __ATTR_RO(name)

RING_ATTR(out_mask, OUT_MASK);
RING_ATTR(in_mask, IN_MASK);
RING_ATTR(read_avail, READ_AVAIL);
RING_ATTR(write_avail, WRITE_AVAIL);

/* ---- counters ----------------------------------------------------------------------- */

#define COUNT_ATTR(name, expr)						\
static ssize_t name##_show(struct hvl_channel *ch, char *buf)		\
{									\
	return sprintf(buf, "%llu\n", (unsigned long long)(expr));	\
}									\
static struct channel_attr attr_##name = __ATTR_RO(name)

COUNT_ATTR(interrupts, ch->interrupts);
COUNT_ATTR(events, ch->sig_events);
COUNT_ATTR(intr_in_full, ch->intr_in_full);
COUNT_ATTR(intr_out_empty, ch->sig_events - ch->intr_in_full);
COUNT_ATTR(out_full_first, ch->out.full_first);
COUNT_ATTR(out_full_total, ch->out.full_total);
COUNT_ATTR(subchannel_id, ch->core.offer.sub_index);
COUNT_ATTR(monitor_id, ch->core.offer.monitor_id);
COUNT_ATTR(pending,
	   READ_ONCE(hvl_bus.monitor[1]->group[ch->core.offer.monitor_id /
					       32].pending));
COUNT_ATTR(latency,
	   READ_ONCE(hvl_bus.monitor[1]->latency[ch->core.offer.monitor_id /
			32][ch->core.offer.monitor_id % 32]));

/* ---- cpu ----------------------------------------------------------------------------- */

static ssize_t cpu_show(struct hvl_channel *ch, char *buf)
{
	return sprintf(buf, "%u\n", hvl_channel_target_cpu(ch));
}

static ssize_t cpu_store(struct hvl_channel *ch, const char *buf, size_t n)
{
	unsigned int cpu;
	int ret;

	if (hvl_bus.core.version < HVL_VMBUS_4_1)
		return -EIO;
	ret = kstrtouint(buf, 0, &cpu);
	if (ret)
		return ret;
	if (cpu >= nr_cpu_ids)
		return -EINVAL;
	cpus_read_lock();
	ret = cpu_online(cpu) ? hvl_channel_retarget(ch, cpu) : -EINVAL;
	cpus_read_unlock();
	return ret ? ret : n;
}
static struct channel_attr attr_cpu = __ATTR(cpu, 0644, cpu_show, cpu_store);

static struct attribute *channel_attrs[] = {
	&attr_out_mask.attr,
	&attr_in_mask.attr,
	&attr_read_avail.attr,
	&attr_write_avail.attr,
	&attr_cpu.attr,
	&attr_pending.attr,
	&attr_latency.attr,
	&attr_interrupts.attr,
	&attr_events.attr,
	&attr_intr_in_full.attr,
	&attr_intr_out_empty.attr,
	&attr_out_full_first.attr,
	&attr_out_full_total.attr,
	&attr_monitor_id.attr,
	&attr_subchannel_id.attr,
	NULL,
};

static umode_t channel_attr_visible(struct kobject *kobj, struct attribute *a,
				    int n)
{
	if (!kobj_to_channel(kobj)->core.offer.monitored &&
	    (a == &attr_pending.attr || a == &attr_latency.attr ||
	     a == &attr_monitor_id.attr))
		return 0;
	return a->mode;
}

HVL_IS_VISIBLE_CALLBACK(channel_attr_visible)

static const struct attribute_group channel_group = {
	.attrs = channel_attrs,
	.is_visible = HVL_IS_VISIBLE(channel_attr_visible),
};

/* The last reference: of a sub-channel, its hold on the device goes with it. */
static void channel_release(struct kobject *kobj)
{
	struct hvl_channel *ch = kobj_to_channel(kobj);
	struct hvl_device *dev = ch->core.offer.sub_index ? ch->dev : NULL;

	kfree(ch);
	if (dev)
		put_device(&dev->device);
}

struct kobj_type hvl_channel_ktype = {
	.sysfs_ops = HVL_SYSFS_OPS(&channel_sysfs_ops),
	.release = channel_release,
};

/* Under the device's lock, while the device is registered. */
int hvl_channel_sysfs_add(struct hvl_channel *ch)
{
	struct hvl_device_priv *p = to_priv(ch->dev);
	int ret;

	if (!p->channels)
		return -ENODEV;
	ch->kobj.kset = p->channels;
	ret = kobject_add(&ch->kobj, NULL, "%u", ch->core.offer.relid);
	if (ret) {
		ch->kobj.kset = NULL;
		return ret;
	}
	ret = sysfs_create_group(&ch->kobj, &channel_group);
	kobject_uevent(&ch->kobj, KOBJ_ADD);
	mutex_lock(&hvl_bus.mutex);
	ch->kobj_added = true;
	mutex_unlock(&hvl_bus.mutex);
	return ret;
}

/* Waits for readers of the attributes; holds no lock that they take. */
void hvl_channel_sysfs_remove(struct hvl_channel *ch)
{
	bool was;

	mutex_lock(&hvl_bus.mutex);
	was = ch->kobj_added;
	ch->kobj_added = false;
	mutex_unlock(&hvl_bus.mutex);
	if (!was)
		return;
	sysfs_remove_group(&ch->kobj, &channel_group);
	/* Old kernels would make up for it when the last reference goes, over a kset long gone. */
	kobject_uevent(&ch->kobj, KOBJ_REMOVE);
	kobject_del(&ch->kobj);
}
