// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile_layout.c - fields of what the bus sends, and how one is changed
 *
 * No locks: the hits are atomic, the random state is the caller's.
 */
#include <string.h>

#include "hostile.h"

#define F(s, f) HOSTILE_FIELD(s, f)

struct hostile_layout hostile_messages[] = {
	{ "offer", MSG_OFFER, sizeof(struct msg_offer), {
		F(msg_offer, h.type), F(msg_offer, h.reserved), F(msg_offer, type),
		F(msg_offer, instance), F(msg_offer, reserved),
		F(msg_offer, channel_flags), F(msg_offer, mmio_megabytes),
		F(msg_offer, user_defined), F(msg_offer, sub_index),
		F(msg_offer, mmio_megabytes_optional), F(msg_offer, channel_id),
		F(msg_offer, monitor_id), F(msg_offer, monitor_allocated),
		F(msg_offer, dedicated), F(msg_offer, connection_id) }, { 0 } },
	{ "rescind", MSG_RESCIND, sizeof(struct msg_channel), {
		F(msg_channel, h.type), F(msg_channel, h.reserved),
		F(msg_channel, channel_id) }, { 0 } },
	{ "all_offers", MSG_ALL_OFFERS_DELIVERED, sizeof(struct msg_header), {
		F(msg_header, type), F(msg_header, reserved) }, { 0 } },
	{ "open_result", MSG_OPEN_RESULT, sizeof(struct msg_open_result), {
		F(msg_open_result, h.type), F(msg_open_result, h.reserved),
		F(msg_open_result, channel_id), F(msg_open_result, open_id),
		F(msg_open_result, status) }, { 0 } },
	{ "gpadl_created", MSG_GPADL_CREATED, sizeof(struct msg_gpadl_created), {
		F(msg_gpadl_created, h.type), F(msg_gpadl_created, h.reserved),
		F(msg_gpadl_created, channel_id), F(msg_gpadl_created, gpadl),
		F(msg_gpadl_created, status) }, { 0 } },
	{ "gpadl_torndown", MSG_GPADL_TORNDOWN, sizeof(struct msg_gpadl_torndown), {
		F(msg_gpadl_torndown, h.type), F(msg_gpadl_torndown, h.reserved),
		F(msg_gpadl_torndown, gpadl) }, { 0 } },
	{ "version_response", MSG_VERSION_RESPONSE, sizeof(struct msg_version_response), {
		F(msg_version_response, h.type), F(msg_version_response, h.reserved),
		F(msg_version_response, supported),
		F(msg_version_response, connection_state),
		F(msg_version_response, reserved), F(msg_version_response, connection_id),
		F(msg_version_response, feature_flags),
		F(msg_version_response, monitor_h2g),
		F(msg_version_response, monitor_g2h) }, { 0 } },
	{ "unload_response", MSG_UNLOAD_RESPONSE, sizeof(struct msg_header), {
		F(msg_header, type), F(msg_header, reserved) }, { 0 } },
	{ "close_reserved_response", MSG_CLOSE_RESERVED_RESPONSE, sizeof(struct msg_channel), {
		F(msg_channel, h.type), F(msg_channel, h.reserved),
		F(msg_channel, channel_id) }, { 0 } },
	{ "tl_connect_result", MSG_TL_CONNECT_RESULT, sizeof(struct msg_tl_connect_result), {
		F(msg_tl_connect_result, h.type), F(msg_tl_connect_result, h.reserved),
		F(msg_tl_connect_result, endpoint), F(msg_tl_connect_result, service),
		F(msg_tl_connect_result, status) }, { 0 } },
	{ "modify_channel_response", MSG_MODIFY_CHANNEL_RESPONSE,
	  sizeof(struct msg_modify_channel_response), {
		F(msg_modify_channel_response, h.type),
		F(msg_modify_channel_response, h.reserved),
		F(msg_modify_channel_response, channel_id),
		F(msg_modify_channel_response, status) }, { 0 } },
	{ "modify_connection_response", MSG_MODIFY_CONNECTION_RESPONSE,
	  sizeof(struct msg_modify_connection_response), {
		F(msg_modify_connection_response, h.type),
		F(msg_modify_connection_response, h.reserved),
		F(msg_modify_connection_response, connection_state) }, { 0 } },
	{ "pause_response", MSG_PAUSE_RESPONSE, sizeof(struct msg_header), {
		F(msg_header, type), F(msg_header, reserved) }, { 0 } },
	{ NULL, 0, 0, { { 0 } }, { 0 } },
};

struct hostile_layout hostile_desc = {
	"packet", 0, sizeof(struct packet_desc), {
		F(packet_desc, type), F(packet_desc, offset8), F(packet_desc, length8),
		F(packet_desc, flags), F(packet_desc, id) }, { 0 },
};

#define RING_FIELDS							\
	F(ring_header, write_index), F(ring_header, read_index),	\
	F(ring_header, interrupt_mask), F(ring_header, pending_send_size), \
	F(ring_header, feature_bits)

struct hostile_layout hostile_ring_in = {
	"ring_guest_to_host", 0, sizeof(struct ring_header), { RING_FIELDS }, { 0 },
};

struct hostile_layout hostile_ring_out = {
	"ring_host_to_guest", 0, sizeof(struct ring_header), { RING_FIELDS }, { 0 },
};

struct hostile_layout *hostile_message_layout(uint32_t type)
{
	struct hostile_layout *l;

	for (l = hostile_messages; l->name; l++)
		if (l->type == type)
			return l;
	return NULL;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t hostile_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Values at which checks go wrong, more often than mere chance would find them. */
static uint64_t tempting(uint64_t old, unsigned int size, uint64_t *random)
{
	static const uint64_t edges[] = { 1, 2, 7, 8, 16, 24, 255, 256, 1023, 2047, 2048, 4095,
					  4096, 65535, 65536, 0x7fffffff, 0x80000000 };
	uint64_t r = hostile_random(random);

	switch (hostile_random(random) % 8) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
		return old + 1;
	case 3:
		return old - 1;
	case 4:
		return old ^ 1ull << r % (size * 8);
	case 5:
		return 1ull << (size * 8 - 1);
	case 6:
		return edges[r % (sizeof(edges) / sizeof(edges[0]))];
	default:
		return r;
	}
}

/* Of two fields that lie within len bytes the one that had its turn less often. */
static const struct hostile_field *choose(struct hostile_layout *l, uint64_t *random,
					  size_t len)
{
	unsigned int n, fit[HOSTILE_FIELDS_MAX], nr = 0, a, b;

	for (n = 0; n < HOSTILE_FIELDS_MAX && l->fields[n].name; n++)
		if ((size_t)l->fields[n].at + l->fields[n].size <= len)
			fit[nr++] = n;
	if (!nr)
		return NULL;
	a = fit[hostile_random(random) % nr];
	b = fit[hostile_random(random) % nr];
	return &l->fields[atomic_load(&l->hits[a]) <= atomic_load(&l->hits[b]) ? a : b];
}

const struct hostile_field *hostile_mutate(struct hostile_layout *l, uint64_t *random,
					   void *buf, size_t len)
{
	const struct hostile_field *f = choose(l, random, len);
	uint64_t v = 0;
	unsigned int i;
	uint8_t *p;

	if (!f)
		return NULL;
	p = (uint8_t *)buf + f->at;
	if (f->size <= 8) {
		memcpy(&v, p, f->size);
		v = tempting(v, f->size, random);
		memcpy(p, &v, f->size);
	} else {
		for (i = 0; i < f->size; i++)
			p[i] = (uint8_t)hostile_random(random);
	}
	atomic_fetch_add(&l->hits[f - l->fields], 1);
	return f;
}
