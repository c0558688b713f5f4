// SPDX-License-Identifier: GPL-2.0-only
/*
 * rndis_codec.c - RNDIS messages to and from plain values
 *
 * Pure C: the same file is in the module, in the unit tests and in the
 * fuzzers.  Decoders are given a private copy of a message of the host; the
 * host cannot change it under them, but it chose every byte.
 */
#include "rndis_codec.h"

#define RNDIS_BODY(member) \
	(sizeof(struct rndis_head) + \
	 sizeof(((struct rndis_message *)0)->u.member))

/* ---- requests ------------------------------------------------------------------- */

static u32 rndis_encode(void *buf, u32 type, u32 length)
{
	struct rndis_message *m = buf;

	memset(m, 0, length);
	m->head.type = type;
	m->head.length = length;
	return length;
}

u32 rndis_encode_initialize(void *buf, u32 id)
{
	struct rndis_message *m = buf;
	u32 len = rndis_encode(buf, RNDIS_INITIALIZE, RNDIS_BODY(initialize));

	m->u.initialize.id = id;
	m->u.initialize.major = 1;
	m->u.initialize.max_transfer = 0x4000;
	return len;
}

u32 rndis_encode_halt(void *buf, u32 id)
{
	struct rndis_message *m = buf;
	u32 len = rndis_encode(buf, RNDIS_HALT, RNDIS_BODY(halt));

	m->u.halt.id = id;
	return len;
}

/* The offset is given even with no data: a real host wants it (section 3). */
u32 rndis_encode_request(void *buf, u32 type, u32 id, u32 oid, const void *data,
			 u32 len)
{
	struct rndis_message *m = buf;
	u32 total = rndis_encode(buf, type, RNDIS_BODY(request) + len);

	m->u.request.id = id;
	m->u.request.oid = oid;
	m->u.request.info_length = len;
	m->u.request.info_offset = sizeof(struct rndis_request);
	if (len)
		memcpy((u8 *)buf + RNDIS_BODY(request), data, len);
	return total;
}

/* ---- answers ---------------------------------------------------------------------- */

u32 rndis_decode_head(const void *msg, u32 room, u32 *len)
{
	const struct rndis_message *m = msg;

	if (room < sizeof(m->head) || m->head.length < sizeof(m->head) ||
	    m->head.length > room)
		return 0;
	*len = m->head.length;
	return m->head.type;
}

u32 rndis_decode_id(const void *msg, u32 len)
{
	const struct rndis_message *m = msg;

	return len < RNDIS_BODY(halt) ? 0 : m->u.halt.id;
}

int rndis_decode_initialized(const void *msg, u32 len, u32 *status,
			     struct rndis_limits *lim)
{
	const struct rndis_message *m = msg;
	const struct rndis_initialize_complete *c = &m->u.initialized;

	if (len < RNDIS_BODY(initialized))
		return -EINVAL;
	if (c->status == RNDIS_STATUS_SUCCESS) {
		if (c->alignment > 7)
			return -EINVAL;
		lim->max_packets = c->max_packets ? c->max_packets : 1;
		lim->max_transfer = c->max_transfer;
		/* Our own words are of four bytes. */
		lim->align = c->alignment < 2 ? 4 : 1u << c->alignment;
	}
	*status = c->status;
	return 0;
}

int rndis_decode_set(const void *msg, u32 len, u32 *status)
{
	const struct rndis_message *m = msg;

	if (len < RNDIS_BODY(set))
		return -EINVAL;
	*status = m->u.set.status;
	return 0;
}

int rndis_decode_query(const void *msg, u32 len, u32 *status, const void **data,
		       u32 *data_len)
{
	const struct rndis_message *m = msg;
	const struct rndis_query_complete *c = &m->u.queried;
	u32 body;

	if (len < RNDIS_BODY(queried))
		return -EINVAL;
	body = len - sizeof(m->head);
	*data = NULL;
	*data_len = 0;
	if (c->info_length) {
		if (c->info_offset < sizeof(*c) || c->info_offset > body ||
		    c->info_length > body - c->info_offset)
			return -EINVAL;
		*data = (const u8 *)msg + sizeof(m->head) + c->info_offset;
		*data_len = c->info_length;
	}
	*status = c->status;
	return 0;
}

enum rndis_news rndis_decode_indication(const void *msg, u32 len, u32 room,
					u32 *speed)
{
	const struct rndis_message *m = msg;
	const struct rndis_indicate *i = &m->u.indicate;
	u32 body;

	if (len < RNDIS_BODY(indicate))
		return RNDIS_NEWS_NONE;
	switch (i->status) {
	case RNDIS_STATUS_MEDIA_CONNECT:
		return RNDIS_NEWS_UP;
	case RNDIS_STATUS_MEDIA_DISCONNECT:
		return RNDIS_NEWS_DOWN;
	case RNDIS_STATUS_NETWORK_CHANGE:
		return RNDIS_NEWS_CHANGE;
	case RNDIS_STATUS_LINK_SPEED:
		body = room - sizeof(m->head);
		if (i->buffer_length < sizeof(*speed) ||
		    i->buffer_offset < sizeof(*i) ||
		    i->buffer_offset > body ||
		    sizeof(*speed) > body - i->buffer_offset)
			return RNDIS_NEWS_NONE;
		memcpy(speed, (const u8 *)msg + sizeof(m->head) +
			      i->buffer_offset, sizeof(*speed));
		return RNDIS_NEWS_SPEED;
	}
	return RNDIS_NEWS_NONE;
}

/* ---- packets ----------------------------------------------------------------------- */

static struct rndis_ppi *rndis_add_ppi(struct rndis_ppi *at, u32 type, u32 value)
{
	at->size = sizeof(*at);
	at->type = type;
	at->offset = RNDIS_PPI_HEAD;
	at->value = value;
	return at + 1;
}

u32 rndis_encode_packet(void *buf, const struct rndis_meta *meta, u32 len)
{
	struct rndis_message *m = buf;
	struct rndis_packet *p = &m->u.packet;
	struct rndis_ppi *first = (void *)((u8 *)buf + RNDIS_PACKET_HEAD);
	struct rndis_ppi *ppi = first;
	u32 tci = meta->vlan_tci, bytes;

	if (meta->has & RNDIS_HAS_HASH)
		ppi = rndis_add_ppi(ppi, RNDIS_PPI_HASH, meta->hash);
	/* Not the word of the Ethernet header: the parts are elsewhere. */
	if (meta->has & RNDIS_HAS_VLAN)
		ppi = rndis_add_ppi(ppi, RNDIS_PPI_VLAN,
				    tci >> 13 | (tci >> 12 & 1) << 3 |
				    (tci & 0xfff) << 4);
	if (meta->has & RNDIS_HAS_LSO)
		ppi = rndis_add_ppi(ppi, RNDIS_PPI_LSO, meta->lso);
	else if (meta->has & RNDIS_HAS_CSUM)
		ppi = rndis_add_ppi(ppi, RNDIS_PPI_CHECKSUM, meta->csum);
	bytes = (u8 *)ppi - (u8 *)first;

	m->head.type = RNDIS_PACKET;
	m->head.length = RNDIS_PACKET_HEAD + bytes + len;
	p->data_offset = sizeof(*p) + bytes;
	p->data_length = len;
	p->oob_offset = 0;
	p->oob_length = 0;
	p->oob_count = 0;
	p->ppi_offset = bytes ? sizeof(*p) : 0;
	p->ppi_length = bytes;
	p->vc = 0;
	p->reserved = 0;
	return RNDIS_PACKET_HEAD + bytes;
}

void rndis_packet_length(void *buf, u32 length)
{
	struct rndis_message *m = buf;

	m->head.length = length;
}

static void rndis_ppi_value(u32 type, u32 v, struct rndis_meta *meta)
{
	switch (type) {
	case RNDIS_PPI_CHECKSUM:
		meta->csum = v;
		meta->has |= RNDIS_HAS_CSUM;
		break;
	case RNDIS_PPI_VLAN:
		meta->vlan_tci = (v & 7) << 13 | (v >> 3 & 1) << 12 |
				 (v >> 4 & 0xfff);
		meta->has |= RNDIS_HAS_VLAN;
		break;
	case RNDIS_PPI_HASH:
		meta->hash = v;
		meta->has |= RNDIS_HAS_HASH;
		break;
	case RNDIS_PPI_PACKET_ID:
		meta->rsc = v;
		meta->has |= RNDIS_HAS_RSC;
		break;
	}
}

int rndis_decode_ppi(const void *ppi, u32 len, struct rndis_meta *meta)
{
	const u8 *at = ppi;
	struct rndis_ppi head;
	u32 value;

	meta->has = 0;
	while (len >= RNDIS_PPI_HEAD) {
		memcpy(&head, at, RNDIS_PPI_HEAD);
		if (head.size < RNDIS_PPI_HEAD || head.size > len ||
		    head.offset < RNDIS_PPI_HEAD || head.offset >= head.size ||
		    head.size - head.offset < sizeof(value))
			return -EINVAL;
		memcpy(&value, at + head.offset, sizeof(value));
		rndis_ppi_value(head.type, value, meta);
		at += head.size;
		len -= head.size;
	}
	return 0;
}
