/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ring.c - ring arithmetic: wrap, full, empty, signals, illegal indices
 * build-with: hv-vmbus/ring.c
 *
 * The data pages are mapped twice in a row, as in the kernel, so a packet that
 * runs over the end is one the processor itself wraps.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/mman.h>
#include <unistd.h>
#include "ring.h"
#include "check.h"

#define S	4096u

static struct hvl_ring_header *hdr;
static u8 *data;

/* A fresh header and S bytes of data, mapped twice. */
static void memory(void)
{
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("ring", 0);
		if (fd < 0 || ftruncate(fd, S))
			abort();
		data = mmap(NULL, 2 * S, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (data == MAP_FAILED)
			abort();
		if (mmap(data, S, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
		    mmap(data + S, S, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			abort();
		hdr = aligned_alloc(HVL_PAGE_SIZE, HVL_PAGE_SIZE);
	}
	memset(data, 0, S);
	memset(hdr, 0xa5, HVL_PAGE_SIZE);
}

static void put_desc(u32 at, u16 type, u16 off8, u16 len8, u16 flags, u64 id)
{
	struct hvl_packet_desc d = { type, off8, len8, flags, id };

	memcpy(data + at, &d, sizeof(d));
}

/* A packet as the host writes one; returns the write index behind it. */
static u32 host_put(u32 at, u32 payload8, u64 id)
{
	u32 next = at + 16 + payload8 * 8 + 8;

	put_desc(at, 6, 2, 2 + payload8, 0, id);
	memset(data + at + 16, (int)id, payload8 * 8);
	return next >= S ? next - S : next;
}

TEST(layout)
{
	CHECK_EQ(sizeof(struct hvl_ring_header), 4096);
	CHECK_EQ(offsetof(struct hvl_ring_header, interrupt_mask), 8);
	CHECK_EQ(offsetof(struct hvl_ring_header, pending_send_size), 12);
	CHECK_EQ(offsetof(struct hvl_ring_header, feature_bits), 64);
	CHECK_EQ(offsetof(struct hvl_ring_header, interrupt_count), 4088);
	CHECK_EQ(sizeof(struct hvl_packet_desc), 16);
	CHECK_EQ(sizeof(struct hvl_gpa_head), 8);
	CHECK_EQ(sizeof(struct hvl_gpa_range_head), 8);
}

/* The worked example of ringbuffer.md section 10. */
TEST(worked_example)
{
	static const u8 trailer[8] = { 0, 0, 0, 0, 0xf0, 0x0f, 0, 0 };
	struct hvl_out_ring r;

	memory();
	hvl_out_ring_init(&r, hdr, data, S);
	CHECK_EQ(hdr->feature_bits, 1);
	CHECK_EQ(hdr->interrupt_mask, 0);
	r.write = 4080;
	hdr->write_index = 4080;
	hdr->read_index = 4080;
	CHECK_EQ(hvl_out_ring_room(&r, 48), 0);
	put_desc(4080, 6, 2, 5, 1, 1);
	memset(data + 4096, 0x77, 20);
	CHECK(hvl_out_ring_publish(&r, 48));
	CHECK_EQ(hdr->write_index, 32);
	CHECK_EQ(r.write, 32);
	CHECK_EQ(data[0], 0x77);
	CHECK(!memcmp(data + 24, trailer, 8));
	CHECK_EQ(hvl_out_ring_used(&r), 48);
}

TEST(full_and_empty)
{
	struct hvl_out_ring r;

	memory();
	hvl_out_ring_init(&r, hdr, data, S);
	/* All but 8 bytes may be used: full must not look like empty. */
	CHECK_EQ(hvl_out_ring_room(&r, S), -EAGAIN);
	CHECK_EQ(hdr->pending_send_size, S);
	CHECK_EQ(r.full_first, 1);
	CHECK_EQ(hvl_out_ring_room(&r, S), -EAGAIN);
	CHECK_EQ(r.full_first, 1);
	CHECK_EQ(r.full_total, 2);
	CHECK_EQ(hvl_out_ring_room(&r, S - 8), 0);
	CHECK_EQ(hdr->pending_send_size, 0);
	hvl_out_ring_publish(&r, S - 8);
	CHECK_EQ(hvl_out_ring_used(&r), S - 8);
	CHECK_EQ(hvl_out_ring_room(&r, 8), -EAGAIN);
	CHECK_EQ(hdr->pending_send_size, 8);
	/* The host takes 24 bytes: 32 are free, one unit stays unused. */
	hdr->read_index = 24;
	CHECK_EQ(hvl_out_ring_room(&r, 32), -EAGAIN);
	CHECK_EQ(hvl_out_ring_room(&r, 24), 0);
	CHECK_EQ(hdr->pending_send_size, 0);
}

TEST(signal_rules)
{
	struct hvl_out_ring r;

	memory();
	hvl_out_ring_init(&r, hdr, data, S);
	/* Empty to non-empty rings once; the next one does not. */
	CHECK(hvl_out_ring_publish(&r, 32));
	CHECK(!hvl_out_ring_publish(&r, 32));
	/* The host has taken one of two: still no signal. */
	hdr->read_index = 32;
	CHECK(!hvl_out_ring_publish(&r, 32));
	/* All taken, but the host polls. */
	hdr->read_index = 96;
	hdr->interrupt_mask = 1;
	CHECK(!hvl_out_ring_publish(&r, 32));
	hdr->read_index = 128;
	hdr->interrupt_mask = 0;
	CHECK(hvl_out_ring_publish(&r, 32));
}

/* The host may write all over the header; our side of it is not read back. */
TEST(own_index_is_not_read_back)
{
	struct hvl_out_ring out;
	struct hvl_in_ring in;
	u64 buf[S / 8];
	u32 len;

	memory();
	hvl_out_ring_init(&out, hdr, data, S);
	CHECK(hvl_out_ring_publish(&out, 32));
	hdr->write_index = 0xfffffff8;
	CHECK_EQ(hvl_out_ring_room(&out, 32), 0);
	CHECK(!hvl_out_ring_publish(&out, 32));
	CHECK_EQ(out.write, 64);
	CHECK_EQ(hdr->write_index, 64);
	CHECK_EQ(((u64 *)data)[7], 32ull << 32);

	memory();
	hvl_in_ring_init(&in, hdr, data, S);
	host_put(0, 1, 1);
	hdr->write_index = host_put(32, 1, 2);
	CHECK_EQ(hvl_in_ring_take(&in, buf, sizeof(buf), &len), 1);
	hvl_in_ring_publish(&in);
	hdr->read_index = 0xfffffff8;
	CHECK_EQ(hvl_in_ring_take(&in, buf, sizeof(buf), &len), 1);
	CHECK_EQ(buf[1], 2);
	CHECK_EQ(hvl_in_ring_unmask(&in), 0);
	CHECK_EQ(hdr->read_index, 64);
}

TEST(every_illegal_read_index)
{
	struct hvl_out_ring r;
	u32 i, bad = 0;

	memory();
	hvl_out_ring_init(&r, hdr, data, S);
	for (i = 0; i < 3 * S; i++) {
		hdr->read_index = i;
		if (i < S && !(i & 7)) {
			CHECK_EQ(hvl_out_ring_room(&r, 8) == -EIO, 0);
		} else {
			CHECK_EQ(hvl_out_ring_room(&r, 8), -EIO);
			CHECK_EQ(hvl_out_ring_used(&r), S);
			bad++;
		}
	}
	for (i = 3; i < 32; i++) {
		hdr->read_index = 0xffffffffu << i;
		CHECK_EQ(hvl_out_ring_room(&r, 8), -EIO);
	}
	CHECK_EQ(bad, 3 * S - S / 8);
}

TEST(every_illegal_write_index)
{
	struct hvl_in_ring r;
	u64 buf[S / 8];
	u32 i, len;

	for (i = 1; i < 2 * S + 9; i++) {
		if (i < S && !(i & 7))
			continue;
		memory();
		hvl_in_ring_init(&r, hdr, data, S);
		host_put(0, 1, 1);
		hdr->write_index = i;
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), -EIO);
		CHECK_EQ(hvl_in_ring_unmask(&r), -EIO);
	}
}

TEST(take_and_wrap)
{
	struct hvl_in_ring r;
	u64 buf[S / 8];
	u32 at = 0, len, i, n;

	memory();
	hvl_in_ring_init(&r, hdr, data, S);
	CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 0);
	/* 40 bytes a packet do not divide 4096: it wraps everywhere in time. */
	for (i = 1; i < 2000; i++) {
		n = 1 + i % 3;
		at = host_put(at, n, i);
		hdr->write_index = at;
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
		CHECK_EQ(len, 16 + n * 8);
		CHECK_EQ(buf[1], i);
		CHECK_EQ(((u8 *)buf)[16], i & 0xff);
		CHECK_EQ(((u8 *)buf)[len - 1], i & 0xff);
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 0);
		CHECK_EQ(hdr->read_index, at);
	}
}

TEST(lengths_that_lie)
{
	static const struct { u16 off8, len8; int ok; } c[] = {
		{ 2, 4, 1 }, { 4, 4, 1 }, { 3, 4, 1 },
		{ 0, 4, 0 }, { 1, 4, 0 }, { 5, 4, 0 }, { 0xffff, 4, 0 },
		{ 2, 0, 0 }, { 2, 1, 0 }, { 0, 0, 0 }, { 2, 5, 0 },
		{ 2, 0xffff, 0 }, { 0xffff, 0xffff, 0 },
	};
	struct hvl_in_ring r;
	u64 buf[S / 8];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		memory();
		hvl_in_ring_init(&r, hdr, data, S);
		put_desc(0, 6, c[i].off8, c[i].len8, 0, 9);
		hdr->write_index = 40;
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len),
			 c[i].ok ? 1 : -EIO);
	}
	/* Longer than the receiver's buffer. */
	memory();
	hvl_in_ring_init(&r, hdr, data, S);
	hdr->write_index = host_put(0, 10, 1);
	CHECK_EQ(hvl_in_ring_take(&r, buf, 88, &len), -EIO);
	CHECK_EQ(hvl_in_ring_take(&r, buf, 96, &len), 1);
	/* Fewer bytes than a descriptor and its trailer. */
	for (i = 8; i < 24; i += 8) {
		memory();
		hvl_in_ring_init(&r, hdr, data, S);
		put_desc(0, 6, 2, 2, 0, 9);
		hdr->write_index = i;
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), -EIO);
	}
}

TEST(unmask_looks_again)
{
	struct hvl_in_ring r;
	u64 buf[S / 8];
	u32 len;

	memory();
	hvl_in_ring_init(&r, hdr, data, S);
	hvl_in_ring_mask(&r);
	CHECK_EQ(hdr->interrupt_mask, 1);
	CHECK_EQ(hvl_in_ring_unmask(&r), 0);
	CHECK_EQ(hdr->interrupt_mask, 0);
	hvl_in_ring_mask(&r);
	hdr->write_index = host_put(0, 2, 1);
	CHECK_EQ(hvl_in_ring_unmask(&r), HVL_RING_MORE);
	CHECK_EQ(hdr->interrupt_mask, 1);
	CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
	CHECK_EQ(hdr->read_index, 0);
	CHECK_EQ(hvl_in_ring_unmask(&r), 0);
	CHECK_EQ(hdr->read_index, 40);
}

/* The commit that crosses what the host waits for signals, no other. */
TEST(host_waits_for_room)
{
	struct hvl_in_ring r;
	u64 buf[S / 8];
	u32 at = 0, len, i, signals = 0, when = 0;

	memory();
	hvl_in_ring_init(&r, hdr, data, S);
	for (i = 0; i < 100; i++)
		at = host_put(at, 2, i);
	hdr->write_index = at;
	CHECK_EQ(at, 4000);
	hdr->pending_send_size = 200;
	for (i = 0; i < 100; i++) {
		int ret;

		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
		ret = hvl_in_ring_unmask(&r);
		CHECK(ret >= 0);
		if (ret & HVL_RING_SIGNAL) {
			signals++;
			when = i;
		}
	}
	CHECK_EQ(signals, 1);
	/* 96 free at first; 216 after three packets of 40 bytes. */
	CHECK_EQ(when, 2);

	/* The same in one batch, and none without the feature. */
	for (i = 0; i < 2; i++) {
		memory();
		hvl_in_ring_init(&r, hdr, data, S);
		hdr->feature_bits = i ? 0 : 1;
		at = host_put(0, 200, 1);
		at = host_put(at, 200, 2);
		hdr->write_index = at;
		hdr->pending_send_size = 1000;
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
		CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 0);
		CHECK_EQ(hdr->read_index, at);
		CHECK_EQ(hvl_in_ring_unmask(&r), i ? 0 : HVL_RING_SIGNAL);
		CHECK_EQ(hvl_in_ring_unmask(&r), 0);
	}
	/* Nonsense is never crossed. */
	hdr->feature_bits = 1;
	hdr->pending_send_size = 0xffffffff;
	CHECK_EQ(hvl_in_ring_unmask(&r), 0);
}

TEST_MAIN(CASE(layout), CASE(worked_example), CASE(full_and_empty),
	  CASE(signal_rules), CASE(own_index_is_not_read_back),
	  CASE(every_illegal_read_index),
	  CASE(every_illegal_write_index), CASE(take_and_wrap),
	  CASE(lengths_that_lie), CASE(unmask_looks_again),
	  CASE(host_waits_for_room))
