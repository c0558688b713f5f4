/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storage_json.h - storage devices and disks as JSON describes them
 */
#ifndef HVHOST_STORAGE_JSON_H
#define HVHOST_STORAGE_JSON_H

#include <jansson.h>
#include <stddef.h>

struct stor_dev;

/*
 * Make and offer the device that the object describes.  NULL with a one-line
 * reason in err; nothing is left half made then.
 */
struct stor_dev *storage_device_from_json(json_t *o, char *err, size_t len);

/* Add the disk or DVD that the object describes.  0, or -1 with a reason. */
int storage_disk_from_json(struct stor_dev *dev, json_t *o, char *err,
			   size_t len);

#endif /* HVHOST_STORAGE_JSON_H */
