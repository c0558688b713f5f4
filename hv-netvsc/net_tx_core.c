// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_tx_core.c - frames on their way out
 *
 * Built unchanged in the module and in the unit tests.  No locks: a queue has one
 * sender at a time, and the ring of its free slots one that takes (the sender) and
 * one that puts back (the poller).  Sections of the send buffer are shared by all
 * queues, through one bitmap.
 */
#include "netvsc_core.h"

void net_queue_init(struct net_queue *q, const struct net_queue_memory *mem)
{
	struct net_core *core = q->core;
	void *ctx = q->ctx;
	u32 i, index = q->index;

	memset(q, 0, sizeof(*q));
	q->core = core;
	q->ctx = ctx;
	q->index = index;
	q->mem = *mem;
	q->batch.section = NVSP_SECTION_NONE;
	for (i = 0; i < NET_SLOTS; i++)
		q->mem.free[i] = i;
	/* All have been put back once. */
	q->tail = NET_SLOTS;
}

/* ---- slots and sections ------------------------------------------------------------- */

static inline u64 net_slot_id(u32 slot, u32 gen)
{
	return (u64)gen << 32 | (slot + 1);
}

/* The slot that will be used next, -1 if all are out. */
static inline int net_slot_peek(const struct net_queue *q)
{
	if (unlikely(q->head == smp_load_acquire(&q->tail)))
		return -1;
	return q->mem.free[q->head % NET_SLOTS];
}

/*
 * Take the slot that was peeked at.  The generation is set last: a host that
 * completes what it was not yet sent finds a whole slot, or none.
 */
static inline struct net_slot *net_slot_take(struct net_queue *q, u32 nr,
					     u32 section, u32 frames, u32 bytes,
					     void *cookie, u64 *id)
{
	struct net_slot *slot = &q->mem.slots[nr];

	q->head++;
	if (unlikely(!++q->gen))
		q->gen = 1;
	*id = net_slot_id(nr, q->gen);
	slot->section = section;
	slot->frames = frames;
	slot->bytes = bytes;
	slot->cookie = cookie;
	WRITE_ONCE(q->sent, q->sent + 1);
	smp_store_release(&slot->gen, q->gen);
	return slot;
}

/* Become the one who ends the message of this generation. */
static inline bool net_slot_claim(struct net_slot *slot, u32 gen)
{
	return cmpxchg(&slot->gen, gen, 0) == gen;
}

/* It was not sent; false if the host completed it all the same. */
static bool net_slot_untake(struct net_queue *q, struct net_slot *slot)
{
	if (!net_slot_claim(slot, q->gen))
		return false;
	q->head--;
	WRITE_ONCE(q->sent, q->sent - 1);
	return true;
}

static void net_section_put(struct net_core *core, u32 section)
{
	if (section != NVSP_SECTION_NONE) {
		smp_mb__before_atomic();
		clear_bit(section, core->buf.section_map);
	}
}

/* From where this queue found one the last time. */
static u32 net_section_get(struct net_queue *q)
{
	struct net_core *core = q->core;
	u32 n = core->sections, at = q->hint, turn;

	for (turn = 0; turn < 2; turn++) {
		for (;;) {
			at = find_next_zero_bit(core->buf.section_map, n, at);
			if (at >= n)
				break;
			if (!test_and_set_bit(at, core->buf.section_map)) {
				q->hint = at + 1;
				return at;
			}
			at++;
		}
		at = 0;
	}
	return NVSP_SECTION_NONE;
}

/* ---- frames that are copied ------------------------------------------------------------ */

int net_tx_retry(struct net_queue *q)
{
	struct net_batch *b = &q->batch;
	struct nvsp_message m;
	struct net_slot *slot;
	int nr, rc;
	u64 id;

	if (!net_tx_pending(q))
		return 0;
	nr = net_slot_peek(q);
	if (unlikely(nr < 0)) {
		b->due = true;
		return -EAGAIN;
	}
	nvsp_encode(&m, NVSP_RNDIS);
	m.u.rndis.channel = NVSP_CHANNEL_DATA;
	m.u.rndis.section = b->section;
	m.u.rndis.section_bytes = b->used;
	slot = net_slot_take(q, nr, b->section, b->frames, b->bytes, NULL, &id);
	rc = hvl_channel_send(q->ch, &m, sizeof(m), id,
			      HVL_PKT_FLAG_COMPLETION_REQUESTED);
	if (unlikely(rc) && net_slot_untake(q, slot)) {
		b->due = true;
		if (rc == -EAGAIN)
			return rc;
		/* The channel is dead: the frames are lost. */
		net_section_put(q->core, b->section);
	}
	b->section = NVSP_SECTION_NONE;
	b->due = false;
	return rc;
}

/* Where a message of @bytes would go in the open batch; 0 if it does not fit. */
static u32 net_batch_next(const struct net_queue *q, u32 bytes)
{
	const struct net_core *core = q->core;
	const struct net_batch *b = &q->batch;
	u32 at = ALIGN(b->used, core->lim.align);

	if (b->due || b->frames >= core->lim.max_packets ||
	    at >= core->section_size || bytes > core->section_size - at ||
	    at + bytes > core->lim.max_transfer)
		return 0;
	return at;
}

int net_tx_copy(struct net_queue *q, u32 bytes, u8 **at)
{
	struct net_core *core = q->core;
	struct net_batch *b = &q->batch;
	u32 next, section;
	u8 *base;
	int rc;

	if (net_tx_pending(q)) {
		next = net_batch_next(q, bytes);
		if (next) {
			base = core->buf.send + b->section * core->section_size;
			/* What lies between belongs to the message before. */
			memset(base + b->used, 0, next - b->used);
			rndis_packet_length(base + b->last,
					    b->last_bytes + next - b->used);
			b->used = next;
			*at = base + next;
			return 0;
		}
		rc = net_tx_retry(q);
		if (unlikely(rc))
			return rc;
	}
	if (bytes > core->section_size || bytes > core->lim.max_transfer)
		return -ENOSPC;
	section = net_section_get(q);
	if (unlikely(section == NVSP_SECTION_NONE))
		return -ENOSPC;
	b->section = section;
	b->used = 0;
	b->frames = 0;
	b->bytes = 0;
	*at = core->buf.send + section * core->section_size;
	return 0;
}

int net_tx_commit(struct net_queue *q, u32 bytes, u32 frame_bytes, bool more)
{
	struct net_batch *b = &q->batch;

	b->last = b->used;
	b->last_bytes = bytes;
	b->used += bytes;
	b->frames++;
	b->bytes += frame_bytes;
	if (more && b->frames < q->core->lim.max_packets)
		return 0;
	return net_tx_retry(q);
}

/* ---- frames that stay where they are ------------------------------------------------------ */

u8 *net_tx_head(struct net_queue *q, const u64 **pfn, u32 *offset)
{
	int nr = net_slot_peek(q);

	if (unlikely(nr < 0))
		return NULL;
	*pfn = &q->mem.head_pfns[nr / NET_SLOTS_PER_PAGE];
	*offset = nr % NET_SLOTS_PER_PAGE * NET_SLOT_HEAD;
	return q->mem.heads + nr * NET_SLOT_HEAD;
}

int net_tx_pages(struct net_queue *q, const struct hvl_gpa_range *ranges, u32 nr,
		 void *cookie, u32 frame_bytes)
{
	struct nvsp_message m;
	struct net_slot *slot;
	int at = net_slot_peek(q), rc;
	u64 id;

	if (unlikely(at < 0))
		return -EAGAIN;
	nvsp_encode(&m, NVSP_RNDIS);
	m.u.rndis.channel = NVSP_CHANNEL_DATA;
	m.u.rndis.section = NVSP_SECTION_NONE;
	slot = net_slot_take(q, at, NVSP_SECTION_NONE, 1, frame_bytes, cookie,
			     &id);
	rc = hvl_channel_send_gpa(q->ch, ranges, nr, &m, sizeof(m), id);
	/* What the host has completed is no longer ours. */
	return unlikely(rc) && net_slot_untake(q, slot) ? rc : 0;
}

/* ---- the end of a message --------------------------------------------------------------------- */

static bool net_slot_end(struct net_queue *q, u32 nr, u32 gen)
{
	struct net_slot *slot = &q->mem.slots[nr];
	u32 frames, bytes;
	void *cookie;

	if (!net_slot_claim(slot, gen))
		return false;
	frames = slot->frames;
	bytes = slot->bytes;
	cookie = slot->cookie;
	net_section_put(q->core, slot->section);
	q->mem.free[q->tail % NET_SLOTS] = nr;
	smp_store_release(&q->tail, q->tail + 1);
	WRITE_ONCE(q->ended, q->ended + 1);
	q->core->cfg.ops->tx_done(q, cookie, frames, bytes);
	return true;
}

/* Poll: a completion; whose, the host says. */
void net_tx_completed(struct net_queue *q, const struct hvl_packet *pkt)
{
	u32 nr = (u32)pkt->id - 1, gen = pkt->id >> 32, status;

	if (unlikely(nr >= NET_SLOTS || !gen || !net_slot_end(q, nr, gen))) {
		net_fault(q->core, NET_FAULT_UNKNOWN);
		return;
	}
	if (unlikely(nvsp_decode_rndis_complete(pkt->data, pkt->len, &status) ||
		     status != NVSP_STATUS_SUCCESS))
		net_fault(q->core, NET_FAULT_SEND);
}

u32 net_queue_fail(struct net_queue *q)
{
	u32 nr, n = 0;

	if (net_tx_pending(q)) {
		net_section_put(q->core, q->batch.section);
		q->batch.section = NVSP_SECTION_NONE;
		q->batch.due = false;
	}
	for (nr = 0; q->mem.slots && nr < NET_SLOTS; nr++) {
		if (q->mem.slots[nr].gen &&
		    net_slot_end(q, nr, q->mem.slots[nr].gen))
			n++;
	}
	q->answer_head = 0;
	q->answer_tail = 0;
	q->rx_open = false;
	return n;
}
