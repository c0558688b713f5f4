// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_storvsc.c - a storage host that does anything, against the storage core
 *
 * The input is a program of the host and of what happens around the core:
 * answers with true, old and invented ids and any contents and length,
 * unsolicited packets, corrupt rings, rescinds, resets.  What must hold however
 * it goes: no request ends that is not out, and in the end none is out.
 *
 * Another CPU may be quicker: where the core takes a request out of its slot, the
 * answer to just that request may arrive first.
 *
 * fuzz-with: hv-storvsc/storvsc_codec.c hv-storvsc/storvsc_status.c
 * fuzz-with: tests/unit/twin/vmbus_mem.c
 * fuzz-flags: -Ihv-storvsc
 * fuzz-cover: hv-storvsc/storvsc_core.c hv-storvsc/storvsc_core.h
 */
#include <hv/os.h>
#include "storvsc_status.h"
#include "vmbus_mem.h"
#include "fuzz.h"

static void rival(const u32 *live);

static inline u32 take_slot(u32 *live, u32 gen, u32 none)
{
	rival(live);
	return cmpxchg(live, gen, none);
}

#undef cmpxchg
#define cmpxchg take_slot
#include "storvsc_core.c"

#define SLOTS	8
#define IDS	16
#define SUBS	3
#define CPUS	4

static struct stor_core core;
static struct stor_slot slots[SLOTS + STOR_CTLS];
static struct stor_queue *cpu_queue[CPUS];
static struct stor_req req[SLOTS];
static struct hvl_channel *ch, *sub[SUBS];
static bool out[SLOTS];
static u64 ids[IDS];
static unsigned int nr_ids;
static u8 cdb[16];
static u32 rivals;
static bool receiving;

static void op_done(void *ctx, struct stor_req *r, enum stor_end end,
		    const struct stor_result *res)
{
	struct stor_meaning m;
	long n = r - req;

	HOLDS(out[n]);
	out[n] = false;
	HOLDS((end == STOR_END_ANSWERED) == !!res);
	if (!res)
		return;
	HOLDS(res->transferred <= r->buf.len && res->sense_len <= STOR_SENSE_MAX);
	stor_meaning(r->cdb, res, &m);
	HOLDS(m.moved <= r->buf.len);
	HOLDS(m.verdict != STOR_V_OK || m.scsi_status != STOR_SAM_GOOD ||
	      (res->srb_status & STOR_SRB_STATUS_MASK) == STOR_SRB_SUCCESS ||
	      r->cdb[0] != 0x28);
}

static void op_good(void *ctx, struct stor_req *r)
{
	HOLDS(out[r - req]);
	out[r - req] = false;
}

static void op_nothing(void *ctx)
{
}

static void op_failed(void *ctx, int err)
{
	HOLDS(err < 0);
}

static void op_fault(void *ctx, enum stor_fault fault, u64 id)
{
}

static int op_node(void *ctx, unsigned int cpu)
{
	return cpu & 1;
}

static const struct stor_ops ops = {
	.ready = op_nothing, .failed = op_failed, .good = op_good,
	.done = op_done,
	.bus_changed = op_nothing, .reset_done = op_nothing,
	.drained = op_nothing, .fault = op_fault, .node_of_cpu = op_node,
};

static void open_channel(struct hvl_channel *c, struct stor_queue *q)
{
	struct hvl_open_params p = {
		.out_bytes = 8192, .in_bytes = 8192, .max_packet = 4096,
		.fn = stor_core_receive, .ctx = q,
	};

	hvl_channel_open(c, &p);
}

static void run_all(void)
{
	u32 i;

	receiving = true;
	mem_run(ch);
	for (i = 0; i < SUBS; i++) {
		if (sub[i])
			mem_run(sub[i]);
	}
	receiving = false;
}

/* The host learns the ids of what the guest sent. */
static void take_from(struct hvl_channel *c)
{
	struct mem_packet *p;

	while ((p = mem_host_take(c))) {
		ids[nr_ids++ % IDS] = p->id;
		mem_packet_free(p);
	}
}

static void take(void)
{
	u32 i;

	take_from(ch);
	for (i = 0; i < SUBS; i++) {
		if (sub[i])
			take_from(sub[i]);
	}
}

/* @bad: what is wrong with the call; it must be refused for that. */
static void submit(u32 n, u8 bad)
{
	static struct stor_req other = { .cdb = cdb };
	static u64 pfn = 7;
	int rc;

	if (out[n])
		return;
	req[n].cdb = cdb;
	req[n].cdb_len = bad & 1 ? STOR_CDB_MAX + 1 : 10;
	req[n].data = STOR_DATA_IN;
	req[n].buf.len = n & 1 ? 4096 : 0;
	req[n].buf.pfns = &pfn;
	out[n] = true;
	rc = stor_core_submit(&core, bad & 2 ? CPUS : n % CPUS,
			      bad & 4 ? SLOTS : n, &req[n]);
	HOLDS(rc <= 0 && (!bad || rc));
	if (rc)
		out[n] = false;
	else if (out[n])
		HOLDS(stor_core_submit(&core, 0, n, &other) < 0);
}

static void sub_come(u32 n, u8 how)
{
	struct stor_queue *q;

	if (sub[n])
		return;
	sub[n] = mem_channel_new(NULL, n + 1, how % CPUS);
	q = stor_core_queue_add(&core, sub[n]);
	HOLDS(q && stor_core_queue_of(&core, sub[n]) == q);
	open_channel(sub[n], q);
	if (how & 0x10)
		stor_core_queue_up(q);
	mem_set_room(sub[n], how >> 5);
}

static void sub_go(u32 n)
{
	struct stor_queue *q;

	if (!sub[n])
		return;
	q = stor_core_queue_of(&core, sub[n]);
	stor_core_queue_down(q);
	hvl_channel_close(sub[n]);
	stor_core_fail(&core, q, STOR_END_GONE);
	HOLDS(!stor_core_outstanding(&core, q));
	stor_core_queue_del(q);
	HOLDS(!stor_core_queue_of(&core, sub[n]));
	mem_channel_free(sub[n]);
	sub[n] = NULL;
}

/* What is done about a bus that hangs. */
static void recover(void)
{
	u32 i;

	stor_core_stop(&core);
	stor_core_reset_bus(&core);
	if (!stor_core_resume(&core))
		return;
	for (i = 0; i < SUBS; i++)
		sub_go(i);
	hvl_channel_close(ch);
	stor_core_fail(&core, NULL, STOR_END_RESET);
	open_channel(ch, &core.queues[0]);
	stor_core_start(&core);
}

/* An honest answer, so that initialization gets somewhere, or a refusal. */
static void honest(u64 id, u32 max_transfer, u32 status)
{
	struct stor_wire_packet a = { 0 };

	a.head.status = status;
	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.properties.max_transfer = max_transfer;
	a.u.properties.flags = STOR_PROP_MULTI_CHANNEL;
	a.u.properties.max_sub_channels = 300;
	mem_host_push(ch, HVL_PKT_COMPLETION, id, &a, sizeof(a));
}

/* A request has gone well, or not. */
static void answer(u64 id, u8 srb)
{
	struct stor_wire_packet a = { 0 };

	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.srb.srb_status = srb;
	a.u.srb.transfer_length = srb == STOR_SRB_SUCCESS ? 4096 : 0;
	mem_host_push(ch, HVL_PKT_COMPLETION, id, &a, sizeof(a));
}

/* The host answers on the primary channel while another CPU is at this slot. */
static void rival(const u32 *live)
{
	const struct stor_slot *slot = container_of(live, struct stor_slot, live);

	if (!rivals || receiving || !mem_is_open(ch))
		return;
	rivals--;
	answer(stor_slot_id(slot - slots, slot->gen), STOR_SRB_SUCCESS);
	run_all();
}

/* A packet of the input's own making, on the primary or on a sub-channel. */
static void any_packet(struct fuzz_input *in, u8 op, u8 arg, u64 id)
{
	struct hvl_channel *c = sub[arg % SUBS];
	size_t len;
	u8 *p = fuzz_bytes(in, fuzz_u8(in), &len);

	if (op & 0x10)
		id ^= (u64)arg << (op >> 4) * 4;
	if (!c || !mem_is_open(c) || !(op & 0x80))
		c = ch;
	mem_host_push(c, op & 8 ? HVL_PKT_COMPLETION : arg & 15, id, p, len);
	free(p);
}

static void unsolicited(u32 operation)
{
	struct stor_wire_head head = { operation, 0, 0 };

	mem_host_push(ch, HVL_PKT_INBAND, 0, &head, sizeof(head));
}

static void rare(u8 op, u8 arg)
{
	switch (op >> 4 & 7) {
	case 0:
		stor_core_start(&core);
		break;
	case 1:
		mem_break_ring(ch);
		break;
	case 2:
		if (arg == 0x55)
			mem_rescind(ch);
		break;
	case 3:
		stor_core_stop(&core);
		break;
	case 4:
		stor_core_remap(&core);
		break;
	case 5:
		slots[arg % (SLOTS + STOR_CTLS)].gen = ~0u;
		break;
	case 6:
		if (arg == 0x55)
			stor_core_kill(&core);
		break;
	case 7:
		mem_set_room(ch, arg & 3);
		break;
	}
}

static void step(struct fuzz_input *in)
{
	u8 op = fuzz_u8(in);
	u8 arg = fuzz_u8(in);
	u64 id = ids[arg % IDS];

	switch (op & 7) {
	case 0:
		submit(arg % SLOTS, op & 0x80 ? op >> 3 & 7 : 0);
		break;
	case 1:
		if (op & 0x80)
			answer(id, op >> 3 & 15);
		else
			honest(id, op & 0x40 ? 0x40000 : 512, op >> 4 & 3);
		break;
	case 2:
		any_packet(in, op, arg, id);
		break;
	case 3:
		recover();
		break;
	case 4:
		sub_come(arg % SUBS, op & 0xf0 | arg >> 4);
		break;
	case 5:
		sub_go(arg % SUBS);
		break;
	case 6:
		rare(op, arg);
		break;
	case 7:
		rivals = op >> 4 & 3;
		unsolicited(arg & 31);
		break;
	}
	if (op & 8)
		run_all();
	take();
}

/* The controller goes: whatever is out ends now. */
static void finish(void)
{
	u32 i;

	stor_core_kill(&core);
	HOLDS(stor_core_state(&core) == STOR_DEAD);
	for (i = 0; i < SUBS; i++)
		sub_go(i);
	hvl_channel_close(ch);
	stor_core_fail(&core, NULL, STOR_END_GONE);
	HOLDS(!stor_core_outstanding(&core, NULL));
	for (i = 0; i < SLOTS; i++)
		HOLDS(!out[i]);
	HOLDS(stor_core_start(&core) < 0);
	mem_channel_free(ch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stor_config cfg = {
		.nr_slots = SLOTS, .slots = slots,
		.nr_cpus = CPUS, .cpu_queue = cpu_queue, .want_sub_channels = 3,
		.room_percent = 10, .ops = &ops,
	};
	struct fuzz_input in = { data, size };
	u8 first = fuzz_u8(&in);
	u32 i;

	memset(slots, 0, sizeof(slots));
	memset(out, 0, sizeof(out));
	memset(ids, 0, sizeof(ids));
	nr_ids = 0;
	rivals = 0;
	cdb[0] = fuzz_u8(&in);
	for (i = 0; i < SLOTS; i++)
		stor_req_init(&req[i]);
	ch = mem_channel_new(NULL, 0, 0);
	cfg.kind = first & 2 ? STOR_KIND_IDE : STOR_KIND_SCSI;
	cfg.want_sub_channels = first & 4 ? STOR_MAX_QUEUES : 3;
	stor_core_init(&core, &cfg, ch);
	if (!(first & 8))
		open_channel(ch, &core.queues[0]);
	stor_core_start(&core);
	take();

	/* Most inputs begin with a controller that works, or nearly. */
	for (i = 0; i < (first >> 4) % 6; i++) {
		honest(ids[(nr_ids - 1) % IDS], 0x40000, 0);
		run_all();
		take();
	}
	while (in.left)
		step(&in);
	finish();
	return 0;
}
