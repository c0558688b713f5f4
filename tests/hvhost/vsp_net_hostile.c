// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsp_net_hostile.c - the fields of what a NIC sends, for a host that lies
 *
 * Packets in the ring are changed by hostile.c, which asks net_layout() what they are;
 * RNDIS messages lie in the receive buffer and are changed on their way there.
 *
 * No locks: tables, whose hits are atomic.
 */
#include <string.h>

#include "hostile.h"
#include "vsp_net.h"

#define F(s, f) HOSTILE_FIELD(s, f)
/* A transfer-page packet of one range: its head, the range, the NVSP message. */
#define PAGES(name, at, size) { name, at, size }

struct hostile_layout hostile_net[] = {
	{ "nvsp_init_complete", 0, sizeof(struct nvsp_init_complete), {
		F(nvsp_init_complete, type), F(nvsp_init_complete, version),
		F(nvsp_init_complete, max_mdl_chain), F(nvsp_init_complete, status) }, { 0 } },
	{ "nvsp_recv_complete", 0, sizeof(struct nvsp_recv_complete), {
		F(nvsp_recv_complete, type), F(nvsp_recv_complete, status),
		F(nvsp_recv_complete, sections), F(nvsp_recv_complete, section.offset),
		F(nvsp_recv_complete, section.size), F(nvsp_recv_complete, section.count),
		F(nvsp_recv_complete, section.end) }, { 0 } },
	{ "nvsp_send_complete", 0, sizeof(struct nvsp_send_complete), {
		F(nvsp_send_complete, type), F(nvsp_send_complete, status),
		F(nvsp_send_complete, section_size) }, { 0 } },
	{ "nvsp_rndis_complete", 0, sizeof(struct nvsp_status), {
		F(nvsp_status, type), F(nvsp_status, status) }, { 0 } },
	{ "nvsp_subchannel", 0, sizeof(struct nvsp_subchannel_complete), {
		F(nvsp_subchannel_complete, type), F(nvsp_subchannel_complete, status),
		F(nvsp_subchannel_complete, count) }, { 0 } },
	{ "nvsp_indirection", 0, sizeof(struct nvsp_indirection), {
		F(nvsp_indirection, type), F(nvsp_indirection, count),
		F(nvsp_indirection, offset), F(nvsp_indirection, table[0]),
		F(nvsp_indirection, table[15]) }, { 0 } },
	{ "nvsp_vf", 0, sizeof(struct nvsp_vf), {
		F(nvsp_vf, type), F(nvsp_vf, allocated), F(nvsp_vf, serial) }, { 0 } },
	{ "nvsp_pages", 0, 32, {
		PAGES("set", 0, 2), PAGES("sender_owns", 2, 1), PAGES("count", 4, 4),
		PAGES("length", 8, 4), PAGES("offset", 12, 4), PAGES("type", 16, 4),
		PAGES("channel_type", 20, 4), PAGES("section", 24, 4),
		PAGES("size", 28, 4) }, { 0 } },
	{ "rndis_initialize_complete", 0, sizeof(struct rndis_initialize_complete), {
		F(rndis_initialize_complete, h.type), F(rndis_initialize_complete, h.length),
		F(rndis_initialize_complete, id), F(rndis_initialize_complete, status),
		F(rndis_initialize_complete, medium), F(rndis_initialize_complete, max_packets),
		F(rndis_initialize_complete, max_transfer),
		F(rndis_initialize_complete, alignment) }, { 0 } },
	{ "rndis_query_complete", 0, sizeof(struct rndis_query_complete) + 16, {
		F(rndis_query_complete, h.type), F(rndis_query_complete, h.length),
		F(rndis_query_complete, id), F(rndis_query_complete, status),
		F(rndis_query_complete, length), F(rndis_query_complete, offset),
		PAGES("data", 24, 4), PAGES("more_data", 28, 8) }, { 0 } },
	{ "rndis_set_complete", 0, sizeof(struct rndis_short_complete), {
		F(rndis_short_complete, h.type), F(rndis_short_complete, h.length),
		F(rndis_short_complete, id), F(rndis_short_complete, status) }, { 0 } },
	{ "rndis_indicate", 0, sizeof(struct rndis_indicate), {
		F(rndis_indicate, h.type), F(rndis_indicate, h.length),
		F(rndis_indicate, status), F(rndis_indicate, length),
		F(rndis_indicate, offset) }, { 0 } },
	{ "rndis_packet", 0, sizeof(struct rndis_packet) + 16, {
		F(rndis_packet, h.type), F(rndis_packet, h.length),
		F(rndis_packet, data_offset), F(rndis_packet, data_length),
		F(rndis_packet, oob_offset), F(rndis_packet, oob_length),
		F(rndis_packet, oob_count), F(rndis_packet, ppi_offset),
		F(rndis_packet, ppi_length), PAGES("ppi_size", 44, 4),
		PAGES("ppi_type", 48, 4), PAGES("ppi_payload_offset", 52, 4),
		PAGES("ppi_payload", 56, 4) }, { 0 } },
	{ NULL, 0, 0, { { 0 } }, { 0 } },
};

static struct hostile_layout *named(const char *name)
{
	struct hostile_layout *l;

	for (l = hostile_net; strcmp(l->name, name); l++)
		;
	return l;
}

struct hostile_layout *net_layout(const void *payload, size_t len)
{
	uint32_t type = 0;

	memcpy(&type, payload, len < 4 ? len : 4);
	switch (type) {
	case NVSP_INIT_COMPLETE:
		return named("nvsp_init_complete");
	case NVSP_RECV_BUFFER_COMPLETE:
		return named("nvsp_recv_complete");
	case NVSP_SEND_BUFFER_COMPLETE:
		return named("nvsp_send_complete");
	case NVSP_RNDIS_COMPLETE:
		return named("nvsp_rndis_complete");
	case NVSP_SUBCHANNEL:
		return named("nvsp_subchannel");
	case NVSP_INDIRECTION:
		return named("nvsp_indirection");
	case NVSP_VF_ASSOCIATION:
		return named("nvsp_vf");
	}
	/* Guests number their receive buffer beyond all message types. */
	return type > 0xff ? named("nvsp_pages") : NULL;
}

struct hostile_layout *net_rndis_layout(const void *message)
{
	uint32_t type;

	memcpy(&type, message, 4);
	switch (type) {
	case RNDIS_PACKET:
		return named("rndis_packet");
	case RNDIS_INDICATE:
		return named("rndis_indicate");
	case RNDIS_INITIALIZE | RNDIS_COMPLETION:
		return named("rndis_initialize_complete");
	case RNDIS_QUERY | RNDIS_COMPLETION:
		return named("rndis_query_complete");
	}
	return named("rndis_set_complete");
}
