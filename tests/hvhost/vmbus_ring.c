// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_ring.c - the host's end of a channel's two rings (ringbuffer.md)
 *
 * The guest is not trusted: each shared value is read once and checked, packets
 * are copied before they are looked at, and the indices that the host owns live
 * in private memory.  A guest that changes a word that is not its own has
 * broken the ring.
 *
 * No locks: the in ring belongs to the session's thread, the out ring to
 * whoever holds chan->out_lock.
 */
#include <string.h>

#include "vmbus_int.h"

static bool index_ok(const struct ring *r, uint32_t i)
{
	return i < r->size && !(i & 7);
}

static uint32_t used(const struct ring *r, uint32_t w, uint32_t rd)
{
	return w >= rd ? w - rd : r->size - rd + w;
}

static uint32_t advance(const struct ring *r, uint32_t i, uint32_t n)
{
	i += n;
	return i >= r->size ? i - r->size : i;
}

static uint32_t shared(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void publish(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Copy between the ring and a buffer, page by page, with wrap. */
static void copy(const struct ring *r, uint32_t at, uint8_t *buf, size_t n, bool in)
{
	while (n) {
		uint32_t in_page = HV_PAGE - (at & (HV_PAGE - 1));
		uint8_t *p = r->pages[at >> HV_PAGE_SHIFT] + (at & (HV_PAGE - 1));
		size_t chunk = n < in_page ? n : in_page;

		if (in)
			memcpy(buf, p, chunk);
		else
			memcpy(p, buf, chunk);
		buf += chunk;
		n -= chunk;
		at = advance(r, at, (uint32_t)chunk);
	}
}

static void ring_set(struct ring *r, uint8_t **pages, uint32_t n)
{
	r->hdr = (struct ring_header *)pages[0];
	r->pages = pages + 1;
	r->size = (n - 1) * HV_PAGE;
}

bool ring_in_init(struct ring *r, uint8_t **pages, uint32_t n)
{
	ring_set(r, pages, n);
	r->index = shared(&r->hdr->read_index);
	if (!index_ok(r, r->index) || !index_ok(r, shared(&r->hdr->write_index)))
		return false;
	ring_in_set_mask(r, 1);
	return true;
}

bool ring_out_init(struct ring *r, uint8_t **pages, uint32_t n)
{
	ring_set(r, pages, n);
	r->index = shared(&r->hdr->write_index);
	if (!index_ok(r, r->index) || !index_ok(r, shared(&r->hdr->read_index)))
		return false;
	publish(&r->hdr->pending_send_size, 0);
	publish(&r->hdr->feature_bits, RING_FEATURE_PENDING_SIZE);
	return true;
}

/* Words of the in ring that only the host may write. */
static bool host_words_intact(const struct ring *r, const char **why)
{
	if (shared(&r->hdr->read_index) != r->index)
		*why = "the guest changed the host's read index";
	else if (shared(&r->hdr->interrupt_mask) != r->mask)
		*why = "the guest changed the host's interrupt mask";
	else
		return true;
	return false;
}

static bool desc_ok(const struct packet_desc *d, uint32_t avail, const char **why)
{
	if (d->offset8 < 2 || d->length8 < d->offset8)
		*why = "packet offset or length is too small";
	else if (d->length8 * 8u + 8 > avail)
		*why = "packet is longer than what was written";
	else if (d->type != PACKET_IN_BAND && d->type != PACKET_GPA_DIRECT &&
		 d->type != PACKET_COMPLETION)
		*why = "packet type is unknown";
	else if (d->flags & ~PACKET_WANTS_COMPLETION)
		*why = "packet flags are unknown";
	else
		return true;
	return false;
}

enum ring_result ring_in_next(struct ring *r, uint8_t *buf, size_t *len,
			      const char **why)
{
	uint32_t w = shared(&r->hdr->write_index);
	struct packet_desc d;
	uint32_t avail;

	if (!index_ok(r, w)) {
		*why = "illegal write index";
		return RING_CORRUPT;
	}
	if (!host_words_intact(r, why))
		return RING_CORRUPT;
	avail = used(r, w, r->index);
	if (!avail)
		return RING_EMPTY;
	if (avail < sizeof(d) + 8) {
		*why = "fewer bytes than a packet";
		return RING_CORRUPT;
	}
	copy(r, r->index, (uint8_t *)&d, sizeof(d), true);
	if (!desc_ok(&d, avail, why))
		return RING_CORRUPT;
	*len = d.length8 * 8u;
	copy(r, r->index, buf, *len, true);
	/* The guest may have changed it meanwhile; what was checked counts. */
	memcpy(buf, &d, sizeof(d));
	return RING_OK;
}

bool ring_in_commit(struct ring *r, size_t len, const char **why)
{
	uint32_t released = (uint32_t)len + 8;
	uint32_t w, pending, free_now;

	r->index = advance(r, r->index, released);
	publish(&r->hdr->read_index, r->index);
	full_barrier();
	pending = shared(&r->hdr->pending_send_size) & ~7u;
	if (!pending)
		return false;
	w = shared(&r->hdr->write_index);
	if (!index_ok(r, w)) {
		*why = "illegal write index";
		return false;
	}
	/* The sheet's O sense: 8 bytes less than "size - used". */
	free_now = r->size - used(r, w, r->index) - 8;
	return free_now >= pending && free_now - released < pending;
}

void ring_in_set_mask(struct ring *r, uint32_t mask)
{
	r->mask = mask;
	publish(&r->hdr->interrupt_mask, mask);
	full_barrier();
}

bool ring_in_empty(const struct ring *r)
{
	return shared(&r->hdr->write_index) == r->index;
}

static bool out_free(const struct ring *r, uint32_t *bytes, const char **why)
{
	uint32_t rd = shared(&r->hdr->read_index);

	if (!index_ok(r, rd)) {
		*why = "illegal read index";
		return false;
	}
	*bytes = r->size - used(r, r->index, rd);
	return true;
}

enum ring_result ring_out_write(struct ring *r, const struct packet_desc *d,
				const void *payload, size_t len, bool *signal,
				const char **why)
{
	static const uint8_t zero[8];
	uint32_t n = packet_space(len), old = r->index, at = old, bytes;
	uint64_t trailer = (uint64_t)old << 32;
	size_t pad = (8 - (len & 7)) & 7;

	if (!out_free(r, &bytes, why))
		return RING_CORRUPT;
	if (n >= bytes)
		return RING_FULL;
	if (shared(&r->hdr->write_index) != old) {
		*why = "the guest changed the host's write index";
		return RING_CORRUPT;
	}
	copy(r, at, (uint8_t *)d, sizeof(*d), false);
	at = advance(r, at, sizeof(*d));
	copy(r, at, (uint8_t *)payload, len, false);
	at = advance(r, at, (uint32_t)len);
	copy(r, at, (uint8_t *)zero, pad, false);
	at = advance(r, at, (uint32_t)pad);
	copy(r, at, (uint8_t *)&trailer, 8, false);
	r->index = advance(r, at, 8);
	publish(&r->hdr->write_index, r->index);
	full_barrier();
	*signal = !shared(&r->hdr->interrupt_mask) && shared(&r->hdr->read_index) == old;
	return RING_OK;
}

bool ring_out_wait(struct ring *r, uint32_t n, const char **why)
{
	uint32_t share = (r->size - 8) / 4 & ~7u, bytes;

	publish(&r->hdr->pending_send_size, n > share ? n : share);
	full_barrier();
	if (!out_free(r, &bytes, why))
		return false;
	if (n >= bytes)
		return false;
	publish(&r->hdr->pending_send_size, 0);
	return true;
}

static bool parse_ranges(const uint8_t *buf, size_t head, struct guest_packet *p,
			 struct gpa_range *ranges, size_t max, const char **why)
{
	uint32_t count, i;
	size_t at = 24;

	if (head < 24) {
		*why = "GPA-direct header is too short";
		return false;
	}
	memcpy(&count, buf + 20, 4);
	if (!count || count > max || count > (head - 24) / 16) {
		*why = "GPA-direct range count is illegal";
		return false;
	}
	for (i = 0; i < count; i++) {
		struct gpa_range *g = &ranges[i];
		uint64_t pages;

		if (head - at < 8) {
			*why = "GPA-direct ranges do not fit in the header";
			return false;
		}
		memcpy(&g->len, buf + at, 4);
		memcpy(&g->offset, buf + at + 4, 4);
		at += 8;
		pages = ((uint64_t)g->len + g->offset + HV_PAGE - 1) / HV_PAGE;
		if (!g->len || g->offset >= HV_PAGE || pages > (head - at) / 8) {
			*why = "GPA-direct range is illegal";
			return false;
		}
		g->nr_pfns = (uint32_t)pages;
		g->pfns = (const uint64_t *)(buf + at);
		at += pages * 8;
	}
	p->ranges = ranges;
	p->nr_ranges = count;
	return true;
}

bool packet_parse(const uint8_t *buf, size_t len, struct guest_packet *p,
		  struct gpa_range *ranges, size_t max, const char **why)
{
	struct packet_desc d;
	size_t head;

	memcpy(&d, buf, sizeof(d));
	head = d.offset8 * 8u;
	memset(p, 0, sizeof(*p));
	p->type = d.type;
	p->id = d.id;
	p->completion_requested = d.flags & PACKET_WANTS_COMPLETION;
	p->payload = buf + head;
	p->len = len - head;
	if (d.type == PACKET_GPA_DIRECT)
		return parse_ranges(buf, head, p, ranges, max, why);
	return true;
}
