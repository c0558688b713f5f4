// SPDX-License-Identifier: GPL-2.0-only
/* netvsc_rig.c - see netvsc_rig.h */
#include "netvsc_rig.h"

static void rig_op_wake(void *ctx)
{
	((struct rig *)ctx)->woken++;
}

static int rig_op_wait(void *ctx)
{
	struct rig *r = ctx;
	int before = r->woken;

	rig_serve(r);
	if (r->gone)
		return -ENODEV;
	return r->woken == before ? -ETIMEDOUT : 0;
}

static void rig_op_rx(struct net_queue *q, const struct net_rx *rx)
{
	struct rig *r = q->ctx;
	struct rig_frame *f = &r->frame[r->rx++ % RIG_FRAMES];
	u32 i, at = 0;

	f->meta = rx->meta;
	f->len = rx->len;
	f->nr = rx->nr;
	for (i = 0; i < rx->nr; i++) {
		if (at + rx->piece[i].len <= sizeof(f->data))
			memcpy(f->data + at, rx->piece[i].data, rx->piece[i].len);
		at += rx->piece[i].len;
	}
	if (at != rx->len)
		abort();
}

static void rig_op_tx_done(struct net_queue *q, void *cookie, u32 frames, u32 bytes)
{
	struct rig *r = q->ctx;

	r->cookie[r->done++ % NET_SLOTS] = cookie;
	r->ended += cookie != NULL;
	r->done_frames += frames;
	r->done_bytes += bytes;
}

static void rig_op_news(void *ctx, enum rndis_news news, u32 speed)
{
	struct rig *r = ctx;

	r->news++;
	r->last_news = news;
	r->speed = speed;
}

static void rig_op_vf(void *ctx, bool there, u32 serial)
{
	struct rig *r = ctx;

	r->vf++;
	r->vf_there = there;
	r->vf_serial = serial;
}

static void rig_op_path(void *ctx, u32 path)
{
	((struct rig *)ctx)->path++;
}

static void rig_op_fault(void *ctx, enum net_fault fault)
{
	((struct rig *)ctx)->faults[fault]++;
}

static const struct net_ops rig_ops = {
	.wait = rig_op_wait, .wake = rig_op_wake, .rx = rig_op_rx,
	.tx_done = rig_op_tx_done, .news = rig_op_news, .vf = rig_op_vf,
	.path = rig_op_path, .fault = rig_op_fault,
};

static void rig_polled(struct hvl_channel *ch, void *ctx)
{
	net_core_poll(ctx, 64);
}

void rig_init(struct rig *r)
{
	struct net_config cfg = {
		.control = r->control, .control_pfn = 77, .ops = &rig_ops,
		.ctx = r,
	};
	int i;

	memset(r, 0, sizeof(*r));
	r->accepts = NVSP_VERSION_6_1;
	r->max_packets = 8;
	r->recv = malloc(RIG_CELL * RIG_CELLS);
	r->send = malloc(RIG_SECTION * RIG_SECTIONS);
	memset(r->recv, 0xee, RIG_CELL * RIG_CELLS);
	net_core_init(&r->core, &cfg);
	for (i = 0; i < RIG_QUEUES; i++) {
		struct net_queue *q = &r->core.queue[i];
		struct net_queue_memory mem = {
			r->slots[i], r->free[i], r->heads[i], r->pfns,
			r->answers[i], RIG_CELLS + 1, r->pieces[i],
		};
		struct hvl_open_params p = {
			.out_bytes = 65536, .in_bytes = 65536,
			.max_packet = NVSP_MAX_PACKET, .fn = rig_polled, .ctx = q,
		};

		q->ctx = r;
		net_queue_init(q, &mem);
		q->ch = r->ch[i] = mem_channel_new(NULL, i, i);
		if (hvl_channel_open(q->ch, &p))
			abort();
	}
	net_core_spread(&r->core, RIG_QUEUES);
}

void rig_free(struct rig *r)
{
	int i;

	for (i = 0; i < RIG_QUEUES; i++)
		mem_channel_free(r->ch[i]);
	free(r->recv);
	free(r->send);
}

/* An RNDIS reply of words, in the last cell. */
static void rig_reply(struct rig *r, u32 type, u32 id, u32 status, const void *info,
		      u32 len)
{
	u32 w[6] = { type | 0x80000000, 24 + len, id, status, len, 16 };
	u8 *cell = r->recv + RIG_CELL * (RIG_CELLS - 1);

	if (type == RNDIS_SET)
		w[1] = 16;
	memcpy(cell, w, sizeof(w));
	if (len)
		memcpy(cell + 24, info, len);
	rig_receive(r, 0, 0x1000 + id, RIG_CELLS - 1, 1, w[1]);
	mem_run(r->ch[0]);
}

static void rig_init_reply(struct rig *r, u32 id)
{
	u32 w[13] = { 0x80000002, 52, id, 0, 1, 0, 1, 0, r->max_packets,
		      0xefffffff, 3, 0, 0 };

	memcpy(r->recv + RIG_CELL * (RIG_CELLS - 1), w, sizeof(w));
	rig_receive(r, 0, 0x1000 + id, RIG_CELLS - 1, 1, 52);
	mem_run(r->ch[0]);
}

static void rig_query(struct rig *r, u32 id, u32 oid)
{
	u8 off[156] = { 0xa7, 3, 156, [8] = 0x54, [24] = 0x55, [80] = 2,
			[85] = 0xf5, [92] = 2, [97] = 0xf5, [104] = 5 };
	u32 caps[5] = { 0x120288, 0x301, 1, 8, 64 };
	u32 value = oid == OID_MAX_FRAME_SIZE ? 1500 :
		    oid == OID_LINK_SPEED ? 100000000 : 0;

	switch (oid) {
	case OID_PERMANENT_ADDRESS:
		rig_reply(r, RNDIS_QUERY, id, 0, "\0\x15\x5d\1\2\3", 6);
		break;
	case OID_FRIENDLY_NAME:
		rig_reply(r, RNDIS_QUERY, id, 0, "N\0\0\0", 4);
		break;
	case OID_OFFLOAD_CAPABILITIES:
		rig_reply(r, RNDIS_QUERY, id, 0, off, sizeof(off));
		break;
	case OID_RSS_CAPABILITIES:
		rig_reply(r, RNDIS_QUERY, id, 0, caps, 18);
		break;
	default:
		rig_reply(r, RNDIS_QUERY, id, 0, &value, 4);
	}
}

static void rig_rndis(struct rig *r)
{
	u32 m[8];

	memcpy(m, r->control, sizeof(m));
	if (m[0] == RNDIS_INITIALIZE) {
		rig_init_reply(r, m[2]);
		return;
	}
	if (m[0] == RNDIS_HALT)
		return;
	r->oids[r->nr_oids++ % 64] = m[3];
	if (m[0] == RNDIS_SET) {
		r->last_set[0] = m[3];
		r->last_set[1] = m[7];
	}
	if (r->silent_oid == m[3])
		return;
	if (r->refuse_oid == m[3])
		rig_reply(r, m[0], m[2], 0xc00000bb, NULL, 0);
	else if (m[0] == RNDIS_SET)
		rig_reply(r, RNDIS_SET, m[2], 0, NULL, 0);
	else
		rig_query(r, m[2], m[3]);
}

static void rig_answer(struct rig *r, const struct mem_packet *p, u32 type)
{
	struct nvsp_message m;
	u32 w[2];

	nvsp_encode(&m, type + 1);
	memcpy(w, p->data + 4, sizeof(w));
	switch (type) {
	case NVSP_INIT:
		r->versions[r->nr_versions++ & 7] = w[0];
		m.u.init_complete.status = w[0] == r->accepts;
		break;
	case NVSP_RECV_BUFFER:
		m.u.recv_complete.status = 1;
		m.u.recv_complete.nr_sections = 1;
		m.u.recv_complete.section[0].cell_size = RIG_CELL;
		m.u.recv_complete.section[0].cells = RIG_CELLS;
		break;
	case NVSP_SEND_BUFFER:
		m.u.send_complete.status = 1;
		m.u.send_complete.section_size = RIG_SECTION;
		break;
	case NVSP_SUBCHANNEL:
		m.type = NVSP_SUBCHANNEL;
		m.u.sub_complete.status = 1;
		m.u.sub_complete.count = r->subs;
		break;
	}
	mem_host_push(r->ch[0], HVL_PKT_COMPLETION, p->id, &m,
		      type == NVSP_SWITCH_DATA_PATH ? 0 : 32);
	mem_run(r->ch[0]);
}

static void rig_sent(struct rig *r, const struct mem_packet *p)
{
	u32 done[2] = { NVSP_RNDIS_COMPLETE, 1 }, w[4];

	memcpy(w, p->data, sizeof(w));
	if (w[1] == NVSP_CHANNEL_CONTROL) {
		if (r->reply_first)
			rig_rndis(r);
		mem_host_push(r->ch[0], HVL_PKT_COMPLETION, p->id, done, 8);
		mem_run(r->ch[0]);
		if (!r->reply_first)
			rig_rndis(r);
		return;
	}
	r->tx_sections[r->nr_tx & 255] = w[2];
	r->tx_bytes[r->nr_tx & 255] = w[3];
	r->tx_ranges[r->nr_tx & 255] = p->nr_ranges;
	r->tx_id[r->nr_tx++ & 255] = p->id;
}

static void rig_take(struct rig *r, const struct mem_packet *p)
{
	u32 type, w[2];

	memcpy(w, p->data, sizeof(w));
	if (p->type == HVL_PKT_COMPLETION) {
		r->answered[r->nr_answered++ & 63] = p->id << 8 | w[1];
		return;
	}
	type = w[0];
	r->told[type & 255]++;
	if (type == NVSP_RNDIS)
		rig_sent(r, p);
	else if (p->flags && (int)type != r->silent)
		rig_answer(r, p, type);
}

void rig_serve(struct rig *r)
{
	struct mem_packet *p;
	int i;

	for (i = 0; i < RIG_QUEUES; i++) {
		while ((p = mem_host_take(r->ch[i]))) {
			rig_take(r, p);
			mem_packet_free(p);
		}
	}
}

void rig_up(struct rig *r)
{
	struct net_buffers buf;

	rig_init(r);
	memset(&buf, 0, sizeof(buf));
	buf.recv = r->recv;
	buf.recv_bytes = RIG_CELL * RIG_CELLS;
	buf.send = r->send;
	buf.send_bytes = RIG_SECTION * RIG_SECTIONS;
	buf.section_map = r->map;
	if (net_core_negotiate(&r->core, 1500) || net_core_lend(&r->core, &buf) ||
	    net_core_start(&r->core))
		abort();
	r->nr_answered = 0;
}

u32 rig_put_frame(struct rig *r, u32 cell, u32 ppi_bytes, const u32 *ppi,
		  const void *data, u32 len)
{
	u32 w[11] = { 1, 44 + ppi_bytes + len, 36 + ppi_bytes, len, 0, 0, 0,
		      ppi_bytes ? 36 : 0, ppi_bytes, 0, 0 };
	u8 *at = r->recv + RIG_CELL * cell;

	memcpy(at, w, sizeof(w));
	if (ppi_bytes)
		memcpy(at + 44, ppi, ppi_bytes);
	memcpy(at + 44 + ppi_bytes, data, len);
	return 44 + ppi_bytes + len;
}

void rig_receive(struct rig *r, int q, u64 id, u32 first_cell, u32 nr, u32 count)
{
	u32 head[2 + 2 * 16] = { 0xcafe, nr }, m[10] = { NVSP_RNDIS }, i;

	for (i = 0; i < nr; i++) {
		head[2 + 2 * i] = count;
		head[3 + 2 * i] = (first_cell + i) * RIG_CELL;
	}
	mem_host_push_xfer(r->ch[q], id, head, 8 + 8 * nr, m, sizeof(m));
}

void rig_complete(struct rig *r, int q, int n, u32 status)
{
	u32 done[2] = { NVSP_RNDIS_COMPLETE, status };

	mem_host_push(r->ch[q], HVL_PKT_COMPLETION, r->tx_id[n], done, 8);
	mem_run(r->ch[q]);
}
