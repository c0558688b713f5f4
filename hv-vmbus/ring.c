// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - ring arithmetic and the order of its memory accesses
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

/*
 * The ring looks full.  Tell the host how much room is wanted, then look again:
 * the host may have made room before it could see the wish, and would then not
 * signal.
 */
static int out_ring_full(struct hvl_out_ring *r, u32 need)
{
	u32 read;

	r->full_total++;
	if (!r->blocked)
		r->full_first++;
	r->blocked = true;
	virt_store_mb(r->hdr->pending_send_size, need);

	read = READ_ONCE(r->hdr->read_index);
	if (!hvl_ring_index_ok(read, r->size))
		return -EIO;
	if (need >= r->size - hvl_ring_distance(read, r->write, r->size))
		return -EAGAIN;
	r->blocked = false;
	WRITE_ONCE(r->hdr->pending_send_size, 0);
	return 0;
}

int hvl_out_ring_room(struct hvl_out_ring *r, u32 need)
{
	u32 read = READ_ONCE(r->hdr->read_index);

	if (unlikely(!hvl_ring_index_ok(read, r->size)))
		return -EIO;
	if (unlikely(need >= r->size - hvl_ring_distance(read, r->write,
							 r->size)))
		return out_ring_full(r, need);
	if (unlikely(r->blocked)) {
		r->blocked = false;
		WRITE_ONCE(r->hdr->pending_send_size, 0);
	}
	return 0;
}

bool hvl_out_ring_publish(struct hvl_out_ring *r, u32 need)
{
	u32 old = r->write;
	u32 next = old + need;

	*(u64 *)(r->data + next - HVL_RING_TRAILER) = (u64)old << 32;
	if (next >= r->size)
		next -= r->size;
	r->write = next;

	/* Data before index, index before the look at mask and read index. */
	virt_store_mb(r->hdr->write_index, next);
	if (READ_ONCE(r->hdr->interrupt_mask))
		return false;
	virt_rmb();
	return READ_ONCE(r->hdr->read_index) == old;
}

void hvl_in_ring_publish(struct hvl_in_ring *r)
{
	if (r->published == r->read)
		return;
	r->released += hvl_ring_distance(r->published, r->read, r->size);
	r->published = r->read;
	virt_store_release(&r->hdr->read_index, r->read);
}

int hvl_in_ring_take(struct hvl_in_ring *r, void *buf, u32 max, u32 *len)
{
	u32 avail, offset8, bytes, next;
	const u8 *src;
	u64 head;

	if (r->read == r->limit) {
		u32 write = virt_load_acquire(&r->hdr->write_index);

		if (write == r->read) {
			hvl_in_ring_publish(r);
			return 0;
		}
		if (unlikely(!hvl_ring_index_ok(write, r->size)))
			return -EIO;
		r->limit = write;
	}
	avail = hvl_ring_distance(r->read, r->limit, r->size);

	/* Type, offset, length and flags in one read; the host may rewrite. */
	src = r->data + r->read;
	head = READ_ONCE(*(const u64 *)src);
	offset8 = (u32)head >> 16;
	bytes = (u32)(head >> 32 & 0xffff) << 3;
	if (unlikely(offset8 < 2 || offset8 << 3 > bytes || bytes > max ||
		     bytes + HVL_RING_TRAILER > avail))
		return -EIO;

	*(u64 *)buf = head;
	memcpy((u8 *)buf + 8, src + 8, bytes - 8);
	*len = bytes;

	next = r->read + bytes + HVL_RING_TRAILER;
	if (next >= r->size)
		next -= r->size;
	r->read = next;
	return 1;
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
