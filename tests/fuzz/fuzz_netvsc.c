// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_netvsc.c - a network card whose host does anything, in any order
 *
 * What holds whatever the host says: each frame that was sent by pages ends once,
 * frames received lie in the receive buffer, and when the channels are closed all
 * sections and slots are free.
 *
 * fuzz-with: hv-netvsc/netvsc_core.c hv-netvsc/rndis_core.c hv-netvsc/net_tx_core.c
 * fuzz-with: hv-netvsc/net_rx_core.c hv-netvsc/nvsp_codec.c hv-netvsc/rndis_codec.c
 * fuzz-with: hv-netvsc/ndis_codec.c tests/unit/netvsc_rig.c tests/unit/twin/vmbus_mem.c
 * fuzz-flags: -Ihv-netvsc -Itests/unit
 * fuzz-cover: hv-netvsc/net_rx_core.c
 */
#include "netvsc_rig.h"
#include "fuzz.h"

static struct rig *rig;
static u32 sent, copied;

static void send_copied(struct rig *r, struct net_queue *q, u32 len, bool more)
{
	struct rndis_meta meta = { 0 };
	u8 *at;

	if (net_tx_copy(q, 44 + len, &at))
		return;
	HOLDS(at >= r->send && at + 44 + len <= r->send + RIG_SECTION * RIG_SECTIONS);
	rndis_encode_packet(at, &meta, len);
	memset(at + 44, 0x55, len);
	net_tx_commit(q, 44 + len, len, more);
	copied++;
}

static void send_pages(struct net_queue *q)
{
	u64 data = 5;
	struct hvl_gpa_range range[2] = { { 92, 0, NULL }, { 1000, 8, &data } };

	if (net_tx_head(q, &range[0].pfns, &range[0].offset) &&
	    !net_tx_pages(q, range, 2, q, 1000))
		sent++;
}

/* What the host took, it may complete; at once, later, or as something else. */
static void take(struct rig *r)
{
	rig_serve(r);
	if (r->nr_tx > 200)
		r->nr_tx = 200;
}

static void complete_one(struct fuzz_input *in, struct rig *r, int c)
{
	int n = fuzz_u8(in) % r->nr_tx;

	rig_complete(r, c, n, fuzz_u8(in) & 3);
}

static void receive(struct fuzz_input *in, struct rig *r, struct hvl_channel *ch)
{
	u32 m[10] = { NVSP_RNDIS }, head[2 + 2 * 8] = { 0xcafe }, i, n;

	head[1] = n = fuzz_u8(in) % 9;
	for (i = 0; i < n; i++) {
		u8 kind = fuzz_u8(in);

		head[2 + 2 * i] = kind & 0x80 ? fuzz_u32(in) : (kind & 0x7f) * 4;
		head[3 + 2 * i] = kind & 0x80 ? fuzz_u32(in) :
				  (fuzz_u8(in) % 8) * RIG_CELL;
	}
	if (fuzz_u8(in) == 1)
		head[0] = fuzz_u32(in);
	mem_host_push_xfer(ch, fuzz_u8(in), head, 8 + 8 * n, m, 40);
}

static void fill_cell(struct fuzz_input *in, struct rig *r)
{
	u8 *cell = r->recv + (fuzz_u8(in) % 8) * RIG_CELL;
	u32 kind = fuzz_u8(in), flags, i;
	u32 ppi[] = { 16, 0x80000001, 12, 0, 16, 0, 12, 0x28 };

	if (kind & 1) {
		flags = fuzz_u8(in) & 7;
		ppi[3] = flags << 8 | 1;
		ppi[4] = kind & 2 ? fuzz_u8(in) : 16;
		rig_put_frame(r, (cell - r->recv) / RIG_CELL, sizeof(ppi), ppi,
			      "0123456789abcdef", 16);
	} else {
		for (i = 0; i < 64; i++)
			cell[i] = fuzz_u8(in);
	}
}

static void step(struct fuzz_input *in, struct rig *r)
{
	u8 op = fuzz_u8(in);
	int c = (op >> 4) % RIG_QUEUES;
	struct net_queue *q = &r->core.queue[c];
	u32 w[26];
	size_t i;

	switch (op & 15) {
	case 0:
	case 1:
		send_copied(r, q, fuzz_u8(in) * 2 + 1, op & 1);
		break;
	case 2:
		send_pages(q);
		break;
	case 3:
		take(r);
		break;
	case 4:
		if (r->nr_tx)
			complete_one(in, r, c);
		break;
	case 5:
		receive(in, r, r->ch[c]);
		break;
	case 6:
		fill_cell(in, r);
		break;
	case 7:
		mem_run(r->ch[c]);
		break;
	case 8:
		mem_set_room(r->ch[c], fuzz_u8(in) & 7);
		break;
	case 9:
		mem_set_room(r->ch[c], ~0u);
		net_tx_retry(q);
		break;
	case 10:
		for (i = 0; i < ARRAY_SIZE(w); i++)
			w[i] = i ? fuzz_u8(in) : 128 + fuzz_u8(in) % 8;
		mem_host_push(r->ch[c], HVL_PKT_INBAND, 0, w, sizeof(w));
		break;
	case 11:
		for (i = 0; i < 5; i++)
			w[i] = i < 4 ? fuzz_u8(in) : fuzz_u32(in);
		mem_host_push(r->ch[c], w[2] & 15, (u64)w[3] << 32 | w[4], w, 8);
		break;
	case 12:
		mem_rescind(r->ch[c]);
		break;
	case 13:
		mem_break_ring(r->ch[c]);
		break;
	case 14:
		for (i = 0; i < NET_SLOTS; i++)
			send_pages(q);
		break;
	case 15:
		for (i = 0; i < 70; i++)
			mem_host_push_xfer(r->ch[c], i + 1, (u32[]){ 0xcafe, 0 }, 8,
					   (u32[10]){ NVSP_RNDIS }, 40);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u32 steps = 0;
	int i;

	if (!rig)
		rig = malloc(sizeof(*rig));
	sent = 0;
	copied = 0;
	rig_up(rig);
	while (in.left && steps++ < 200)
		step(&in, rig);
	for (i = 0; i < RIG_QUEUES; i++)
		hvl_channel_close(rig->ch[i]);
	for (i = 0; i < RIG_QUEUES; i++) {
		net_queue_fail(&rig->core.queue[i]);
		HOLDS(!net_queue_out(&rig->core.queue[i]));
		HOLDS(!net_tx_pending(&rig->core.queue[i]));
	}
	HOLDS(!rig->map[0] && !rig->map[1]);
	HOLDS(rig->done >= 0 && (u32)rig->done <= sent + copied);
	HOLDS(rig->ended == sent);
	rig_free(rig);
	return 0;
}
