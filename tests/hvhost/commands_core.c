// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_core.c - control commands of the partition and the bus
 *
 *   counters                   totals, instructions, and each device's counters
 *   count-text {start, end}    guest instructions run in [start, end), hex or number
 *   connection                 is a guest connected, and at which version
 *   crash                      what the guest wrote to the crash MSRs
 *   rescind {device}           take a device away under the guest
 *   reoffer {device}           offer a rescinded device again
 *   reset                      hard reset of the machine
 *   quit                       end QEMU in good order
 *
 * Handlers run on the control thread.  No locks of its own.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "vmbus_int.h"

static void put(json_t *o, const char *name, uint64_t value)
{
	json_object_set_new(o, name, json_integer((json_int_t)value));
}

static void put_named(const char *name, uint64_t value, void *arg)
{
	put(arg, name, value);
}

static void put_device(struct vmbus_dev *dev, void *arg)
{
	json_t *o = json_object();

#define X(name) put(o, #name, atomic_load(&dev->count.name));
	DEV_COUNTERS(X)
#undef X
	dev_named_counters(dev, put_named, o);
	json_object_set_new(arg, dev->name, o);
}

static const char *cmd_counters(json_t *request, json_t *answer)
{
	json_t *t = json_object(), *d = json_object();

	(void)request;
#define X(name) put(t, #name, atomic_load(&totals.name));
	HOST_TOTALS(X)
#undef X
	if (host_opt.count)
		put(t, "instructions", icount_total());
	dev_for_each(put_device, d);
	json_object_set_new(answer, "totals", t);
	json_object_set_new(answer, "devices", d);
	return NULL;
}

/* An address: a string in any C base, since JSON numbers may lose bits. */
static bool get_address(json_t *request, const char *name, uint64_t *out)
{
	json_t *v = json_object_get(request, name);
	char *end;

	if (json_is_integer(v)) {
		*out = (uint64_t)json_integer_value(v);
		return true;
	}
	if (!json_is_string(v) || !*json_string_value(v))
		return false;
	*out = strtoull(json_string_value(v), &end, 0);
	return !*end;
}

static const char *cmd_count_text(json_t *request, json_t *answer)
{
	uint64_t start, end, n;

	if (!host_opt.count)
		return "instructions are not counted; give the plug-in count=on";
	if (!get_address(request, "start", &start) || !get_address(request, "end", &end))
		return "count-text needs start and end, such as \"0xffffffffc0001000\"";
	if (!icount_range(start, end, &n))
		return "only ranges in the top 2 GiB of the address space are counted";
	put(answer, "instructions", n);
	return NULL;
}

static const char *cmd_connection(json_t *request, json_t *answer)
{
	char text[24];
	uint32_t version;
	bool connected;

	(void)request;
	conn_state(&version, &connected);
	snprintf(text, sizeof(text), "%u.%u", version >> 16, version & 0xffff);
	json_object_set_new(answer, "connected", json_boolean(connected));
	json_object_set_new(answer, "version", json_string(connected ? text : ""));
	json_object_set_new(answer, "host",
			    json_string(generation_name(host_opt.generation)));
	return NULL;
}

static const char *cmd_crash(json_t *request, json_t *answer)
{
	static struct crash_report c;
	char name[4] = "p0";
	json_t *text;
	int i;

	(void)request;
	partition_crash(&c);
	json_object_set_new(answer, "reported", json_boolean(c.reported));
	for (i = 0; i < 5; i++) {
		name[1] = (char)('0' + i);
		put(answer, name, c.p[i]);
	}
	put(answer, "ctl", c.ctl);
	text = json_string(c.text);
	json_object_set_new(answer, "text", text ? text : json_string("(not UTF-8)"));
	return NULL;
}

static struct vmbus_dev *get_device(json_t *request, const char **why)
{
	const char *name = json_string_value(json_object_get(request, "device"));
	struct vmbus_dev *dev = name ? dev_find(name) : NULL;

	if (!name)
		*why = "give \"device\": NAME";
	else if (!dev)
		*why = control_error("there is no device %s", name);
	return dev;
}

static const char *cmd_rescind(json_t *request, json_t *answer)
{
	const char *why = NULL;
	struct vmbus_dev *dev = get_device(request, &why);

	(void)answer;
	if (dev && !vmbus_dev_rescind(dev))
		return "the device is already rescinded";
	return why;
}

static const char *cmd_reoffer(json_t *request, json_t *answer)
{
	const char *why = NULL;
	struct vmbus_dev *dev = get_device(request, &why);

	(void)answer;
	if (dev && !vmbus_dev_reoffer(dev))
		return "the device is not rescinded";
	return why;
}

static const char *cmd_reset(json_t *request, json_t *answer)
{
	(void)request;
	(void)answer;
	irq_machine_reset();
	return NULL;
}

static const char *cmd_quit(json_t *request, json_t *answer)
{
	(void)request;
	(void)answer;
	/* QEMU's own handler: vCPUs stop, then it exits with status 0. */
	kill(getpid(), SIGTERM);
	return NULL;
}

void core_commands_init(void)
{
	control_register("counters", cmd_counters);
	control_register("count-text", cmd_count_text);
	control_register("connection", cmd_connection);
	control_register("crash", cmd_crash);
	control_register("rescind", cmd_rescind);
	control_register("reoffer", cmd_reoffer);
	control_register("reset", cmd_reset);
	control_register("quit", cmd_quit);
}
