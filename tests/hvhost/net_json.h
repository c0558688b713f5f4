/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net_json.h - NICs as JSON describes them, and their control commands
 */
#ifndef HVHOST_NET_JSON_H
#define HVHOST_NET_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Is this entry of the device list one of ours? */
bool net_type_known(const char *type);
/* Make and offer what the object describes; false with a one-line reason in err. */
bool net_device_from_json(json_t *o, char *err, size_t len);
/* Remove the NIC or port of that name; false if there is none. */
bool net_device_remove_named(const char *name);

void net_commands_init(void);

#endif /* HVHOST_NET_JSON_H */
