// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_rx_core.c - what the host puts into a channel: frames, answers, news
 *
 * Built unchanged in the module and in the unit tests.  No locks: one poller at a
 * time for each queue.
 *
 * Frames lie in the receive buffer, which the host can write at any time.  The
 * head of a message and its information are copied before they are looked at; the
 * data are only pointed to, and whoever takes them reads each byte once.
 */
#include "netvsc_core.h"

/* Packets taken in one poll, whatever they are. */
#define NET_POLL_PACKETS	4096

/* ---- completions that the host waits for ------------------------------------------------ */

static void net_answer_keep(struct net_queue *q, u64 id, u32 status)
{
	u32 next = q->answer_head + 1;

	/* One place stays free, so that full and empty differ. */
	if (next >= q->mem.nr_answers)
		next = 0;
	/* Each of them is worth a cell at least: there cannot be more. */
	if (unlikely(next == q->answer_tail)) {
		net_fault(q->core, NET_FAULT_FLOOD);
		return;
	}
	q->mem.answers[q->answer_head].id = id;
	q->mem.answers[q->answer_head].status = status;
	q->answer_head = next;
}

static void net_answers_send(struct net_queue *q)
{
	u32 m[2] = { NVSP_RNDIS_COMPLETE };

	while (net_answers_pending(q)) {
		const struct net_answer *a = &q->mem.answers[q->answer_tail];

		m[1] = a->status;
		/* With a dead channel there is nobody to tell. */
		if (hvl_channel_send_completion(q->ch, m, sizeof(m), a->id) ==
		    -EAGAIN)
			return;
		if (++q->answer_tail >= q->mem.nr_answers)
			q->answer_tail = 0;
	}
}

/* ---- frames -------------------------------------------------------------------------------- */

static void net_rx_deliver(struct net_queue *q)
{
	q->rx_open = false;
	q->core->cfg.ops->rx(q, &q->rx);
}

/*
 * A frame, or a fragment of one that the host has put together from several
 * (rndis.md section 15).  @last_range: no more can follow in this packet.
 */
static inline int net_rx_add(struct net_queue *q, const struct rndis_meta *meta,
			     const u8 *data, u32 len, bool last_range)
{
	struct net_rx *rx = &q->rx;
	u32 flags = meta->has & RNDIS_HAS_RSC ? meta->rsc : 0;
	struct net_piece *piece = q->mem.pieces;

	if (likely(!(flags & RNDIS_RSC_SUB_ALLOCATION)))
		flags = RNDIS_RSC_FIRST | RNDIS_RSC_LAST;
	if (flags & RNDIS_RSC_FIRST) {
		rx->meta = *meta;
		rx->nr = 0;
		rx->len = 0;
		rx->piece = piece;
		q->rx_open = true;
	} else if (!q->rx_open) {
		return -EINVAL;
	}
	if (rx->nr >= NVSP_MAX_RANGES || (!(flags & RNDIS_RSC_LAST) && last_range)) {
		q->rx_open = false;
		return -EINVAL;
	}
	piece[rx->nr].data = data;
	piece[rx->nr].len = len;
	rx->nr++;
	rx->len += len;
	if (flags & RNDIS_RSC_LAST)
		net_rx_deliver(q);
	return 0;
}

/* The information of a frame, from the receive buffer. */
static inline void net_rx_meta(struct net_core *core, const u8 *msg, u32 at,
			      u32 len, struct rndis_meta *meta)
{
	u8 copy[NET_HEAD_ROOM] __attribute__((aligned(8)));

	/* No host has more to say; what lies behind is not looked at. */
	if (len > sizeof(copy))
		len = sizeof(copy);
	memcpy(copy, msg + at, len);
	if (unlikely(rndis_decode_ppi(copy, len, meta))) {
		/* A frame is worth more than what is said about it. */
		net_fault(core, NET_FAULT_PPI);
		meta->has &= RNDIS_HAS_VLAN | RNDIS_HAS_RSC;
	}
}

/* One range: an RNDIS message.  Returns NVSP_STATUS_*. */
static u32 net_rx_range(struct net_queue *q, const struct nvsp_xfer_range *r,
			bool last)
{
	struct net_core *core = q->core;
	const u8 *msg = core->buf.recv + r->offset;
	struct rndis_message head;
	struct rndis_frame frame;
	struct rndis_meta meta;
	u32 at = 0, ppi = 0;

	if (unlikely(r->count < sizeof(head.head))) {
		net_fault(core, NET_FAULT_RNDIS);
		return NVSP_STATUS_FAILURE;
	}
	if (likely(r->count >= RNDIS_PACKET_HEAD)) {
		memcpy(&head, msg, RNDIS_PACKET_HEAD);
		if (likely(head.head.type == RNDIS_PACKET)) {
			if (unlikely(rndis_decode_packet(&head, r->count, &frame,
							 &at, &ppi))) {
				net_fault(core, NET_FAULT_RNDIS);
				return NVSP_STATUS_FAILURE;
			}
			meta.has = 0;
			if (likely(ppi))
				net_rx_meta(core, msg, at, ppi, &meta);
			if (unlikely(net_rx_add(q, &meta, msg + frame.offset,
						frame.len, last))) {
				net_fault(core, NET_FAULT_RSC);
				return NVSP_STATUS_FAILURE;
			}
			return NVSP_STATUS_SUCCESS;
		}
	}
	net_rndis_received(q, msg, r->count);
	return NVSP_STATUS_SUCCESS;
}

/* A receive packet; returns how many ranges it had. */
static u32 net_rx_packet(struct net_queue *q)
{
	struct net_core *core = q->core;
	const struct hvl_packet *pkt = &q->pkt;
	int i, n = nvsp_decode_xfer(pkt->head, pkt->head_len, pkt->data, pkt->len);
	u32 status = NVSP_STATUS_SUCCESS;
	struct nvsp_xfer_range r;

	/* Before the buffer is lent nothing can lie in it. */
	if (unlikely(n < 0 || !core->layout.cells)) {
		net_fault(core, NET_FAULT_XFER);
		return 0;
	}
	q->rx_open = false;
	for (i = 0; i < n; i++) {
		if (unlikely(nvsp_decode_range(pkt->head, i, core->buf.recv_bytes,
					       core->layout.cell_size, &r))) {
			net_fault(core, NET_FAULT_RANGE);
			status = NVSP_STATUS_FAILURE;
			continue;
		}
		if (unlikely(net_rx_range(q, &r, i == n - 1) !=
			     NVSP_STATUS_SUCCESS))
			status = NVSP_STATUS_FAILURE;
	}
	net_answer_keep(q, pkt->id, status);
	return n;
}

/* ---- packets of the host's own --------------------------------------------------------------- */

static void net_inband(struct net_queue *q)
{
	struct net_core *core = q->core;
	const struct hvl_packet *pkt = &q->pkt;
	u16 table[NVSP_TABLE_SIZE];
	u32 value, i;
	bool there;

	switch (nvsp_decode_type(pkt->data, pkt->len)) {
	case NVSP_INDIRECTION_TABLE:
		if (nvsp_decode_table(pkt->data, pkt->len, core->version,
				      READ_ONCE(core->nr_queues), table))
			break;
		for (i = 0; i < NVSP_TABLE_SIZE; i++)
			WRITE_ONCE(core->send_table[i], table[i]);
		return;
	case NVSP_VF_ASSOCIATION:
		if (nvsp_decode_vf(pkt->data, pkt->len, &there, &value))
			break;
		core->cfg.ops->vf(core->cfg.ctx, there, value);
		return;
	case NVSP_SWITCH_DATA_PATH:
		if (nvsp_decode_path(pkt->data, pkt->len, &value))
			break;
		core->cfg.ops->path(core->cfg.ctx, value);
		return;
	}
	net_fault(core, NET_FAULT_SHORT);
}

static void net_completion(struct net_queue *q)
{
	const struct hvl_packet *pkt = &q->pkt;

	if (unlikely((u32)pkt->id & NET_ID_CONTROL) && !q->index)
		net_request_completed(q->core, pkt);
	else
		net_tx_completed(q, pkt);
}

u32 net_core_poll(struct net_queue *q, u32 budget)
{
	u32 done = 0, packets = 0;
	int rc = 0;

	while (done < budget && (rc = hvl_channel_recv(q->ch, &q->pkt)) > 0) {
		/* A host may send for ever what is nothing to count. */
		if (unlikely(++packets > NET_POLL_PACKETS))
			done = budget;
		switch (q->pkt.type) {
		case HVL_PKT_XFER_PAGES:
			done += net_rx_packet(q);
			break;
		case HVL_PKT_COMPLETION:
			net_completion(q);
			break;
		case HVL_PKT_INBAND:
			net_inband(q);
			break;
		default:
			net_fault(q->core, NET_FAULT_TYPE);
		}
	}
	if (unlikely(rc < 0))
		net_fault(q->core, NET_FAULT_RING);
	if (net_answers_pending(q))
		net_answers_send(q);
	return done;
}
