// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_net_offload.c - checksums, segments and hashes against known values
 *
 * build-with: net_offload.c
 */
#include "check.h"

#include "net_offload.h"
#include "test_machine.h"
#include "vsp_net_wire.h"

#define MAX_FRAME	65536

static uint8_t frame[MAX_FRAME];

/* A plain sum of 16-bit words, as the RFC words it; not the code that is tested. */
static uint16_t reference(const uint8_t *p, size_t n, uint32_t s)
{
	size_t i;

	for (i = 0; i < n; i++)
		s += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (s > 0xffff)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

/* The sum of a pseudo header, folded, as a guest leaves it; len 0 for LSO. */
static uint16_t seed_of(bool v6, uint8_t proto, uint32_t len)
{
	return reference(frame + (v6 ? 22 : 26), v6 ? 32 : 8, proto + len);
}

/* An IP packet with payload bytes behind its transport header. */
static uint32_t make(bool v6, uint8_t proto, uint32_t payload)
{
	uint32_t l4 = v6 ? 54 : 34, head = proto == 6 ? 20 : 8, i;
	uint8_t *ip = frame + 14;

	memset(frame, 0, sizeof(frame));
	memcpy(frame, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
	put16(frame + 12, v6 ? 0x86dd : 0x0800);
	if (v6) {
		ip[0] = 0x60;
		put16(ip + 4, head + payload);
		ip[6] = proto;
		for (i = 0; i < 32; i++)
			ip[8 + i] = (uint8_t)(i * 7);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, 20 + head + payload);
		put16(ip + 4, 0xfffe);
		ip[8] = 64;
		ip[9] = proto;
		put32(ip + 12, 0x0a000001);
		put32(ip + 16, 0x0a0000fe);
		put16(ip + 10, (uint16_t)~reference(ip, 20, 0));
	}
	put16(frame + l4, 1234);
	put16(frame + l4 + 2, 80);
	if (proto == 6) {
		put32(frame + l4 + 4, 0xfffffff0);
		frame[l4 + 12] = 0x50;
		frame[l4 + 13] = 0x10;
	} else {
		put16(frame + l4 + 4, 8 + payload);
	}
	for (i = 0; i < payload; i++)
		frame[l4 + head + i] = (uint8_t)(i * 31 + 5);
	return l4 + head + payload;
}

static uint32_t request(bool v6, bool udp)
{
	return (v6 ? TX_CSUM_IPV6 : TX_CSUM_IPV4) | (udp ? TX_CSUM_UDP : TX_CSUM_TCP) |
	       (v6 ? 54u : 34u) << 16;
}

TEST(fill_and_check)
{
	static const uint32_t sizes[] = { 0, 1, 2, 3, 1459, 1460, 8999 };
	uint32_t i, len, kind, good, bad, l4, at;

	for (kind = 0; kind < 4; kind++) {
		bool v6 = kind & 1, udp = kind & 2;

		l4 = v6 ? 54 : 34;
		at = l4 + (udp ? 6 : 16);
		good = (udp ? RX_CSUM_UDP_OK : RX_CSUM_TCP_OK) | (v6 ? 0 : RX_CSUM_IP_OK);
		bad = (udp ? RX_CSUM_UDP_FAILED : RX_CSUM_TCP_FAILED) |
		      (v6 ? 0 : RX_CSUM_IP_OK);
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			len = make(v6, udp ? 17 : 6, sizes[i]);
			put16(frame + at, seed_of(v6, udp ? 17 : 6, len - l4));
			CHECK(!net_csum_fill(frame, len, request(v6, udp)));
			CHECK_EQ(reference(frame + l4, len - l4,
					   seed_of(v6, udp ? 17 : 6, len - l4)), 0xffff);
			CHECK_EQ(net_csum_check(frame, len), good);
			frame[len - 1] ^= 1;
			CHECK_EQ(net_csum_check(frame, len), bad);
		}
	}
}

TEST(wrong_seed_shows)
{
	uint32_t len = make(false, 6, 100);

	put16(frame + 50, seed_of(false, 6, len - 34) + 1);
	CHECK(!net_csum_fill(frame, len, request(false, false)));
	CHECK_EQ(net_csum_check(frame, len), RX_CSUM_IP_OK | RX_CSUM_TCP_FAILED);
}

TEST(ip_header_checksum)
{
	uint32_t len = make(false, 6, 10);

	put16(frame + 24, 0x1234);
	CHECK(net_csum_check(frame, len) & RX_CSUM_IP_FAILED);
	CHECK(!net_csum_fill(frame, len, TX_CSUM_IPV4 | TX_CSUM_IP));
	CHECK(net_csum_check(frame, len) & RX_CSUM_IP_OK);
}

TEST(udp_without_checksum)
{
	uint32_t len = make(false, 17, 10);

	CHECK_EQ(net_csum_check(frame, len), RX_CSUM_IP_OK);
	/* A sum that comes out as 0 is sent as all ones. */
	len = make(false, 17, 2);
	put16(frame + 40, seed_of(false, 17, len - 34));
	put16(frame + 42, 0);
	put16(frame + 42, (uint16_t)~reference(frame + 34, len - 34, 0));
	CHECK(!net_csum_fill(frame, len, request(false, true)));
	CHECK_EQ(get16(frame + 40), 0xffff);
}

TEST(refused_requests)
{
	uint32_t len = make(false, 6, 10);

	CHECK(net_csum_fill(frame, len, TX_CSUM_TCP | 34u << 16));
	CHECK(net_csum_fill(frame, len, TX_CSUM_IPV4 | TX_CSUM_IPV6 | TX_CSUM_TCP));
	CHECK(net_csum_fill(frame, len, request(true, false)));
	CHECK(net_csum_fill(frame, len, request(false, true)));
	CHECK(net_csum_fill(frame, len, TX_CSUM_IPV4 | TX_CSUM_TCP | 35u << 16));
	CHECK(net_csum_fill(frame, 40, request(false, false)));
	CHECK(!net_csum_fill(frame, len, TX_CSUM_IPV4 | TX_CSUM_TCP));
	/* A fragment has no whole transport. */
	put16(frame + 20, 0x2000);
	CHECK(net_csum_fill(frame, len, request(false, false)));
}

/* Split, and check each segment by itself and all of them together. */
static int split(bool v6, uint32_t payload, uint32_t mss)
{
	uint32_t len = make(v6, 6, payload), l4 = v6 ? 54 : 34, head = l4 + 20, at = 0, n = 0;
	uint32_t lso = mss | l4 << 20 | LSO_V2 | (v6 ? LSO_IPV6 : 0);
	struct net_frame *f = frame_new(frame, len), *list, *s;
	const char *why;
	int bad = 0;

	frame[l4 + 13] = f->data[l4 + 13] = 0x99;	/* CWR, ACK, PSH, FIN */
	put16(f->data + l4 + 16, seed_of(v6, 6, 0));
	put16(f->data + (v6 ? 18 : 16), 0);
	if (!v6)
		put16(f->data + 24, 0);
	list = net_segment(f, lso, &why);
	bad |= !list;
	for (s = list; s; s = s->next, n++) {
		uint32_t bytes = s->len - head;
		bool last = !s->next;

		bad |= bytes > mss || (!last && bytes != mss);
		bad |= memcmp(s->data + head, frame + head + at, bytes) != 0;
		bad |= get32(s->data + l4 + 4) != (uint32_t)(0xfffffff0 + at);
		bad |= net_csum_check(s->data, s->len) !=
		       (RX_CSUM_TCP_OK | (v6 ? 0 : RX_CSUM_IP_OK));
		bad |= (s->data[l4 + 13] & 0x09) != (last ? 0x09 : 0);
		bad |= (s->data[l4 + 13] & 0x80) != (n ? 0 : 0x80);
		if (!v6)
			bad |= get16(s->data + 18) != (uint16_t)(0xfffe + n);
		at += bytes;
	}
	bad |= at != payload;
	frame_free_list(list);
	frame_free_list(f);
	return bad ? -1 : (int)n;
}

TEST(segments)
{
	CHECK_EQ(split(false, 4000, 1460), 3);
	CHECK_EQ(split(true, 4000, 1440), 3);
	CHECK_EQ(split(false, 1460, 1460), 1);
	CHECK_EQ(split(false, 1461, 1460), 2);
	CHECK_EQ(split(true, 60000, 536), 112);
}

TEST(refused_segments)
{
	uint32_t len = make(false, 6, 4000), good = 1460 | 34u << 20 | LSO_V2;
	struct net_frame *f = frame_new(frame, len), *list;
	static const uint32_t wrong[] = {
		1460 | 34u << 20, 34u << 20 | LSO_V2, 1460 | 33u << 20 | LSO_V2,
		1460 | 38u << 20 | LSO_V2, 1460 | 54u << 20 | LSO_V2 | LSO_IPV6,
	};
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!net_segment(f, wrong[i], &why) && why);
	f->len = 50;
	CHECK(!net_segment(f, good, &why) && why);
	f->len = len;
	f->data[34 + 12] = 0x40;
	CHECK(!net_segment(f, good, &why) && why);
	f->data[34 + 12] = 0x50;
	list = net_segment(f, good, &why);
	CHECK(list);
	frame_free_list(list);
	frame_free_list(f);
}

static const uint8_t key[RSS_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
	0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/* From the verification table that the inventor of RSS publishes. */
TEST(toeplitz)
{
	uint32_t len = make(false, 6, 0), type;

	put32(frame + 26, 66u << 24 | 9 << 16 | 149 << 8 | 187);
	put32(frame + 30, 161u << 24 | 142 << 16 | 100 << 8 | 80);
	put16(frame + 34, 2794);
	put16(frame + 36, 1766);
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_IPV4, &type), 0x323e8fc2);
	CHECK_EQ(type, NDIS_HASH_IPV4);
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_IPV4 | NDIS_HASH_TCP_IPV4, &type),
		 0x51ccc178);
	CHECK_EQ(type, NDIS_HASH_TCP_IPV4);
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_IPV6, &type), 0);
	CHECK_EQ(type, 0);
	/* UDP when only TCP is hashed with ports: by the addresses. */
	frame[23] = 17;
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_IPV4 | NDIS_HASH_TCP_IPV4, &type),
		 0x323e8fc2);
}

TEST(toeplitz_ipv6)
{
	static const uint8_t src[16] = { 0x3f, 0xfe, 0x25, 0x01, 0x02, 0, 0x1f, 0xff,
					 0, 0, 0, 0, 0, 0, 0, 0x07 };
	static const uint8_t dst[16] = { 0x3f, 0xfe, 0x25, 0x01, 0x02, 0, 0, 0x03,
					 0, 0, 0, 0, 0, 0, 0, 0x01 };
	uint32_t len = make(true, 6, 0), type;

	memcpy(frame + 22, src, 16);
	memcpy(frame + 38, dst, 16);
	put16(frame + 54, 2794);
	put16(frame + 56, 1766);
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_IPV6, &type), 0x2cc18cd5);
	CHECK_EQ(net_hash(frame, len, key, NDIS_HASH_TCP_IPV6, &type), 0x40207d3d);
}

TEST(tags)
{
	struct net_frame *f;
	uint32_t len = make(false, 6, 10);

	f = frame_new(NULL, len + 4);
	memcpy(f->data, frame, 12);
	put16(f->data + 12, 0x8100);
	put16(f->data + 14, 0x6007);
	memcpy(f->data + 16, frame + 12, len - 12);
	frame_untag(f);
	CHECK(f->tagged);
	CHECK_EQ(f->tci, 0x6007);
	CHECK_EQ(f->len, len);
	CHECK(!memcmp(f->data, frame, len));
	frame_free_list(f);
}

TEST(headers_that_lie)
{
	uint32_t len = make(false, 6, 10), i;
	struct net_headers h;

	CHECK(net_parse(frame, len, &h));
	CHECK_EQ(h.l4, 34);
	CHECK(!net_parse(frame, len - 1, &h));
	CHECK(!net_parse(frame, 13, &h));
	frame[14] = 0x4f;
	CHECK(!net_parse(frame, len, &h));
	len = make(true, 0, 8);
	/* Extension headers without an end. */
	for (i = 54; i < len; i += 8) {
		frame[i] = 0;
		frame[i + 1] = 0;
	}
	CHECK(!net_parse(frame, len, &h));
}

TEST_MAIN(CASE(fill_and_check), CASE(wrong_seed_shows), CASE(ip_header_checksum),
	  CASE(udp_without_checksum), CASE(refused_requests), CASE(segments),
	  CASE(refused_segments), CASE(toeplitz), CASE(toeplitz_ipv6), CASE(tags),
	  CASE(headers_that_lie))
