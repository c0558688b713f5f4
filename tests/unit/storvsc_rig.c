// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_rig.c - a storage core over in-memory channels, with a host to script
 */
#include "storvsc_rig.h"

static u8 rig_cdb[16] = { 0x28 };

static void rig_op_ready(void *ctx)
{
	((struct rig *)ctx)->ready++;
}

static void rig_op_failed(void *ctx, int err)
{
	struct rig *r = ctx;

	r->failed++;
	r->failed_err = err;
}

static void rig_op_done(void *ctx, struct stor_req *req, enum stor_end end,
			const struct stor_result *res)
{
	struct rig *r = ctx;
	long n = req - r->req;

	r->done[n]++;
	r->end[n] = end;
	if (end == STOR_END_ANSWERED) {
		r->res[n] = *res;
		if (res->sense_len)
			memcpy(r->sense[n], res->sense, res->sense_len);
	} else if (res) {
		abort();
	}
}

/* Tests look at the result, so one is made of it. */
static void rig_op_good(void *ctx, struct stor_req *req)
{
	struct stor_result res = {
		.srb_status = STOR_SRB_SUCCESS, .transferred = req->buf.len,
	};

	rig_op_done(ctx, req, STOR_END_ANSWERED, &res);
}

static void rig_op_bus(void *ctx)
{
	((struct rig *)ctx)->bus_changed++;
}

static void rig_op_reset(void *ctx)
{
	((struct rig *)ctx)->reset_done++;
}

static void rig_op_drained(void *ctx)
{
	((struct rig *)ctx)->drained++;
}

static void rig_op_fault(void *ctx, enum stor_fault fault, u64 id)
{
	((struct rig *)ctx)->faults[fault]++;
}

static int rig_op_node(void *ctx, unsigned int cpu)
{
	return ((struct rig *)ctx)->node[cpu];
}

static const struct stor_ops rig_ops = {
	.ready = rig_op_ready,
	.failed = rig_op_failed,
	.good = rig_op_good,
	.done = rig_op_done,
	.bus_changed = rig_op_bus,
	.reset_done = rig_op_reset,
	.drained = rig_op_drained,
	.fault = rig_op_fault,
	.node_of_cpu = rig_op_node,
};

static void rig_open(struct hvl_channel *ch, struct stor_queue *q)
{
	struct hvl_open_params p = {
		.out_bytes = 65536, .in_bytes = 65536, .max_packet = 4096,
		.fn = stor_core_receive, .ctx = q,
	};

	if (hvl_channel_open(ch, &p))
		abort();
}

void rig_init(struct rig *r, enum stor_kind kind, u32 want_subs)
{
	struct stor_config cfg = {
		.kind = kind, .nr_slots = RIG_SLOTS, .slots = r->slots,
		.nr_cpus = RIG_CPUS, .cpu_queue = r->cpu_queue,
		.want_sub_channels = want_subs, .room_percent = 10,
		.ops = &rig_ops, .ctx = r,
	};
	int i;

	memset(r, 0, sizeof(*r));
	r->accepts = STOR_VERSION_WIN10;
	r->max_transfer = 0x40000;
	for (i = 0; i <= RIG_SLOTS; i++)
		stor_req_init(&r->req[i]);
	r->ch = mem_channel_new(NULL, 0, 0);
	stor_core_init(&r->core, &cfg, r->ch);
	rig_open(r->ch, &r->core.queues[0]);
}

void rig_free(struct rig *r)
{
	int i;

	for (i = 0; i < RIG_SUBS; i++) {
		if (r->sub[i])
			mem_channel_free(r->sub[i]);
	}
	mem_channel_free(r->ch);
}

/* The status of the answer to a version query. */
static u32 rig_version(struct rig *r, const struct mem_packet *p)
{
	const struct stor_wire_packet *q = (const void *)p->data;

	if (r->nr_versions < 8) {
		r->version_len[r->nr_versions] = p->len;
		r->versions[r->nr_versions++] = q->u.version.version;
	}
	return q->u.version.version == r->accepts ? 0 : 0xc0000059;
}

static void rig_control(struct rig *r, const struct mem_packet *p)
{
	struct stor_wire_packet a = { 0 };
	u32 op, len = p->len;

	memcpy(&op, p->data, 4);
	r->asked[op & 31]++;
	if ((int)op == r->silent_op)
		return;
	a.head.operation = STOR_OP_COMPLETE_IO;
	switch (op) {
	case STOR_OP_QUERY_VERSION:
		a.head.status = rig_version(r, p);
		break;
	case STOR_OP_QUERY_PROPERTIES:
		a.u.properties.max_transfer = r->max_transfer;
		a.u.properties.max_sub_channels = r->max_subs;
		a.u.properties.flags = r->prop_flags;
		break;
	case STOR_OP_CREATE_SUB_CHANNELS:
		memcpy(&r->subs_asked, p->data + 12, 2);
		break;
	}
	if ((int)op == r->refuse_op)
		a.head.status = 0xc0000184;
	if ((int)op == r->wrong_op)
		a.head.operation = STOR_OP_ENUMERATE_BUS;
	if ((int)op == r->short_op)
		len = 8;
	mem_host_push(r->ch, HVL_PKT_COMPLETION, p->id, &a, len);
}

void rig_serve(struct rig *r)
{
	struct mem_packet *p;

	while ((p = mem_host_take(r->ch))) {
		rig_control(r, p);
		mem_packet_free(p);
		mem_run(r->ch);
	}
}

void rig_up(struct rig *r)
{
	rig_init(r, STOR_KIND_SCSI, RIG_SUBS);
	if (stor_core_start(&r->core))
		abort();
	rig_serve(r);
}

void rig_sub(struct rig *r, int i, unsigned int cpu)
{
	r->sub[i] = mem_channel_new(NULL, i + 1, cpu);
	r->subq[i] = stor_core_queue_add(&r->core, r->sub[i]);
	rig_open(r->sub[i], r->subq[i]);
	stor_core_queue_up(r->subq[i]);
}

int rig_read(struct rig *r, unsigned int cpu, u32 n)
{
	struct stor_req *q = &r->req[n];

	r->pfns[n] = 1000 + n;
	q->cdb = rig_cdb;
	q->cdb_len = 10;
	q->data = STOR_DATA_IN;
	q->buf.len = 4096;
	q->buf.offset = 0;
	q->buf.pfns = &r->pfns[n];
	return stor_core_submit(&r->core, cpu, n, q);
}

void rig_answer(struct hvl_channel *ch, u64 id, u8 srb, u8 sam, u32 moved)
{
	struct stor_wire_packet a = { 0 };

	a.head.operation = STOR_OP_COMPLETE_IO;
	a.u.srb.srb_status = srb;
	a.u.srb.scsi_status = sam;
	a.u.srb.sense_length = STOR_SENSE_MAX;
	a.u.srb.transfer_length = moved;
	mem_host_push(ch, HVL_PKT_COMPLETION, id, &a, sizeof(a));
}
