// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_transmit.c - RNDIS packets from the guest to complete frames
 *
 * Every message is checked as rndis.md sections 12 to 14 and 16 say; one that is
 * wrong refuses the whole NVSP packet.  What it asks for is done here, so that
 * the switch only sees finished frames.
 *
 * Locks: net_dev->lock for counters and offloads only.
 */
#include <string.h>

#include "vsp_net.h"

struct request {
	uint32_t checksum, lso, vlan;
	bool has_checksum, has_lso, has_vlan;
};

static void take_info(uint32_t type, uint32_t value, struct request *r)
{
	switch (type) {
	case PPI_CHECKSUM:
		r->has_checksum = true;
		r->checksum = value;
		break;
	case PPI_LSO:
		r->has_lso = true;
		r->lso = value;
		break;
	case PPI_VLAN:
		r->has_vlan = true;
		r->vlan = value;
		break;
	}
}

/* The records of a message that begins at m; room: bytes up to which they may go. */
static const char *walk_info(const uint8_t *m, const struct rndis_packet *h, uint32_t room,
			     struct request *r)
{
	uint32_t at, left = h->ppi_length, value;
	struct rndis_ppi ppi;

	if (!left)
		return NULL;
	if (h->ppi_offset < sizeof(*h) - RNDIS_BASE || h->ppi_offset > room - RNDIS_BASE ||
	    left > room - RNDIS_BASE - h->ppi_offset)
		return "per-packet information outside the first range";
	for (at = RNDIS_BASE + h->ppi_offset; left; at += ppi.size, left -= ppi.size) {
		if (left < sizeof(ppi))
			return "per-packet information is cut off";
		memcpy(&ppi, m + at, sizeof(ppi));
		if (ppi.size < sizeof(ppi) || ppi.size > left || ppi.size & 3)
			return "per-packet information of an impossible size";
		if (ppi.offset < sizeof(ppi) || ppi.offset > ppi.size ||
		    ppi.size - ppi.offset < 4)
			return "per-packet information without its payload";
		memcpy(&value, m + at + ppi.offset, 4);
		take_info(ppi.type, value, r);
	}
	return NULL;
}

static const char *check_message(const struct rndis_packet *h, uint32_t len)
{
	if (h->oob_offset || h->oob_length || h->oob_count || h->vc)
		return "a packet with out-of-band data or a VC";
	if (!h->data_length)
		return "a packet without data";
	if (h->data_offset < sizeof(*h) - RNDIS_BASE || h->data_offset > len - RNDIS_BASE ||
	    h->data_length > len - RNDIS_BASE - h->data_offset)
		return "data outside the message";
	if (h->data_length < ETH_HEADER)
		return "a frame shorter than its header";
	return NULL;
}

/* What was asked for is done in f, or f is replaced by its segments. */
static const char *apply(struct net_dev *dev, struct net_frame **f, const struct request *r)
{
	struct net_frame *one = *f;
	const char *why = NULL;

	if (r->has_vlan) {
		one->tagged = true;
		one->tci = (uint16_t)((r->vlan & 7) << 13 | (r->vlan >> 3 & 1) << 12 |
				      (r->vlan >> 4 & 0xfff));
	}
	pthread_mutex_lock(&dev->lock);
	if (r->has_vlan)
		NET_COUNT(dev, tx_vlan);
	if (r->has_lso)
		NET_COUNT(dev, tx_lso);
	else if (r->has_checksum)
		NET_COUNT(dev, tx_csum);
	pthread_mutex_unlock(&dev->lock);
	if (r->has_lso) {
		*f = net_segment(one, r->lso, &why);
		frame_free_list(one);
	} else if (r->has_checksum && r->checksum & ~TX_CSUM_IPV4 & ~TX_CSUM_IPV6) {
		why = net_csum_fill(one->data, one->len, r->checksum);
	}
	return why;
}

/* Was that offered and switched on?  A host does it all the same, and we count. */
static void check_offered(struct net_dev *dev, const struct request *r, uint32_t len)
{
	const struct net_offloads *o = &dev->s.offloads;
	bool v6, udp, ok = true;

	pthread_mutex_lock(&dev->lock);
	if (r->has_lso)
		ok = r->lso & LSO_IPV6 ? o->lso6 : o->lso4;
	if (r->has_checksum && r->checksum & (TX_CSUM_TCP | TX_CSUM_UDP)) {
		v6 = r->checksum & TX_CSUM_IPV6;
		udp = !(r->checksum & TX_CSUM_TCP);
		ok = ok && o->tx[v6 ? (udp ? OFFLOAD_UDP6 : OFFLOAD_TCP6) :
				(udp ? OFFLOAD_UDP4 : OFFLOAD_TCP4)];
	}
	if (!r->has_lso && len > dev->s.mtu)
		ok = false;
	if (!ok)
		NET_COUNT(dev, not_offered);
	pthread_mutex_unlock(&dev->lock);
}

static const char *one_message(struct net_dev *dev, const uint8_t *m, uint32_t len,
			       uint32_t room, struct net_frame ***end)
{
	struct request r = { 0 };
	struct rndis_packet h;
	struct net_frame *f;
	const char *why;

	if (room > len)
		room = len;
	if (room < sizeof(h))
		return "the header does not lie in the first range";
	memcpy(&h, m, sizeof(h));
	why = check_message(&h, len);
	if (!why)
		why = walk_info(m, &h, room, &r);
	if (why)
		return why;
	f = frame_new(m + RNDIS_BASE + h.data_offset, h.data_length);
	check_offered(dev, &r, f->len);
	why = apply(dev, &f, &r);
	if (why) {
		if (!r.has_lso)
			frame_free_list(f);
		return why;
	}
	**end = f;
	while (**end)
		*end = &(**end)->next;
	return NULL;
}

const char *net_transmit(struct net_dev *dev, unsigned int queue, const uint8_t *m,
			 uint32_t len, uint32_t head)
{
	struct net_frame *list = NULL, **end = &list, *f;
	uint32_t at = 0, messages = 0, frames = 0;
	struct rndis_header h;
	const char *why = NULL;
	bool ready, on_vf;

	while (!why && len - at >= sizeof(h)) {
		memcpy(&h, m + at, sizeof(h));
		if (h.type != RNDIS_PACKET)
			why = "something else follows a packet";
		else if (h.length < sizeof(h) || h.length > len - at)
			why = "a message length outside the packet";
		else
			why = one_message(dev, m + at, h.length,
					  at < head ? head - at : 0, &end);
		at += why ? 0 : h.length;
		messages++;
	}
	for (f = list; f; f = f->next)
		frames++;
	pthread_mutex_lock(&dev->lock);
	ready = dev->s.initialized && dev->linked;
	on_vf = dev->s.on_vf;
	dev->stats.tx_messages += messages;
	if (!why && ready) {
		dev->stats.tx_frames += frames;
		dev->stats.queue_tx[queue] += frames;
		if (on_vf)
			dev->stats.tx_on_vf += frames;
	}
	pthread_mutex_unlock(&dev->lock);
	if (why || !ready) {
		frame_free_list(list);
		return why;
	}
	net_switch_send(dev->port, list);
	return NULL;
}
