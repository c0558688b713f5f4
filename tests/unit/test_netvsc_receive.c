// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_netvsc_receive.c - what a host puts into the channels of a network card
 *
 * build-with: hv-netvsc/netvsc_core.c hv-netvsc/rndis_core.c hv-netvsc/net_tx_core.c
 * build-with: hv-netvsc/net_rx_core.c hv-netvsc/nvsp_codec.c hv-netvsc/rndis_codec.c
 * build-with: hv-netvsc/ndis_codec.c tests/unit/netvsc_rig.c tests/unit/twin/vmbus_mem.c
 * build-flags: -Ihv-netvsc -Itests/unit
 */
#include "netvsc_rig.h"

static struct rig rig;

#define UP()	struct rig *r = &rig; rig_up(r)

TEST(frames)
{
	static const u32 ppi[] = { 16, 0, 12, 0x28, 16, 6, 12, 0x1230 };
	u8 data[1000];
	u32 n, i;

	UP();
	for (i = 0; i < 3; i++) {
		memset(data, 'a' + i, sizeof(data));
		n = rig_put_frame(r, i, sizeof(ppi), ppi, data, 900 + i);
	}
	rig_receive(r, 1, 0x42, 0, 3, n);
	mem_run(r->ch[1]);
	CHECK_EQ(r->rx, 3);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(r->frame[i].len, 900 + i);
		CHECK_EQ(r->frame[i].nr, 1);
		CHECK_EQ(r->frame[i].data[899], 'a' + i);
		CHECK_EQ(r->frame[i].meta.has, RNDIS_HAS_CSUM | RNDIS_HAS_VLAN);
		CHECK_EQ(r->frame[i].meta.vlan_tci, 0x123);
	}
	rig_serve(r);
	CHECK_EQ(r->nr_answered, 1);
	CHECK_EQ(r->answered[0], 0x4201);
	rig_free(r);
}

/* Completions wait for room, in order, and none is lost. */
TEST(completions_wait)
{
	struct net_queue *q;
	u32 i, n;

	UP();
	q = &r->core.queue[1];
	n = rig_put_frame(r, 0, 0, NULL, "0123456789abcdef", 16);
	mem_set_room(r->ch[1], 2);
	for (i = 0; i < 5; i++)
		rig_receive(r, 1, 10 + i, 0, 1, n);
	mem_run(r->ch[1]);
	CHECK_EQ(r->rx, 5);
	CHECK(net_answers_pending(q));
	for (i = 0; i < 3; i++) {
		rig_serve(r);
		net_core_poll(q, 64);
	}
	CHECK(!net_answers_pending(q));
	CHECK_EQ(r->nr_answered, 5);
	for (i = 0; i < 5; i++)
		CHECK_EQ(r->answered[i], (10 + i) << 8 | 1);
	/* More than there are cells: the host lies. */
	mem_set_room(r->ch[1], 0);
	for (i = 0; i < RIG_CELLS + 2; i++)
		rig_receive(r, 1, i + 1, 0, 1, n);
	mem_run(r->ch[1]);
	CHECK_EQ(r->faults[NET_FAULT_FLOOD], 2);
	mem_set_room(r->ch[1], ~0u);
	r->nr_answered = 0;
	net_core_poll(q, 64);
	rig_serve(r);
	CHECK_EQ(r->nr_answered, RIG_CELLS);
	rig_free(r);
}

TEST(bad_packets)
{
	u32 m[10] = { NVSP_RNDIS }, head[4] = { 0xcafe, 1, 60, 0 };

	UP();
	rig_put_frame(r, 0, 0, NULL, "0123456789abcdef", 16);
	head[0] = 0xcaff;
	mem_host_push_xfer(r->ch[0], 1, head, 16, m, 40);
	head[0] = 0xcafe;
	head[1] = 2;
	mem_host_push_xfer(r->ch[0], 2, head, 16, m, 40);
	mem_run(r->ch[0]);
	rig_serve(r);
	CHECK_EQ(r->faults[NET_FAULT_XFER], 2);
	CHECK_EQ(r->nr_answered, 0);
	head[1] = 1;
	head[3] = RIG_CELL * RIG_CELLS - 59;
	mem_host_push_xfer(r->ch[0], 3, head, 16, m, 40);
	head[3] = 0xffffffc8;
	mem_host_push_xfer(r->ch[0], 4, head, 16, m, 40);
	head[3] = 0;
	head[2] = RIG_CELL + 1;
	mem_host_push_xfer(r->ch[0], 5, head, 16, m, 40);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_RANGE], 3);
	head[2] = 7;
	mem_host_push_xfer(r->ch[0], 6, head, 16, m, 40);
	head[2] = 59;
	mem_host_push_xfer(r->ch[0], 7, head, 16, m, 40);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_RNDIS], 2);
	rig_serve(r);
	CHECK_EQ(r->nr_answered, 5);
	CHECK_EQ(r->answered[4], 0x702);
	CHECK_EQ(r->rx, 0);
	mem_host_push(r->ch[0], HVL_PKT_GPA_DIRECT, 1, m, 40);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_TYPE], 1);
	mem_break_ring(r->ch[0]);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_RING], 1);
	rig_free(r);
}

/* What is said about it is nonsense; the frame is delivered all the same. */
TEST(bad_information)
{
	static const u32 ppi[] = { 16, 0, 12, 0x28, 0, 6, 12, 0x1230 };
	u32 n;

	UP();
	n = rig_put_frame(r, 0, sizeof(ppi), ppi, "0123456789abcdef", 16);
	rig_receive(r, 0, 1, 0, 1, n);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_PPI], 1);
	CHECK_EQ(r->rx, 1);
	CHECK_EQ(r->frame[0].meta.has, 0);
	rig_free(r);
}

static u32 fragment(struct rig *r, u32 cell, u32 flags, char c)
{
	u32 ppi[] = { 16, 0x80000001, 12, flags << 8 | 1 };
	char data[100];

	memset(data, c, sizeof(data));
	return rig_put_frame(r, cell, sizeof(ppi), ppi, data, sizeof(data));
}

TEST(joined)
{
	u32 n;

	UP();
	fragment(r, 0, 1 | 2, 'a');
	fragment(r, 1, 1, 'b');
	n = fragment(r, 2, 1 | 4, 'c');
	rig_receive(r, 0, 1, 0, 3, n);
	mem_run(r->ch[0]);
	CHECK_EQ(r->rx, 1);
	CHECK_EQ(r->frame[0].len, 300);
	CHECK_EQ(r->frame[0].nr, 3);
	CHECK_EQ(r->frame[0].data[299], 'c');
	/* No end in this packet; then no beginning. */
	rig_receive(r, 0, 2, 0, 2, n);
	rig_receive(r, 0, 3, 1, 2, n);
	mem_run(r->ch[0]);
	CHECK_EQ(r->rx, 1);
	CHECK_EQ(r->faults[NET_FAULT_RSC], 3);
	/* Not a fragment at all: by itself. */
	fragment(r, 0, 0, 'd');
	rig_receive(r, 0, 4, 0, 1, n);
	mem_run(r->ch[0]);
	CHECK_EQ(r->rx, 2);
	rig_free(r);
}

TEST(news)
{
	u32 up[5] = { 7, 20, 0x4001000b, 0, 0 };
	u32 speed[6] = { 7, 24, 0x40010013, 4, 12, 250000 };
	u32 vf[10] = { NVSP_VF_ASSOCIATION, 1, 9 };
	u32 table[19] = { NVSP_INDIRECTION_TABLE, 16, 12, [4] = 1, [18] = 300 };

	UP();
	memcpy(r->recv, up, sizeof(up));
	rig_receive(r, 0, 1, 0, 1, 20);
	mem_run(r->ch[0]);
	CHECK_EQ(r->last_news, RNDIS_NEWS_UP);
	memcpy(r->recv, speed, sizeof(speed));
	rig_receive(r, 0, 2, 0, 1, 24);
	mem_run(r->ch[0]);
	CHECK_EQ(r->last_news, RNDIS_NEWS_SPEED);
	CHECK_EQ(r->speed, 250000);
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, vf, 40);
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, table, 76);
	vf[0] = NVSP_SWITCH_DATA_PATH;
	vf[1] = 0;
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, vf, 40);
	mem_run(r->ch[0]);
	CHECK_EQ(r->vf, 1);
	CHECK_EQ(r->vf_serial, 9);
	CHECK_EQ(r->path, 1);
	CHECK_EQ(r->core.send_table[1], 1);
	CHECK_EQ(r->core.send_table[15], 0);
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, vf, 4);
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, "\x80\0\0\0\1\0\0", 8);
	vf[1] = 3;
	mem_host_push(r->ch[0], HVL_PKT_INBAND, 0, vf, 40);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_SHORT], 2);
	rig_free(r);
}

/* A reply that nobody asked for, one with the wrong id, one that is too long. */
TEST(unasked_replies)
{
	u32 w[6] = { 0x80000005, 16, 12345, 0 };

	UP();
	memcpy(r->recv, w, sizeof(w));
	rig_receive(r, 0, 1, 0, 1, 16);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_RNDIS], 1);
	r->core.req.waiting = true;
	r->core.req.rndis_want = w[0];
	r->core.req.gen = 12344;
	rig_receive(r, 0, 2, 0, 1, 16);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_RNDIS], 2);
	r->core.req.gen = 12345;
	/* On another channel it is none. */
	rig_receive(r, 1, 2, 0, 1, 16);
	mem_run(r->ch[1]);
	CHECK_EQ(r->faults[NET_FAULT_RNDIS], 3);
	w[1] = NET_REPLY_MAX + 8;
	memcpy(r->recv, w, sizeof(w));
	r->core.req.sent = false;
	rig_receive(r, 0, 3, 0, 1, NET_REPLY_MAX + 8);
	mem_run(r->ch[0]);
	CHECK_EQ(r->core.req.err, -EOVERFLOW);
	rig_free(r);
}

TEST_MAIN(CASE(frames), CASE(completions_wait), CASE(bad_packets),
	  CASE(bad_information), CASE(joined), CASE(news), CASE(unasked_replies))
