// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_receive.c - frames from the switch into the guest's receive buffer
 *
 * Frames of a list that go to the same queue share a packet.  The message in a
 * cell claims the whole cell, as hosts do: its data offset and length count.
 *
 * Locks: net_dev->lock, let go while a packet is put into a ring.
 */
#include <string.h>

#include "hostile.h"
#include "vsp_net.h"

#define DATA_AT		256		/* of a frame in its cell */
#define MAX_STALLED	8192

struct packet {
	unsigned int queue, n;
	uint32_t first, last;
	struct page_span spans[NVSP_MAX_RANGES];
};

/* All of these: dev->lock held. */

static bool passes_filter(const struct net_dev *dev, const struct net_frame *f)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint32_t filter = dev->s.filter;

	if (filter & FILTER_PROMISCUOUS)
		return true;
	if (!memcmp(f->data, all, 6))
		return filter & FILTER_BROADCAST;
	if (f->data[0] & 1)
		return filter & (FILTER_MULTICAST | FILTER_ALL_MULTICAST);
	return (filter & FILTER_DIRECTED) && !memcmp(f->data, dev->s.mac, 6);
}

static bool wanted(struct net_dev *dev, const struct net_frame *f)
{
	if (!dev->s.filter || !dev->chans[0] || !dev->linked || !passes_filter(dev, f))
		NET_COUNT(dev, rx_filtered);
	else if (dev->s.on_vf)
		NET_COUNT(dev, rx_on_vf);
	else if (f->len > dev->s.mtu)
		NET_COUNT(dev, rx_too_long);
	else
		return true;
	return false;
}

/* Of what is true, that which the guest wants to be told. */
static uint32_t checksum_bits(struct net_dev *dev, const struct net_frame *f)
{
	uint32_t bits = net_csum_check(f->data, f->len), mask = 0;
	const bool *rx = dev->s.offloads.rx;
	struct net_headers h;

	if (bits & (RX_CSUM_TCP_FAILED | RX_CSUM_UDP_FAILED | RX_CSUM_IP_FAILED))
		NET_COUNT(dev, rx_csum_bad);
	if (!net_parse(f->data, f->len, &h))
		return 0;
	if (h.ip == 4 && rx[OFFLOAD_IP4])
		mask |= RX_CSUM_IP_OK | RX_CSUM_IP_FAILED;
	if (rx[h.ip == 4 ? OFFLOAD_TCP4 : OFFLOAD_TCP6])
		mask |= RX_CSUM_TCP_OK | RX_CSUM_TCP_FAILED;
	if (rx[h.ip == 4 ? OFFLOAD_UDP4 : OFFLOAD_UDP6])
		mask |= RX_CSUM_UDP_OK | RX_CSUM_UDP_FAILED;
	return bits & mask;
}

static uint32_t add_info(uint8_t *m, uint32_t at, uint32_t type, uint32_t value)
{
	struct rndis_ppi ppi = { sizeof(ppi) + 4, type, sizeof(ppi) };

	memcpy(m + at, &ppi, sizeof(ppi));
	memcpy(m + at + sizeof(ppi), &value, 4);
	return at + ppi.size;
}

/* The queue a frame belongs to, and its hash if it has one. */
static unsigned int queue_of(struct net_dev *dev, const struct net_frame *f, uint32_t *hash,
			     uint32_t *type)
{
	uint32_t q;

	*type = 0;
	if (!dev->s.rss)
		return 0;
	*hash = net_hash(f->data, f->len, dev->s.key, dev->s.hash_types, type);
	if (!*type)
		return 0;
	q = dev->s.table[*hash % dev->s.table_len];
	return q < NET_QUEUES && dev->chans[q] ? q : 0;
}

static void write_cell(struct net_dev *dev, uint32_t cell, const struct net_frame *f,
		       uint32_t hash, uint32_t type)
{
	uint8_t m[DATA_AT] = { 0 };
	struct rndis_packet h = {
		.h = { RNDIS_PACKET, dev->cell_size },
		.data_offset = DATA_AT - RNDIS_BASE, .data_length = f->len,
		.ppi_offset = sizeof(h) - RNDIS_BASE,
	};
	uint32_t at = add_info(m, sizeof(h), PPI_CHECKSUM, checksum_bits(dev, f));

	if (f->tagged)
		at = add_info(m, at, PPI_VLAN, (uint32_t)(f->tci >> 13) |
			      (uint32_t)(f->tci >> 12 & 1) << 3 |
			      (uint32_t)(f->tci & 0xfff) << 4);
	if (type && !dev->config.no_hash) {
		at = add_info(m, at, PPI_HASH_VALUE, hash);
		/* The low byte is the function: Toeplitz. */
		at = add_info(m, at, PPI_HASH_INFO, type | 1);
	}
	h.ppi_length = at - (uint32_t)sizeof(h);
	memcpy(m, &h, sizeof(h));
	hostile_bytes(dev->vdev, net_rndis_layout(m), m, at);
	net_cell_write(dev, cell, 0, m, DATA_AT);
	net_cell_write(dev, cell, DATA_AT, f->data, f->len);
}

static void send_packet(struct net_dev *dev, struct packet *p)
{
	unsigned int n = p->n;

	p->n = 0;
	if (n)
		net_send_cells(dev, p->queue, p->spans, n, p->first);
}

static void add_frame(struct net_dev *dev, struct packet *p, const struct net_frame *f)
{
	uint32_t cell, hash = 0, type;
	unsigned int q = queue_of(dev, f, &hash, &type);

	if (p->n && (p->queue != q || p->n >= dev->config.batch)) {
		send_packet(dev, p);
		/* The lock was gone. */
		if (!wanted(dev, f))
			return;
		q = queue_of(dev, f, &hash, &type);
	}
	cell = net_take_cell(dev, false);
	if (cell == NET_NO_CELL) {
		NET_COUNT(dev, rx_no_buffer);
		return;
	}
	write_cell(dev, cell, f, hash, type);
	if (p->n)
		dev->cells[p->last].next = cell;
	else
		p->first = cell;
	p->last = cell;
	p->queue = q;
	p->spans[p->n++] = (struct page_span){ dev->cell_size, cell * dev->cell_size };
	NET_COUNT(dev, rx_frames);
	dev->stats.queue_rx[q]++;
}

static void hold(struct net_dev *dev, struct net_frame *list)
{
	struct net_frame *next;

	for (; list; list = next) {
		next = list->next;
		list->next = NULL;
		if (dev->nr_stalled_rx >= MAX_STALLED) {
			NET_COUNT(dev, rx_no_buffer);
			frame_free_list(list);
			continue;
		}
		if (!dev->stalled_rx)
			dev->stalled_end = &dev->stalled_rx;
		*dev->stalled_end = list;
		dev->stalled_end = &list->next;
		dev->nr_stalled_rx++;
		NET_COUNT(dev, rx_held);
	}
}

static void deliver(void *priv, struct net_frame *list)
{
	struct net_dev *dev = priv;
	const struct net_frame *f;
	struct packet p;

	p.n = 0;
	pthread_mutex_lock(&dev->lock);
	if (dev->stall_rx) {
		hold(dev, list);
		list = NULL;
	}
	for (f = list; f; f = f->next)
		if (wanted(dev, f))
			add_frame(dev, &p, f);
	send_packet(dev, &p);
	pthread_mutex_unlock(&dev->lock);
	frame_free_list(list);
}

const struct net_port_ops net_port_nic = { .deliver = deliver };
