// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_oid.c - what a NIC says when it is asked, and what it can be told
 *
 * Locks: net_dev->lock.
 */
#include <string.h>

#include "vsp_net.h"

#define LSO_MAX		0xf53cu
#define NAME_BYTES	512
#define BUFFER_SPACE	262144u

static const uint32_t supported[] = {
	OID_SUPPORTED_LIST, OID_HARDWARE_STATUS, OID_MEDIA_SUPPORTED, OID_MEDIA_IN_USE,
	OID_MAXIMUM_LOOKAHEAD, OID_MAXIMUM_FRAME_SIZE, OID_LINK_SPEED,
	OID_TRANSMIT_BUFFER_SPACE, OID_RECEIVE_BUFFER_SPACE, OID_TRANSMIT_BLOCK_SIZE,
	OID_RECEIVE_BLOCK_SIZE, OID_VENDOR_ID, OID_VENDOR_DESCRIPTION, OID_PACKET_FILTER,
	OID_CURRENT_LOOKAHEAD, OID_DRIVER_VERSION, OID_MAXIMUM_TOTAL_SIZE, OID_MAC_OPTIONS,
	OID_MEDIA_CONNECT_STATUS, OID_MAXIMUM_SEND_PACKETS, OID_VENDOR_DRIVER_VERSION,
	OID_CONFIG_PARAMETER, OID_XMIT_OK, OID_RCV_OK, OID_XMIT_ERROR, OID_RCV_ERROR,
	OID_RCV_NO_BUFFER, OID_FRIENDLY_NAME, OID_8023_PERMANENT_ADDRESS,
	OID_8023_CURRENT_ADDRESS, OID_8023_MAXIMUM_LIST, OID_8023_RCV_ALIGNMENT,
	OID_8023_ONE_COLLISION, OID_8023_MORE_COLLISIONS,
	/* NDIS 6 */
	OID_MAX_LINK_SPEED, OID_LINK_STATE, OID_OFFLOAD_CURRENT, OID_OFFLOAD_PARAMETERS,
	OID_OFFLOAD_CAPABILITIES,
	/* NDIS 6.30 */
	OID_RSS_CAPABILITIES, OID_RSS_PARAMETERS,
};
#define NR_SUPPORTED	(sizeof(supported) / sizeof(supported[0]))

#define NDIS_6_0	0x60000u
#define NDIS_6_30	0x6001eu

static uint32_t link_speed(const struct net_dev *dev)
{
	uint64_t units = dev->speed / 100;

	return units > 0xffffffffu ? 0xffffffffu : (uint32_t)units;
}

/* OIDs whose answer is one u32; false if it is none of them.  dev->lock held. */
static bool query_u32(struct net_dev *dev, uint32_t oid, uint32_t *v)
{
	switch (oid) {
	case OID_HARDWARE_STATUS:
	case OID_MEDIA_SUPPORTED:
	case OID_MEDIA_IN_USE:
	case OID_PACKET_FILTER:
	case OID_8023_MAXIMUM_LIST:
	case OID_XMIT_ERROR:
	case OID_RCV_ERROR:
	case OID_8023_RCV_ALIGNMENT:
	case OID_8023_ONE_COLLISION:
	case OID_8023_MORE_COLLISIONS:
		*v = 0;
		return true;
	case OID_MAXIMUM_LOOKAHEAD:
	case OID_CURRENT_LOOKAHEAD:
	case OID_MAXIMUM_FRAME_SIZE:
		*v = dev->s.mtu - ETH_HEADER;
		return true;
	case OID_TRANSMIT_BLOCK_SIZE:
	case OID_RECEIVE_BLOCK_SIZE:
	case OID_MAXIMUM_TOTAL_SIZE:
		*v = dev->s.mtu;
		return true;
	case OID_TRANSMIT_BUFFER_SPACE:
	case OID_RECEIVE_BUFFER_SPACE:
		*v = BUFFER_SPACE;
		return true;
	case OID_LINK_SPEED:
		*v = link_speed(dev);
		return true;
	case OID_VENDOR_ID:
		*v = 0x155d;
		return true;
	case OID_MAC_OPTIONS:
		*v = 0x24d;
		return true;
	case OID_MEDIA_CONNECT_STATUS:
		*v = !dev->linked;
		return true;
	case OID_MAXIMUM_SEND_PACKETS:
		*v = 0xffffffff;
		return true;
	case OID_XMIT_OK:
		*v = (uint32_t)dev->stats.tx_frames;
		return true;
	case OID_RCV_OK:
		*v = (uint32_t)dev->stats.rx_frames;
		return true;
	case OID_RCV_NO_BUFFER:
		*v = (uint32_t)dev->stats.rx_no_buffer;
		return true;
	}
	return false;
}

/* What the card could do, or with current what the guest has made it do. */
void net_fill_offload(struct net_dev *dev, struct ndis_offload *o, bool current,
		      uint32_t revision)
{
	const struct net_offloads *on = &dev->s.offloads;
	const struct net_config *c = &dev->config;
	uint32_t four = NDIS_CSUM_OPTIONS | NDIS_CSUM_TCP | NDIS_CSUM_IP, six;

	if (!c->no_udp_csum)
		four |= NDIS_CSUM_UDP;
	six = four & ~NDIS_CSUM_IP;
	memset(o, 0, sizeof(*o));
	o->h.type = NDIS_OBJECT_OFFLOAD;
	o->h.revision = (uint8_t)revision;
	o->h.size = revision >= 3 ? NDIS_OFFLOAD_SIZE_3 : revision == 2 ? NDIS_OFFLOAD_SIZE_2 :
		NDIS_OFFLOAD_SIZE_1;
	if (!c->no_csum) {
		o->tx4_encap = o->rx4_encap = o->tx6_encap = o->rx6_encap = NDIS_ENCAP_8023;
		o->tx4 = o->rx4 = four;
		o->tx6 = o->rx6 = six;
	}
	if (!c->no_lso && !c->no_csum) {
		o->lso4_encap = o->lso6_encap = NDIS_ENCAP_8023;
		o->lso4_max = o->lso6_max = LSO_MAX;
		o->lso4_min = o->lso6_min = 2;
		o->lso6_options = NDIS_LSO6_OPTIONS;
	}
	if (revision >= 3 && dev->s.version == NVSP_V6_1 && !c->no_rsc)
		o->rsc4 = o->rsc6 = 1;
	if (!current)
		return;
	pthread_mutex_lock(&dev->lock);
	if (!on->tx[OFFLOAD_TCP4])
		o->tx4 &= ~(NDIS_CSUM_TCP | 4);
	if (!on->tx[OFFLOAD_UDP4])
		o->tx4 &= ~NDIS_CSUM_UDP;
	if (!on->tx[OFFLOAD_TCP6])
		o->tx6 &= ~(NDIS_CSUM_TCP | 4);
	if (!on->tx[OFFLOAD_UDP6])
		o->tx6 &= ~NDIS_CSUM_UDP;
	if (!on->lso4)
		o->lso4_encap = o->lso4_max = o->lso4_min = 0;
	if (!on->lso6)
		o->lso6_encap = o->lso6_max = o->lso6_min = o->lso6_options = 0;
	o->rsc4 = o->rsc4 && on->rsc4;
	o->rsc6 = o->rsc6 && on->rsc6;
	pthread_mutex_unlock(&dev->lock);
}

static uint32_t query_offload(struct net_dev *dev, bool current, const uint8_t *in,
			      uint32_t in_len, uint8_t *out, uint32_t *len)
{
	uint32_t revision = dev->s.ndis >= NDIS_6_30 ? 3 : dev->s.ndis > NDIS_6_0 ? 2 : 1;
	struct ndis_offload o;
	struct ndis_header h;

	/* As much as the guest has said it knows. */
	if (in_len >= sizeof(h)) {
		memcpy(&h, in, sizeof(h));
		if (h.type != NDIS_OBJECT_OFFLOAD || h.size > in_len)
			return RNDIS_STATUS_INVALID_DATA;
		if (h.size < NDIS_OFFLOAD_SIZE_1)
			return RNDIS_STATUS_INVALID_LENGTH;
		if (h.size < NDIS_OFFLOAD_SIZE_3 && revision > 2)
			revision = 2;
		if (h.size < NDIS_OFFLOAD_SIZE_2)
			revision = 1;
	}
	net_fill_offload(dev, &o, current, revision);
	*len = o.h.size;
	memcpy(out, &o, *len);
	return RNDIS_STATUS_SUCCESS;
}

static uint32_t query_rss(struct net_dev *dev, uint8_t *out, uint32_t *len)
{
	struct ndis_rss_caps c = {
		.h = { NDIS_OBJECT_RSS_CAPS, 2, sizeof(c) }, .flags = 0x301, .messages = 1,
		.queues = dev->config.subchannels + 1, .entries = NET_MAX_TABLE,
	};

	if (dev->s.ndis < NDIS_6_30 || dev->s.version < NVSP_V5)
		return RNDIS_STATUS_NOT_SUPPORTED;
	memcpy(out, &c, sizeof(c));
	*len = sizeof(c);
	return RNDIS_STATUS_SUCCESS;
}

static void query_list(struct net_dev *dev, uint8_t *out, uint32_t *len)
{
	size_t n = NR_SUPPORTED;

	if (dev->s.ndis < NDIS_6_30)
		n -= 2;
	if (dev->s.ndis < NDIS_6_0)
		n -= 5;
	*len = (uint32_t)(n * sizeof(supported[0]));
	memcpy(out, supported, *len);
}

static void query_link(struct net_dev *dev, uint8_t *out, uint32_t *len)
{
	struct ndis_link_state s = {
		.h = { NDIS_OBJECT_DEFAULT, 1, sizeof(s) }, .connect = dev->linked ? 1 : 2,
		.tx_speed = dev->speed, .rx_speed = dev->speed,
	};

	memcpy(out, &s, sizeof(s));
	*len = sizeof(s);
}

/* OIDs whose answer is a string of bytes; false if it is none of them. */
static bool query_bytes(struct net_dev *dev, uint32_t oid, uint8_t *out, uint32_t *len)
{
	static const char vendor[] = "Microsoft Corporation";
	static const char name[] = "Network Device";
	uint64_t speeds[2] = { dev->speed, dev->speed };
	size_t i;

	switch (oid) {
	case OID_VENDOR_DESCRIPTION:
		*len = sizeof(vendor) - 1;
		memcpy(out, vendor, *len);
		return true;
	case OID_DRIVER_VERSION:
	case OID_VENDOR_DRIVER_VERSION:
		*len = 2;
		out[0] = 0;
		out[1] = 1;
		return true;
	case OID_8023_PERMANENT_ADDRESS:
	case OID_8023_CURRENT_ADDRESS:
		*len = 6;
		memcpy(out, oid == OID_8023_PERMANENT_ADDRESS ? dev->permanent : dev->s.mac, 6);
		return true;
	case OID_FRIENDLY_NAME:
		*len = NAME_BYTES;
		memset(out, 0, NAME_BYTES);
		for (i = 0; name[i]; i++)
			out[2 * i] = (uint8_t)name[i];
		return true;
	case OID_MAX_LINK_SPEED:
		*len = sizeof(speeds);
		memcpy(out, speeds, sizeof(speeds));
		return true;
	case OID_LINK_STATE:
		query_link(dev, out, len);
		return true;
	case OID_SUPPORTED_LIST:
		query_list(dev, out, len);
		return true;
	}
	return false;
}

uint32_t net_oid_query(struct net_dev *dev, uint32_t oid, const uint8_t *in, uint32_t in_len,
		       uint8_t *out, uint32_t *len)
{
	uint32_t v;
	bool done;

	if (oid == OID_OFFLOAD_CAPABILITIES || oid == OID_OFFLOAD_CURRENT)
		return query_offload(dev, oid == OID_OFFLOAD_CURRENT, in, in_len, out, len);
	if (oid == OID_RSS_CAPABILITIES)
		return query_rss(dev, out, len);
	pthread_mutex_lock(&dev->lock);
	done = query_u32(dev, oid, &v);
	if (done) {
		memcpy(out, &v, 4);
		*len = 4;
	} else {
		done = query_bytes(dev, oid, out, len);
	}
	pthread_mutex_unlock(&dev->lock);
	return done ? RNDIS_STATUS_SUCCESS : RNDIS_STATUS_NOT_SUPPORTED;
}

/* ---- sets ------------------------------------------------------------------------- */

/* C values: 0 no change, 1 off, 2 tx, 3 rx, 4 both; only what the card offers. */
static void set_checksum(struct net_offloads *o, unsigned int which, uint8_t v, bool tx, bool rx)
{
	if (!v || v > 4)
		return;
	o->tx[which] = tx && (v == 2 || v == 4);
	o->rx[which] = rx && (v == 3 || v == 4);
}

static void set_switch(bool *on, uint8_t v, bool offered)
{
	if (v == 1 || v == 2)
		*on = v == 2 && offered;
}

static uint32_t set_offloads(struct net_dev *dev, const uint8_t *in, uint32_t len)
{
	struct net_offloads *o = &dev->s.offloads;
	struct ndis_offload_params p = { 0 };
	struct ndis_offload can;

	if (len < NDIS_OFFLOAD_PARAMS_MIN)
		return RNDIS_STATUS_INVALID_LENGTH;
	memcpy(&p, in, len < sizeof(p) ? len : sizeof(p));
	if (p.h.type != NDIS_OBJECT_DEFAULT || p.h.revision < 1 ||
	    p.h.size < NDIS_OFFLOAD_PARAMS_MIN || p.h.size > len)
		return RNDIS_STATUS_INVALID_DATA;
	if (p.lso1 == 2)
		return RNDIS_STATUS_NOT_SUPPORTED;
	net_fill_offload(dev, &can, false, 3);
	pthread_mutex_lock(&dev->lock);
	set_checksum(o, OFFLOAD_IP4, p.ip4, can.tx4 & NDIS_CSUM_IP, can.rx4 & NDIS_CSUM_IP);
	set_checksum(o, OFFLOAD_TCP4, p.tcp4, can.tx4 & NDIS_CSUM_TCP, can.rx4 & NDIS_CSUM_TCP);
	set_checksum(o, OFFLOAD_UDP4, p.udp4, can.tx4 & NDIS_CSUM_UDP, can.rx4 & NDIS_CSUM_UDP);
	set_checksum(o, OFFLOAD_TCP6, p.tcp6, can.tx6 & NDIS_CSUM_TCP, can.rx6 & NDIS_CSUM_TCP);
	set_checksum(o, OFFLOAD_UDP6, p.udp6, can.tx6 & NDIS_CSUM_UDP, can.rx6 & NDIS_CSUM_UDP);
	set_switch(&o->lso4, p.lso4, can.lso4_encap);
	set_switch(&o->lso6, p.lso6, can.lso6_encap);
	set_switch(&o->rsc4, p.rsc4, can.rsc4);
	set_switch(&o->rsc6, p.rsc6, can.rsc6);
	pthread_mutex_unlock(&dev->lock);
	return RNDIS_STATUS_SUCCESS;
}

/* dev->lock held. */
static uint32_t set_table(struct net_dev *dev, const uint8_t *in, const struct ndis_rss_params *p)
{
	uint32_t n = p->table_size / 4, i, q;

	if (!n || p->table_size % 4 || n > NET_MAX_TABLE)
		return RNDIS_STATUS_INVALID_DATA;
	for (i = 0; i < n; i++) {
		memcpy(&q, in + p->table_offset + i * 4, 4);
		if (q > dev->config.subchannels)
			return RNDIS_STATUS_INVALID_DATA;
	}
	for (i = 0; i < NET_MAX_TABLE; i++)
		memcpy(&dev->s.table[i], in + p->table_offset + i % n * 4, 4);
	dev->s.table_len = NET_MAX_TABLE;
	memcpy(dev->s.key, in + p->key_offset, RSS_KEY);
	dev->s.hash_types = p->hash_info & ~0xffu;
	dev->s.rss = true;
	return RNDIS_STATUS_SUCCESS;
}

static uint32_t set_rss(struct net_dev *dev, const uint8_t *in, uint32_t len)
{
	struct ndis_rss_params p = { 0 };
	uint32_t status = RNDIS_STATUS_SUCCESS;

	if (dev->s.version < NVSP_V5)
		return RNDIS_STATUS_NOT_SUPPORTED;
	if (len < NDIS_RSS_PARAMS_MIN)
		return RNDIS_STATUS_INVALID_LENGTH;
	memcpy(&p, in, len < sizeof(p) ? len : sizeof(p));
	if (p.h.type != NDIS_OBJECT_RSS_PARAMS)
		return RNDIS_STATUS_INVALID_DATA;
	pthread_mutex_lock(&dev->lock);
	if (p.flags & NDIS_RSS_DISABLE || !(p.hash_info & 0xff))
		dev->s.rss = false;
	else if (p.key_size != RSS_KEY || p.key_offset > len || len - p.key_offset < RSS_KEY ||
		 p.table_offset > len || len - p.table_offset < p.table_size)
		status = RNDIS_STATUS_INVALID_DATA;
	else
		status = set_table(dev, in, &p);
	pthread_mutex_unlock(&dev->lock);
	return status;
}

static int hex(uint16_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* A new address: only where the port may have any source address. */
static uint32_t set_address(struct net_dev *dev, const uint8_t *value, uint32_t len)
{
	uint8_t mac[6] = { 0 };
	uint32_t i;
	int d;

	if (len != 24)
		return RNDIS_STATUS_INVALID_DATA;
	for (i = 0; i < 12; i++) {
		d = hex((uint16_t)(value[2 * i] | value[2 * i + 1] << 8));
		if (d < 0)
			return RNDIS_STATUS_INVALID_DATA;
		mac[i / 2] = (uint8_t)(mac[i / 2] << 4 | d);
	}
	if (mac[0] & 1)
		return RNDIS_STATUS_INVALID_DATA;
	if (!dev->config.spoofing && memcmp(mac, dev->permanent, 6))
		return RNDIS_STATUS_FAILURE;
	pthread_mutex_lock(&dev->lock);
	memcpy(dev->s.mac, mac, 6);
	pthread_mutex_unlock(&dev->lock);
	net_port_mac(dev->port, mac, !dev->config.spoofing);
	return RNDIS_STATUS_SUCCESS;
}

static bool name_is(const uint8_t *utf16, uint32_t len, const char *name)
{
	uint32_t i;

	if (len != 2 * strlen(name))
		return false;
	for (i = 0; name[i]; i++)
		if (utf16[2 * i] != (uint8_t)name[i] || utf16[2 * i + 1])
			return false;
	return true;
}

static uint32_t set_parameter(struct net_dev *dev, const uint8_t *in, uint32_t len)
{
	struct rndis_config_parameter p;

	if (len < sizeof(p))
		return RNDIS_STATUS_INVALID_LENGTH;
	memcpy(&p, in, sizeof(p));
	if (p.name_length > 255 || p.value_length > 255 || p.name_offset > len ||
	    len - p.name_offset < p.name_length || p.value_offset > len ||
	    len - p.value_offset < p.value_length)
		return RNDIS_STATUS_INVALID_DATA;
	if (name_is(in + p.name_offset, p.name_length, "NetworkAddress"))
		return p.type == 2 ? set_address(dev, in + p.value_offset, p.value_length) :
			RNDIS_STATUS_INVALID_DATA;
	return RNDIS_STATUS_SUCCESS;
}

uint32_t net_oid_set(struct net_dev *dev, uint32_t oid, const uint8_t *in, uint32_t len)
{
	switch (oid) {
	case OID_PACKET_FILTER:
		if (len < 4)
			return RNDIS_STATUS_INVALID_LENGTH;
		pthread_mutex_lock(&dev->lock);
		memcpy(&dev->s.filter, in, 4);
		pthread_mutex_unlock(&dev->lock);
		return RNDIS_STATUS_SUCCESS;
	case OID_OFFLOAD_PARAMETERS:
		return set_offloads(dev, in, len);
	case OID_RSS_PARAMETERS:
		return set_rss(dev, in, len);
	case OID_CONFIG_PARAMETER:
		return set_parameter(dev, in, len);
	case OID_NETWORK_LAYER_ADDRESSES:
		return RNDIS_STATUS_SUCCESS;
	}
	return RNDIS_STATUS_NOT_SUPPORTED;
}
