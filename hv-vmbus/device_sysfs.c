// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_sysfs.c - attributes of a device, named and written as tools of the
 *                  in-box bus expect them; and what is known of device types
 *
 * Locks: hvl_channel.mutex while a ring is looked at, so that it cannot be
 * closed meanwhile; hvl_bus.mutex for the list of sub-channels; device_lock for
 * driver_override.
 */
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "hvl-sysfs.h"
#include "bus.h"

/* PCI vendor id of Microsoft, shown for tools that want one. */
#define VENDOR_MICROSOFT	0x1414

/*
 * Interface types (interface-guids.md 2).  The place in this table is the
 * number that the in-box bus shows as `device`.
 */
static const struct {
	struct hvl_guid type;
	bool perf;
} kinds[] = {
	/* IDE accelerator */
	{ { { 0x32, 0x26, 0x41, 0x32, 0xcb, 0x86, 0xa2, 0x44,
	      0x9b, 0x5c, 0x50, 0xd1, 0x41, 0x73, 0x54, 0xf5 } }, true },
	/* SCSI controller */
	{ { { 0xd9, 0x63, 0x61, 0xba, 0xa1, 0x04, 0x29, 0x4d,
	      0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f } }, true },
	/* Fibre Channel */
	{ { { 0x4a, 0xcc, 0x9b, 0x2f, 0x69, 0x00, 0xf3, 0x4a,
	      0xb7, 0x6b, 0x6f, 0xd0, 0xbe, 0x52, 0x8c, 0xda } }, true },
	/* network */
	{ { { 0x63, 0x51, 0x61, 0xf8, 0x3e, 0xdf, 0xc5, 0x46,
	      0x91, 0x3f, 0xf2, 0xd2, 0xf9, 0x65, 0xed, 0x0e } }, true },
	/* Network Direct */
	{ { { 0x3d, 0xaf, 0x2e, 0x8c, 0xa7, 0x32, 0x09, 0x4b,
	      0xab, 0x99, 0xbd, 0x1f, 0x1c, 0x86, 0xb5, 0x01 } }, true },
	/* PCI pass-through */
	{ { { 0x1d, 0xf6, 0xc4, 0x44, 0x44, 0x44, 0x00, 0x44,
	      0x9d, 0x52, 0x80, 0x2e, 0x27, 0xed, 0xe1, 0x9f } }, false },
	/* synthetic video */
	{ { { 0x02, 0x78, 0x0a, 0xda, 0x77, 0xe3, 0xac, 0x4a,
	      0x8e, 0x77, 0x05, 0x58, 0xeb, 0x10, 0x73, 0xf8 } }, false },
	/* keyboard */
	{ { { 0x6d, 0xad, 0x12, 0xf9, 0x17, 0x2b, 0xea, 0x48,
	      0xbd, 0x65, 0xf9, 0x27, 0xa6, 0x1c, 0x76, 0x84 } }, false },
	/* mouse */
	{ { { 0x9e, 0xb6, 0xa8, 0xcf, 0x4a, 0x5b, 0xc0, 0x4c,
	      0xb9, 0x8b, 0x8b, 0xa1, 0xa1, 0xf3, 0xf9, 0x5a } }, false },
	/* KVP */
	{ { { 0xe7, 0xf4, 0xa0, 0xa9, 0x45, 0x5a, 0x96, 0x4d,
	      0xb8, 0x27, 0x8a, 0x84, 0x1e, 0x8c, 0x03, 0xe6 } }, false },
	/* time sync */
	{ { { 0x30, 0xe6, 0x27, 0x95, 0xae, 0xd0, 0x7b, 0x49,
	      0xad, 0xce, 0xe8, 0x0a, 0xb0, 0x17, 0x5c, 0xaf } }, false },
	/* heartbeat */
	{ { { 0x39, 0x4f, 0x16, 0x57, 0x15, 0x91, 0x78, 0x4e,
	      0xab, 0x55, 0x38, 0x2f, 0x3b, 0xd5, 0x42, 0x2d } }, false },
	/* shutdown */
	{ { { 0x31, 0x60, 0x0b, 0x0e, 0x13, 0x52, 0x34, 0x49,
	      0x81, 0x8b, 0x38, 0xd9, 0x0c, 0xed, 0x39, 0xdb } }, false },
	/* file copy */
	{ { { 0xe3, 0x4b, 0xd1, 0x34, 0xe4, 0xde, 0xc8, 0x41,
	      0x9a, 0xe7, 0x6b, 0x17, 0x49, 0x77, 0xc1, 0x92 } }, false },
	/* VSS */
	{ { { 0x29, 0x2e, 0xfa, 0x35, 0x23, 0xea, 0x36, 0x42,
	      0x96, 0xae, 0x3a, 0x6e, 0xba, 0xcb, 0xa4, 0x40 } }, false },
	/* dynamic memory */
	{ { { 0xdc, 0x74, 0x50, 0x52, 0x85, 0x89, 0xe2, 0x46,
	      0x80, 0x57, 0xa3, 0x07, 0xdc, 0x18, 0xa5, 0x02 } }, false },
};

/* The number of a type; one more than the last for a type not known. */
u32 hvl_device_kind(const struct hvl_guid *type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (hvl_guid_equal(&kinds[i].type, type))
			break;
	}
	return i;
}

/* Does it carry load, so that its channels are spread over the CPUs? */
bool hvl_device_is_perf(const struct hvl_guid *type)
{
	u32 kind = hvl_device_kind(type);

	return kind < ARRAY_SIZE(kinds) && kinds[kind].perf;
}

/* The usual text of a GUID; the first three groups are little-endian. */
void hvl_guid_format(char text[37], const struct hvl_guid *g)
{
	static const u8 order[16] = { 3, 2, 1, 0, 5, 4, 7, 6,
				      8, 9, 10, 11, 12, 13, 14, 15 };
	unsigned int i;

	for (i = 0; i < 16; i++) {
		text += sprintf(text, "%02x", g->b[order[i]]);
		if (i == 3 || i == 5 || i == 7 || i == 9)
			*text++ = '-';
	}
}

static struct hvl_channel *primary(struct device *dev)
{
	return to_hvl_device(dev)->channel;
}

/* ---- what the offer said -------------------------------------------------------- */

static ssize_t id_show(struct device *dev, struct device_attribute *attr,
		       char *buf)
{
	return sprintf(buf, "%d\n", primary(dev)->core.offer.relid);
}
static DEVICE_ATTR_RO(id);

/* The in-box bus's numbers: 0 offered, 3 open. */
static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sprintf(buf, "%d\n", READ_ONCE(primary(dev)->open) ? 3 : 0);
}
static DEVICE_ATTR_RO(state);

static ssize_t guid_text(char *buf, const struct hvl_guid *g)
{
	char text[37];

	hvl_guid_format(text, g);
	return sprintf(buf, "{%s}\n", text);
}

static ssize_t class_id_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return guid_text(buf, &to_hvl_device(dev)->type);
}
static DEVICE_ATTR_RO(class_id);

static ssize_t device_id_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	return guid_text(buf, &to_hvl_device(dev)->instance);
}
static DEVICE_ATTR_RO(device_id);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	const struct hvl_guid *g = &to_hvl_device(dev)->type;
	char *p = buf + sprintf(buf, "vmbus:");
	unsigned int i;

	for (i = 0; i < sizeof(g->b); i++)
		p += sprintf(p, "%02x", g->b[i]);
	p += sprintf(p, "\n");
	return p - buf;
}
static DEVICE_ATTR_RO(modalias);

static ssize_t numa_node_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "%d\n",
		       cpu_to_node(hvl_channel_target_cpu(primary(dev))));
}
static DEVICE_ATTR_RO(numa_node);

static ssize_t vendor_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sprintf(buf, "0x%x\n", VENDOR_MICROSOFT);
}
static DEVICE_ATTR_RO(vendor);

static ssize_t device_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sprintf(buf, "0x%x\n",
		       hvl_device_kind(&to_hvl_device(dev)->type));
}
static DEVICE_ATTR_RO(device);

static ssize_t channel_vp_mapping_show(struct device *dev,
				       struct device_attribute *attr, char *buf)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	struct hvl_channel *sub;
	int n;

	mutex_lock(&hvl_bus.mutex);
	n = scnprintf(buf, PAGE_SIZE, "%u:%u\n",
		      p->d.channel->core.offer.relid,
		      p->d.channel->target_cpu);
	list_for_each_entry(sub, &p->subs, link)
		n += scnprintf(buf + n, PAGE_SIZE - n, "%u:%u\n",
			       sub->core.offer.relid, sub->target_cpu);
	mutex_unlock(&hvl_bus.mutex);
	return n;
}
static DEVICE_ATTR_RO(channel_vp_mapping);

static ssize_t driver_override_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	ssize_t n;

	device_lock(dev);
	n = scnprintf(buf, PAGE_SIZE, "%s\n", p->override ? p->override :
		      "(null)");
	device_unlock(dev);
	return n;
}

/* An empty line takes the override away. */
static ssize_t driver_override_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct hvl_device_priv *p = to_priv(to_hvl_device(dev));
	size_t len = count;
	const char *old;
	char *name;

	if (count >= PAGE_SIZE - 1)
		return -EINVAL;
	if (len && buf[len - 1] == '\n')
		len--;
	name = kstrndup(buf, len, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	if (!*name) {
		kfree(name);
		name = NULL;
	}
	device_lock(dev);
	old = p->override;
	p->override = name;
	device_unlock(dev);
	kfree(old);
	return count;
}
static DEVICE_ATTR_RW(driver_override);

/* ---- monitor page ----------------------------------------------------------------- */

enum monitor_field { MON_PENDING, MON_LATENCY, MON_CONN_ID };

/* @which: 0 host->guest ("server"), 1 guest->host ("client") */
static ssize_t monitor_text(struct device *dev, char *buf, int which,
			    enum monitor_field field)
{
	const struct hvl_offer *o = &primary(dev)->core.offer;
	const struct hvl_monitor_page *m = hvl_bus.monitor[which];
	unsigned int group = o->monitor_id / 32, bit = o->monitor_id % 32;

	if (!o->monitored)
		return -EINVAL;
	switch (field) {
	case MON_PENDING:
		return sprintf(buf, "%d\n", READ_ONCE(m->group[group].pending));
	case MON_LATENCY:
		return sprintf(buf, "%d\n", READ_ONCE(m->latency[group][bit]));
	default:
		return sprintf(buf, "%d\n",
			       READ_ONCE(m->param[group][bit].connection_id));
	}
}

#define MONITOR_ATTR(name, which, field)				\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return monitor_text(dev, buf, which, field);			\
}									\
static DEVICE_ATTR_RO(name)

MONITOR_ATTR(server_monitor_pending, 0, MON_PENDING);
MONITOR_ATTR(server_monitor_latency, 0, MON_LATENCY);
MONITOR_ATTR(server_monitor_conn_id, 0, MON_CONN_ID);
MONITOR_ATTR(client_monitor_pending, 1, MON_PENDING);
MONITOR_ATTR(client_monitor_latency, 1, MON_LATENCY);
MONITOR_ATTR(client_monitor_conn_id, 1, MON_CONN_ID);

static ssize_t monitor_id_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	const struct hvl_offer *o = &primary(dev)->core.offer;

	return o->monitored ? sprintf(buf, "%d\n", o->monitor_id) : -EINVAL;
}
static DEVICE_ATTR_RO(monitor_id);

/* ---- rings ---------------------------------------------------------------------------- */

enum ring_field { RING_MASK, RING_READ, RING_WRITE, RING_TO_READ, RING_ROOM };

static ssize_t ring_text(struct device *dev, char *buf, bool out,
			 enum ring_field field)
{
	struct hvl_channel *ch = primary(dev);
	const struct hvl_ring_header *h;
	u32 size, read, write, used, v = 0;
	ssize_t ret = -EINVAL;

	mutex_lock(&ch->mutex);
	if (!ch->open)
		goto unlock;
	h = out ? ch->out.hdr : ch->in.hdr;
	size = out ? ch->out.size : ch->in.size;
	read = READ_ONCE(h->read_index);
	write = READ_ONCE(h->write_index);
	used = read < size && write < size ?
		hvl_ring_distance(read, write, size) : 0;
	switch (field) {
	case RING_MASK:
		v = READ_ONCE(h->interrupt_mask);
		break;
	case RING_READ:
		v = read;
		break;
	case RING_WRITE:
		v = write;
		break;
	case RING_TO_READ:
		v = used;
		break;
	case RING_ROOM:
		v = size - used;
		break;
	}
	ret = sprintf(buf, "%u\n", v);
unlock:
	mutex_unlock(&ch->mutex);
	return ret;
}

#define RING_ATTR(name, out, field)					\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return ring_text(dev, buf, out, field);				\
}									\
static DEVICE_ATTR_RO(name)

RING_ATTR(out_intr_mask, true, RING_MASK);
RING_ATTR(out_read_index, true, RING_READ);
RING_ATTR(out_write_index, true, RING_WRITE);
RING_ATTR(out_read_bytes_avail, true, RING_TO_READ);
RING_ATTR(out_write_bytes_avail, true, RING_ROOM);
RING_ATTR(in_intr_mask, false, RING_MASK);
RING_ATTR(in_read_index, false, RING_READ);
RING_ATTR(in_write_index, false, RING_WRITE);
RING_ATTR(in_read_bytes_avail, false, RING_TO_READ);
RING_ATTR(in_write_bytes_avail, false, RING_ROOM);

static struct attribute *device_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_state.attr,
	&dev_attr_monitor_id.attr,
	&dev_attr_class_id.attr,
	&dev_attr_device_id.attr,
	&dev_attr_modalias.attr,
	&dev_attr_numa_node.attr,
	&dev_attr_server_monitor_pending.attr,
	&dev_attr_client_monitor_pending.attr,
	&dev_attr_server_monitor_latency.attr,
	&dev_attr_client_monitor_latency.attr,
	&dev_attr_server_monitor_conn_id.attr,
	&dev_attr_client_monitor_conn_id.attr,
	&dev_attr_out_intr_mask.attr,
	&dev_attr_out_read_index.attr,
	&dev_attr_out_write_index.attr,
	&dev_attr_out_read_bytes_avail.attr,
	&dev_attr_out_write_bytes_avail.attr,
	&dev_attr_in_intr_mask.attr,
	&dev_attr_in_read_index.attr,
	&dev_attr_in_write_index.attr,
	&dev_attr_in_read_bytes_avail.attr,
	&dev_attr_in_write_bytes_avail.attr,
	&dev_attr_channel_vp_mapping.attr,
	&dev_attr_vendor.attr,
	&dev_attr_device.attr,
	&dev_attr_driver_override.attr,
	NULL,
};

/* Monitor attributes do not show where there is no monitor. */
static umode_t device_attr_visible(struct kobject *kobj, struct attribute *a,
				   int n)
{
	struct device *dev = container_of(kobj, struct device, kobj);

	if (!primary(dev)->core.offer.monitored &&
	    strstr(a->name, "monitor_"))
		return 0;
	return a->mode;
}

HVL_IS_VISIBLE_CALLBACK(device_attr_visible)

static const struct attribute_group device_group = {
	.attrs = device_attrs,
	.is_visible = HVL_IS_VISIBLE(device_attr_visible),
};

const struct attribute_group *hvl_device_groups[] = {
	&device_group,
	NULL,
};
