/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - one ring of a channel, as memory and arithmetic (ringbuffer.md)
 *
 * The data of a ring is mapped twice in a row, so that no copy has to be split
 * at the end; whoever sets a ring up sees to that.  Our own indices are kept in
 * private memory: what lies in the header page is written for the host to read,
 * or read once and checked.
 *
 * No locks here.  One producer at a time (the channel's lock), one consumer at
 * a time (the channel's tasklet).
 */
#ifndef HVL_RING_H
#define HVL_RING_H

#include <hv/os.h>
#include "ring_wire.h"

/**
 * struct hvl_out_ring - guest to host
 * @hdr: header page, shared
 * @data: shared, mapped twice: @size bytes and the same again
 * @size: bytes of data
 * @write: where the next packet goes
 * @blocked: a pending send size stands in the header
 * @held: the host is to be signalled by whoever next takes answers, or sends
 * @full_total: packets that did not fit
 * @full_first: those that found the ring not yet known as full
 */
struct hvl_out_ring {
	struct hvl_ring_header *hdr;
	u8 *data;
	u32 size;
	u32 write;
	bool blocked;
	u32 held;
	u64 full_total;
	u64 full_first;
};

/**
 * struct hvl_in_ring - host to guest
 * @limit: the host's write index as last read and found good
 * @read: up to here everything has been taken
 * @published: up to here the host knows that it has been taken
 * @released: bytes published since the host's need for room was last checked
 */
struct hvl_in_ring {
	struct hvl_ring_header *hdr;
	const u8 *data;
	u32 size;
	u32 limit;
	u32 read;
	u32 published;
	u32 released;
};

#define HVL_RING_MORE	1	/* data arrived meanwhile; masked again */
#define HVL_RING_SIGNAL	2	/* the host waits for the room made */

void hvl_out_ring_init(struct hvl_out_ring *r, void *hdr, void *data, u32 size);
void hvl_in_ring_init(struct hvl_in_ring *r, void *hdr, void *data, u32 size);

bool hvl_ring_hold(struct hvl_out_ring *out, const struct hvl_in_ring *in);
int hvl_out_ring_room_slow(struct hvl_out_ring *r, u32 need);
void hvl_in_ring_publish(struct hvl_in_ring *r);

/* Bytes between two indices of a ring of @size bytes, going forward. */
static inline u32 hvl_ring_distance(u32 from, u32 to, u32 size)
{
	return to >= from ? to - from : size - from + to;
}

static inline bool hvl_ring_index_ok(u32 index, u32 size)
{
	return index < size && !(index & 7);
}

/**
 * hvl_out_ring_room - is there room for @need bytes, trailer included?
 *
 * Returns 0, -EAGAIN (the pending send size has been left for the host, which
 * will signal when there is room) or -EIO.
 */
static inline int hvl_out_ring_room(struct hvl_out_ring *r, u32 need)
{
	u32 read = READ_ONCE(r->hdr->read_index);

	if (likely(hvl_ring_index_ok(read, r->size) && !r->blocked &&
		   need < r->size - hvl_ring_distance(read, r->write, r->size)))
		return 0;
	return hvl_out_ring_room_slow(r, need);
}

/**
 * hvl_out_ring_publish - show the packet of @need bytes to the host
 *
 * The packet lies at @data + @write; the trailer is put behind it here.
 * Returns true if the host has to be signalled.
 */
static inline bool hvl_out_ring_publish(struct hvl_out_ring *r, u32 need)
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

/* Has the host sent something that it does not know to be taken?  Any context. */
static inline bool hvl_in_ring_waits(const struct hvl_in_ring *r)
{
	return READ_ONCE(r->hdr->write_index) != READ_ONCE(r->published);
}

/**
 * hvl_ring_held - is there a held signal to be given now, by the caller?
 *
 * Asked after the incoming ring was taken and unmasked, and when another packet
 * has been sent.  Says yes to one caller only.
 */
static inline bool hvl_ring_held(struct hvl_out_ring *out)
{
	return unlikely(READ_ONCE(out->held)) && cmpxchg(&out->held, 1, 0) == 1;
}

/* Bytes in the ring that the host has not taken; whole size if R is bad. */
u32 hvl_out_ring_used(const struct hvl_out_ring *r);

/**
 * hvl_in_ring_take - copy the next packet to @buf
 * @buf: 8-byte aligned, @max bytes
 * @len: length of the packet, descriptor included
 *
 * Returns 1, 0 (empty; the read index has been published) or -EIO.  Lengths and
 * offset in the copied descriptor have been checked against each other, against
 * @max and against what the host has published.
 */
static inline int hvl_in_ring_take(struct hvl_in_ring *r, void *buf, u32 max, u32 *len)
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

static inline void hvl_in_ring_mask(struct hvl_in_ring *r)
{
	WRITE_ONCE(r->hdr->interrupt_mask, 1);
}

/**
 * hvl_in_ring_unmask - end of a batch: publish, unmask, look again
 *
 * Returns HVL_RING_* bits, or -EIO.
 */
int hvl_in_ring_unmask(struct hvl_in_ring *r);

#endif /* HVL_RING_H */
