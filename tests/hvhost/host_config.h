/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host_config.h - the hook between the plug-in's start-up and the devices
 *
 * plugin.c calls host_config_load() once, before any vCPU runs and before the
 * control socket is opened, on the thread that loads the plug-in.  The
 * function parses the JSON device list and calls vmbus_dev_add() for each
 * device.  Parts of the host that own control commands register them in
 * host_commands_init(), called just before.
 */
#ifndef HVHOST_HOST_CONFIG_H
#define HVHOST_HOST_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Register the control commands of the storage side. */
void host_commands_init(void);

/*
 * Load the device list at path (NULL: no file was named, a host without
 * devices).  0, or -1 with a one-line reason in err that names file and cause.
 */
int host_config_load(const char *path, char *err, size_t len);

/* Make and offer the device that an entry of the list describes. */
bool host_device_from_json(json_t *o, char *err, size_t len);

#endif /* HVHOST_HOST_CONFIG_H */
