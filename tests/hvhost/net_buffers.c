// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_buffers.c - the two buffers that a guest shares, and who has which cell
 *
 * The receive buffer is cut into cells of one size.  A cell is free, or on its
 * way to or with the guest as part of a packet, whose id is its first cell.
 *
 * Locks: net_dev->lock; see vsp_net.h.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "hostile.h"
#include "hv_wire.h"
#include "vsp_net.h"

#define CELL_HEADER	256	/* room for the RNDIS header before a frame */
#define CELL_TAIL	36	/* left unused, as hosts do for the sake of old guests */

/* ---- memory ---------------------------------------------------------------------- */

static bool attach(struct net_buffer *b, struct chan *c, uint32_t gpadl, uint16_t id)
{
	b->pages = chan_map_gpadl(c, gpadl, &b->nr_pages);
	b->gpadl = gpadl;
	b->id = id;
	return b->pages != NULL;
}

static void copy(const struct net_buffer *b, uint64_t at, uint8_t *p, size_t n, bool out)
{
	while (n) {
		size_t in_page = HV_PAGE - (at & (HV_PAGE - 1));
		uint8_t *q = b->pages[at >> HV_PAGE_SHIFT] + (at & (HV_PAGE - 1));
		size_t chunk = n < in_page ? n : in_page;

		if (out)
			memcpy(q, p, chunk);
		else
			memcpy(p, q, chunk);
		p += chunk;
		at += chunk;
		n -= chunk;
	}
}

/* ---- the receive buffer ------------------------------------------------------------ */

static void make_cells(struct net_dev *dev)
{
	uint32_t i;

	dev->cell_size = CELL_HEADER + dev->s.mtu + CELL_TAIL;
	dev->nr_cells = (uint32_t)((uint64_t)dev->recv.nr_pages * HV_PAGE / dev->cell_size);
	dev->cells = calloc(dev->nr_cells + 1, sizeof(*dev->cells));
	if (!dev->cells)
		host_die("out of memory");
	dev->free_cells = dev->free_control = NET_NO_CELL;
	dev->nr_free = 0;
	for (i = dev->nr_cells; i--;) {
		uint32_t *list = i < NET_CONTROL_CELLS ? &dev->free_control : &dev->free_cells;

		dev->cells[i].next = *list;
		*list = i;
		dev->nr_free += i >= NET_CONTROL_CELLS;
	}
}

bool net_recv_attach(struct net_dev *dev, struct chan *c, uint32_t gpadl, uint16_t id,
		     const char **why)
{
	struct net_buffer b;

	if (!attach(&b, c, gpadl, id)) {
		*why = "the receive buffer is not a GPADL of whole pages";
		return false;
	}
	pthread_mutex_lock(&dev->lock);
	dev->recv = b;
	make_cells(dev);
	dev->s.has_recv = true;
	if (dev->nr_cells <= NET_CONTROL_CELLS)
		*why = "the receive buffer has too few cells";
	pthread_mutex_unlock(&dev->lock);
	return !*why;
}

bool net_send_attach(struct net_dev *dev, struct chan *c, uint32_t gpadl, uint16_t id,
		     const char **why)
{
	struct net_buffer b;

	if (!attach(&b, c, gpadl, id)) {
		*why = "the send buffer is not a GPADL of whole pages";
		return false;
	}
	pthread_mutex_lock(&dev->lock);
	dev->send = b;
	dev->s.has_send = true;
	pthread_mutex_unlock(&dev->lock);
	return true;
}

static void detach(struct net_buffer *b, struct chan *c)
{
	if (b->pages && c)
		chan_unmap_gpadl(c, b->gpadl);
	free(b->pages);
}

void net_buffers_detach(struct net_dev *dev, struct chan *c, bool recv, bool send)
{
	struct net_buffer r = { 0 }, s = { 0 };

	pthread_mutex_lock(&dev->lock);
	while (dev->busy)
		pthread_cond_wait(&dev->idle, &dev->lock);
	if (recv) {
		r = dev->recv;
		memset(&dev->recv, 0, sizeof(dev->recv));
		free(dev->cells);
		dev->cells = NULL;
		dev->nr_cells = dev->nr_free = 0;
		dev->free_cells = dev->free_control = NET_NO_CELL;
	}
	if (send) {
		s = dev->send;
		memset(&dev->send, 0, sizeof(dev->send));
	}
	pthread_mutex_unlock(&dev->lock);
	detach(&r, c);
	detach(&s, c);
}

/* ---- cells --------------------------------------------------------------------------- */

/* dev->lock held.  Take one cell and put it before *chain. */
uint32_t net_take_cell(struct net_dev *dev, bool control)
{
	uint32_t *list = control ? &dev->free_control : &dev->free_cells, cell = *list;

	if (!dev->recv.pages || cell == NET_NO_CELL)
		return NET_NO_CELL;
	*list = dev->cells[cell].next;
	dev->cells[cell].next = NET_NO_CELL;
	dev->nr_free -= !control;
	return cell;
}

/* dev->lock held. */
void net_give_cells(struct net_dev *dev, uint32_t first)
{
	uint32_t cell, next, *list;

	for (cell = first; cell != NET_NO_CELL; cell = next) {
		next = dev->cells[cell].next;
		list = cell < NET_CONTROL_CELLS ? &dev->free_control : &dev->free_cells;
		dev->cells[cell].next = *list;
		dev->cells[cell].first = false;
		*list = cell;
		dev->nr_free += cell >= NET_CONTROL_CELLS;
	}
}

/* dev->lock held. */
void net_cell_write(struct net_dev *dev, uint32_t cell, uint32_t at, const void *p, uint32_t n)
{
	copy(&dev->recv, (uint64_t)cell * dev->cell_size + at, (uint8_t *)p, n, true);
}

void net_send_cells(struct net_dev *dev, unsigned int queue, const struct page_span *spans,
		    unsigned int n, uint32_t first)
{
	struct nvsp_rndis m = { NVSP_RNDIS, 0, NVSP_NO_SECTION, 0 };
	uint8_t full[NVSP_SIZE_6_1] = { 0 };
	struct chan *c = chan_get(dev->chans[queue]);
	size_t size = net_message_size(dev);
	uint16_t set = dev->recv.id;

	m.channel_type = first < NET_CONTROL_CELLS;
	memcpy(full, &m, sizeof(m));
	dev->cells[first].first = true;
	dev->cells[first].queue = (uint8_t)queue;
	NET_COUNT(dev, rx_packets);
	dev->busy++;
	pthread_mutex_unlock(&dev->lock);
	chan_send_pages(c, set, spans, n, full, size, first);
	pthread_mutex_lock(&dev->lock);
	if (--dev->busy == 0)
		pthread_cond_broadcast(&dev->idle);
	pthread_mutex_unlock(&dev->lock);
	chan_put(c);
	pthread_mutex_lock(&dev->lock);
}

/* ---- control messages to the guest ------------------------------------------------------ */

/* dev->lock held.  Send what waits as long as there are cells. */
static void send_waiting(struct net_dev *dev)
{
	struct net_control *w;
	struct page_span span;
	uint32_t cell;

	while ((w = dev->waiting) && dev->chans[0]) {
		cell = net_take_cell(dev, true);
		if (cell == NET_NO_CELL)
			return;
		dev->waiting = w->next;
		dev->waiting_bytes -= w->len;
		hostile_bytes(dev->vdev, net_rndis_layout(w->bytes), w->bytes, w->len);
		net_cell_write(dev, cell, 0, w->bytes, w->len);
		span = (struct page_span){ w->len, cell * dev->cell_size };
		free(w);
		NET_COUNT(dev, control);
		net_send_cells(dev, 0, &span, 1, cell);
	}
}

void net_send_control(struct net_dev *dev, const void *msg, uint32_t len)
{
	struct net_control *w = calloc(1, sizeof(*w)), **end;

	if (!w || len > sizeof(w->bytes))
		host_die("no room for a control message");
	w->len = len;
	memcpy(w->bytes, msg, len);
	pthread_mutex_lock(&dev->lock);
	for (end = &dev->waiting; *end; end = &(*end)->next)
		;
	*end = w;
	dev->waiting_bytes += len;
	send_waiting(dev);
	pthread_mutex_unlock(&dev->lock);
}

bool net_cells_back(struct net_dev *dev, uint64_t id, unsigned int queue)
{
	bool known;

	pthread_mutex_lock(&dev->lock);
	known = id < dev->nr_cells && dev->cells[id].first && dev->cells[id].queue == queue;
	if (known) {
		net_give_cells(dev, (uint32_t)id);
		send_waiting(dev);
	}
	pthread_mutex_unlock(&dev->lock);
	return known;
}

/* ---- what the guest sends ---------------------------------------------------------------- */

/* The part in the send buffer; false: the guest is broken. */
static bool gather_section(struct net_dev *dev, const struct nvsp_rndis *m, uint8_t *to)
{
	uint64_t at = (uint64_t)m->section * NVSP_SECTION;
	bool ok;

	pthread_mutex_lock(&dev->lock);
	ok = dev->send.pages && m->size <= NVSP_SECTION &&
	     at + m->size <= (uint64_t)dev->send.nr_pages * HV_PAGE;
	if (ok)
		copy(&dev->send, at, to, m->size, false);
	pthread_mutex_unlock(&dev->lock);
	return ok;
}

static bool gather_ranges(const struct guest_packet *p, uint8_t *to)
{
	unsigned int i, j;

	for (i = 0; i < p->nr_ranges; i++) {
		const struct gpa_range *g = &p->ranges[i];
		uint32_t left = g->len, at = g->offset, n;

		for (j = 0; j < g->nr_pfns; j++, at = 0) {
			n = left < HV_PAGE - at ? left : (uint32_t)HV_PAGE - at;
			if (g->pfns[j] >> 52 ||
			    !guest_dma((g->pfns[j] << HV_PAGE_SHIFT) + at, to, n, false))
				return false;
			to += n;
			left -= n;
		}
	}
	return true;
}

uint8_t *net_gather(struct net_dev *dev, const struct guest_packet *p,
		    const struct nvsp_rndis *m, uint32_t *len, uint32_t *head,
		    bool *fatal, const char **why)
{
	bool section = m->section != NVSP_NO_SECTION;
	uint64_t total = section ? m->size : 0;
	unsigned int i;
	uint8_t *bytes;

	*fatal = false;
	for (i = 0; i < p->nr_ranges; i++)
		total += p->ranges[i].len;
	if (section && m->size > NVSP_SECTION) {
		*fatal = true;
		*why = "more bytes in a section than it has";
		return NULL;
	}
	if (total < sizeof(struct rndis_header) || total > NET_MAX_MESSAGE) {
		*why = "an RNDIS message of an impossible length";
		return NULL;
	}
	bytes = malloc(total);
	if (!bytes)
		host_die("out of memory");
	if (section && !gather_section(dev, m, bytes)) {
		*fatal = true;
		*why = "a section outside the send buffer";
	} else if (!gather_ranges(p, bytes + (section ? m->size : 0))) {
		*why = "a page that is not RAM";
	} else {
		*len = (uint32_t)total;
		*head = section ? m->size : p->ranges[0].len;
		pthread_mutex_lock(&dev->lock);
		dev->stats.tx_packets++;
		if (!section)
			NET_COUNT(dev, tx_direct);
		else if (p->nr_ranges)
			NET_COUNT(dev, tx_mixed);
		else
			NET_COUNT(dev, tx_section);
		pthread_mutex_unlock(&dev->lock);
		return bytes;
	}
	free(bytes);
	return NULL;
}
