// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_core.c - control commands of the partition and the bus
 *
 *   counters                   totals, instructions, and each device's counters
 *   count-text {start, end}    guest instructions run in [start, end), hex or number
 *   window {start, end}        the same in the last window of guest time (vtime.h);
 *                              with "runs": true also of each run of instructions
 *   disk-speed {name}          of the windows to come; without a name: what there is
 *   connection                 is a guest connected, and at which version
 *   migrate {percent, ahead, withhold}   the guest goes on where the TSC starts anew and runs
 *                              at so many percent of this machine's rate, and the reference
 *                              counter is so much ahead (100 ns); its TSC page is good at
 *                              once, or withheld until the next time
 *   crash                      what the guest wrote to the crash MSRs
 *   rescind {device}           take a device away under the guest
 *   reoffer {device}           offer a rescinded device again
 *   ring-break {device, how}   what is made illegal: write-index, write-index-late,
 *                              write-index-odd, packet (host to guest) or read-index
 *                              (guest to host)
 *   meet {device, times}       keep a vCPU that signals the device in its hypercall until
 *                              another one does (meeting.h)
 *   met                        how often that came about, and is it over
 *   nmi {vp}                   an NMI for a virtual processor
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
#include "meeting.h"
#include "vmbus_int.h"
#include "vtime.h"

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
	uint64_t start, end;

	if (!host_opt.count)
		return "instructions are not counted; give the plug-in count=on";
	if (!get_address(request, "start", &start) || !get_address(request, "end", &end))
		return "count-text needs start and end, such as \"0xffffffffc0001000\"";
	put(answer, "instructions", icount_range(start, end));
	return NULL;
}

static void put_run(uint64_t va, uint64_t insns, void *runs)
{
	char text[24];

	snprintf(text, sizeof(text), "%#llx", (unsigned long long)va);
	json_array_append_new(runs, json_pack("[s, I]", text, (json_int_t)insns));
}

static const char *cmd_window(json_t *request, json_t *answer)
{
	json_t *runs = json_is_true(json_object_get(request, "runs")) ? json_array() : NULL;
	uint64_t start = 0, end = UINT64_MAX;

	if (!host_opt.count)
		return "there are no windows of guest time; give the plug-in count=on";
	if (json_object_get(request, "start") && !get_address(request, "start", &start))
		return "start is not an address";
	if (json_object_get(request, "end") && !get_address(request, "end", &end))
		return "end is not an address";
	put(answer, "instructions", icount_window(start, end, runs ? put_run : NULL, runs));
	if (runs)
		json_object_set_new(answer, "runs", runs);
	return NULL;
}

static const char *cmd_disk_speed(json_t *request, json_t *answer)
{
	const char *name = json_string_value(json_object_get(request, "name"));
	const struct disk_speed *s;
	json_t *all = json_array();
	unsigned int i;

	if (name && !disk_speed_choose(name)) {
		json_decref(all);
		return control_error("there is no disk speed %s", name);
	}
	for (i = 0; (s = disk_speed_nth(i)); i++)
		json_array_append_new(all, json_pack("{s:s, s:i, s:i, s:i}", "name", s->name,
						     "latency_ns", (int)s->latency_ns,
						     "ways", (int)s->ways,
						     "bytes_per_us", (int)s->bytes_per_us));
	json_object_set_new(answer, "speeds", all);
	put(answer, "insns_per_ns", VTIME_INSNS_PER_NS);
	put(answer, "wake_ns", VTIME_WAKE_NS);
	put(answer, "packet_ns", VTIME_PACKET_NS);
	put(answer, "interrupt_ns", VTIME_INTERRUPT_NS);
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
	put(answer, "reference", refclock_now());
	return NULL;
}

static const char *cmd_migrate(json_t *request, json_t *answer)
{
	json_t *percent = json_object_get(request, "percent");
	json_t *ahead = json_object_get(request, "ahead");

	(void)answer;
	if (json_integer_value(percent) < 1 || json_integer_value(percent) > 1000 ||
	    json_integer_value(ahead) < 0)
		return "give \"percent\": 1 to 1000, and \"ahead\": 0 or more";
	if (!refclock_move((unsigned int)json_integer_value(percent), 1u << 20,
			   (uint64_t)json_integer_value(ahead),
			   json_is_true(json_object_get(request, "withhold"))))
		return "the guest's TSC is QEMU's; give the plug-in count=on";
	stimer_look();
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

static const char *cmd_ring_break(json_t *request, json_t *answer)
{
	static const char *const names[NR_BREAKS] = {
		[BREAK_WRITE_BEYOND] = "write-index", [BREAK_WRITE_LATE] = "write-index-late",
		[BREAK_WRITE_ODD] = "write-index-odd",
		[BREAK_PACKET] = "packet", [BREAK_READ_BEYOND] = "read-index",
	};
	const char *how = json_string_value(json_object_get(request, "how"));
	const char *why = NULL;
	struct vmbus_dev *dev = get_device(request, &why);
	int i;

	(void)answer;
	if (!dev)
		return why;
	for (i = 0; how && i < NR_BREAKS; i++)
		if (!strcmp(how, names[i]))
			return vmbus_dev_break(dev, (enum ring_break)i) ? NULL :
				"the device has no open channel";
	return "\"how\" is write-index, write-index-late, write-index-odd, packet or read-index";
}

static const char *cmd_meet(json_t *request, json_t *answer)
{
	json_int_t times = json_integer_value(json_object_get(request, "times"));
	const char *why = NULL;
	struct vmbus_dev *dev = get_device(request, &why);

	(void)answer;
	if (!dev)
		return why;
	if (times < 1 || times > 100000)
		return "\"times\" is a number from 1 to 100000";
	meeting_call(dev, (unsigned int)times);
	return NULL;
}

static const char *cmd_met(json_t *request, json_t *answer)
{
	bool over;

	(void)request;
	put(answer, "met", meeting_over(&over));
	json_object_set_new(answer, "over", json_boolean(over));
	return NULL;
}

static const char *cmd_nmi(json_t *request, json_t *answer)
{
	json_t *vp = json_object_get(request, "vp");

	(void)answer;
	if (!json_is_integer(vp) || json_integer_value(vp) < 0 ||
	    json_integer_value(vp) >= partition_vps())
		return "give \"vp\": the number of one that is there";
	irq_nmi((uint32_t)json_integer_value(vp));
	return NULL;
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
	control_register("window", cmd_window);
	control_register("disk-speed", cmd_disk_speed);
	control_register("connection", cmd_connection);
	control_register("migrate", cmd_migrate);
	control_register("crash", cmd_crash);
	control_register("rescind", cmd_rescind);
	control_register("reoffer", cmd_reoffer);
	control_register("ring-break", cmd_ring_break);
	control_register("meet", cmd_meet);
	control_register("met", cmd_met);
	control_register("nmi", cmd_nmi);
	control_register("reset", cmd_reset);
	control_register("quit", cmd_quit);
}
