// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_ring.c - both rings of a channel in memory that a hostile host shares
 *
 * The input has two halves.  One is the guest's program: send, take, mask,
 * unmask.  The other is the host's: at every access of ring.c to shared memory
 * the host gets a turn, before it and behind it, and may rewrite any index,
 * header field or packet byte.  So a value that is read twice, or checked in one
 * place and used in another, is found out.
 *
 * fuzz-cover: hv-vmbus/ring.c hv-vmbus/ring.h
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/mman.h>
#include <unistd.h>
#include <hv/os.h>
#include "fuzz.h"

static void turn(void);

#undef READ_ONCE
#undef virt_load_acquire
#undef virt_store_release
#undef virt_store_mb
#define READ_ONCE(x)							\
	({								\
		turn();							\
		__auto_type __v = *(const volatile __typeof__(x) *)&(x); \
		turn();							\
		__v;							\
	})
#define virt_load_acquire(p)	READ_ONCE(*(p))
#define virt_store_release(p, v) do { turn(); WRITE_ONCE(*(p), v); turn(); } while (0)
#define virt_store_mb(x, v)	do { turn(); WRITE_ONCE(x, v); turn(); } while (0)

#include "ring.c"

#define S	4096u

struct memory {
	struct hvl_ring_header *hdr;
	u8 *data;
};

static struct memory out_mem, in_mem;
static struct fuzz_input host;

/* The data twice in a row, and nothing behind it or before. */
static void map(struct memory *m)
{
	int fd = memfd_create("ring", 0);
	u8 *at;

	HOLDS(fd >= 0 && !ftruncate(fd, 2 * S));
	at = mmap(NULL, 6 * S, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	HOLDS(at != MAP_FAILED);
	m->hdr = mmap(at + S, S, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		      fd, 0);
	m->data = mmap(at + 3 * S, S, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_FIXED, fd, S);
	HOLDS(mmap(at + 4 * S, S, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   fd, S) != MAP_FAILED);
	close(fd);
}

/* What a host is likely to try first: a number near something that matters. */
static u32 number(u8 how)
{
	u32 v = fuzz_u8(&host);

	switch (how & 3) {
	case 0: return v * 8;
	case 1: return S - v;
	case 2: return v << 24 | v;
	default: return fuzz_u32(&host);
	}
}

/* A packet as it should be, behind the last one: what comes next is believed. */
static void honest_packet(u8 units)
{
	u32 at = in_mem.hdr->write_index & (S - 8);
	u16 desc[4] = { 6, 2, 2 + units, 0 };

	memcpy(in_mem.data + at, desc, sizeof(desc));
	in_mem.hdr->write_index = (at + 24 + units * 8) % S;
}

static void turn(void)
{
	u8 how = fuzz_u8(&host);
	struct memory *m = how & 0x80 ? &in_mem : &out_mem;
	u32 at;

	switch (how & 7) {
	case 1: m->hdr->write_index = number(how >> 3); break;
	case 2: m->hdr->read_index = number(how >> 3); break;
	case 3: m->hdr->interrupt_mask = how >> 3 & 1; break;
	case 4: m->hdr->pending_send_size = number(how >> 3); break;
	case 5: m->hdr->feature_bits = how >> 3 & 1; break;
	case 6:
		if (how & 0x40) {
			honest_packet(fuzz_u8(&host));
			break;
		}
		/* A descriptor where the guest may look for one. */
		at = fuzz_u8(&host) * 8 % S;
		memset(m->data + at, 0, 16);
		m->data[at + 2] = fuzz_u8(&host);
		m->data[at + 4] = fuzz_u8(&host);
		m->data[at + 5] = how >> 3 & 3;
		break;
	case 7: m->data[number(how >> 3) % S] = fuzz_u8(&host); break;
	}
}

/* As a channel does: a signal waits at most until the next packet. */
static void signal_or_hold(struct hvl_out_ring *out, struct hvl_in_ring *in)
{
	bool held = hvl_in_ring_waits(in) && hvl_ring_hold(out, in);

	HOLDS(out->held == held);
}

static void give_held(struct hvl_out_ring *out)
{
	bool was = out->held;

	HOLDS(hvl_ring_held(out) == was);
	HOLDS(!out->held);
}

static void send(struct hvl_out_ring *r, struct hvl_in_ring *in, u32 need)
{
	u32 old = r->write, used;
	int ret = hvl_out_ring_room(r, need);

	HOLDS(ret == 0 || ret == -EAGAIN || ret == -EIO);
	if (!ret) {
		HOLDS(need < S);
		memset(r->data + r->write, 0x5a, need);
		if (hvl_out_ring_publish(r, need))
			signal_or_hold(r, in);
		else
			give_held(r);
		HOLDS(r->write == (old + need) % S);
	}
	HOLDS(r->write < S && !(r->write & 7));
	used = hvl_out_ring_used(r);
	HOLDS(used <= S);
}

static void take(struct hvl_in_ring *r, u32 max)
{
	u32 old = r->read, len = 0, offset;
	u8 *buf = malloc(max);
	int ret;

	HOLDS(buf);
	ret = hvl_in_ring_take(r, buf, max, &len);
	HOLDS(ret == 0 || ret == 1 || ret == -EIO);
	if (ret == 1) {
		HOLDS(len >= 16 && len <= max && !(len & 7));
		offset = fuzz_le(buf + 2, 2) * 8;
		HOLDS(offset >= 16 && offset <= len);
		HOLDS(fuzz_le(buf + 4, 2) * 8 == len);
		HOLDS(r->read == (old + len + 8) % S);
	} else {
		HOLDS(r->read == old);
		HOLDS(ret || r->published == r->read);
	}
	HOLDS(r->limit < S && !(r->limit & 7));
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input guest = { data, size / 4 };
	struct hvl_out_ring out;
	struct hvl_in_ring in;
	u8 op, arg;
	int ret;

	if (!out_mem.hdr) {
		map(&out_mem);
		map(&in_mem);
	}
	host = (struct fuzz_input){ data + size / 4, size - size / 4 };
	memset(out_mem.data, 0, S);
	memset(in_mem.data, 0, S);
	hvl_out_ring_init(&out, out_mem.hdr, out_mem.data, S);
	hvl_in_ring_init(&in, in_mem.hdr, in_mem.data, S);

	while (guest.left) {
		op = fuzz_u8(&guest);
		arg = fuzz_u8(&guest);
		switch (op & 7) {
		case 0:
		case 1:
			send(&out, &in, 24 + arg * (op & 8 ? 64 : 8));
			break;
		case 2:
		case 3:
			take(&in, 16 + arg * 8);
			break;
		case 4:
			hvl_in_ring_publish(&in);
			HOLDS(in.published == in.read);
			break;
		case 5:
			hvl_in_ring_mask(&in);
			break;
		case 6:
			ret = hvl_in_ring_unmask(&in);
			HOLDS(ret == -EIO || (ret >= 0 && ret <= 3));
			HOLDS(!in.released && in.published == in.read);
			give_held(&out);
			break;
		case 7:
			turn();
			break;
		}
		HOLDS(in.read < S && !(in.read & 7));
	}
	return 0;
}
