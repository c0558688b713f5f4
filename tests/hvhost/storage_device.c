// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage_device.c - making, changing and removing controllers and disks
 *
 * Devices are found by name.  The registry is used by the control thread and,
 * before that thread starts, by the loading of the configuration.
 *
 * Locks: registry_lock (the list), then stor_dev->lock; see vsp_storage.h.
 */
#include "device_id.h"
#include "vsp_storage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stor_dev *registry;

static const uint8_t scsi_guid[16] = {
	0xd9, 0x63, 0x61, 0xba, 0xa1, 0x04, 0x29, 0x4d,
	0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f,
};

static const uint8_t ide_guid[16] = {
	0x32, 0x26, 0x41, 0x32, 0xcb, 0x86, 0xa2, 0x44,
	0x9b, 0x5c, 0x50, 0xd1, 0x41, 0x73, 0x54, 0xf5,
};

struct stor_dev *storage_find(const char *name)
{
	struct stor_dev *dev;

	pthread_mutex_lock(&registry_lock);
	for (dev = registry; dev && strcmp(dev->name, name); dev = dev->next)
		;
	pthread_mutex_unlock(&registry_lock);
	return dev;
}

struct stor_dev *storage_first(void)
{
	struct stor_dev *dev;

	pthread_mutex_lock(&registry_lock);
	dev = registry;
	pthread_mutex_unlock(&registry_lock);
	return dev;
}

/* ---- controllers ----------------------------------------------------------------- */

static bool config_ok(const struct stor_config *c, char *err, size_t len)
{
	if (!c->name[0] || strlen(c->name) >= sizeof(((struct stor_dev *)0)->name))
		snprintf(err, len, "\"name\" has to be 1 to %zu characters long",
			 sizeof(((struct stor_dev *)0)->name) - 1);
	else if (storage_find(c->name))
		snprintf(err, len, "there is a device \"%s\" already", c->name);
	else if (c->ide && (c->channel > 1 || c->device > 1))
		snprintf(err, len, "%s: \"channel\" and \"device\" are 0 or 1", c->name);
	else if (c->subchannels > MAX_SUBCHANNELS)
		snprintf(err, len, "%s: \"subchannels\" is at most %d", c->name,
			 MAX_SUBCHANNELS);
	else if (c->max_transfer < 512)
		snprintf(err, len, "%s: \"max_transfer\" is at least 512", c->name);
	else
		return true;
	return false;
}

struct stor_dev *storage_device_new(const struct stor_config *c, char *err,
				    size_t len)
{
	uint16_t host_newest = storage_versions(host_generation())[0];
	struct stor_dev *dev, **end;

	if (!config_ok(c, err, len))
		return NULL;
	dev = calloc(1, sizeof(*dev));
	if (!dev) {
		snprintf(err, len, "%s: out of memory", c->name);
		return NULL;
	}
	strcpy(dev->name, c->name);
	dev->ide = c->ide;
	dev->path = c->ide ? (uint8_t)c->channel : 0;
	dev->target = c->ide ? (uint8_t)c->device : 0;
	dev->monitored = c->monitored;
	dev->max_subchannels = c->ide ? 0 : (uint16_t)c->subchannels;
	dev->newest = c->newest ? c->newest : host_newest;
	dev->max_transfer = c->max_transfer;
	dev->refs = 1;
	pthread_mutex_init(&dev->lock, NULL);
	pthread_cond_init(&dev->idle, NULL);
	pthread_mutex_lock(&registry_lock);
	for (end = &registry; *end; end = &(*end)->next)
		;
	*end = dev;
	pthread_mutex_unlock(&registry_lock);
	return dev;
}

void storage_device_offer(struct stor_dev *dev)
{
	struct offer_desc d = { .channel_flags = 0x0001, .monitored = dev->monitored };
	struct ide_offer ide = { .flags = IDE_OFFER_EMULATED };

	if (dev->ide) {
		memcpy(d.type, ide_guid, sizeof(d.type));
		d.instance[0] = dev->path;
		d.instance[4] = dev->target;
		d.instance[6] = 0x99;
		d.instance[7] = 0x88;
		ide.path_id = dev->path;
		ide.target_id = dev->target;
		memcpy(d.user_defined, &ide, sizeof(ide));
	} else {
		memcpy(d.type, scsi_guid, sizeof(d.type));
		device_instance(dev->name, d.instance);
	}
	dev->vdev = vmbus_dev_add(dev->name, &d, &storage_ops, dev);
}

/* ---- disks -------------------------------------------------------------------------- */

static void lun_free(struct stor_lun *l)
{
	store_close(l->unit.store);
	pthread_mutex_destroy(&l->unit.lock);
	free(l);
}

static bool disk_ok(struct stor_dev *dev, const struct disk_config *c, char *err,
		    size_t len)
{
	if (dev->ide && (c->lun || c->dvd))
		snprintf(err, len, "%s: an IDE device has one disk, at LUN 0, and no DVD",
			 dev->name);
	else if (c->lun > MAX_LUNS)
		snprintf(err, len, "%s: \"lun\" is at most %d", dev->name, MAX_LUNS);
	else if (dev->luns[c->lun])
		snprintf(err, len, "%s: LUN %u is in use", dev->name, c->lun);
	else if (c->serial && strlen(c->serial) >=
		 sizeof(((struct scsi_unit *)0)->serial))
		snprintf(err, len, "%s: LUN %u: \"serial\" is at most %zu characters long",
			 dev->name, c->lun,
			 sizeof(((struct scsi_unit *)0)->serial) - 1);
	else
		return true;
	return false;
}

int storage_disk_add(struct stor_dev *dev, const struct disk_config *c,
		     char *err, size_t len)
{
	struct store_options o = {
		.path = c->path, .size = c->dvd ? 0 : c->size,
		.write_cache = c->write_cache, .read_only = c->dvd,
	};
	struct stor_lun *l;
	uint64_t h;
	int i;

	if (!disk_ok(dev, c, err, len))
		return -1;
	l = calloc(1, sizeof(*l));
	if (!l) {
		snprintf(err, len, "%s: out of memory", dev->name);
		return -1;
	}
	l->unit.store = store_open(&o, err, len);
	if (!l->unit.store) {
		free(l);
		return -1;
	}
	if (c->dvd && store_size(l->unit.store) % 2048) {
		snprintf(err, len, "%s: its size is not a multiple of 2048", c->path);
		store_close(l->unit.store);
		free(l);
		return -1;
	}
	pthread_mutex_init(&l->unit.lock, NULL);
	l->unit.dvd = c->dvd;
	l->unit.thin = c->thin && !c->dvd;
	/* Hosts before 2016 call their disks SPC-2 (storvsc.md 12). */
	l->unit.scsi_version = host_generation() >= HOST_WS2016 ? 5 : 4;
	l->unit.number = (uint8_t)c->lun;
	l->unit.max_transfer = dev->max_transfer;
	if (c->serial)
		strcpy(l->unit.serial, c->serial);
	h = device_number(dev->name, 16 + c->lun);
	for (i = 0; i < 8; i++)
		l->unit.naa[i] = (uint8_t)(h >> (8 * i));

	pthread_mutex_lock(&dev->lock);
	dev->luns[c->lun] = l;
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

/* The LUN, which only the control thread takes away. */
static struct stor_lun *lun_or_error(struct stor_dev *dev, unsigned int lun,
				     char *err, size_t len)
{
	struct stor_lun *l = lun <= MAX_LUNS ? dev->luns[lun] : NULL;

	if (!l)
		snprintf(err, len, "%s: there is no LUN %u", dev->name, lun);
	return l;
}

static void take_lun(struct stor_dev *dev, unsigned int lun)
{
	struct stor_lun *l = dev->luns[lun];

	pthread_mutex_lock(&dev->lock);
	dev->luns[lun] = NULL;
	while (l->users)
		pthread_cond_wait(&dev->idle, &dev->lock);
	pthread_mutex_unlock(&dev->lock);
	lun_free(l);
}

int storage_disk_remove(struct stor_dev *dev, unsigned int lun, char *err,
			size_t len)
{
	if (!lun_or_error(dev, lun, err, len))
		return -1;
	take_lun(dev, lun);
	return 0;
}

int storage_disk_resize(struct stor_dev *dev, unsigned int lun, uint64_t size,
			char *err, size_t len)
{
	struct stor_lun *l = lun_or_error(dev, lun, err, len);
	int ret;

	if (!l)
		return -1;
	ret = store_resize(l->unit.store, size);
	if (ret) {
		snprintf(err, len, "%s: LUN %u cannot be %llu bytes long: %s",
			 dev->name, lun, (unsigned long long)size,
			 strerror(-ret));
		return -1;
	}
	pthread_mutex_lock(&l->unit.lock);
	l->unit.capacity_changed = true;
	pthread_mutex_unlock(&l->unit.lock);
	return 0;
}

/* ---- the end -------------------------------------------------------------------------- */

void storage_device_remove(struct stor_dev *dev)
{
	struct stor_request *list, *r;
	struct stor_dev **p;
	unsigned int i;

	/* All sessions are closed when it returns, so nothing runs any more. */
	if (dev->vdev)
		vmbus_dev_remove(dev->vdev);
	pthread_mutex_lock(&registry_lock);
	for (p = &registry; *p != dev; p = &(*p)->next)
		;
	*p = dev->next;
	pthread_mutex_unlock(&registry_lock);
	for (i = 0; i <= MAX_LUNS; i++)
		if (dev->luns[i])
			take_lun(dev, i);
	pthread_mutex_lock(&dev->lock);
	list = dev->orphans;
	dev->orphans = NULL;
	pthread_mutex_unlock(&dev->lock);
	while ((r = list)) {
		list = r->next;
		storage_drop(r);
	}
	stor_dev_put(dev);
}
