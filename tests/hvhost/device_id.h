/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device_id.h - ids that depend on a device's name alone, and so are stable over runs
 */
#ifndef HVHOST_DEVICE_ID_H
#define HVHOST_DEVICE_ID_H

#include <stdint.h>

/* A number; another @salt gives another one of the same name. */
uint64_t device_number(const char *name, uint64_t salt);

/* A device instance GUID, as random ones are marked (version 4). */
void device_instance(const char *name, uint8_t guid[16]);

#endif /* HVHOST_DEVICE_ID_H */
