// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_storvsc.c - a storage host that does anything, against the storage core
 *
 * The input is a program of the host and of what happens around the core:
 * answers with true, old and invented ids and any contents and length,
 * unsolicited packets, corrupt rings, rescinds, resets.  What must hold however
 * it goes: no request ends that is not out, and in the end none is out.
 *
 * fuzz-with: hv-storvsc/storvsc_core.c hv-storvsc/storvsc_codec.c
 * fuzz-with: hv-storvsc/storvsc_status.c tests/unit/twin/vmbus_mem.c
 * fuzz-flags: -Ihv-storvsc
 */
#include "storvsc_core.h"
#include "storvsc_status.h"
#include "vmbus_mem.h"

#define SLOTS	8
#define IDS	16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct stor_core core;
static struct stor_slot slots[SLOTS + STOR_CTLS];
static struct stor_queue *cpu_queue[2];
static struct stor_req req[SLOTS];
static struct hvl_channel *ch;
static bool out[SLOTS];
static u64 ids[IDS];
static unsigned int nr_ids;
static u8 cdb[16];

static void op_done(void *ctx, struct stor_req *r, enum stor_end end,
		    const struct stor_result *res)
{
	struct stor_meaning m;
	long n = r - req;

	if (!out[n])
		abort();
	out[n] = false;
	if ((end == STOR_END_ANSWERED) != !!res)
		abort();
	if (!res)
		return;
	if (res->transferred > r->len || res->sense_len > STOR_SENSE_MAX)
		abort();
	stor_meaning(r->cdb, res, &m);
	if (m.moved > r->len)
		abort();
	if (m.verdict == STOR_V_OK && m.scsi_status == STOR_SAM_GOOD &&
	    (res->srb_status & STOR_SRB_STATUS_MASK) != STOR_SRB_SUCCESS &&
	    r->cdb[0] == 0x28)
		abort();
}

static void op_good(void *ctx, struct stor_req *r)
{
	if (!out[r - req])
		abort();
	out[r - req] = false;
}

static void op_nothing(void *ctx)
{
}

static void op_failed(void *ctx, int err)
{
	if (!err)
		abort();
}

static void op_fault(void *ctx, enum stor_fault fault, u64 id)
{
}

static int op_node(void *ctx, unsigned int cpu)
{
	return 0;
}

static const struct stor_ops ops = {
	.ready = op_nothing, .failed = op_failed, .good = op_good,
	.done = op_done,
	.bus_changed = op_nothing, .reset_done = op_nothing,
	.drained = op_nothing, .fault = op_fault, .node_of_cpu = op_node,
};

static void open_channel(void)
{
	struct hvl_open_params p = {
		.out_bytes = 8192, .in_bytes = 8192, .max_packet = 4096,
		.fn = stor_core_receive, .ctx = &core.queues[0],
	};

	hvl_channel_open(ch, &p);
}

/* The host learns the ids of what the guest sent. */
static void take(void)
{
	struct mem_packet *p;

	while ((p = mem_host_take(ch))) {
		ids[nr_ids++ % IDS] = p->id;
		mem_packet_free(p);
	}
}

static void submit(u32 n)
{
	static u64 pfn = 7;

	req[n].cdb = cdb;
	req[n].cdb_len = 10;
	req[n].data = STOR_DATA_IN;
	req[n].len = n & 1 ? 4096 : 0;
	req[n].pfns = &pfn;
	if (out[n])
		return;
	out[n] = true;
	if (stor_core_submit(&core, n & 1, n, &req[n]))
		out[n] = false;
}

static void recover(void)
{
	stor_core_stop(&core);
	stor_core_reset_bus(&core);
	if (!stor_core_resume(&core))
		return;
	hvl_channel_close(ch);
	stor_core_fail(&core, NULL, STOR_END_RESET);
	open_channel();
	stor_core_start(&core);
}

/* An honest answer, so that initialization gets somewhere. */
static void honest(u64 id)
{
	struct stor_wire_packet a = { 0 };

	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.properties.max_transfer = 0x40000;
	mem_host_push(ch, HVL_PKT_COMPLETION, id, &a, sizeof(a));
}

static const uint8_t *step(const uint8_t *p, const uint8_t *end)
{
	u8 op = *p++;
	u8 arg = p < end ? *p++ : 0;
	u64 id = ids[arg % IDS];
	u32 len;

	switch (op & 7) {
	case 0:
		submit(arg % SLOTS);
		take();
		break;
	case 1:
		honest(id);
		mem_run(ch);
		take();
		break;
	case 2:
	case 3:
		/* A packet of the input's own making. */
		len = p < end ? *p++ : 0;
		len = min_t(u32, len, end - p);
		if (op & 8)
			id ^= (u64)arg << (op >> 4) * 4;
		mem_host_push(ch, op & 1 ? HVL_PKT_COMPLETION : arg & 15, id,
			      p, len);
		p += len;
		mem_run(ch);
		take();
		break;
	case 4:
		recover();
		take();
		break;
	case 5:
		mem_set_room(ch, arg & 3);
		break;
	case 6:
		if (op & 8)
			mem_break_ring(ch);
		mem_run(ch);
		break;
	case 7:
		if ((op & 0xf8) == 0xf8)
			mem_rescind(ch);
		else
			stor_core_start(&core);
		take();
		break;
	}
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stor_config cfg = {
		.kind = STOR_KIND_SCSI, .nr_slots = SLOTS, .slots = slots,
		.nr_cpus = 2, .cpu_queue = cpu_queue, .want_sub_channels = 3,
		.room_percent = 10, .ops = &ops,
	};
	const uint8_t *p = data, *end = data + size;
	u32 i;

	memset(slots, 0, sizeof(slots));
	memset(out, 0, sizeof(out));
	memset(ids, 0, sizeof(ids));
	nr_ids = 0;
	cdb[0] = size ? data[0] : 0;
	for (i = 0; i < SLOTS; i++)
		stor_req_init(&req[i]);
	ch = mem_channel_new(NULL, 0, 0);
	stor_core_init(&core, &cfg, ch);
	open_channel();
	stor_core_start(&core);
	take();

	/* Most inputs begin with a controller that works. */
	for (i = 0; i < 4 && size && (data[0] & 1); i++) {
		honest(ids[(nr_ids - 1) % IDS]);
		mem_run(ch);
		take();
	}
	while (p < end)
		p = step(p, end);

	stor_core_kill(&core);
	stor_core_fail(&core, NULL, STOR_END_GONE);
	for (i = 0; i < SLOTS; i++) {
		if (out[i])
			abort();
	}
	mem_channel_free(ch);
	return 0;
}
