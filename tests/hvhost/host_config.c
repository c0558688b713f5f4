// SPDX-License-Identifier: GPL-2.0-only
/*
 * host_config.c - the device list: a JSON file, or one entry of it
 *
 *   {"devices": [
 *     {"type": "scsi", "name": "scsi0", "subchannels": 3,
 *      "max_transfer": 262144, "protocol": "6.0", "monitored": true,
 *      "disks": [{"lun": 0, "file": "a.img", "size": 1073741824,
 *                 "write_cache": true, "thin": true, "serial": "A1"},
 *                {"lun": 3, "dvd": "tools.iso"}]},
 *     {"type": "ide", "name": "ide0", "channel": 0, "device": 0,
 *      "file": "b.img", "size": 67108864}]}
 *
 * NICs are described in net_config.c.  Only type, name and the file are needed.  A file is made, or made longer, if
 * a size is given.  "protocol" is the newest storage version that the device
 * speaks; a "monitored" one has its doorbell in the monitor page.  A key that
 * is not known is an error: a misspelt one would otherwise test something else
 * than was meant.
 *
 * No locks.  Runs before the control thread starts, and then on it.
 */
#include "host_config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "net_json.h"
#include "storage_json.h"
#include "vsp_storage.h"

static int fail(char *err, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(char *err, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, len, fmt, ap);
	va_end(ap);
	return -1;
}

/* "6.0" to 0x0600, only as far as this host generation speaks it. */
static int parse_protocol(const char *text, uint16_t *word, char *err, size_t len)
{
	const uint16_t *v = storage_versions(host_generation());
	char name[8];

	for (; *v; v++) {
		snprintf(name, sizeof(name), "%u.%u", *v >> 8, *v & 0xff);
		if (!strcmp(text, name)) {
			*word = *v;
			return 0;
		}
	}
	return fail(err, len, "this host generation has no storage protocol \"%s\"",
		    text);
}

int storage_disk_from_json(struct stor_dev *dev, json_t *o, char *err, size_t len)
{
	const char *file = NULL, *dvd = NULL;
	int lun = 0, cache = 1, thin = 0;
	struct disk_config c = { 0 };
	json_int_t size = 0;
	json_error_t why;

	if (json_unpack_ex(o, &why, 0,
			   "{s?i, s?s, s?s, s?I, s?b, s?b, s?s !}",
			   "lun", &lun, "file", &file, "dvd", &dvd, "size", &size,
			   "write_cache", &cache, "thin", &thin,
			   "serial", &c.serial))
		return fail(err, len, "%s: disk: %s", dev->name, why.text);
	if (!file == !dvd)
		return fail(err, len, "%s: a disk has a \"file\", a DVD drive a \"dvd\"",
			    dev->name);
	if (lun < 0 || size < 0)
		return fail(err, len, "%s: \"lun\" and \"size\" are not negative",
			    dev->name);
	if (dvd && size)
		return fail(err, len, "%s: a \"dvd\" has no \"size\"", dev->name);
	c.lun = (unsigned int)lun;
	c.dvd = dvd != NULL;
	c.path = dvd ? dvd : file;
	c.size = (uint64_t)size;
	c.write_cache = cache;
	c.thin = thin;
	return storage_disk_add(dev, &c, err, len);
}

static int scsi_config(json_t *o, struct stor_config *c, json_t **disks, char *err,
		       size_t len)
{
	json_int_t max_transfer = DEFAULT_MAX_TRANSFER;
	const char *type, *protocol = NULL;
	int subchannels = 0, monitored = 0;
	json_error_t why;

	if (json_unpack_ex(o, &why, 0, "{s:s, s:s, s?i, s?I, s?s, s?b, s?o !}",
			   "type", &type, "name", &c->name,
			   "subchannels", &subchannels,
			   "max_transfer", &max_transfer,
			   "protocol", &protocol, "monitored", &monitored,
			   "disks", disks))
		return fail(err, len, "SCSI device: %s", why.text);
	if (subchannels < 0 || max_transfer < 0 || max_transfer > 0x1000000)
		return fail(err, len, "%s: \"subchannels\" or \"max_transfer\" is out of range",
			    c->name);
	if (*disks && !json_is_array(*disks))
		return fail(err, len, "%s: \"disks\" is not a list", c->name);
	c->subchannels = (unsigned int)subchannels;
	c->monitored = monitored;
	c->max_transfer = (uint32_t)max_transfer;
	return protocol ? parse_protocol(protocol, &c->newest, err, len) : 0;
}

/* An IDE device and its disk are one object; split it. */
static int ide_config(json_t *o, struct stor_config *c, json_t **disk, char *err,
		      size_t len)
{
	static const char *const of_disk[] = {
		"file", "size", "write_cache", "thin", "serial",
	};
	json_int_t max_transfer = DEFAULT_MAX_TRANSFER;
	json_t *device = json_copy(o), *value;
	int channel = 0, number = 0, monitored = 0, ret = 0;
	const char *protocol = NULL, *type;
	json_error_t why;
	size_t i;

	*disk = json_object();
	for (i = 0; i < sizeof(of_disk) / sizeof(of_disk[0]); i++) {
		value = json_object_get(o, of_disk[i]);
		if (value)
			json_object_set(*disk, of_disk[i], value);
		json_object_del(device, of_disk[i]);
	}
	if (json_unpack_ex(device, &why, 0, "{s:s, s:s, s?i, s?i, s?I, s?s, s?b !}",
			   "type", &type, "name", &c->name, "channel", &channel,
			   "device", &number, "max_transfer", &max_transfer,
			   "protocol", &protocol, "monitored", &monitored))
		ret = fail(err, len, "IDE device: %s", why.text);
	else if (channel < 0 || channel > 1 || number < 0 || number > 1)
		ret = fail(err, len, "%s: \"channel\" and \"device\" are 0 or 1",
			   c->name);
	else if (max_transfer < 0 || max_transfer > 0x1000000)
		ret = fail(err, len, "%s: \"max_transfer\" is out of range", c->name);
	else if (protocol)
		ret = parse_protocol(protocol, &c->newest, err, len);
	c->channel = (unsigned int)channel;
	c->device = (unsigned int)number;
	c->max_transfer = (uint32_t)max_transfer;
	c->monitored = monitored;
	c->ide = true;
	/* c->name stays valid: o holds the string as well. */
	json_decref(device);
	return ret;
}

struct stor_dev *storage_device_from_json(json_t *o, char *err, size_t len)
{
	const char *type = json_string_value(json_object_get(o, "type"));
	struct stor_config c = { 0 };
	json_t *disks = NULL, *disk = NULL;
	struct stor_dev *dev = NULL;
	int ret = 0;
	size_t i;

	if (!type)
		fail(err, len, "a device is an object with a \"type\"");
	else if (!strcmp(type, "scsi"))
		ret = scsi_config(o, &c, &disks, err, len);
	else if (!strcmp(type, "ide"))
		ret = ide_config(o, &c, &disk, err, len);
	else
		ret = fail(err, len, "unknown device type \"%s\" (scsi, ide, net)", type);
	if (type && !ret)
		dev = storage_device_new(&c, err, len);
	if (dev) {
		for (i = 0; !ret && i < json_array_size(disks); i++)
			ret = storage_disk_from_json(dev, json_array_get(disks, i),
						     err, len);
		if (disk)
			ret = storage_disk_from_json(dev, disk, err, len);
		if (ret) {
			storage_device_remove(dev);
			dev = NULL;
		} else {
			storage_device_offer(dev);
		}
	}
	json_decref(disk);
	return dev;
}

bool host_device_from_json(json_t *o, char *err, size_t len)
{
	const char *type = json_string_value(json_object_get(o, "type"));

	if (type && net_type_known(type))
		return net_device_from_json(o, err, len);
	return storage_device_from_json(o, err, len) != NULL;
}

int host_config_load(const char *path, char *err, size_t len)
{
	json_error_t why;
	char reason[400];
	json_t *root, *devices;
	size_t i;
	int ret = 0;

	if (!path)
		return 0;
	root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		return fail(err, len, "%s: line %d: %s", path, why.line, why.text);
	devices = json_object_get(root, "devices");
	if (!json_is_array(devices) || json_object_size(root) != 1)
		ret = fail(err, len, "%s: it has to be {\"devices\": [...]} and nothing else",
			   path);
	for (i = 0; !ret && i < json_array_size(devices); i++)
		if (!host_device_from_json(json_array_get(devices, i), reason, sizeof(reason)))
			ret = fail(err, len, "%s: device %zu: %s", path, i + 1, reason);
	json_decref(root);
	return ret;
}
