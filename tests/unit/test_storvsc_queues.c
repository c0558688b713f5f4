// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_queues.c - the channels of a storage core: asked for, adopted,
 * chosen, full, taken away
 *
 * build-with: hv-storvsc/storvsc_core.c hv-storvsc/storvsc_codec.c
 * build-with: tests/unit/twin/vmbus_mem.c tests/unit/storvsc_rig.c
 * build-flags: -Ihv-storvsc
 */
#include "storvsc_rig.h"

static struct rig r;

static void start(enum stor_kind kind, u32 want, u16 max, u32 flags)
{
	rig_init(&r, kind, want);
	r.max_subs = max;
	r.prop_flags = flags;
	if (stor_core_start(&r.core))
		abort();
	rig_serve(&r);
}

TEST(how_many_are_asked_for)
{
	start(STOR_KIND_SCSI, 3, 10, 1);
	CHECK_EQ(r.ready, 1);
	CHECK_EQ(r.subs_asked, 3);
	rig_free(&r);
	start(STOR_KIND_SCSI, 3, 2, 1);
	CHECK_EQ(r.subs_asked, 2);
	rig_free(&r);
	start(STOR_KIND_SCSI, 0, 2, 1);
	CHECK_EQ(r.asked[STOR_OP_CREATE_SUB_CHANNELS], 0);
	rig_free(&r);
	start(STOR_KIND_SCSI, 3, 2, 0);
	CHECK_EQ(r.asked[STOR_OP_CREATE_SUB_CHANNELS], 0);
	rig_free(&r);
	start(STOR_KIND_IDE, 3, 2, 1);
	CHECK_EQ(r.asked[STOR_OP_CREATE_SUB_CHANNELS], 0);
	CHECK_EQ(r.ready, 1);
	rig_free(&r);
	start(STOR_KIND_SCSI, 3, 0xffff, 1);
	CHECK_EQ(r.subs_asked, 3);
	rig_free(&r);
}

TEST(refusal_is_not_fatal)
{
	rig_init(&r, STOR_KIND_SCSI, 3);
	r.max_subs = 3;
	r.prop_flags = 1;
	r.refuse_op = STOR_OP_CREATE_SUB_CHANNELS;
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 1);
	CHECK_EQ(r.failed, 0);
	CHECK_EQ(r.core.sub_channels, 0);
	CHECK_EQ(rig_read(&r, 3, 0), 0);
	CHECK_EQ(mem_queued(r.ch), 1);
	rig_free(&r);
}

TEST(cpu_uses_its_own)
{
	start(STOR_KIND_SCSI, 3, 3, 1);
	rig_sub(&r, 0, 1);
	rig_sub(&r, 1, 2);
	CHECK_EQ(rig_read(&r, 0, 0), 0);
	CHECK_EQ(rig_read(&r, 1, 1), 0);
	CHECK_EQ(rig_read(&r, 2, 2), 0);
	CHECK_EQ(mem_queued(r.ch), 1);
	CHECK_EQ(mem_queued(r.sub[0]), 1);
	CHECK_EQ(mem_queued(r.sub[1]), 1);
	/* CPU 3 has none and shares those of its node. */
	CHECK_EQ(rig_read(&r, 3, 3), 0);
	CHECK_EQ(mem_queued(r.ch) + mem_queued(r.sub[0]) +
		 mem_queued(r.sub[1]), 4);
	rig_free(&r);
}

TEST(nodes)
{
	int i;

	start(STOR_KIND_SCSI, 3, 3, 1);
	r.node[2] = 1;
	r.node[3] = 1;
	rig_sub(&r, 0, 2);
	for (i = 0; i < 8; i++)
		CHECK_EQ(rig_read(&r, i % 4, i), 0);
	/* CPUs 0 and 1 use the primary, 2 and 3 the channel of their node. */
	CHECK_EQ(mem_queued(r.ch), 4);
	CHECK_EQ(mem_queued(r.sub[0]), 4);
	/* The interrupts of a channel are moved to another CPU and node. */
	mem_set_cpu(r.sub[0], 1);
	stor_core_remap(&r.core);
	CHECK_EQ(r.cpu_queue[1], r.subq[0]);
	CHECK_EQ(r.cpu_queue[0], &r.core.queues[0]);
	CHECK(r.cpu_queue[2] && r.cpu_queue[3]);
	rig_free(&r);
}

TEST(full_ring_overflows_into_others)
{
	u32 i;

	start(STOR_KIND_SCSI, 3, 3, 1);
	rig_sub(&r, 0, 1);
	mem_set_room(r.ch, 2);
	mem_set_room(r.sub[0], 3);
	for (i = 0; i < 5; i++)
		CHECK_EQ(rig_read(&r, 0, i), 0);
	CHECK_EQ(mem_queued(r.ch), 2);
	CHECK_EQ(mem_queued(r.sub[0]), 3);
	CHECK_EQ(rig_read(&r, 0, 5), -EAGAIN);
	/* What was not sent is not out. */
	CHECK_EQ(stor_core_outstanding(&r.core, NULL), 5);
	CHECK_EQ(stor_core_outstanding(&r.core, r.subq[0]), 3);
	CHECK_EQ(r.done[5], 0);
	rig_free(&r);
}

/* A channel goes away: its requests are taken back, the others stay. */
TEST(sub_channel_gone)
{
	struct mem_packet *p;
	u32 i;

	start(STOR_KIND_SCSI, 3, 3, 1);
	rig_sub(&r, 0, 1);
	for (i = 0; i < 10; i++)
		CHECK_EQ(rig_read(&r, i & 1, i), 0);
	stor_core_queue_down(r.subq[0]);
	CHECK_EQ(r.cpu_queue[1], &r.core.queues[0]);
	CHECK_EQ(hvl_channel_close(r.sub[0]), 0);
	CHECK_EQ(stor_core_fail(&r.core, r.subq[0], STOR_END_RESET), 5);
	CHECK(stor_core_queue_of(&r.core, r.sub[0]) == r.subq[0]);
	stor_core_queue_del(r.subq[0]);
	CHECK(!stor_core_queue_of(&r.core, r.sub[0]));
	for (i = 0; i < 10; i++)
		CHECK_EQ(r.done[i], i & 1);
	while ((p = mem_host_take(r.ch))) {
		rig_answer(r.ch, p->id, 1, 0, 4096);
		mem_packet_free(p);
	}
	mem_run(r.ch);
	for (i = 0; i < 10; i++)
		CHECK_EQ(r.done[i], 1);
	CHECK_EQ(rig_read(&r, 1, 1), 0);
	CHECK_EQ(mem_queued(r.ch), 1);
	rig_free(&r);
}

TEST(places_are_used_again)
{
	struct hvl_channel *ch = mem_channel_new(NULL, 9, 0);
	struct stor_queue *q, *first = NULL;
	u32 i;

	start(STOR_KIND_SCSI, 3, 3, 1);
	for (i = 0; i < 1000; i++) {
		q = stor_core_queue_add(&r.core, ch);
		CHECK(q);
		first = first ? first : q;
		CHECK(q == first);
		stor_core_queue_del(q);
	}
	for (i = 1; i < STOR_MAX_QUEUES; i++)
		CHECK(stor_core_queue_add(&r.core, ch));
	CHECK(!stor_core_queue_add(&r.core, ch));
	mem_channel_free(ch);
	rig_free(&r);
}

/* An answer on another channel than that of the request still ends it once. */
TEST(answer_on_another_channel)
{
	struct mem_packet *p;

	start(STOR_KIND_SCSI, 3, 3, 1);
	rig_sub(&r, 0, 1);
	CHECK_EQ(rig_read(&r, 1, 0), 0);
	p = mem_host_take(r.sub[0]);
	CHECK(p);
	rig_answer(r.ch, p->id, 1, 0, 4096);
	rig_answer(r.sub[0], p->id, 1, 0, 4096);
	mem_packet_free(p);
	mem_run(r.ch);
	mem_run(r.sub[0]);
	CHECK_EQ(r.done[0], 1);
	CHECK_EQ(r.faults[STOR_FAULT_DOUBLE], 1);
	rig_free(&r);
}

TEST_MAIN(CASE(how_many_are_asked_for), CASE(refusal_is_not_fatal),
	  CASE(cpu_uses_its_own), CASE(nodes),
	  CASE(full_ring_overflows_into_others), CASE(sub_channel_gone),
	  CASE(places_are_used_again), CASE(answer_on_another_channel))
