// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_net.c - the network service provider, driven as a guest drives it
 *
 * build-with: net_device.c device_id.c vsp_net.c net_buffers.c net_receive.c net_transmit.c
 * build-with: net_rndis.c vsp_net_hostile.c net_oid.c net_offload.c net_switch.c net_fault.c
 * build-with: work_pool.c
 */
#include "check.h"

#include <stddef.h>
#include <stdio.h>

#include "test_net.h"

static uint8_t m[70000], frame[70000], out[2048];

static const struct net_config plain, four = { .subchannels = 3 };

/* An Ethernet frame with this payload, from the NIC to the peer. */
static uint32_t ether(uint32_t payload, const char *to)
{
	uint32_t i;

	memcpy(frame, to, 6);
	memcpy(frame + 6, dev->permanent, 6);
	put16(frame + 12, 0x88b5);
	for (i = 0; i < payload; i++)
		frame[14 + i] = (uint8_t)(i * 13 + 1);
	return 14 + payload;
}

static bool up(enum host_generation g, struct net_config c, uint32_t version, uint32_t mtu)
{
	return start(g, c) && up_to_buffers(version, mtu) && initialize();
}

static void peer_sends(uint32_t len)
{
	net_switch_send(peer, frame_new(frame, len));
}

/* A frame from the peer to the NIC. */
static uint32_t inbound(uint32_t payload)
{
	uint32_t len = ether(payload, "\0\0\0\0\0\0");

	memcpy(frame, dev->permanent, 6);
	memcpy(frame + 6, PEER_MAC, 6);
	return len;
}

TEST(versions_of_each_generation)
{
	static const uint32_t all[] = {
		NVSP_V1, NVSP_V2, NVSP_V4, NVSP_V5, NVSP_V6, NVSP_V6_1 };
	static const unsigned int newest[HOST_GENERATIONS] = { 0, 1, 2, 3, 4, 5, 5, 5 };
	const uint32_t *r;
	unsigned int g, i;

	for (g = 0; g < HOST_GENERATIONS; g++) {
		for (i = 0; i < 6; i++) {
			CHECK(start((enum host_generation)g, plain));
			CHECK(SAY(NVSP_INIT, all[i], all[i]) && (r = reply()));
			CHECK_EQ(r[0], NVSP_INIT_COMPLETE);
			CHECK_EQ(r[3], i <= newest[g] ? NVSP_OK : NVSP_REFUSED_VERSION);
		}
		/* A number that is none. */
		CHECK(start((enum host_generation)g, plain));
		CHECK(SAY(NVSP_INIT, 3, 3) && (r = reply()));
		CHECK_EQ(r[3], NVSP_REFUSED_VERSION);
		CHECK(SAY(NVSP_INIT, NVSP_V1, NVSP_V1) && (r = reply()));
		CHECK_EQ(r[3], NVSP_OK);
	}
	stop();
}

TEST(reply_lengths)
{
	uint32_t init[8] = { NVSP_INIT, NVSP_V6_1, NVSP_V6_1 };
	struct answer *a;

	CHECK(start(HOST_WS2019, plain));
	/* A real host does not answer an INIT of fewer than 32 bytes. */
	CHECK(put(0, 6, 1, init, 24, NULL, 0));
	CHECK_EQ(answers_waiting(), 0);
	CHECK(put(0, 6, 1, init, 32, NULL, 0));
	a = next_answer();
	CHECK(a);
	CHECK_EQ(a->len, 32);
	CHECK(SAY(NVSP_NDIS_CONFIG, 1514, 0, 0, 0));
	CHECK_EQ(next_answer()->len, 0);
	CHECK(SAY(NVSP_NDIS_VERSION, 6, 30));
	CHECK_EQ(next_answer()->len, 0);
	CHECK(SAY(NVSP_RECV_BUFFER, 1, SET_ID));
	CHECK_EQ(next_answer()->len, 40);
	stop();
}

TEST(receive_buffer)
{
	static const uint32_t mtu[][2] = {
		{ 1514, 1514 }, { 9014, 9014 }, { 9216, 9216 }, { 9217, 1514 }, { 590, 1514 } };
	const uint32_t *r;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		CHECK(start(HOST_WS2019, plain));
		CHECK(SAY(NVSP_INIT, NVSP_V5, NVSP_V5) && reply());
		CHECK(SAY(NVSP_NDIS_CONFIG, mtu[i][0], 0, 0, 0) && reply());
		CHECK(SAY(NVSP_NDIS_VERSION, 6, 30) && reply());
		CHECK(SAY(NVSP_RECV_BUFFER, 1, SET_ID) && (r = reply()));
		CHECK_EQ(r[2], 1);
		CHECK_EQ(r[3], 0);
		CHECK_EQ(r[4], mtu[i][1] + 292);
		CHECK_EQ(r[5], RECV_PAGES * 4096 / r[4]);
		CHECK_EQ(r[6], r[4] * r[5]);
	}
	stop();
}

TEST(wrong_order)
{
	static const uint32_t first[][4] = {
		{ NVSP_NDIS_VERSION, 6, 1 }, { NVSP_RECV_BUFFER, 1, SET_ID }, { NVSP_RNDIS },
		{ NVSP_SUBCHANNEL, 1, 1 }, { 99 }, { NVSP_INIT_COMPLETE } };
	unsigned int i;

	for (i = 0; i < 6; i++) {
		CHECK(start(HOST_WS2019, four));
		CHECK(!say(first[i], sizeof(first[i])));
		CHECK(dev->verdict[0]);
	}
	/* The receive buffer needs to know the MTU. */
	CHECK(start(HOST_WS2019, plain));
	CHECK(SAY(NVSP_INIT, NVSP_V5, NVSP_V5) && reply());
	CHECK(!SAY(NVSP_RECV_BUFFER, 1, SET_ID));
	CHECK(start(HOST_WS2019, plain) && up_to_buffers(NVSP_V5, 1514));
	CHECK(!SAY(NVSP_INIT, NVSP_V5, NVSP_V5));
	CHECK(start(HOST_WS2019, plain) && up_to_buffers(NVSP_V5, 1514));
	CHECK(!SAY(NVSP_NDIS_VERSION, 6, 30));
	CHECK(start(HOST_WS2019, plain) && up_to_buffers(NVSP_V5, 1514));
	CHECK(!SAY(NVSP_SEND_BUFFER, 2, 0));
	/* A handle that is none, and a type that is too new for the version. */
	CHECK(start(HOST_WS2019, plain));
	CHECK(SAY(NVSP_INIT, NVSP_V1, NVSP_V1) && reply());
	CHECK(!SAY(NVSP_RECV_BUFFER, 5, SET_ID));
	CHECK(start(HOST_WS2019, plain) && up_to_buffers(NVSP_V4, 1514));
	CHECK(!SAY(NVSP_SUBCHANNEL, 1, 1));
	CHECK(start(HOST_WS2019, plain) && up_to_buffers(NVSP_V1, 0));
	CHECK(!SAY(NVSP_NDIS_CONFIG, 1514, 0, 0, 0));
	stop();
}

TEST(rndis_requests)
{
	uint32_t v = 0, n = 0, word;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 9014));
	CHECK_EQ(request(RNDIS_QUERY, OID_MAXIMUM_FRAME_SIZE, NULL, 0, &v, &n), 0);
	CHECK_EQ(v, 9000);
	CHECK_EQ(request(RNDIS_QUERY, OID_8023_PERMANENT_ADDRESS, NULL, 0, out, &n), 0);
	CHECK_EQ(n, 6);
	CHECK(!memcmp(out, dev->permanent, 6));
	CHECK_EQ(request(RNDIS_QUERY, OID_LINK_SPEED, NULL, 0, &v, &n), 0);
	CHECK_EQ(v, 100000000);
	CHECK_EQ(request(RNDIS_QUERY, OID_MEDIA_CONNECT_STATUS, NULL, 0, &v, &n), 0);
	CHECK_EQ(v, 0);
	CHECK_EQ(request(RNDIS_QUERY, OID_SUPPORTED_LIST, NULL, 0, out, &n), 0);
	CHECK(n > 100);
	CHECK_EQ(request(RNDIS_QUERY, OID_FRIENDLY_NAME, NULL, 0, out, &n), 0);
	CHECK_EQ(n, 512);
	CHECK_EQ(request(RNDIS_QUERY, 0x12345678, NULL, 0, out, &n), RNDIS_STATUS_NOT_SUPPORTED);
	word = 0xd;
	CHECK_EQ(request(RNDIS_SET, OID_PACKET_FILTER, &word, 2, NULL, NULL),
		 RNDIS_STATUS_INVALID_LENGTH);
	CHECK_EQ(request(RNDIS_SET, 0x12345678, &word, 4, NULL, NULL),
		 RNDIS_STATUS_NOT_SUPPORTED);
	CHECK(set_filter(0xd));
	CHECK_EQ(dev->s.filter, 0xd);
	stop();
}

TEST(offload_revisions)
{
	static const struct { uint32_t version, ask, revision, size; } cases[] = {
		{ NVSP_V6_1, 156, 3, 156 }, { NVSP_V5, 156, 3, 156 }, { NVSP_V5, 144, 2, 144 },
		{ NVSP_V4, 144, 2, 144 }, { NVSP_V4, 156, 2, 144 }, { NVSP_V2, 112, 1, 112 } };
	struct ndis_offload o;
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(up(HOST_WS2019, plain, cases[i].version, 1514));
		memset(&o, 0, sizeof(o));
		o.h = (struct ndis_header){ NDIS_OBJECT_OFFLOAD, 3, (uint16_t)cases[i].ask };
		CHECK_EQ(request(RNDIS_QUERY, OID_OFFLOAD_CAPABILITIES, &o, cases[i].ask, &o, &n),
			 0);
		CHECK_EQ(o.h.revision, cases[i].revision);
		CHECK_EQ(o.h.size, cases[i].size);
		CHECK_EQ(n, cases[i].size);
		CHECK_EQ(o.tx4 & 0x54, 0x54);
		CHECK_EQ(o.lso4_max, 0xf53c);
	}
	stop();
}

TEST(offload_parameters)
{
	struct ndis_offload_params p = {
		.h = { NDIS_OBJECT_DEFAULT, 3, sizeof(p) }, .ip4 = 1, .tcp4 = 4, .udp4 = 2,
		.tcp6 = 3, .lso4 = 2, .lso6 = 1 };
	struct rndis_indicate i;
	struct answer *a;
	uint32_t n = 0;
	uint8_t *b;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	CHECK_EQ(request(RNDIS_SET, OID_OFFLOAD_PARAMETERS, &p, sizeof(p), NULL, NULL), 0);
	/* The host says what is in force now. */
	b = received(&a, &n);
	CHECK(b);
	memcpy(&i, b, sizeof(i));
	CHECK_EQ(i.h.type, RNDIS_INDICATE);
	CHECK_EQ(i.status, RNDIS_STATUS_OFFLOAD_CONFIG);
	CHECK_EQ(i.length, NDIS_OFFLOAD_SIZE_3);
	CHECK(done(a, 0));
	CHECK(dev->s.offloads.tx[OFFLOAD_TCP4] && dev->s.offloads.rx[OFFLOAD_TCP4]);
	CHECK(dev->s.offloads.tx[OFFLOAD_UDP4] && !dev->s.offloads.rx[OFFLOAD_UDP4]);
	CHECK(!dev->s.offloads.tx[OFFLOAD_TCP6] && dev->s.offloads.rx[OFFLOAD_TCP6]);
	CHECK(dev->s.offloads.lso4 && !dev->s.offloads.lso6);
	p.lso1 = 2;
	CHECK_EQ(request(RNDIS_SET, OID_OFFLOAD_PARAMETERS, &p, sizeof(p), NULL, NULL),
		 RNDIS_STATUS_NOT_SUPPORTED);
	stop();
}

TEST(control_messages_no_driver_sends)
{
	static const uint32_t types[] = { RNDIS_RESET, RNDIS_INDICATE, 9, 77 };
	struct rndis_initialize q = { { RNDIS_INITIALIZE, sizeof(q) }, 8, 1, 0, 0x4000 };
	uint32_t words[7] = { 0 }, n = 0, v;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
		words[0] = types[i];
		words[1] = sizeof(words);
		CHECK_EQ(by_section(0, words, sizeof(words)), 0xdead);
	}
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	CHECK_EQ(by_section(0, &q, sizeof(q)), 0xdead);
	/* HALT has no effect, and an offset other than 20 is an error. */
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	words[0] = RNDIS_HALT;
	words[1] = 12;
	CHECK_EQ(by_section(0, words, 12), NVSP_OK);
	words[0] = RNDIS_QUERY;
	words[1] = 28;
	words[3] = OID_LINK_SPEED;
	words[5] = 0;
	CHECK_EQ(ask(words, 28, out), 24);
	memcpy(&v, out + 12, 4);
	CHECK_EQ(v, RNDIS_STATUS_INVALID_DATA);
	CHECK_EQ(request(RNDIS_QUERY, OID_LINK_SPEED, NULL, 0, &v, &n), 0);
	stop();
}

TEST(transmit_shapes)
{
	uint32_t len, n, head[8] = { NVSP_RNDIS, 0, 2, 60 };
	static uint64_t pfn = DIRECT_PFN;
	struct gpa_range g;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	len = ether(1500, PEER_MAC);
	n = packet(m, frame, len, NULL, 0);
	CHECK_EQ(by_section(0, m, n), NVSP_OK);
	CHECK_EQ(by_pages(m, n, 100, 5000), NVSP_OK);
	CHECK_EQ(by_pages(m, n, 4000, 4096), NVSP_OK);
	CHECK_EQ(by_pages(m, n, 8, 300), NVSP_OK);
	/* The header in a section, the data in a page. */
	n = packet(m, frame, len, (const uint32_t[][2]){ { PPI_HASH_VALUE, 5 } }, 1);
	memcpy(guest + SEND_AT + 2 * NVSP_SECTION, m, 60);
	memcpy(guest + pfn * 4096 + 10, m + 60, n - 60);
	g = (struct gpa_range){ n - 60, 10, 1, &pfn };
	CHECK(put(0, 9, ++next_id, head, 32, &g, 1));
	CHECK_EQ(reply()[1], NVSP_OK);
	CHECK_EQ(nr_peer, 5);
	for (struct net_frame *f = peer_got; f; f = f->next) {
		CHECK_EQ(f->len, len);
		CHECK(!memcmp(f->data, frame, len));
	}
	CHECK_EQ(dev->stats.tx_section, 2);	/* INITIALIZE was one */
	CHECK_EQ(dev->stats.tx_direct, 3);
	CHECK_EQ(dev->stats.tx_mixed, 1);
	stop();
}

TEST(transmit_refused)
{
	struct rndis_packet h;
	uint32_t n, good, i;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	n = packet(m, frame, ether(100, PEER_MAC), (const uint32_t[][2]){ { PPI_VLAN, 0 } }, 1);
	good = n;
	for (i = 0; i < 9; i++) {
		n = packet(m, frame, ether(100, PEER_MAC),
			   (const uint32_t[][2]){ { PPI_VLAN, 0 } }, 1);
		memcpy(&h, m, sizeof(h));
		switch (i) {
		case 0: h.h.length = n + 8; break;
		case 1: h.data_length = 0; break;
		case 2: h.data_length = n; break;
		case 3: h.data_offset = 0xfffffff0; break;
		case 4: h.oob_offset = 1; break;
		case 5: h.ppi_offset = 0xfffffff0; break;
		case 6: h.ppi_length = 0xfffffff0; break;
		case 7: memset(m + 44, 0, 4); break;		/* a loop, if one walks so */
		case 8: memset(m + 52, 255, 4); break;
		}
		memcpy(m, &h, sizeof(h));
		CHECK_EQ(by_section(0, m, n), NVSP_FAILED);
	}
	CHECK_EQ(nr_peer, 0);
	CHECK_EQ(dev->stats.tx_refused, 9);
	/* The header and its records have to be in the first range. */
	n = packet(m, frame, ether(100, PEER_MAC), (const uint32_t[][2]){ { PPI_VLAN, 0 } }, 1);
	CHECK_EQ(n, good);
	CHECK_EQ(by_pages(m, n, 0, 50), NVSP_FAILED);
	CHECK_EQ(by_pages(m, n, 0, 60), NVSP_OK);
	CHECK_EQ(nr_peer, 1);
	stop();
}

TEST(fatal_packets)
{
	uint32_t head[8] = { NVSP_RNDIS, 0, SEND_PAGES * 4096 / NVSP_SECTION, 6144 };
	uint32_t back[2] = { NVSP_RNDIS_COMPLETE, NVSP_OK };

	/* A section that does not lie in the buffer whole. */
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	CHECK(!put(0, 6, 1, head, 32, NULL, 0));
	CHECK(strstr(dev->verdict, "send buffer"));
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	head[2] = 0;
	head[3] = 6145;
	CHECK(!put(0, 6, 1, head, 32, NULL, 0));
	/* Completions: of nothing, of another type, too short. */
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	CHECK(!put(0, 11, 3, back, 8, NULL, 0));
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	CHECK(!put(0, 11, 1ull << 40, back, 8, NULL, 0));
	CHECK(up(HOST_WS2019, plain, NVSP_V5, 1514));
	back[0] = 107;
	CHECK(!put(0, 11, 3, back, 8, NULL, 0));
	CHECK(!put(0, 11, 3, back, 0, NULL, 0));
	stop();
}

TEST(aggregated)
{
	uint32_t at = 0, i, n, pad;
	struct net_frame *f;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	for (i = 0; i < 8; i++) {
		n = packet(m + at, frame, ether(21 + i, PEER_MAC), NULL, 0);
		pad = i < 7 ? (8 - n % 8) % 8 : 0;
		memset(m + at + n, 0, pad);
		n += pad;
		memcpy(m + at + 4, &n, 4);
		at += n;
	}
	CHECK_EQ(by_section(0, m, at), NVSP_OK);
	CHECK_EQ(nr_peer, 8);
	for (i = 0, f = peer_got; f; f = f->next, i++)
		CHECK_EQ(f->len, 14 + 21 + i);
	/* One that is wrong refuses them all. */
	peer_forget();
	memset(m + at - n + 12, 0, 4);
	CHECK_EQ(by_section(0, m, at), NVSP_FAILED);
	CHECK_EQ(nr_peer, 0);
	stop();
}

TEST(receive)
{
	struct rndis_packet h;
	struct answer *a;
	uint32_t len, n = 0, free_cells;
	uint8_t *p;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	free_cells = dev->nr_free;
	len = inbound(1500);
	peer_sends(len);
	CHECK_EQ(answers_waiting(), 0);		/* the filter is 0 */
	CHECK(set_filter(0xd));
	peer_sends(len);
	p = received(&a, &n);
	CHECK(p);
	CHECK_EQ(n, 1514 + 292);
	CHECK_EQ(a->len, 40);
	memcpy(&h, p, sizeof(h));
	CHECK_EQ(h.h.length, n);
	CHECK_EQ(h.data_length, len);
	CHECK(!memcmp(p + 8 + h.data_offset, frame, len));
	CHECK_EQ(dev->nr_free, free_cells - 1);
	CHECK(done(a, 0));
	CHECK_EQ(dev->nr_free, free_cells);
	CHECK(!done(a, 0));			/* twice */
	stop();
}

TEST(receive_filter)
{
	static const struct { uint32_t filter; const char *to; bool comes; } cases[] = {
		{ 0x1, "", true }, { 0xc, "", false }, { 0x8, "\xff\xff\xff\xff\xff\xff", true },
		{ 0x5, "\xff\xff\xff\xff\xff\xff", false }, { 0x4, "\x33\x33\0\0\0\1", true },
		{ 0x9, "\x33\x33\0\0\0\1", false }, { 0xd, "\2\0\0\0\0\7", false },
		{ 0x20, "\2\0\0\0\0\7", true } };
	uint32_t len;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
		CHECK(set_filter(cases[i].filter));
		len = inbound(60);
		if (cases[i].to[0])
			memcpy(frame, cases[i].to, 6);
		peer_sends(len);
		CHECK_EQ(answers_waiting(), cases[i].comes);
	}
	stop();
}

TEST(receive_batch_and_exhaustion)
{
	struct net_frame *list = NULL, *f;
	uint32_t len, i, cells, got = 0, packets = 0;
	struct answer *a;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 9014));
	CHECK(set_filter(1));
	cells = dev->nr_free;
	CHECK(cells);
	len = inbound(500);
	for (i = 0; i < cells + 3; i++) {
		f = frame_new(frame, len);
		f->next = list;
		list = f;
	}
	net_switch_send(peer, list);
	CHECK_EQ(dev->nr_free, 0);
	CHECK_EQ(dev->stats.rx_no_buffer, 3);
	for (; answers_waiting(); packets++) {
		a = next_answer();
		CHECK(a->nr_spans <= 8);
		got += a->nr_spans;
		CHECK(done(a, 0));
	}
	CHECK_EQ(got, cells);
	CHECK_EQ(packets, (cells + 7) / 8);
	CHECK_EQ(dev->nr_free, cells);
	stop();
}

TEST(vlan_both_ways)
{
	uint32_t n, len, value = 5 | 1 << 3 | 7 << 4, got;
	struct rndis_packet h;
	struct net_frame *f;
	struct answer *a;
	uint8_t *p;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	CHECK(set_filter(0xd));
	n = packet(m, frame, ether(50, PEER_MAC), (const uint32_t[][2]){ { PPI_VLAN, value } }, 1);
	CHECK_EQ(by_section(0, m, n), NVSP_OK);
	CHECK_EQ(nr_peer, 1);
	CHECK(peer_got->tagged);
	CHECK_EQ(peer_got->tci, 5 << 13 | 1 << 12 | 7);
	len = inbound(50);
	f = frame_new(frame, len);
	f->tagged = true;
	f->tci = 5 << 13 | 1 << 12 | 7;
	net_switch_send(peer, f);
	p = received(&a, &n);
	CHECK(p);
	memcpy(&h, p, sizeof(h));
	CHECK_EQ(h.ppi_length, 32);
	memcpy(&got, p + 8 + h.ppi_offset + 16 + 12, 4);
	CHECK_EQ(got, value);
	stop();
}

TEST(sub_channels)
{
	const uint32_t *r;
	struct answer *a;
	uint32_t i;

	CHECK(up(HOST_WS2019, four, NVSP_V6_1, 1514));
	CHECK(SAY(NVSP_SUBCHANNEL, 1, 4) && (r = reply()));
	CHECK_EQ(r[1], NVSP_FAILED);
	CHECK(!guest_open(1));
	CHECK(SAY(NVSP_SUBCHANNEL, 1, 3) && (r = reply()));
	CHECK_EQ(r[0], NVSP_SUBCHANNEL);
	CHECK_EQ(r[1], NVSP_OK);
	CHECK_EQ(r[2], 3);
	CHECK_EQ(test_dev.offered, 3);
	CHECK(guest_open(1) && guest_open(2));
	CHECK_EQ(answers_waiting(), 0);
	CHECK(guest_open(3));
	a = next_answer();
	CHECK(a && !a->solicited);
	r = (const uint32_t *)a->bytes;
	CHECK_EQ(r[0], NVSP_INDIRECTION);
	CHECK_EQ(r[1], 16);
	CHECK_EQ(r[2], 12);
	for (i = 0; i < 16; i++)
		CHECK_EQ(r[3 + i], i % 4);
	/* Data may come by any channel, control messages by the first only. */
	i = packet(m, frame, ether(50, PEER_MAC), NULL, 0);
	CHECK_EQ(by_section(2, m, i), NVSP_OK);
	CHECK_EQ(nr_peer, 1);
	i = RNDIS_HALT;
	memcpy(m, &i, 4);
	i = 12;
	memcpy(m + 4, &i, 4);
	CHECK_EQ(by_section(2, m, 12), NVSP_FAILED);
	CHECK(!put(1, 6, 1, (uint32_t[]){ NVSP_NDIS_VERSION, 6, 30, 0, 0, 0, 0, 0 }, 32, NULL, 0));
	stop();
}

static uint32_t rss_message(uint8_t *p, uint32_t flags, uint32_t entries, uint32_t first)
{
	struct ndis_rss_params r = {
		.h = { NDIS_OBJECT_RSS_PARAMS, 2, 40 }, .flags = (uint16_t)flags,
		.hash_info = 0x1701, .table_size = (uint16_t)(entries * 4), .table_offset = 40,
		.key_size = RSS_KEY, .key_offset = 40 + entries * 4 };
	uint32_t i, q;

	memcpy(p, &r, 40);
	for (i = 0; i < entries; i++) {
		q = (first + i) % 4;
		memcpy(p + 40 + i * 4, &q, 4);
	}
	for (i = 0; i < RSS_KEY; i++)
		p[40 + entries * 4 + i] = (uint8_t)(i * 11 + 3);
	return 40 + entries * 4 + RSS_KEY;
}

TEST(rss)
{
	uint32_t len, n = 0, i, hash, type, value[2], want;
	static uint8_t p[1024];
	struct rndis_packet h;
	struct answer *a;
	uint8_t *b;

	CHECK(up(HOST_WS2019, four, NVSP_V6_1, 1514) && set_filter(1));
	CHECK(SAY(NVSP_SUBCHANNEL, 1, 3) && reply());
	CHECK(guest_open(1) && guest_open(2) && guest_open(3) && next_answer());
	len = rss_message(p, 0, 128, 0);
	CHECK_EQ(request(RNDIS_SET, OID_RSS_PARAMETERS, p, len, NULL, NULL), 0);
	for (i = 0; i < 16; i++) {
		len = inbound(60);
		put16(frame + 12, 0x0800);
		frame[14] = 0x45;
		put16(frame + 16, 60);
		frame[23] = 6;
		put32(frame + 26, 0x0a000001 + i);
		put32(frame + 30, 0x0a000002);
		peer_sends(len);
		b = received(&a, &n);
		CHECK(b);
		hash = net_hash(frame, len, dev->s.key, 0x1700, &type);
		want = hash % 128 % 4;
		CHECK(a->chan == test_chans[want]);
		memcpy(&h, b, sizeof(h));
		CHECK_EQ(h.ppi_length, 48);
		memcpy(&value[0], b + 44 + 16 + 12, 4);
		memcpy(&value[1], b + 44 + 32 + 12, 4);
		CHECK_EQ(value[0], hash);
		CHECK_EQ(value[1], type | 1);
		/* A completion has to come on the channel of its packet. */
		if (i == 15)
			CHECK(!done(a, (want + 1) % 4));
		else
			CHECK(done(a, want));
	}
	len = rss_message(p, NDIS_RSS_DISABLE, 128, 0);
	CHECK_EQ(request(RNDIS_SET, OID_RSS_PARAMETERS, p, len, NULL, NULL), 0);
	CHECK(!dev->s.rss);
	len = rss_message(p, 0, 128, 0);
	p[20] = 39;
	CHECK_EQ(request(RNDIS_SET, OID_RSS_PARAMETERS, p, len, NULL, NULL),
		 RNDIS_STATUS_INVALID_DATA);
	stop();
}

TEST(link_speed_and_vf)
{
	struct rndis_indicate i;
	struct answer *a;
	const uint32_t *r;
	uint32_t n = 0;
	uint8_t *b;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514) && set_filter(0xd));
	net_device_link(dev, false);
	CHECK((b = received(&a, &n)));
	memcpy(&i, b, sizeof(i));
	CHECK_EQ(i.status, RNDIS_STATUS_MEDIA_DISCONNECT);
	CHECK_EQ(n, 20);
	CHECK(done(a, 0));
	peer_sends(inbound(60));
	CHECK_EQ(answers_waiting(), 0);
	net_device_link(dev, true);
	CHECK((b = received(&a, &n)) && done(a, 0));
	net_device_speed(dev, 1000000000);
	CHECK((b = received(&a, &n)));
	CHECK_EQ(n, 24);
	memcpy(&n, b + 20, 4);
	CHECK_EQ(n, 10000000);
	CHECK(done(a, 0));
	CHECK(net_device_vf(dev, true, 17));
	a = next_answer();
	r = (const uint32_t *)a->bytes;
	CHECK_EQ(r[0], NVSP_VF_ASSOCIATION);
	CHECK_EQ(r[1], 1);
	CHECK_EQ(r[2], 17);
	CHECK(SAY(NVSP_DATA_PATH, 1));
	CHECK_EQ(next_answer()->len, 0);
	peer_sends(inbound(60));
	CHECK_EQ(answers_waiting(), 0);
	CHECK_EQ(dev->stats.rx_on_vf, 1);
	CHECK(SAY(NVSP_DATA_PATH, 0));
	CHECK_EQ(next_answer()->len, 0);
	peer_sends(inbound(60));
	CHECK((b = received(&a, &n)) && done(a, 0));
	stop();
}

TEST(address_and_spoofing)
{
	struct net_config spoof = { .spoofing = true };
	struct rndis_config_parameter p = { 20, 28, 2, 48, 24 };
	uint8_t v[72];
	uint32_t i, n;

	memcpy(v, &p, 20);
	for (i = 0; i < 14; i++)
		put16(v + 20 + 2 * i, (uint32_t)"NetworkAddress"[i] << 8);
	for (i = 0; i < 12; i++)
		put16(v + 48 + 2 * i, (uint32_t)"020000abCDef"[i] << 8);
	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	CHECK_EQ(request(RNDIS_SET, OID_CONFIG_PARAMETER, v, 72, NULL, NULL), RNDIS_STATUS_FAILURE);
	ether(60, PEER_MAC);
	frame[11] ^= 1;
	n = packet(m, frame, 74, NULL, 0);
	CHECK_EQ(by_section(0, m, n), NVSP_OK);
	CHECK_EQ(nr_peer, 0);
	CHECK(up(HOST_WS2019, spoof, NVSP_V6_1, 1514));
	CHECK_EQ(request(RNDIS_SET, OID_CONFIG_PARAMETER, v, 72, NULL, NULL), 0);
	CHECK(!memcmp(dev->s.mac, "\2\0\0\xab\xcd\xef", 6));
	CHECK_EQ(by_section(0, m, n), NVSP_OK);
	CHECK_EQ(nr_peer, 1);
	stop();
}

TEST(stall)
{
	uint32_t n;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514) && set_filter(1));
	net_set_stall(dev, true, true);
	n = packet(m, frame, ether(60, PEER_MAC), NULL, 0);
	memcpy(guest + SEND_AT, m, n);
	for (int i = 0; i < 3; i++)
		CHECK(put(0, 6, ++next_id, (uint32_t[]){ NVSP_RNDIS, 0, 0, n, 0, 0, 0, 0 }, 32,
			  NULL, 0));
	peer_sends(inbound(60));
	peer_sends(inbound(60));
	CHECK_EQ(answers_waiting(), 0);
	net_set_stall(dev, false, false);
	CHECK_EQ(answers_waiting(), 4);	/* three completions, two frames in one packet */
	/* A stalled channel may be closed. */
	net_set_stall(dev, true, true);
	CHECK(put(0, 6, ++next_id, (uint32_t[]){ NVSP_RNDIS, 0, 0, n, 0, 0, 0, 0 }, 32, NULL, 0));
	peer_sends(inbound(60));
	guest_close(0);
	net_set_stall(dev, false, false);
	stop();
}

TEST(revoke_and_start_again)
{
	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514) && set_filter(1));
	CHECK(SAY(NVSP_REVOKE_RECV_BUFFER, SET_ID));
	CHECK(!test_gpadls[1].mapped);
	CHECK(test_gpadls[2].mapped);
	peer_sends(inbound(60));
	CHECK_EQ(answers_waiting(), 0);
	CHECK(SAY(NVSP_REVOKE_SEND_BUFFER, 0));
	CHECK(!test_gpadls[2].mapped);
	guest_close(0);
	CHECK(guest_open(0));
	CHECK(up_to_buffers(NVSP_V6_1, 9014) && initialize() && set_filter(1));
	peer_sends(inbound(9000));
	CHECK_EQ(answers_waiting(), 1);
	stop();
}

TEST(answers_that_nobody_takes)
{
	uint32_t q[7] = { RNDIS_QUERY, 28, 9, OID_FRIENDLY_NAME, 0, 20, 0 }, n = 0, status;

	CHECK(up(HOST_WS2019, plain, NVSP_V6_1, 1514));
	do {
		status = by_section(0, q, sizeof(q));
		n++;
		while (answers_waiting())
			next_answer();
		forget_answers();
	} while (status == NVSP_OK && n < 1000);
	CHECK_EQ(status, NVSP_FAILED);
	/* 16 have cells, as many more as 100 KiB hold wait. */
	CHECK_EQ(n, 16 + (100 << 10) / 536 + 1 + 1);
	/* Once one is taken the next comes. */
	n = dev->waiting_bytes;
	CHECK(put(0, 11, 0, (uint32_t[]){ NVSP_RNDIS_COMPLETE, NVSP_OK }, 8, NULL, 0));
	CHECK_EQ(answers_waiting(), 1);
	CHECK_EQ(dev->waiting_bytes, n - 536);
	stop();
}

/* Whatever a guest sends: the host stands, and a channel opened anew works. */
TEST(random_packets_do_no_harm)
{
	uint32_t i, n, at, stopped = 0, len;

	srand(20261121);
	CHECK(up(HOST_WS2019, four, NVSP_V6_1, 1514) && set_filter(0x20));
	for (i = 0; i < 20000; i++) {
		len = ether((uint32_t)rand() % 1500, PEER_MAC);
		n = packet(m, frame, len, (const uint32_t[][2]){
			{ (uint32_t)rand() % 10, (uint32_t)rand() * 3u },
			{ PPI_LSO, (uint32_t)rand() | LSO_V2 } }, (uint32_t)rand() % 3);
		if (rand() % 8 == 0)
			m[0] = (uint8_t)(rand() % 10);
		for (at = (uint32_t)rand() % 4; at; at--)
			m[(uint32_t)rand() % (rand() % 2 ? n : 76)] ^= (uint8_t)(1 << rand() % 8);
		len = rand() % 2 ? by_section(0, m, n < NVSP_SECTION ? n : NVSP_SECTION) :
			by_pages(m, n, (uint32_t)rand() % 4096, 200 + (uint32_t)rand() % 4096);
		forget_answers();
		peer_forget();
		if (len != 0xdead && i % 64)
			continue;
		stopped += len == 0xdead;
		guest_close(0);
		CHECK(guest_open(0));
		test_gpadls[1].mapped = test_gpadls[2].mapped = false;
		CHECK(up_to_buffers(NVSP_V6_1, 1514) && initialize() && set_filter(0x20));
		forget_answers();
	}
	CHECK(stopped > 100);
	stop();
}

TEST_MAIN(CASE(versions_of_each_generation), CASE(reply_lengths), CASE(receive_buffer),
	  CASE(wrong_order), CASE(rndis_requests), CASE(offload_revisions),
	  CASE(offload_parameters), CASE(control_messages_no_driver_sends),
	  CASE(transmit_shapes), CASE(transmit_refused), CASE(fatal_packets), CASE(aggregated),
	  CASE(receive), CASE(receive_filter), CASE(receive_batch_and_exhaustion),
	  CASE(vlan_both_ways), CASE(sub_channels), CASE(rss), CASE(link_speed_and_vf),
	  CASE(address_and_spoofing), CASE(stall), CASE(revoke_and_start_again),
	  CASE(answers_that_nobody_takes), CASE(random_packets_do_no_harm))
