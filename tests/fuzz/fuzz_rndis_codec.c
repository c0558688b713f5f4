// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_rndis_codec.c - every decoder of RNDIS messages and NDIS objects over any
 *                      bytes; what is encoded is decoded again
 *
 * fuzz-with: hv-netvsc/rndis_codec.c hv-netvsc/ndis_codec.c
 * fuzz-flags: -Ihv-netvsc
 * fuzz-cover: hv-netvsc/rndis_codec.c hv-netvsc/rndis_codec.h
 * fuzz-cover: hv-netvsc/ndis_codec.c
 */
#include <hv/os.h>
#include "ndis_codec.h"
#include "nvsp_wire.h"
#include "rndis_codec.h"
#include "fuzz.h"

static void control(const u8 *p, u32 room)
{
	struct rndis_limits lim;
	const void *data;
	u32 len = 0, status, n, speed;

	if (!rndis_decode_head(p, room, &len))
		return;
	HOLDS(len >= 8 && len <= room);
	rndis_decode_id(p, len);
	rndis_decode_set(p, len, &status);
	if (!rndis_decode_initialized(p, len, &status, &lim) && !status)
		HOLDS(lim.max_packets && lim.align >= 4 && lim.align <= 128 &&
		      !(lim.align & (lim.align - 1)));
	if (!rndis_decode_query(p, len, &status, &data, &n) && n)
		HOLDS((const u8 *)data >= p + 24 &&
		      (const u8 *)data + n <= p + len);
	rndis_decode_indication(p, len, room, &speed);
}

static void packet(const u8 *p, u32 room)
{
	struct rndis_message head;
	struct rndis_frame f;
	struct rndis_meta meta;
	u32 at, n;

	if (room < RNDIS_PACKET_HEAD)
		return;
	memcpy(&head, p, RNDIS_PACKET_HEAD);
	if (rndis_decode_packet(&head, room, &f, &at, &n))
		return;
	HOLDS(f.len && f.offset >= 44 && (u64)f.offset + f.len <= room);
	if (n) {
		u8 *ppi;

		HOLDS(at >= 44 && (u64)at + n <= room);
		ppi = malloc(n);
		memcpy(ppi, p + at, n);
		rndis_decode_ppi(ppi, n, &meta);
		free(ppi);
	}
}

static void objects(const u8 *p, u32 len, u32 version, u32 want)
{
	struct ndis_abilities a;
	u8 buf[NDIS_OFFLOAD_SIZE_3];
	u32 queues, entries, v;
	char name[16];

	if (!ndis_decode_offload(p, len, &a)) {
		HOLDS(!(a.can & (NDIS_CAN_LSO4 | NDIS_CAN_LSO6)) == !a.lso_max);
		HOLDS(a.can & NDIS_CAN_TCP4 || !(a.can & NDIS_CAN_LSO4));
		HOLDS(a.can & NDIS_CAN_TCP6 || !(a.can & NDIS_CAN_LSO6));
		v = ndis_encode_offload_params(buf, version, &a, want);
		HOLDS(v == 22 || v == 28);
	}
	if (!ndis_decode_rss_caps(p, len, &queues, &entries))
		HOLDS(entries && entries <= NDIS_RSS_TABLE_MAX);
	ndis_decode_u32(p, len, &v);
	HOLDS(ndis_decode_name(p, len, name, 16) < 16);
	ndis_decode_name(p, len, name, 0);
	HOLDS(ndis_encode_offload_query(buf, version) <= sizeof(buf));
	HOLDS(ndis_encode_rss_query(buf) == 18);
}

/* Out and in again: the same, but for what is never sent together. */
static void round_trip(struct fuzz_input *in)
{
	struct rndis_meta out = {
		.has = fuzz_u8(in) & 0xf, .csum = fuzz_u32(in),
		.lso = fuzz_u32(in), .hash = fuzz_u32(in),
		.vlan_tci = fuzz_u32(in),
	};
	u32 len = fuzz_u32(in) % 65536 + 1, at, n, head;
	u8 *buf = malloc(RNDIS_TX_HEAD_MAX);
	struct rndis_meta back = { 0 };
	struct rndis_frame f;

	head = rndis_encode_packet(buf, &out, len);
	rndis_packet_length(buf, head + len + 8);
	HOLDS(head <= RNDIS_TX_HEAD_MAX);
	HOLDS(!rndis_decode_packet((void *)buf, head + len + 8, &f, &at, &n));
	HOLDS(f.offset == head && f.len == len && n == head - 44);
	if (n)
		HOLDS(!rndis_decode_ppi(buf + at, n, &back));
	if (out.has & RNDIS_HAS_VLAN)
		HOLDS(back.vlan_tci == out.vlan_tci);
	if (out.has & RNDIS_HAS_HASH)
		HOLDS(back.hash == out.hash);
	free(buf);
}

static void requests(struct fuzz_input *in)
{
	static struct ndis_rss rss;
	u8 *buf = malloc(28 + NDIS_RSS_BYTES_MAX);
	u32 i, len, id = fuzz_u32(in);

	rss.on = id & 1;
	rss.entries = id % NDIS_RSS_TABLE_MAX + 1;
	for (i = 0; i < rss.entries; i++)
		rss.table[i] = fuzz_u8(in);
	len = ndis_encode_rss(buf + 28, &rss);
	HOLDS(len == 80 + 4 * rss.entries);
	HOLDS(rndis_encode_request(buf, RNDIS_SET, id, OID_RSS_PARAMETERS, NULL,
				   0) == 28);
	HOLDS(rndis_encode_request(buf, RNDIS_QUERY, id, 1, &id, 4) == 32);
	HOLDS(rndis_encode_initialize(buf, id) == 24);
	HOLDS(rndis_encode_halt(buf, id) == 12 && rndis_decode_id(buf, 12) == id);
	HOLDS(ndis_encode_address_param(buf, (const u8 *)"abcdef") == 72);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u32 versions[] = {
		NVSP_VERSION_6_1, NVSP_VERSION_4, NVSP_VERSION_2,
	};
	struct fuzz_input in = { data, size };
	u8 kind = fuzz_u8(&in);
	u32 version = versions[kind % 3];
	size_t len;
	u8 *p;

	if (kind & 0x80) {
		round_trip(&in);
		requests(&in);
		return 0;
	}
	p = fuzz_bytes(&in, in.left, &len);
	control(p, len);
	packet(p, len);
	objects(p, len, version, kind);
	free(p);
	return 0;
}
