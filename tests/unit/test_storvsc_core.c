// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_core.c - the storage core as it is in the module, over memory
 *
 * Initialization, requests, answers that are late, double or nonsense, and
 * taking requests back.  Channels are in test_storvsc_queues.c.
 *
 * build-with: hv-storvsc/storvsc_core.c hv-storvsc/storvsc_codec.c
 * build-with: tests/unit/twin/vmbus_mem.c tests/unit/storvsc_rig.c
 * build-flags: -Ihv-storvsc
 */
#include "storvsc_rig.h"

static struct rig r;

/* Take the packet of a request; its id. */
static u64 take_id(struct hvl_channel *ch)
{
	struct mem_packet *p = mem_host_take(ch);
	u64 id = p ? p->id : 0;

	mem_packet_free(p);
	return id;
}

/* ---- initialization ------------------------------------------------------ */

TEST(each_version)
{
	static const u16 v[] = { 0x0602, 0x0600, 0x0501, 0x0402, 0x0200 };
	struct mem_packet *p;
	int i, k;

	for (i = 0; i < 5; i++) {
		rig_init(&r, STOR_KIND_SCSI, 0);
		r.accepts = v[i];
		CHECK_EQ(stor_core_start(&r.core), 0);
		rig_serve(&r);
		CHECK_EQ(r.ready, 1);
		CHECK_EQ(r.failed, 0);
		CHECK_EQ(r.core.version, v[i]);
		CHECK_EQ(r.nr_versions, i + 1);
		for (k = 0; k <= i; k++) {
			CHECK_EQ(r.versions[k], v[k]);
			CHECK_EQ(r.version_len[k], 48);
		}
		CHECK_EQ(r.asked[STOR_OP_BEGIN_INIT], 1);
		CHECK_EQ(r.asked[STOR_OP_QUERY_PROPERTIES], 1);
		CHECK_EQ(r.asked[STOR_OP_END_INIT], 1);
		CHECK_EQ(r.asked[STOR_OP_CREATE_SUB_CHANNELS], 0);
		/* The size of a request is that of the version. */
		CHECK_EQ(rig_read(&r, 0, 5), 0);
		p = mem_host_take(r.ch);
		CHECK(p);
		CHECK_EQ(p->type, HVL_PKT_GPA_DIRECT);
		CHECK_EQ(p->len, v[i] >= 0x0501 ? 64 : 48);
		CHECK_EQ(p->range_len, 4096);
		CHECK_EQ(p->nr_pfns, 1);
		CHECK_EQ(p->pfns[0], 1005);
		mem_packet_free(p);
		rig_free(&r);
	}
}

TEST(no_common_version)
{
	rig_init(&r, STOR_KIND_SCSI, 0);
	r.accepts = 0x0100;
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 0);
	CHECK_EQ(r.failed, 1);
	CHECK_EQ(r.failed_err, -EPROTONOSUPPORT);
	CHECK_EQ(r.nr_versions, 5);
	CHECK_EQ(stor_core_state(&r.core), STOR_STOPPED);
	rig_free(&r);
}

/* A refusal, a short reply, a reply of another operation, at every step. */
TEST(bad_replies)
{
	static const int ops[] = { STOR_OP_BEGIN_INIT, STOR_OP_QUERY_VERSION,
				   STOR_OP_QUERY_PROPERTIES, STOR_OP_END_INIT };
	int i, how;

	for (i = 0; i < 4; i++) {
		for (how = 0; how < 3; how++) {
			rig_init(&r, STOR_KIND_SCSI, 0);
			r.refuse_op = how == 0 ? ops[i] : 0;
			r.short_op = how == 1 ? ops[i] : 0;
			r.wrong_op = how == 2 ? ops[i] : 0;
			CHECK_EQ(stor_core_start(&r.core), 0);
			rig_serve(&r);
			CHECK_EQ(r.ready, 0);
			CHECK_EQ(r.failed, 1);
			CHECK_EQ(rig_read(&r, 0, 0), -EAGAIN);
			CHECK_EQ(mem_queued(r.ch), 0);
			rig_free(&r);
		}
	}
}

TEST(silence_then_another_start)
{
	u64 old;

	rig_init(&r, STOR_KIND_SCSI, 0);
	CHECK_EQ(stor_core_start(&r.core), 0);
	old = take_id(r.ch);
	CHECK(old);
	stor_core_stop(&r.core);
	CHECK_EQ(stor_core_start(&r.core), 0);
	/* The answer to the first question does not count for the second. */
	rig_answer(r.ch, old, 0, 0, 0);
	mem_run(r.ch);
	CHECK_EQ(r.faults[STOR_FAULT_LATE], 1);
	CHECK_EQ(r.asked[STOR_OP_QUERY_VERSION], 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 1);
	rig_free(&r);
}

TEST(start_needs_a_channel)
{
	rig_init(&r, STOR_KIND_SCSI, 0);
	mem_rescind(r.ch);
	CHECK_EQ(stor_core_start(&r.core), -ENODEV);
	CHECK_EQ(stor_core_state(&r.core), STOR_STOPPED);
	stor_core_kill(&r.core);
	CHECK_EQ(stor_core_start(&r.core), -ENODEV);
	rig_free(&r);
}

TEST(transfer_limits)
{
	rig_init(&r, STOR_KIND_SCSI, 0);
	r.max_transfer = 4095;
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 0);
	CHECK_EQ(r.failed, 1);
	rig_free(&r);

	rig_init(&r, STOR_KIND_SCSI, 0);
	r.max_transfer = 262144 + 512 + 7;
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 1);
	CHECK_EQ(r.core.prop.max_transfer, 262144 + 512 + 7);
	rig_free(&r);
}

TEST(not_before_ready)
{
	rig_init(&r, STOR_KIND_SCSI, 0);
	CHECK_EQ(rig_read(&r, 0, 0), -EAGAIN);
	CHECK_EQ(stor_core_start(&r.core), 0);
	CHECK_EQ(rig_read(&r, 0, 0), -EAGAIN);
	rig_serve(&r);
	CHECK_EQ(rig_read(&r, 0, 0), 0);
	rig_free(&r);
}

/* ---- requests -------------------------------------------------------------- */

TEST(out_of_order)
{
	u64 id[RIG_SLOTS];
	int i;

	rig_up(&r);
	for (i = 0; i < RIG_SLOTS; i++)
		CHECK_EQ(rig_read(&r, i % RIG_CPUS, i), 0);
	for (i = 0; i < RIG_SLOTS; i++) {
		id[i] = take_id(r.ch);
		CHECK(id[i]);
	}
	CHECK_EQ(stor_core_outstanding(&r.core, NULL), RIG_SLOTS);
	for (i = RIG_SLOTS - 1; i >= 0; i--)
		rig_answer(r.ch, id[i], 1, 0, 4096);
	mem_run(r.ch);
	for (i = 0; i < RIG_SLOTS; i++) {
		CHECK_EQ(r.done[i], 1);
		CHECK_EQ(r.end[i], STOR_END_ANSWERED);
		CHECK_EQ(r.res[i].transferred, 4096);
	}
	CHECK_EQ(stor_core_outstanding(&r.core, NULL), 0);
	rig_free(&r);
}

TEST(no_data_goes_in_band)
{
	struct mem_packet *p;
	u8 cdb[16] = { 0 };

	rig_up(&r);
	r.req[3].cdb = cdb;
	r.req[3].cdb_len = 6;
	r.req[3].data = STOR_DATA_NONE;
	CHECK_EQ(stor_core_submit(&r.core, 0, 3, &r.req[3]), 0);
	p = mem_host_take(r.ch);
	CHECK(p);
	CHECK_EQ(p->type, HVL_PKT_INBAND);
	CHECK_EQ(p->flags, HVL_PKT_FLAG_COMPLETION_REQUESTED);
	CHECK(p->id);
	mem_packet_free(p);
	rig_free(&r);
}

TEST(double_completion)
{
	u64 id;

	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 7), 0);
	id = take_id(r.ch);
	rig_answer(r.ch, id, 1, 0, 4096);
	rig_answer(r.ch, id, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[7], 1);
	CHECK_EQ(r.faults[STOR_FAULT_DOUBLE], 1);
	/* Nor does the old id end the next request in the same slot. */
	CHECK_EQ(rig_read(&r, 0, 7), 0);
	rig_answer(r.ch, id, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[7], 1);
	CHECK_EQ(r.faults[STOR_FAULT_DOUBLE], 2);
	CHECK_EQ(stor_core_outstanding(&r.core, NULL), 1);
	rig_free(&r);
}

TEST(slot_in_use)
{
	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 7), 0);
	CHECK_EQ(rig_read(&r, 0, 7), -EBUSY);
	CHECK_EQ(mem_queued(r.ch), 1);
	CHECK_EQ(rig_read(&r, 0, RIG_SLOTS), -EINVAL);
	CHECK_EQ(rig_read(&r, RIG_CPUS, 8), -EINVAL);
	rig_free(&r);
}

TEST(ids_that_mean_nothing)
{
	static const u64 ids[] = {
		1, 0xffffffff, 0x100000000ull, 0xffffffffffffffffull,
		(5ull << 32) | 1, (1ull << 32) | (RIG_SLOTS + STOR_CTLS + 1),
		0x8000000000000001ull,
	};
	u32 i;

	rig_up(&r);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		rig_answer(r.ch, ids[i], 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.faults[STOR_FAULT_UNKNOWN], ARRAY_SIZE(ids));
	rig_answer(r.ch, 0, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.faults[STOR_FAULT_ID_ZERO], 1);
	for (i = 0; i < RIG_SLOTS; i++)
		CHECK_EQ(r.done[i], 0);
	rig_free(&r);
}

/* The request ends, with an error, whatever the length of the answer is. */
TEST(answers_of_every_length)
{
	struct stor_wire_packet a = { 0 };
	u32 len;

	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.srb.srb_status = 1;
	a.u.srb.transfer_length = 4096;
	rig_up(&r);
	for (len = 0; len <= 64; len += 8) {
		memset(r.done, 0, sizeof(r.done));
		CHECK_EQ(rig_read(&r, 0, 2), 0);
		mem_host_push(r.ch, HVL_PKT_COMPLETION, take_id(r.ch), &a, len);
		mem_run(r.ch);
		CHECK_EQ(r.done[2], 1);
		CHECK_EQ(r.end[2], len < 48 ? STOR_END_BAD_ANSWER :
					      STOR_END_ANSWERED);
	}
	rig_free(&r);
}

TEST(sense_and_length_lie)
{
	struct stor_wire_packet a = { 0 };

	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.srb.srb_status = 0x84;
	a.u.srb.scsi_status = 2;
	a.u.srb.sense_length = 255;
	a.u.srb.transfer_length = 0xffffffff;
	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 2), 0);
	mem_host_push(r.ch, HVL_PKT_COMPLETION, take_id(r.ch), &a, sizeof(a));
	mem_run(r.ch);
	CHECK_EQ(r.res[2].sense_len, 20);
	CHECK_EQ(r.res[2].transferred, 4096);
	/* In the short form of the packet there is room for 20 as well. */
	CHECK_EQ(rig_read(&r, 0, 3), 0);
	mem_host_push(r.ch, HVL_PKT_COMPLETION, take_id(r.ch), &a, 48);
	mem_run(r.ch);
	CHECK_EQ(r.res[3].sense_len, 20);
	rig_free(&r);
}

TEST(unsolicited)
{
	struct stor_wire_packet a = { 0 };

	rig_up(&r);
	a.head.operation = STOR_OP_ENUMERATE_BUS;
	mem_host_push(r.ch, HVL_PKT_INBAND, 0, &a, sizeof(a));
	a.head.operation = STOR_OP_REMOVE_DEVICE;
	mem_host_push(r.ch, HVL_PKT_INBAND, 0, &a, 48);
	mem_run(r.ch);
	CHECK_EQ(r.bus_changed, 2);
	a.head.operation = STOR_OP_COMPLETE_IO;
	mem_host_push(r.ch, HVL_PKT_INBAND, 0, &a, sizeof(a));
	a.head.operation = 14;
	mem_host_push(r.ch, HVL_PKT_INBAND, 0, &a, sizeof(a));
	mem_host_push(r.ch, HVL_PKT_INBAND, 0, &a, 8);
	mem_host_push(r.ch, HVL_PKT_XFER_PAGES, 0, &a, sizeof(a));
	mem_run(r.ch);
	CHECK_EQ(r.bus_changed, 2);
	CHECK_EQ(r.faults[STOR_FAULT_ID_ZERO], 1);
	CHECK_EQ(r.faults[STOR_FAULT_SHORT], 1);
	CHECK_EQ(r.faults[STOR_FAULT_TYPE], 1);
	rig_free(&r);
}

TEST(wrong_operation)
{
	struct stor_wire_packet a = { 0 };

	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 2), 0);
	a.head.operation = STOR_OP_FC_HBA_DATA;
	mem_host_push(r.ch, HVL_PKT_COMPLETION, take_id(r.ch), &a, sizeof(a));
	mem_run(r.ch);
	CHECK_EQ(r.done[2], 1);
	CHECK_EQ(r.end[2], STOR_END_BAD_ANSWER);
	CHECK_EQ(r.faults[STOR_FAULT_OP], 1);
	rig_free(&r);
}

/* ---- taking back -------------------------------------------------------------- */

TEST(rescind_with_100_out)
{
	u64 id[100];
	int i;

	rig_up(&r);
	for (i = 0; i < 100; i++)
		CHECK_EQ(rig_read(&r, 0, i), 0);
	for (i = 0; i < 100; i++)
		id[i] = take_id(r.ch);
	rig_answer(r.ch, id[42], 1, 0, 4096);
	mem_run(r.ch);
	mem_rescind(r.ch);
	CHECK_EQ(rig_read(&r, 0, 100), -ENODEV);
	stor_core_kill(&r.core);
	CHECK_EQ(stor_core_fail(&r.core, NULL, STOR_END_GONE), 99);
	CHECK_EQ(stor_core_fail(&r.core, NULL, STOR_END_GONE), 0);
	for (i = 0; i < 100; i++) {
		CHECK_EQ(r.done[i], 1);
		CHECK_EQ(r.end[i], i == 42 ? STOR_END_ANSWERED : STOR_END_GONE);
	}
	CHECK_EQ(r.done[100], 0);
	CHECK_EQ(rig_read(&r, 0, 1), -ENODEV);
	rig_free(&r);
}

/* Reset with one request unanswered; its answer comes in the next life. */
TEST(late_completion)
{
	u64 late, fresh;

	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 9), 0);
	late = take_id(r.ch);

	stor_core_stop(&r.core);
	CHECK_EQ(rig_read(&r, 0, 10), -EAGAIN);
	CHECK_EQ(stor_core_reset_bus(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.reset_done, 1);
	CHECK_EQ(r.drained, 0);
	CHECK_EQ(stor_core_resume(&r.core), -EBUSY);
	CHECK_EQ(stor_core_start(&r.core), -EBUSY);

	CHECK_EQ(hvl_channel_close(r.ch), 0);
	CHECK_EQ(stor_core_fail(&r.core, NULL, STOR_END_RESET), 1);
	CHECK_EQ(r.done[9], 1);
	CHECK_EQ(r.end[9], STOR_END_RESET);

	CHECK_EQ(hvl_channel_open(r.ch, mem_open_params(r.ch)), 0);
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	CHECK_EQ(r.ready, 2);
	CHECK_EQ(rig_read(&r, 0, 9), 0);
	fresh = take_id(r.ch);
	CHECK(fresh != late);
	rig_answer(r.ch, late, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[9], 1);
	CHECK_EQ(r.faults[STOR_FAULT_LATE], 1);
	rig_answer(r.ch, fresh, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[9], 2);
	CHECK_EQ(r.end[9], STOR_END_ANSWERED);
	rig_free(&r);
}

TEST(drain_and_resume)
{
	u64 id;

	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 9), 0);
	id = take_id(r.ch);
	stor_core_stop(&r.core);
	rig_answer(r.ch, id, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[9], 1);
	CHECK_EQ(r.drained, 1);
	CHECK_EQ(stor_core_resume(&r.core), 0);
	CHECK_EQ(rig_read(&r, 0, 9), 0);
	rig_free(&r);
}

TEST(no_resume_without_initialization)
{
	rig_init(&r, STOR_KIND_SCSI, 0);
	r.silent_op = STOR_OP_END_INIT;
	CHECK_EQ(stor_core_start(&r.core), 0);
	rig_serve(&r);
	stor_core_stop(&r.core);
	CHECK_EQ(stor_core_resume(&r.core), -EBUSY);
	rig_free(&r);
}

TEST(broken_ring)
{
	rig_up(&r);
	CHECK_EQ(rig_read(&r, 0, 1), 0);
	mem_break_ring(r.ch);
	mem_run(r.ch);
	CHECK_EQ(r.faults[STOR_FAULT_RING], 1);
	CHECK_EQ(rig_read(&r, 0, 2), -EIO);
	CHECK_EQ(r.done[1], 0);
	CHECK_EQ(stor_core_fail(&r.core, NULL, STOR_END_RESET), 1);
	CHECK_EQ(r.done[1], 1);
	CHECK_EQ(r.done[2], 0);
	rig_free(&r);
}

/* Generations wrap; 0 is never one of them. */
TEST(generation_wraps)
{
	u64 id;

	rig_up(&r);
	r.slots[4].gen = 0xffffffff;
	CHECK_EQ(rig_read(&r, 0, 4), 0);
	id = take_id(r.ch);
	CHECK_EQ(id >> 32, 1);
	rig_answer(r.ch, 0xffffffff00000005ull, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[4], 0);
	rig_answer(r.ch, id, 1, 0, 4096);
	mem_run(r.ch);
	CHECK_EQ(r.done[4], 1);
	rig_free(&r);
}

TEST_MAIN(CASE(each_version), CASE(no_common_version), CASE(bad_replies),
	  CASE(silence_then_another_start), CASE(start_needs_a_channel),
	  CASE(transfer_limits), CASE(not_before_ready), CASE(out_of_order),
	  CASE(no_data_goes_in_band), CASE(double_completion),
	  CASE(slot_in_use), CASE(ids_that_mean_nothing),
	  CASE(answers_of_every_length), CASE(sense_and_length_lie),
	  CASE(unsolicited), CASE(wrong_operation), CASE(rescind_with_100_out),
	  CASE(late_completion), CASE(drain_and_resume),
	  CASE(no_resume_without_initialization), CASE(broken_ring),
	  CASE(generation_wraps))
