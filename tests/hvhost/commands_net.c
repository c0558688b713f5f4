// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_net.c - what the control socket can do to NICs and switches
 *
 *   net-link       {device, up}: link state, told to the guest
 *   net-speed      {device, speed}: bit/s
 *   net-indicate   {device, status, value?}: an indication as it is given
 *   net-vf         {device, allocated, serial?}: VF association
 *   net-stall      {device, tx?, rx?}: hold back completions of what the guest sends,
 *                  frames for it; what is not given is let go
 *   net-fault      {port, kind: drop|duplicate|reorder|delay|corrupt, direction: tx|rx,
 *                   proto?, percent?, nth?, count?, ms?, distance?, at?}
 *   net-clear      {port}: forget the port's faults, let go what they hold
 *   net-capture    {switch, file?}: write frames to a pcap file, or stop
 *   net-stats      {device?}
 *
 * A NIC's port has the name of the NIC; tx is from it into the switch.  nth counts from
 * 1 the frames that match from now on; count 0: all that follow.
 *
 * No locks of its own; all of it runs on the control thread.
 */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "net_json.h"
#include "vsp_net.h"

#define UNPACK(request, fmt, ...) \
	(json_unpack_ex((request), &unpack_error, 0, "{s:s, " fmt " !}", "cmd", \
			&unpack_cmd, __VA_ARGS__) ? unpack_error.text : NULL)

static json_error_t unpack_error;
static const char *unpack_cmd;

static struct net_dev *find(const char *name, const char **bad)
{
	struct net_dev *dev = net_device_find(name);

	if (!dev)
		*bad = control_error("there is no NIC \"%s\"", name);
	return dev;
}

static const char *link_state(json_t *request, json_t *answer)
{
	const char *name, *bad;
	struct net_dev *dev;
	int up;

	(void)answer;
	bad = UNPACK(request, "s:s, s:b", "device", &name, "up", &up);
	if (bad)
		return bad;
	dev = find(name, &bad);
	if (dev)
		net_device_link(dev, up);
	return bad;
}

static const char *speed(json_t *request, json_t *answer)
{
	const char *name, *bad;
	struct net_dev *dev;
	json_int_t bps;

	(void)answer;
	bad = UNPACK(request, "s:s, s:I", "device", &name, "speed", &bps);
	if (bad)
		return bad;
	dev = find(name, &bad);
	if (dev)
		net_device_speed(dev, (uint64_t)bps);
	return bad;
}

static const char *indicate(json_t *request, json_t *answer)
{
	json_int_t status, value = -1;
	const char *name, *bad;
	struct net_dev *dev;
	uint32_t v;

	(void)answer;
	bad = UNPACK(request, "s:s, s:I, s?I", "device", &name, "status", &status,
		     "value", &value);
	if (bad)
		return bad;
	dev = find(name, &bad);
	v = (uint32_t)value;
	if (dev)
		net_indicate(dev, (uint32_t)status, &v, value >= 0 ? 4 : 0);
	return bad;
}

static const char *vf(json_t *request, json_t *answer)
{
	int allocated, serial = 0;
	const char *name, *bad;
	struct net_dev *dev;

	(void)answer;
	bad = UNPACK(request, "s:s, s:b, s?i", "device", &name, "allocated", &allocated,
		     "serial", &serial);
	if (bad)
		return bad;
	dev = find(name, &bad);
	if (dev && !net_device_vf(dev, allocated, (uint32_t)serial))
		return "the guest has not asked for virtual functions";
	return bad;
}

static const char *stall(json_t *request, json_t *answer)
{
	const char *name, *bad;
	int tx = 0, rx = 0;
	struct net_dev *dev;

	(void)answer;
	bad = UNPACK(request, "s:s, s?b, s?b", "device", &name, "tx", &tx, "rx", &rx);
	if (bad)
		return bad;
	dev = find(name, &bad);
	if (dev)
		net_set_stall(dev, tx, rx);
	return bad;
}

static const char *fault(json_t *request, json_t *answer)
{
	static const char *const kinds[NET_FAULTS] = {
		"drop", "duplicate", "reorder", "delay", "corrupt",
	};
	int proto = 0, percent = 100, ms = 0, distance = 1, at = -1;
	const char *name, *kind, *dir, *bad;
	struct net_fault f = { 0 };
	json_int_t nth = 1, count = 1;
	struct net_port *port;

	(void)answer;
	bad = UNPACK(request, "s:s, s:s, s:s, s?i, s?i, s?I, s?I, s?i, s?i, s?i",
		     "port", &name, "kind", &kind, "direction", &dir, "proto", &proto,
		     "percent", &percent, "nth", &nth, "count", &count, "ms", &ms,
		     "distance", &distance, "at", &at);
	if (bad)
		return bad;
	while (f.kind < NET_FAULTS && strcmp(kind, kinds[f.kind]))
		f.kind++;
	if (f.kind == NET_FAULTS)
		return "\"kind\" is drop, duplicate, reorder, delay or corrupt";
	if (strcmp(dir, "tx") && strcmp(dir, "rx"))
		return "\"direction\" is tx or rx";
	if (nth < 1 || count < 0 || percent < 0 || ms < 0 || ms > 10000 || distance < 1 ||
	    proto < 0 || proto > 255 || (f.kind == NET_DELAY) != (ms > 0))
		return "a number is out of range";
	f.dir = dir[0] == 't' ? NET_TX : NET_RX;
	f.proto = (unsigned int)proto;
	f.percent = (unsigned int)percent;
	f.nth = (uint64_t)nth;
	f.count = (uint64_t)count;
	f.ms = (unsigned int)ms;
	f.distance = (unsigned int)distance;
	f.at = at;
	port = net_port_find(name);
	if (!port)
		return control_error("there is no port \"%s\"", name);
	net_fault_add(port, &f);
	return NULL;
}

static const char *clear(json_t *request, json_t *answer)
{
	const char *name, *bad = UNPACK(request, "s:s", "port", &name);
	struct net_port *port;

	(void)answer;
	if (bad)
		return bad;
	port = net_port_find(name);
	if (!port)
		return control_error("there is no port \"%s\"", name);
	net_fault_clear(port);
	return NULL;
}

static const char *capture(json_t *request, json_t *answer)
{
	const char *lan, *file = NULL, *bad;
	static char err[300];

	(void)answer;
	bad = UNPACK(request, "s:s, s?s", "switch", &lan, "file", &file);
	if (!bad && !net_switch_capture(lan, file, err, sizeof(err)))
		bad = err;
	return bad;
}

/* ---- looking ------------------------------------------------------------------------- */

static json_t *queues(const uint64_t *counts)
{
	json_t *list = json_array();
	int i, last = 0;

	for (i = 0; i < NET_QUEUES; i++)
		if (counts[i])
			last = i;
	for (i = 0; i <= last; i++)
		json_array_append_new(list, json_integer((json_int_t)counts[i]));
	return list;
}

static json_t *device_stats(struct net_dev *dev)
{
	struct net_port_stats ps;
	struct net_stats st;
	struct net_session s;
	int open = 0, waiting = 0, cells, left;
	struct net_control *w;
	char verdict[sizeof(dev->verdict)], mac[24];
	json_t *o, *port;
	bool linked;

	pthread_mutex_lock(&dev->lock);
	st = dev->stats;
	s = dev->s;
	linked = dev->linked;
	cells = (int)dev->nr_cells;
	left = (int)dev->nr_free;
	while (open < NET_QUEUES && dev->chans[open])
		open++;
	for (w = dev->waiting; w; w = w->next)
		waiting++;
	memcpy(verdict, dev->verdict, sizeof(verdict));
	pthread_mutex_unlock(&dev->lock);
	net_port_stats(dev->port, &ps);

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", s.mac[0], s.mac[1],
		 s.mac[2], s.mac[3], s.mac[4], s.mac[5]);
	o = json_pack("{s:s, s:I, s:i, s:i, s:b, s:s, s:b, s:b, s:b, s:i, s:i, s:i, s:i, s:s}",
		      "device", dev->name, "version", (json_int_t)s.version,
		      "mtu", (int)s.mtu, "channels", open, "ready", (int)s.initialized,
		      "mac", mac, "link", (int)linked, "rss", (int)s.rss,
		      "on_vf", (int)s.on_vf, "filter", (int)s.filter,
		      "cells", cells, "free_cells", left, "waiting", waiting,
		      "verdict", verdict);
#define X(name) json_object_set_new(o, #name, json_integer((json_int_t)st.name));
	NET_COUNTERS(X)
#undef X
	json_object_set_new(o, "queue_tx", queues(st.queue_tx));
	json_object_set_new(o, "queue_rx", queues(st.queue_rx));
	port = json_object();
#define X(name) json_object_set_new(port, #name, json_integer((json_int_t)ps.name));
	NET_PORT_COUNTERS(X)
#undef X
	json_object_set_new(o, "port", port);
	return o;
}

static const char *stats(json_t *request, json_t *answer)
{
	const char *name = NULL, *bad = UNPACK(request, "s?s", "device", &name);
	json_t *list = json_array();
	struct net_dev *dev;

	if (!bad && name)
		find(name, &bad);
	for (dev = net_device_first(); dev && !bad; dev = dev->next)
		if (!name || !strcmp(name, dev->name))
			json_array_append_new(list, device_stats(dev));
	json_object_set_new(answer, "devices", list);
	return bad;
}

void net_commands_init(void)
{
	static const struct {
		const char *name;
		control_fn fn;
	} commands[] = {
		{ "net-link", link_state },
		{ "net-speed", speed },
		{ "net-indicate", indicate },
		{ "net-vf", vf },
		{ "net-stall", stall },
		{ "net-fault", fault },
		{ "net-clear", clear },
		{ "net-capture", capture },
		{ "net-stats", stats },
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		control_register(commands[i].name, commands[i].fn);
}
