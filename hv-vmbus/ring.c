// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - ring arithmetic and the order of its memory accesses: what is not on
 * the way of every packet (that is in ring.h)
 *
 * Built unchanged in user space.  The other side of each barrier is the host,
 * which is another processor even for a uniprocessor kernel: hence virt_mb()
 * and its like (ringbuffer.md 7.3).
 */
#include "ring.h"

void hvl_out_ring_init(struct hvl_out_ring *r, void *hdr, void *data, u32 size)
{
	memset(r, 0, sizeof(*r));
	r->hdr = hdr;
	r->data = data;
	r->size = size;
	memset(hdr, 0, HVL_PAGE_SIZE);
	r->hdr->feature_bits = HVL_RING_FEAT_PENDING_SEND;
}

void hvl_in_ring_init(struct hvl_in_ring *r, void *hdr, void *data, u32 size)
{
	memset(r, 0, sizeof(*r));
	r->hdr = hdr;
	r->data = data;
	r->size = size;
	memset(hdr, 0, HVL_PAGE_SIZE);
	r->hdr->feature_bits = HVL_RING_FEAT_PENDING_SEND;
}

u32 hvl_out_ring_used(const struct hvl_out_ring *r)
{
	u32 read = READ_ONCE(r->hdr->read_index);

	if (!hvl_ring_index_ok(read, r->size))
		return r->size;
	return hvl_ring_distance(read, READ_ONCE(r->write), r->size);
}

/* 0 or -EIO; *room is what is free, and one byte of it must stay so. */
static int out_ring_free(const struct hvl_out_ring *r, u32 *room)
{
	u32 read = READ_ONCE(r->hdr->read_index);

	if (!hvl_ring_index_ok(read, r->size))
		return -EIO;
	*room = r->size - hvl_ring_distance(read, r->write, r->size);
	return 0;
}

/*
 * The ring looks full.  Tell the host how much room is wanted, then look again:
 * the host may have made room before it could see the wish, and would then not
 * signal.
 */
int hvl_out_ring_room_slow(struct hvl_out_ring *r, u32 need)
{
	u32 room;

	if (out_ring_free(r, &room))
		return -EIO;
	if (need < room)
		goto fits;
	r->full_total++;
	if (!r->blocked)
		r->full_first++;
	r->blocked = true;
	virt_store_mb(r->hdr->pending_send_size, need);

	if (out_ring_free(r, &room))
		return -EIO;
	if (need >= room)
		return -EAGAIN;
fits:
	if (r->blocked) {
		r->blocked = false;
		WRITE_ONCE(r->hdr->pending_send_size, 0);
	}
	return 0;
}

/*
 * May the signal that the packet just sent asks for wait?  Yes if the host has sent
 * something that is not taken yet and has not been masked: its interrupt is on the
 * way, whoever takes it signals (hvl_ring_held()), and what it has answered often
 * makes room for more requests, which then need no signal of their own.
 *
 * The host may be believed in this: one that shows a packet and does not interrupt
 * has only its own requests wait.
 *
 * Returns false if the caller has to signal.
 */
bool hvl_ring_hold(struct hvl_out_ring *out, const struct hvl_in_ring *in)
{
	/* Masked, someone is about to take it; but he may not get to run soon. */
	if (READ_ONCE(in->hdr->interrupt_mask))
		return false;
	/* Held before the second look: who takes it says so, then looks at held. */
	virt_store_mb(out->held, 1);
	if (hvl_in_ring_waits(in))
		return true;
	return !hvl_ring_held(out);
}

void hvl_in_ring_publish(struct hvl_in_ring *r)
{
	u32 before = READ_ONCE(r->published);

	if (before == r->read)
		return;
	r->released += hvl_ring_distance(before, r->read, r->size);
	WRITE_ONCE(r->published, r->read);
	virt_store_release(&r->hdr->read_index, r->read);
}

/*
 * Does the host wait for room, and is it this batch that made it?  Only the
 * commit that crosses the wanted size signals (ringbuffer.md 7.2).
 */
static bool in_ring_host_waits(struct hvl_in_ring *r, u32 pending)
{
	u32 write, room, before;

	if (!(READ_ONCE(r->hdr->feature_bits) & HVL_RING_FEAT_PENDING_SEND))
		return false;
	virt_rmb();
	write = READ_ONCE(r->hdr->write_index);
	if (!hvl_ring_index_ok(write, r->size))
		return false;
	room = r->size - hvl_ring_distance(r->read, write, r->size);
	before = room > r->released ? room - r->released : 0;
	return before <= pending && room > pending;
}

int hvl_in_ring_unmask(struct hvl_in_ring *r)
{
	u32 pending, write;
	int ret = 0;

	hvl_in_ring_publish(r);
	/* One full barrier serves both: the read index before the look at the
	 * wanted size, and the mask before the look at the write index.
	 */
	virt_store_mb(r->hdr->interrupt_mask, 0);

	pending = READ_ONCE(r->hdr->pending_send_size);
	if (unlikely(pending) && in_ring_host_waits(r, pending))
		ret |= HVL_RING_SIGNAL;
	r->released = 0;

	write = virt_load_acquire(&r->hdr->write_index);
	if (write == r->read)
		return ret;
	if (unlikely(!hvl_ring_index_ok(write, r->size)))
		return -EIO;
	hvl_in_ring_mask(r);
	return ret | HVL_RING_MORE;
}
