// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_rndis_codec.c - RNDIS messages and NDIS objects, byte by byte
 *
 * build-with: hv-netvsc/rndis_codec.c hv-netvsc/ndis_codec.c
 * build-flags: -Ihv-netvsc
 */
#include "check.h"
#include "ndis_codec.h"
#include "nvsp_wire.h"
#include "rndis_codec.h"

static u32 le(const void *at, int n)
{
	const u8 *b = at;
	u32 v = 0;

	while (n--)
		v = v << 8 | b[n];
	return v;
}

TEST(requests)
{
	u8 b[128];

	memset(b, 0xaa, sizeof(b));
	CHECK_EQ(rndis_encode_initialize(b, 5), 24);
	CHECK_EQ(le(b, 4), 2);
	CHECK_EQ(le(b + 4, 4), 24);
	CHECK_EQ(le(b + 8, 4), 5);
	CHECK_EQ(le(b + 12, 4), 1);
	CHECK_EQ(le(b + 16, 4), 0);
	CHECK_EQ(le(b + 20, 4), 0x4000);
	CHECK_EQ(rndis_encode_halt(b, 6), 12);
	CHECK_EQ(le(b, 4), 3);
	CHECK_EQ(le(b + 8, 4), 6);
	CHECK_EQ(rndis_encode_request(b, RNDIS_SET, 7, OID_PACKET_FILTER,
				      "\x0d\0\0", 4), 32);
	CHECK_EQ(le(b, 4), 5);
	CHECK_EQ(le(b + 4, 4), 32);
	CHECK_EQ(le(b + 12, 4), 0x1010e);
	CHECK_EQ(le(b + 16, 4), 4);
	CHECK_EQ(le(b + 20, 4), 20);
	CHECK_EQ(le(b + 24, 4), 0);
	CHECK_EQ(le(b + 28, 4), 13);
	CHECK_EQ(rndis_encode_request(b, RNDIS_QUERY, 8, OID_LINK_SPEED, NULL,
				      0), 28);
	CHECK_EQ(le(b + 20, 4), 20);
}

TEST(heads)
{
	u32 m[3] = { 0x80000004, 12, 99 };
	u32 len = 1;

	CHECK_EQ(rndis_decode_head(m, 12, &len), 0x80000004);
	CHECK_EQ(len, 12);
	CHECK_EQ(rndis_decode_head(m, 11, &len), 0);
	CHECK_EQ(rndis_decode_head(m, 7, &len), 0);
	CHECK_EQ(rndis_decode_id(m, 12), 99);
	CHECK_EQ(rndis_decode_id(m, 11), 0);
	m[1] = 7;
	CHECK_EQ(rndis_decode_head(m, 12, &len), 0);
}

TEST(initialized)
{
	u32 m[13] = { 0x80000002, 52, 1, 0, 1, 0, 1, 0, 8, 0xefffffff, 3 };
	struct rndis_limits lim = { 0, 0, 0 };
	u32 status;

	CHECK_EQ(rndis_decode_initialized(m, 51, &status, &lim), -EINVAL);
	CHECK_EQ(rndis_decode_initialized(m, 52, &status, &lim), 0);
	CHECK_EQ(status, 0);
	CHECK_EQ(lim.max_packets, 8);
	CHECK_EQ(lim.max_transfer, 0xefffffff);
	CHECK_EQ(lim.align, 8);
	m[8] = 0;
	m[10] = 0;
	CHECK_EQ(rndis_decode_initialized(m, 52, &status, &lim), 0);
	CHECK_EQ(lim.max_packets, 1);
	CHECK_EQ(lim.align, 4);
	m[10] = 8;
	CHECK_EQ(rndis_decode_initialized(m, 52, &status, &lim), -EINVAL);
	m[3] = 0xc0000001;
	CHECK_EQ(rndis_decode_initialized(m, 52, &status, &lim), 0);
	CHECK_EQ(status, 0xc0000001);
}

TEST(queried)
{
	u32 m[8] = { 0x80000004, 32, 1, 0, 8, 16, 0x11111111, 0x22222222 };
	const void *data;
	u32 len, status;

	CHECK_EQ(rndis_decode_query(m, 32, &status, &data, &len), 0);
	CHECK_EQ(len, 8);
	CHECK(data == m + 6);
	CHECK_EQ(rndis_decode_query(m, 23, &status, &data, &len), -EINVAL);
	CHECK_EQ(rndis_decode_query(m, 31, &status, &data, &len), -EINVAL);
	m[5] = 17;
	CHECK_EQ(rndis_decode_query(m, 32, &status, &data, &len), -EINVAL);
	m[5] = 15;
	CHECK_EQ(rndis_decode_query(m, 32, &status, &data, &len), -EINVAL);
	m[5] = 16;
	m[4] = 0xfffffff8;
	CHECK_EQ(rndis_decode_query(m, 32, &status, &data, &len), -EINVAL);
	m[4] = 0;
	m[5] = 0;
	m[3] = 0xc00000bb;
	CHECK_EQ(rndis_decode_query(m, 24, &status, &data, &len), 0);
	CHECK_EQ(status, 0xc00000bb);
	CHECK_EQ(len, 0);
	CHECK_EQ(rndis_decode_set(m, 15, &status), -EINVAL);
	CHECK_EQ(rndis_decode_set(m, 16, &status), 0);
}

TEST(indications)
{
	u32 m[6] = { 7, 24, 0x40010013, 4, 12, 100000 };
	u32 speed = 0;

	CHECK_EQ(rndis_decode_indication(m, 24, 24, &speed), RNDIS_NEWS_SPEED);
	CHECK_EQ(speed, 100000);
	/* The four bytes left out of the length, but there. */
	speed = 0;
	CHECK_EQ(rndis_decode_indication(m, 20, 24, &speed), RNDIS_NEWS_SPEED);
	CHECK_EQ(speed, 100000);
	CHECK_EQ(rndis_decode_indication(m, 20, 20, &speed), RNDIS_NEWS_NONE);
	m[4] = 13;
	CHECK_EQ(rndis_decode_indication(m, 24, 24, &speed), RNDIS_NEWS_NONE);
	m[4] = 0;
	CHECK_EQ(rndis_decode_indication(m, 24, 24, &speed), RNDIS_NEWS_NONE);
	m[4] = 0xfffffffc;
	CHECK_EQ(rndis_decode_indication(m, 24, 24, &speed), RNDIS_NEWS_NONE);
	m[2] = 0x4001000b;
	CHECK_EQ(rndis_decode_indication(m, 20, 20, &speed), RNDIS_NEWS_UP);
	CHECK_EQ(rndis_decode_indication(m, 19, 20, &speed), RNDIS_NEWS_NONE);
	m[2] = 0x4001000c;
	CHECK_EQ(rndis_decode_indication(m, 20, 20, &speed), RNDIS_NEWS_DOWN);
	m[2] = 0x40010018;
	CHECK_EQ(rndis_decode_indication(m, 20, 20, &speed), RNDIS_NEWS_CHANGE);
	m[2] = 0x40020006;
	CHECK_EQ(rndis_decode_indication(m, 20, 20, &speed), RNDIS_NEWS_NONE);
}

TEST(packet_out)
{
	struct rndis_meta meta = {
		.has = RNDIS_HAS_HASH | RNDIS_HAS_VLAN | RNDIS_HAS_LSO |
		       RNDIS_HAS_CSUM,
		.hash = 0x12345678, .vlan_tci = 0xb123,
		.lso = 0x40000000 | 1448,
	};
	u8 b[RNDIS_TX_HEAD_MAX];

	memset(b, 0xaa, sizeof(b));
	CHECK_EQ(sizeof(b), 92);
	CHECK_EQ(rndis_encode_packet(b, &meta, 1000), 92);
	CHECK_EQ(le(b, 4), 1);
	CHECK_EQ(le(b + 4, 4), 1092);
	CHECK_EQ(le(b + 8, 4), 84);
	CHECK_EQ(le(b + 12, 4), 1000);
	CHECK_EQ(le(b + 16, 4) | le(b + 20, 4) | le(b + 24, 4), 0);
	CHECK_EQ(le(b + 28, 4), 36);
	CHECK_EQ(le(b + 32, 4), 48);
	CHECK_EQ(le(b + 36, 4) | le(b + 40, 4), 0);
	CHECK_EQ(le(b + 44, 4), 16);
	CHECK_EQ(le(b + 48, 4), 8);
	CHECK_EQ(le(b + 52, 4), 12);
	CHECK_EQ(le(b + 56, 4), 0x12345678);
	CHECK_EQ(le(b + 64, 4), 6);
	/* Priority 5, DEI 1, id 0x123. */
	CHECK_EQ(le(b + 72, 4), 5 | 1 << 3 | 0x123 << 4);
	CHECK_EQ(le(b + 80, 4), 2);
	CHECK_EQ(le(b + 88, 4), 0x400005a8);
	rndis_packet_length(b, 1096);
	CHECK_EQ(le(b + 4, 4), 1096);
	CHECK_EQ(le(b + 12, 4), 1000);

	meta.has = RNDIS_HAS_CSUM;
	meta.csum = 0x220005;
	CHECK_EQ(rndis_encode_packet(b, &meta, 60), 60);
	CHECK_EQ(le(b + 48, 4), 0);
	CHECK_EQ(le(b + 56, 4), 0x220005);
	meta.has = 0;
	CHECK_EQ(rndis_encode_packet(b, &meta, 60), 44);
	CHECK_EQ(le(b + 28, 4), 0);
	CHECK_EQ(le(b + 32, 4), 0);
}

static int frame(const u32 *m, u32 room, struct rndis_frame *f, u32 *at, u32 *n)
{
	struct rndis_message head;

	memcpy(&head, m, RNDIS_PACKET_HEAD);
	return rndis_decode_packet(&head, room, f, at, n);
}

TEST(packet_in)
{
	const u32 good[11] = { 1, 1806, 248, 60, 0, 0, 0, 36, 32, 0, 0 };
	static const struct {
		int at;
		u32 value;
	} lie[] = {
		{ 1, 43 }, { 1, 1807 }, { 1, 0xffffffff }, { 2, 35 }, { 2, 1799 },
		{ 2, 0xfffffff8 }, { 3, 0 }, { 3, 1551 }, { 3, 0xffffffff },
		{ 7, 35 }, { 7, 1799 }, { 8, 1763 }, { 8, 0xfffffff0 },
	};
	struct rndis_frame f;
	u32 w[11], at, n;
	size_t i;

	CHECK_EQ(frame(good, 1806, &f, &at, &n), 0);
	CHECK_EQ(f.offset, 256);
	CHECK_EQ(f.len, 60);
	CHECK_EQ(at, 44);
	CHECK_EQ(n, 32);
	for (i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
		memcpy(w, good, sizeof(w));
		w[lie[i].at] = lie[i].value;
		CHECK_EQ(frame(w, 1806, &f, &at, &n), -EINVAL);
	}
	memcpy(w, good, sizeof(w));
	w[3] = 1550;
	w[8] = 0;
	CHECK_EQ(frame(w, 1806, &f, &at, &n), 0);
	CHECK_EQ(n, 0);
}

TEST(ppi_in)
{
	u32 p[] = {
		16, 0, 12, 0x28,
		16, 6, 12, 5 | 1 << 3 | 0x123 << 4,
		16, 8, 12, 77,
		20, 9, 16, 0, 1,
		16, 0x80000001, 12, 0x0201,
	};
	struct rndis_meta m;
	u32 n;

	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), 0);
	CHECK_EQ(m.has, RNDIS_HAS_CSUM | RNDIS_HAS_VLAN | RNDIS_HAS_HASH |
			RNDIS_HAS_RSC);
	CHECK_EQ(m.csum, 0x28);
	CHECK_EQ(m.vlan_tci, 0xb123);
	CHECK_EQ(m.hash, 77);
	CHECK_EQ(m.rsc, RNDIS_RSC_FIRST | 1);
	for (n = 0; n < sizeof(p); n++) {
		u8 *b = malloc(n ? n : 1);

		memcpy(b, p, n);
		rndis_decode_ppi(b, n, &m);
		free(b);
	}
	/* What does not advance, or leaves the area, ends the walk. */
	p[4] = 0;
	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), -EINVAL);
	CHECK_EQ(m.has, RNDIS_HAS_CSUM);
	p[4] = 0xfffffff0;
	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), -EINVAL);
	p[4] = 16;
	p[6] = 13;
	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), -EINVAL);
	p[6] = 11;
	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), -EINVAL);
	p[6] = 0xffffffff;
	CHECK_EQ(rndis_decode_ppi(p, sizeof(p), &m), -EINVAL);
}

static void offload(u8 *b, u16 size)
{
	memset(b, 0, 156);
	b[0] = 0xa7;
	b[1] = 3;
	memcpy(b + 2, &size, 2);
	b[8] = 0x54;		/* TCP, UDP, options */
	b[9] = 1;
	b[16] = 0x14;
	b[24] = 0x55;
	b[32] = 0x51;		/* no TCP options: not usable */
	b[80] = b[92] = 2;
	memcpy(b + 84, (u32[]){ 62780 }, 4);
	memcpy(b + 96, (u32[]){ 60000 }, 4);
	b[104] = 5;
	b[144] = b[145] = 1;
}

TEST(offload_query)
{
	u8 b[156];
	struct ndis_abilities a;
	u32 n;

	CHECK_EQ(ndis_encode_offload_query(b, NVSP_VERSION_6_1), 156);
	CHECK_EQ(le(b, 4), 156 << 16 | 3 << 8 | 0xa7);
	CHECK_EQ(ndis_encode_offload_query(b, NVSP_VERSION_4), 144);
	CHECK_EQ(b[1], 2);
	CHECK_EQ(ndis_encode_offload_query(b, NVSP_VERSION_2), 112);

	offload(b, 156);
	CHECK_EQ(ndis_decode_offload(b, 156, &a), 0);
	CHECK_EQ(a.can, 0x7f);
	CHECK_EQ(a.rx, NDIS_CAN_TCP4);
	CHECK_EQ(a.lso_max, 60000);
	for (n = 0; n < 156; n++) {
		u8 *c = malloc(n ? n : 1);

		memcpy(c, b, n);
		CHECK_EQ(ndis_decode_offload(c, n, &a), -EINVAL);
		free(c);
	}
	offload(b, 112);
	CHECK_EQ(ndis_decode_offload(b, 156, &a), 0);
	CHECK_EQ(a.can, 0x3f);
	offload(b, 111);
	CHECK_EQ(ndis_decode_offload(b, 156, &a), -EINVAL);
	offload(b, 156);
	b[8] = 0x50;
	CHECK_EQ(ndis_decode_offload(b, 156, &a), 0);
	CHECK_EQ(a.can & (NDIS_CAN_TCP4 | NDIS_CAN_UDP4 | NDIS_CAN_LSO4), 0);
	b[0] = 0xa8;
	CHECK_EQ(ndis_decode_offload(b, 156, &a), -EINVAL);
}

TEST(offload_params)
{
	struct ndis_abilities a = {
		.can = NDIS_CAN_TCP4 | NDIS_CAN_TCP6 | NDIS_CAN_LSO4 |
		       NDIS_CAN_UDP4,
		.rx = NDIS_CAN_TCP4 | NDIS_CAN_UDP6,
	};
	u8 b[28];

	memset(b, 0xaa, sizeof(b));
	CHECK_EQ(ndis_encode_offload_params(b, NVSP_VERSION_5, &a, ~0u), 28);
	CHECK_EQ(le(b, 4), 28 << 16 | 3 << 8 | 0x80);
	CHECK_EQ(b[4], 1);
	CHECK_EQ(b[5], 4);
	CHECK_EQ(b[6], 2);
	CHECK_EQ(b[7], 2);
	CHECK_EQ(b[8], 3);
	CHECK_EQ(b[11], 2);
	CHECK_EQ(b[12], 1);
	CHECK_EQ(b[22] | b[23], 0);
	CHECK_EQ(ndis_encode_offload_params(b, NVSP_VERSION_4, &a, 0), 22);
	CHECK_EQ(b[5], 1);
	CHECK_EQ(b[6], 0);
	CHECK_EQ(b[11], 1);
}

TEST(rss)
{
	struct ndis_rss r = { .on = true, .entries = 4, .table = { 0, 1, 2, 300 } };
	u8 b[NDIS_RSS_BYTES_MAX];
	u32 q, e, caps[5] = { 0x00120288, 0x301, 1, 8, 64 };

	r.key[0] = 0x6d;
	r.key[39] = 0xfa;
	CHECK_EQ(ndis_encode_rss(b, &r), 40 + 16 + 40);
	CHECK_EQ(le(b, 4), 40 << 16 | 2 << 8 | 0x89);
	CHECK_EQ(le(b + 4, 2), 0);
	CHECK_EQ(le(b + 8, 4), 0x1701);
	CHECK_EQ(le(b + 12, 2), 16);
	CHECK_EQ(le(b + 16, 4), 40);
	CHECK_EQ(le(b + 20, 2), 40);
	CHECK_EQ(le(b + 24, 4), 56);
	CHECK_EQ(le(b + 52, 4), 300);
	CHECK_EQ(b[56], 0x6d);
	CHECK_EQ(b[95], 0xfa);
	r.on = false;
	ndis_encode_rss(b, &r);
	CHECK_EQ(le(b + 4, 2), 0x10);
	CHECK_EQ(ndis_encode_rss_query(b), 18);
	CHECK_EQ(le(b, 4), 0x120288);
	CHECK_EQ(ndis_decode_rss_caps(caps, 18, &q, &e), 0);
	CHECK_EQ(q, 8);
	CHECK_EQ(e, 64);
	CHECK_EQ(ndis_decode_rss_caps(caps, 17, &q, &e), -EINVAL);
	caps[4] = 257;
	CHECK_EQ(ndis_decode_rss_caps(caps, 18, &q, &e), 0);
	CHECK_EQ(e, 128);
	caps[0] = 0x00100288;
	CHECK_EQ(ndis_decode_rss_caps(caps, 16, &q, &e), 0);
	CHECK_EQ(e, 128);
	CHECK_EQ(ndis_decode_rss_caps(caps, 15, &q, &e), -EINVAL);
	caps[0] = 0x000f0288;
	CHECK_EQ(ndis_decode_rss_caps(caps, 18, &q, &e), -EINVAL);
}

TEST(small)
{
	static const u8 name[] = { 'E', 0, 't', 0, 0xe4, 0, 0, 1, 'x', 0 };
	u8 b[NDIS_ADDRESS_PARAM_BYTES];
	char text[8];
	u32 v;

	CHECK_EQ(ndis_encode_address_param(b, (const u8 *)"\x00\x15\x5d\xaf\x01\x02"),
		 72);
	CHECK_EQ(le(b, 4), 20);
	CHECK_EQ(le(b + 4, 4), 28);
	CHECK_EQ(le(b + 8, 4), 2);
	CHECK_EQ(le(b + 12, 4), 48);
	CHECK_EQ(le(b + 16, 4), 24);
	CHECK_EQ(b[20], 'N');
	CHECK_EQ(b[46], 's');
	CHECK_EQ(b[48], '0');
	CHECK_EQ(b[50], '0');
	CHECK_EQ(b[52], '1');
	CHECK_EQ(b[60], 'A');
	CHECK_EQ(b[62], 'F');
	CHECK_EQ(b[70], '2');
	CHECK_EQ(ndis_decode_name(name, sizeof(name), text, 8), 5);
	CHECK(!strcmp(text, "Et??x"));
	CHECK_EQ(ndis_decode_name(name, 9, text, 3), 2);
	CHECK(!strcmp(text, "Et"));
	CHECK_EQ(ndis_decode_name(name, 1, text, 3), 0);
	CHECK_EQ(ndis_decode_name(name, 1, text, 0), 0);
	CHECK_EQ(ndis_decode_u32("\1\2\3\4", 4, &v), 0);
	CHECK_EQ(v, 0x04030201);
	CHECK_EQ(ndis_decode_u32("\1\2\3\4", 3, &v), -EINVAL);
}

TEST_MAIN(CASE(requests), CASE(heads), CASE(initialized), CASE(queried),
	  CASE(indications), CASE(packet_out), CASE(packet_in), CASE(ppi_in),
	  CASE(offload_query), CASE(offload_params), CASE(rss), CASE(small))
