// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_config.c - NICs of the device list
 *
 *   {"type": "net", "name": "net0", "switch": "lan", "mac": "00:15:5d:00:00:01",
 *    "subchannels": 3, "protocol": "6.1", "link": true, "speed": 10000000000,
 *    "vlan": 7, "spoofing": false, "batch": 16, "monitored": false,
 *    "checksum": true, "udp_checksum": true, "lso": true, "rsc": true, "hash": true}
 *
 *   {"type": "net-port", "name": "outside", "switch": "lan", "socket": "/tmp/lan",
 *    "vlan": 0}: a port for a program outside the guest (net_socket.h)
 *
 * Of a NIC only type and name are needed.  "protocol" is the newest NVSP version that the NIC
 * speaks, "vlan" makes its port an access port, "batch" is how many frames may come in
 * one packet; the last line says what the card can do.
 *
 * No locks.  Runs before the control thread starts, and then on it.
 */
#include <stdio.h>
#include <string.h>

#include "net_json.h"
#include "net_socket.h"
#include "vsp_net.h"

#define DEFAULT_BATCH	16

static bool parse_protocol(const char *text, uint32_t *version)
{
	static const struct { const char *name; uint32_t version; } names[] = {
		{ "1", NVSP_V1 }, { "2", NVSP_V2 }, { "4", NVSP_V4 }, { "5", NVSP_V5 },
		{ "6", NVSP_V6 }, { "6.1", NVSP_V6_1 },
	};
	const uint32_t *v;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i].name))
			for (v = net_versions(host_generation()); *v; v++)
				if (*v == names[i].version) {
					*version = *v;
					return true;
				}
	return false;
}

static bool parse_mac(const char *text, uint8_t mac[6])
{
	unsigned int b[6], i;
	char end;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &b[0], &b[1], &b[2], &b[3], &b[4],
		   &b[5], &end) != 6)
		return false;
	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
	return true;
}

bool net_type_known(const char *type)
{
	return !strcmp(type, "net") || !strcmp(type, "net-port");
}

static bool port_from_json(json_t *o, char *err, size_t len)
{
	const char *type, *name, *path, *lan = "default";
	json_error_t why;
	int vlan = 0;

	if (json_unpack_ex(o, &why, 0, "{s:s, s:s, s:s, s?s, s?i !}", "type", &type,
			   "name", &name, "socket", &path, "switch", &lan, "vlan", &vlan)) {
		snprintf(err, len, "port: %s", why.text);
		return false;
	}
	if (vlan < 0 || vlan > 4094) {
		snprintf(err, len, "%s: \"vlan\" is 0 to 4094", name);
		return false;
	}
	return net_socket_new(name, lan, path, (uint16_t)vlan, err, len) != NULL;
}

static bool nic_from_json(json_t *o, char *err, size_t len)
{
	int link = 1, spoofing = 0, monitored = 0, csum = 1, udp = 1, lso = 1, rsc = 1, hash = 1;
	int subchannels = 0, vlan = 0, batch = DEFAULT_BATCH;
	const char *type, *mac = NULL, *protocol = NULL;
	struct net_config c = { 0 };
	json_int_t speed = 0;
	json_error_t why;

	if (json_unpack_ex(o, &why, 0,
			   "{s:s, s:s, s?s, s?s, s?i, s?s, s?b, s?I, s?i, s?b, s?i, s?b,"
			   " s?b, s?b, s?b, s?b, s?b !}",
			   "type", &type, "name", &c.name, "switch", &c.lan, "mac", &mac,
			   "subchannels", &subchannels, "protocol", &protocol, "link", &link,
			   "speed", &speed, "vlan", &vlan, "spoofing", &spoofing,
			   "batch", &batch, "monitored", &monitored, "checksum", &csum,
			   "udp_checksum", &udp, "lso", &lso, "rsc", &rsc, "hash", &hash)) {
		snprintf(err, len, "NIC: %s", why.text);
		return false;
	}
	if (subchannels < 0 || vlan < 0 || batch < 0 || speed < 0) {
		snprintf(err, len, "%s: a number is negative", c.name);
		return false;
	}
	if (mac && !parse_mac(mac, c.mac)) {
		snprintf(err, len, "%s: \"mac\" is not six pairs of digits", c.name);
		return false;
	}
	if (protocol && !parse_protocol(protocol, &c.newest)) {
		snprintf(err, len, "this host generation has no network protocol \"%s\"",
			 protocol);
		return false;
	}
	c.has_mac = mac != NULL;
	c.subchannels = (unsigned int)subchannels;
	c.vlan = (uint16_t)vlan;
	c.batch = (unsigned int)batch;
	c.speed = (uint64_t)speed;
	c.no_link = !link;
	c.spoofing = spoofing;
	c.monitored = monitored;
	c.no_csum = !csum;
	c.no_udp_csum = !udp;
	c.no_lso = !lso;
	c.no_rsc = !rsc;
	c.no_hash = !hash;
	return net_device_new(&c, err, len) != NULL;
}

bool net_device_from_json(json_t *o, char *err, size_t len)
{
	const char *type = json_string_value(json_object_get(o, "type"));

	return strcmp(type, "net") ? port_from_json(o, err, len) : nic_from_json(o, err, len);
}

bool net_device_remove_named(const char *name)
{
	struct net_dev *dev = net_device_find(name);
	struct net_socket *s = net_socket_find(name);

	if (dev)
		net_device_remove(dev);
	else if (s)
		net_socket_free(s);
	return dev || s;
}
