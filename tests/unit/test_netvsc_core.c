// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_netvsc_core.c - negotiation, requests and frames of a network card
 *
 * build-with: hv-netvsc/netvsc_core.c hv-netvsc/rndis_core.c hv-netvsc/net_tx_core.c
 * build-with: hv-netvsc/net_rx_core.c hv-netvsc/nvsp_codec.c hv-netvsc/rndis_codec.c
 * build-with: hv-netvsc/ndis_codec.c tests/unit/netvsc_rig.c tests/unit/twin/vmbus_mem.c
 * build-flags: -Ihv-netvsc -Itests/unit
 */
#include "netvsc_rig.h"

static struct rig rig;

#define UP()	struct rig *r = &rig; struct net_queue *q = &r->core.queue[0]; rig_up(r); (void)q

TEST(newest_first)
{
	static const u32 all[] = { 0x60001, 0x60000, 0x50000, 0x40000, 0x30002, 2 };
	struct rig *r = &rig;
	int i, k;

	for (i = 0; i < 6; i++) {
		rig_init(r);
		r->accepts = all[i];
		CHECK_EQ(net_core_negotiate(&r->core, 1500), 0);
		rig_serve(r);
		CHECK_EQ(r->core.version, all[i]);
		CHECK_EQ(r->nr_versions, i + 1);
		for (k = 0; k <= i; k++)
			CHECK_EQ(r->versions[k], all[k]);
		CHECK_EQ(r->told[NVSP_NDIS_CONFIG], i < 5);
		CHECK_EQ(r->told[NVSP_NDIS_VERSION], 1);
		rig_free(r);
	}
	rig_init(r);
	r->accepts = 0;
	CHECK_EQ(net_core_negotiate(&r->core, 1500), -EPROTONOSUPPORT);
	rig_free(r);
}

TEST(starts)
{
	UP();
	CHECK_EQ(r->core.layout.cells, RIG_CELLS);
	CHECK_EQ(r->core.sections, RIG_SECTIONS);
	CHECK_EQ(r->core.mtu, 1500);
	CHECK(!memcmp(r->core.mac, "\0\x15\x5d\1\2\3", 6));
	CHECK_EQ(r->core.can.can, 0x3f);
	CHECK_EQ(r->core.can.lso_max, 0xf500);
	CHECK_EQ(r->core.rss_queues, 8);
	CHECK_EQ(r->core.rss_entries, 64);
	CHECK_EQ(r->core.speed, 100000000);
	CHECK(r->core.link_up);
	CHECK(!strcmp(r->core.name, "N"));
	CHECK_EQ(net_core_set_filter(&r->core, 13), 0);
	CHECK_EQ(r->last_set[0], OID_PACKET_FILTER);
	CHECK_EQ(r->last_set[1], 13);
	CHECK_EQ(net_core_halt(&r->core), 0);
	r->subs = 2;
	{
		u32 given;

		CHECK_EQ(net_core_subchannels(&r->core, 3, &given), 0);
		CHECK_EQ(given, 2);
		CHECK_EQ(net_core_subchannels(&r->core, 1, &given), -EPROTO);
	}
	CHECK_EQ(net_core_switch_path(&r->core, NVSP_PATH_VF), 0);
	rig_free(r);
}

TEST(reply_before_completion)
{
	struct rig *r = &rig;

	rig_up(r);
	r->reply_first = true;
	CHECK_EQ(net_core_set_filter(&r->core, 13), 0);
	CHECK_EQ(r->faults[NET_FAULT_RNDIS] + r->faults[NET_FAULT_UNKNOWN], 0);
	rig_free(r);
}

TEST(refusals)
{
	static const u32 optional[] = {
		OID_FRIENDLY_NAME, OID_OFFLOAD_CAPABILITIES, OID_CONNECT_STATUS,
		OID_LINK_SPEED, OID_RSS_CAPABILITIES, OID_MAX_FRAME_SIZE,
	};
	struct rig *r = &rig;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(optional); i++) {
		rig_up(r);
		r->refuse_oid = optional[i];
		CHECK_EQ(net_core_start(&r->core), 0);
		if (optional[i] == OID_OFFLOAD_CAPABILITIES)
			CHECK_EQ(r->core.can.can, 0);
		if (optional[i] == OID_RSS_CAPABILITIES)
			CHECK_EQ(r->core.rss_queues, 1);
		r->refuse_oid = 0;
		r->silent_oid = optional[i];
		CHECK_EQ(net_core_start(&r->core), -ETIMEDOUT);
		rig_free(r);
	}
	rig_up(r);
	r->refuse_oid = OID_PERMANENT_ADDRESS;
	CHECK_EQ(net_core_start(&r->core), -EOPNOTSUPP);
	r->refuse_oid = OID_PACKET_FILTER;
	CHECK_EQ(net_core_set_filter(&r->core, 1), -EOPNOTSUPP);
	r->silent = NVSP_SUBCHANNEL;
	CHECK_EQ(net_core_subchannels(&r->core, 1, &i), -ETIMEDOUT);
	r->gone = true;
	CHECK_EQ(net_core_set_filter(&r->core, 1), -EOPNOTSUPP);
	rig_free(r);
}

/* The page is still the host's: no other message is written over it. */
TEST(late_completion)
{
	struct mem_packet *p;
	u32 done[2] = { NVSP_RNDIS_COMPLETE, 1 };

	UP();
	mem_set_room(r->ch[0], 0);
	CHECK_EQ(net_core_set_filter(&r->core, 1), -EAGAIN);
	mem_set_room(r->ch[0], ~0u);
	r->core.req.page_gen = 99;
	CHECK_EQ(net_core_set_filter(&r->core, 1), -EBUSY);
	mem_host_push(r->ch[0], HVL_PKT_COMPLETION, 99ull << 32 | NET_ID_CONTROL,
		      done, 8);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_UNKNOWN], 0);
	CHECK_EQ(net_core_set_filter(&r->core, 1), 0);
	/* And a second one is nothing. */
	mem_host_push(r->ch[0], HVL_PKT_COMPLETION, 99ull << 32 | NET_ID_CONTROL,
		      done, 8);
	mem_run(r->ch[0]);
	CHECK_EQ(r->faults[NET_FAULT_UNKNOWN], 1);
	p = mem_host_take(r->ch[0]);
	mem_packet_free(p);
	rig_free(r);
}

static int send(struct net_queue *q, u32 len, bool more)
{
	struct rndis_meta meta = { 0 };
	u8 *at;
	int rc = net_tx_copy(q, 44 + len, &at);

	if (rc)
		return rc;
	rndis_encode_packet(at, &meta, len);
	memset(at + 44, len, len);
	return net_tx_commit(q, 44 + len, len, more);
}

static u32 word(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

TEST(batches)
{
	u8 *s;

	UP();
	CHECK_EQ(send(q, 61, true), 0);
	CHECK_EQ(send(q, 60, true), 0);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 0);
	CHECK(net_tx_pending(q));
	CHECK_EQ(send(q, 10, false), 0);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 1);
	CHECK_EQ(r->tx_bytes[0], 112 + 104 + 54);
	s = r->send + r->tx_sections[0] * RIG_SECTION;
	/* All but the last are padded to the host's alignment. */
	CHECK_EQ(word(s + 4), 112);
	CHECK_EQ(word(s + 12), 61);
	CHECK_EQ(s[44 + 61], 0);
	CHECK_EQ(word(s + 112 + 4), 104);
	CHECK_EQ(word(s + 216 + 4), 54);
	CHECK_EQ(net_queue_out(q), 1);
	rig_complete(r, 0, 0, 1);
	CHECK_EQ(r->done, 1);
	CHECK_EQ(r->done_frames, 3);
	CHECK_EQ(r->done_bytes, 131);
	CHECK_EQ(net_queue_out(q), 0);
	CHECK_EQ(r->map[0], 0);
	/* One that does not fit sends what is open. */
	CHECK_EQ(send(q, 400, true), 0);
	CHECK_EQ(send(q, 100, true), 0);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 2);
	CHECK_EQ(net_tx_retry(q), 0);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 3);
	/* Never more than the host takes at once. */
	for (r->nr_tx = 0; r->nr_tx < 1;) {
		CHECK_EQ(send(q, 1, true), 0);
		rig_serve(r);
	}
	CHECK_EQ(r->tx_bytes[0], 7 * 48 + 45);
	/* Nor more than a section. */
	CHECK_EQ(send(q, 469, false), -ENOSPC);
	CHECK_EQ(send(q, 468, false), 0);
	rig_free(r);
}

TEST(sections_run_out)
{
	int i;

	UP();
	for (i = 0; i < RIG_SECTIONS; i++)
		CHECK_EQ(send(&r->core.queue[i % 2], 100, false), 0);
	CHECK_EQ(send(q, 100, false), -ENOSPC);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 8);
	CHECK_EQ(r->map[0], 0xff);
	rig_complete(r, 0, 2, 2);
	CHECK_EQ(r->faults[NET_FAULT_SEND], 1);
	CHECK_EQ(send(q, 100, false), 0);
	rig_free(r);
}

TEST(ring_full)
{
	UP();
	mem_set_room(r->ch[0], 1);
	CHECK_EQ(send(q, 100, false), 0);
	CHECK_EQ(send(q, 101, false), -EAGAIN);
	CHECK(net_tx_pending(q));
	CHECK_EQ(send(q, 102, false), -EAGAIN);
	CHECK_EQ(net_queue_out(q), 1);
	rig_serve(r);
	CHECK_EQ(net_tx_retry(q), 0);
	CHECK(!net_tx_pending(q));
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 2);
	CHECK_EQ(r->tx_bytes[1], 145);
	rig_free(r);
}

static int pages(struct net_queue *q, void *cookie)
{
	u64 data = 5;
	struct hvl_gpa_range range[2] = { { 92, 0, NULL }, { 1000, 8, &data } };

	if (!net_tx_head(q, &range[0].pfns, &range[0].offset))
		return -EAGAIN;
	return net_tx_pages(q, range, 2, cookie, 1000);
}

TEST(pages_and_slots)
{
	int i, n;

	UP();
	for (i = 0; i < 3; i++)
		CHECK_EQ(pages(q, &r->answered[i]), 0);
	rig_serve(r);
	CHECK_EQ(r->nr_tx, 3);
	CHECK_EQ(r->tx_ranges[1], 2);
	CHECK_EQ(r->tx_sections[1], NVSP_SECTION_NONE);
	/* Out of order, twice, and never. */
	rig_complete(r, 0, 1, 1);
	CHECK(r->cookie[0] == &r->answered[1]);
	rig_complete(r, 0, 1, 1);
	CHECK_EQ(r->faults[NET_FAULT_UNKNOWN], 1);
	r->tx_id[5] = 7ull << 32 | 400;
	rig_complete(r, 0, 5, 1);
	r->tx_id[5] = 0;
	rig_complete(r, 0, 5, 1);
	CHECK_EQ(r->faults[NET_FAULT_UNKNOWN], 3);
	CHECK_EQ(r->done, 1);
	/* All the others are taken back once the channel is closed. */
	for (n = 0; !pages(q, NULL); n++)
		;
	CHECK_EQ(n, NET_SLOTS - 2);
	hvl_channel_close(r->ch[0]);
	CHECK_EQ(net_queue_fail(q), NET_SLOTS);
	CHECK_EQ(net_queue_fail(q), 0);
	CHECK_EQ(net_queue_out(q), 0);
	rig_free(r);
}

TEST(not_sent_is_not_out)
{
	UP();
	mem_set_room(r->ch[0], 0);
	CHECK_EQ(pages(q, r), -EAGAIN);
	CHECK_EQ(net_queue_out(q), 0);
	mem_rescind(r->ch[0]);
	CHECK_EQ(pages(q, r), -ENODEV);
	CHECK_EQ(send(q, 100, false), -ENODEV);
	CHECK(!net_tx_pending(q));
	CHECK_EQ(r->map[0], 0);
	CHECK_EQ(net_queue_fail(q), 0);
	CHECK_EQ(r->done, 0);
	rig_free(r);
}

TEST_MAIN(CASE(newest_first), CASE(starts), CASE(reply_before_completion),
	  CASE(refusals), CASE(late_completion), CASE(batches),
	  CASE(sections_run_out), CASE(ring_full), CASE(pages_and_slots),
	  CASE(not_sent_is_not_out))
