// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_device.c - making, changing and removing NICs
 *
 * Locks: registry_lock (the list), then net_dev->lock; see vsp_net.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_id.h"
#include "vsp_net.h"

#define DEFAULT_SPEED	10000000000ull

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct net_dev *registry;

static const uint8_t net_guid[16] = {
	0x63, 0x51, 0x61, 0xf8, 0x3e, 0xdf, 0xc5, 0x46,
	0x91, 0x3f, 0xf2, 0xd2, 0xf9, 0x65, 0xed, 0x0e,
};

struct net_dev *net_device_find(const char *name)
{
	struct net_dev *dev;

	pthread_mutex_lock(&registry_lock);
	for (dev = registry; dev && strcmp(dev->name, name); dev = dev->next)
		;
	pthread_mutex_unlock(&registry_lock);
	return dev;
}

struct net_dev *net_device_first(void)
{
	struct net_dev *dev;

	pthread_mutex_lock(&registry_lock);
	dev = registry;
	pthread_mutex_unlock(&registry_lock);
	return dev;
}

static bool config_ok(const struct net_config *c, char *err, size_t len)
{
	if (!c->name[0] || strlen(c->name) >= sizeof(((struct net_dev *)0)->name))
		snprintf(err, len, "\"name\" has to be 1 to %zu characters long",
			 sizeof(((struct net_dev *)0)->name) - 1);
	else if (net_device_find(c->name))
		snprintf(err, len, "there is a NIC \"%s\" already", c->name);
	else if (c->subchannels >= NET_QUEUES)
		snprintf(err, len, "%s: \"subchannels\" is at most %d", c->name, NET_QUEUES - 1);
	else if (!c->batch || c->batch > NVSP_MAX_RANGES_OLD)
		snprintf(err, len, "%s: \"batch\" is 1 to %d", c->name, NVSP_MAX_RANGES_OLD);
	else if (c->vlan > 4094)
		snprintf(err, len, "%s: \"vlan\" is at most 4094", c->name);
	else if (c->has_mac && (c->mac[0] & 1))
		snprintf(err, len, "%s: \"mac\" is a multicast address", c->name);
	else
		return true;
	return false;
}

static void offer(struct net_dev *dev)
{
	struct offer_desc d = { .channel_flags = 0x0001, .monitored = dev->config.monitored };

	memcpy(d.type, net_guid, sizeof(d.type));
	device_instance(dev->name, d.instance);
	dev->vdev = vmbus_dev_add(dev->name, &d, &net_ops, dev);
}

struct net_dev *net_device_new(const struct net_config *c, char *err, size_t len)
{
	struct net_port_config p = {
		.name = c->name, .lan = c->lan ? c->lan : "default", .ops = &net_port_nic,
		.check_source = !c->spoofing, .vlan = c->vlan,
	};
	uint64_t h = device_number(c->name, 3);
	struct net_dev *dev, **end;
	int i;

	if (!config_ok(c, err, len))
		return NULL;
	dev = calloc(1, sizeof(*dev));
	if (!dev) {
		snprintf(err, len, "%s: out of memory", c->name);
		return NULL;
	}
	strcpy(dev->name, c->name);
	dev->config = *c;
	dev->config.name = dev->config.lan = NULL;
	memcpy(dev->permanent, c->mac, 6);
	/* The range that Microsoft has for virtual machines. */
	for (i = 0; i < 3 && !c->has_mac; i++) {
		dev->permanent[i] = (uint8_t)(0x5d1500 >> (8 * i));
		dev->permanent[3 + i] = (uint8_t)(h >> (8 * i));
	}
	dev->linked = !c->no_link;
	dev->speed = c->speed ? c->speed : DEFAULT_SPEED;
	dev->free_cells = dev->free_control = NET_NO_CELL;
	pthread_mutex_init(&dev->lock, NULL);
	pthread_cond_init(&dev->idle, NULL);
	memcpy(p.mac, dev->permanent, 6);
	p.priv = dev;
	dev->port = net_port_new(&p);
	net_port_link(dev->port, dev->linked);
	pthread_mutex_lock(&registry_lock);
	for (end = &registry; *end; end = &(*end)->next)
		;
	*end = dev;
	pthread_mutex_unlock(&registry_lock);
	offer(dev);
	return dev;
}

void net_device_remove(struct net_dev *dev)
{
	struct net_dev **p;

	/* All channels are closed when it returns. */
	vmbus_dev_remove(dev->vdev);
	pthread_mutex_lock(&registry_lock);
	for (p = &registry; *p != dev; p = &(*p)->next)
		;
	*p = dev->next;
	pthread_mutex_unlock(&registry_lock);
	net_port_free(dev->port);
	frame_free_list(dev->stalled_rx);
	pthread_cond_destroy(&dev->idle);
	pthread_mutex_destroy(&dev->lock);
	free(dev);
}

/* ---- what happens to it ------------------------------------------------------------ */

void net_device_link(struct net_dev *dev, bool up)
{
	pthread_mutex_lock(&dev->lock);
	dev->linked = up;
	pthread_mutex_unlock(&dev->lock);
	net_port_link(dev->port, up);
	net_indicate(dev, up ? RNDIS_STATUS_MEDIA_CONNECT : RNDIS_STATUS_MEDIA_DISCONNECT,
		     NULL, 0);
}

void net_device_speed(struct net_dev *dev, uint64_t speed)
{
	uint32_t units = speed / 100 > 0xffffffffu ? 0xffffffffu : (uint32_t)(speed / 100);
	bool told;

	pthread_mutex_lock(&dev->lock);
	dev->speed = speed;
	told = dev->s.capabilities & NVSP_CAP_TEAMING;
	pthread_mutex_unlock(&dev->lock);
	if (told)
		net_indicate(dev, RNDIS_STATUS_LINK_SPEED, &units, sizeof(units));
}

bool net_device_vf(struct net_dev *dev, bool allocated, uint32_t serial)
{
	struct nvsp_vf m = { NVSP_VF_ASSOCIATION, allocated, serial };
	bool can;

	pthread_mutex_lock(&dev->lock);
	can = dev->s.version >= NVSP_V4 && dev->s.capabilities & NVSP_CAP_SRIOV &&
	      dev->s.initialized;
	if (can) {
		dev->s.vf_told = allocated;
		if (!allocated)
			dev->s.on_vf = false;
	}
	pthread_mutex_unlock(&dev->lock);
	return can && net_tell(dev, &m, sizeof(m), 1ull << 63, true);
}
