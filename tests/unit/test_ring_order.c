/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ring_order.c - every order in which guest and host may touch a ring
 *
 * ring.c is built here with accessors of its own.  At each access of the guest
 * the host may take any number of steps, and a plain store may linger in a store
 * buffer, as it does on x86, until a barrier or for as long as it likes.  All
 * such runs are tried, one after the other.  In none may a wake-up be lost: a
 * barrier left out, a check made too early, a look not taken again.
 */
#include <hv/os.h>
#include "check.h"

static void guest_store(u32 *p, u32 v);
static u32 guest_load(const u32 *p);
static void guest_barrier(void);
static u64 guest_load_long(const u64 *p);
static u32 guest_cmpxchg(u32 *p, u32 old, u32 new);

#undef READ_ONCE
#undef WRITE_ONCE
#undef virt_load_acquire
#undef virt_store_release
#undef virt_store_mb
#undef cmpxchg
/* Header fields are u32, the beginning of a packet is u64. */
#define READ_ONCE(x)							\
	(sizeof(x) == 4 ? guest_load((const u32 *)&(x)) :		\
			  guest_load_long((const u64 *)&(x)))
#define WRITE_ONCE(x, v)	guest_store(&(x), v)
#define virt_load_acquire(p)	guest_load(p)
#define virt_store_release(p, v) guest_store(p, v)
#define virt_store_mb(x, v)	do { guest_store(&(x), v); guest_barrier(); } while (0)

#define cmpxchg(p, o, n)	guest_cmpxchg(p, o, n)

#include "ring.c"

#define S	4096u
#define UNIT	32u		/* a packet with its trailer */

static u8 page[HVL_PAGE_SIZE] __attribute__((aligned(8)));
static u8 data[2 * S] __attribute__((aligned(8)));
static struct hvl_ring_header *const hdr = (void *)page;

/* ---- all runs, one after the other --------------------------------------------- */

static u8 chosen[256], choices[256];
static u32 depth, known;

static u32 choose(u32 n)
{
	if (depth == sizeof(chosen))
		abort();
	if (depth == known)
		chosen[known++] = 0;
	choices[depth] = n;
	return chosen[depth++];
}

static bool another_run(void)
{
	while (known && ++chosen[known - 1] == choices[known - 1])
		known--;
	depth = 0;
	return known;
}

/* ---- the guest's processor -------------------------------------------------------- */

static struct { u32 *p; u32 v; } buffer[8];
static u32 buffered;

/* The host's next step; NULL while it waits for a signal that is not there. */
static void (*host)(void);
static bool host_waits, signalled;

static bool host_can_run(void)
{
	return host && (!host_waits || signalled);
}

static void host_runs(void)
{
	if (host_waits) {
		host_waits = false;
		signalled = false;
	}
	host();
}

static void drain_one(void)
{
	*buffer[0].p = buffer[0].v;
	buffered--;
	memmove(buffer, buffer + 1, buffered * sizeof(buffer[0]));
}

/* What the host does when the guest has read the beginning of a packet. */
static void (*after_descriptor)(void);

static u64 guest_load_long(const u64 *p)
{
	u64 v = *p;

	if (after_descriptor)
		after_descriptor();
	return v;
}

/* What happens elsewhere before the guest's next access. */
static void meanwhile(void)
{
	u32 options, c;

	for (;;) {
		options = 1 + host_can_run() + !!buffered;
		c = options > 1 ? choose(options) : 0;
		if (!c)
			return;
		if (c == 1 && host_can_run())
			host_runs();
		else
			drain_one();
	}
}

static void guest_barrier(void)
{
	while (buffered)
		drain_one();
	meanwhile();
}

static void guest_store(u32 *p, u32 v)
{
	meanwhile();
	buffer[buffered].p = p;
	buffer[buffered++].v = v;
}

static u32 guest_load(const u32 *p)
{
	u32 i;

	meanwhile();
	for (i = buffered; i--; ) {
		if (buffer[i].p == p)
			return buffer[i].v;
	}
	return *p;
}

/* Locked, and so a barrier on both sides. */
static u32 guest_cmpxchg(u32 *p, u32 old, u32 new)
{
	u32 was;

	guest_barrier();
	was = *p;
	if (was == old)
		*p = new;
	return was;
}

/* The guest does other things; the host runs until it has to wait. */
static void settle(void)
{
	meanwhile();
	while (buffered)
		drain_one();
	while (host_can_run())
		host_runs();
}

/* A new run: an empty ring, a host at its first step. */
static void fresh(void (*first)(void), bool waits)
{
	memset(page, 0, sizeof(page));
	buffered = 0;
	host = NULL;
	host_waits = waits;
	signalled = false;
	host = first;
}

/* ---- guest sends, host takes ---------------------------------------------------------- */

static u32 host_index;
static bool host_masks;

static void taker_looks(void);

static void taker_looks_again(void)
{
	host = taker_looks;
	if (hdr->write_index == host_index)
		host_waits = true;
}

static void taker_unmasks(void)
{
	hdr->interrupt_mask = 0;
	host = taker_looks_again;
}

static void taker_takes(void)
{
	host_index = hdr->write_index;
	hdr->read_index = host_index;
	host = taker_looks;
}

static void taker_looks(void)
{
	if (host_masks)
		hdr->interrupt_mask = 1;
	if (hdr->write_index != host_index)
		host = taker_takes;
	else if (host_masks)
		host = taker_unmasks;
	else
		host_waits = true;
}

/* Whatever goes on in between, the host ends with all packets taken. */
TEST(host_is_woken)
{
	struct hvl_out_ring r;
	u32 i, runs = 0, signals = 0;

	do {
		fresh(NULL, true);
		hvl_out_ring_init(&r, page, data, S);
		host_index = 0;
		host_masks = choose(2);
		host = taker_looks;
		for (i = 0; i < 2; i++) {
			if (hvl_out_ring_room(&r, UNIT))
				abort();
			if (hvl_out_ring_publish(&r, UNIT)) {
				signalled = true;
				signals++;
			}
		}
		settle();
		CHECK_EQ(host_index, 2 * UNIT);
		runs++;
	} while (another_run());
	CHECK(runs > 100);
	/* Not by signalling always. */
	CHECK(signals < 2 * runs);
}

/* ---- guest waits for room, host makes it -------------------------------------------------- */

static u32 before_take;
static bool guest_woken;

/* The host signals when its take has crossed what is wanted (7.2). */
static void maker_checks(void)
{
	u32 want = hdr->pending_send_size;
	u32 used = hvl_ring_distance(hdr->read_index, host_index, S);

	if (want && S - before_take <= want && S - used > want)
		guest_woken = true;
	host = NULL;
}

static void maker_takes(void)
{
	before_take = hvl_ring_distance(hdr->read_index, host_index, S);
	hdr->read_index = 3 * UNIT;
	host = maker_checks;
}

TEST(guest_that_waits_for_room_is_woken)
{
	struct hvl_out_ring r;
	u32 runs = 0, waited = 0;
	int ret;

	do {
		fresh(NULL, false);
		hvl_out_ring_init(&r, page, data, S);
		r.write = S - UNIT;
		hdr->write_index = S - UNIT;
		host_index = S - UNIT;
		host = maker_takes;
		guest_woken = false;
		ret = hvl_out_ring_room(&r, 2 * UNIT);
		CHECK(!ret || ret == -EAGAIN);
		settle();
		waited += !!ret;
		if (ret)
			CHECK(guest_woken);
		runs++;
	} while (another_run());
	CHECK(runs > 5 && waited && waited < runs);
}

/* ---- host sends, guest takes ------------------------------------------------------------------ */

static u32 host_sent;
static bool interrupt;

static void sender_writes(void);

static void sender_checks(void)
{
	u32 old = (host_sent - 1) * UNIT;

	if (!hdr->interrupt_mask && hdr->read_index == old)
		interrupt = true;
	host = host_sent < 2 ? sender_writes : NULL;
}

static void sender_writes(void)
{
	struct hvl_packet_desc d = { 6, 2, 3, 0, 1 };

	memcpy(data + host_sent * UNIT, &d, sizeof(d));
	host_sent++;
	hdr->write_index = host_sent * UNIT;
	host = sender_checks;
}

/* As the channel's interrupt handler and tasklet use a ring. */
static int guest_takes_all(struct hvl_in_ring *r)
{
	u64 buf[8];
	u32 len;
	int ret;

	hvl_in_ring_mask(r);
	do {
		while ((ret = hvl_in_ring_take(r, buf, sizeof(buf), &len)) > 0)
			;
		if (!ret)
			ret = hvl_in_ring_unmask(r);
		if (ret < 0)
			return ret;
	} while (ret & HVL_RING_MORE);
	return 0;
}

TEST(guest_is_interrupted)
{
	struct hvl_in_ring r;
	u32 runs = 0;

	do {
		fresh(NULL, false);
		hvl_in_ring_init(&r, page, data, S);
		/* One packet is there and announced; another may come any time. */
		host_sent = 0;
		sender_writes();
		interrupt = false;
		host = sender_writes;
		CHECK_EQ(guest_takes_all(&r), 0);
		for (;;) {
			settle();
			if (!interrupt)
				break;
			interrupt = false;
			CHECK_EQ(guest_takes_all(&r), 0);
		}
		CHECK_EQ(r.read, 2 * UNIT);
		CHECK_EQ(hdr->read_index, 2 * UNIT);
		runs++;
	} while (another_run());
	CHECK(runs > 100);
}

/* ---- guest holds a signal, another processor of it takes the answers ------------------------------ */

static struct hvl_out_ring out;
static struct hvl_in_ring in;
static u8 in_page[HVL_PAGE_SIZE] __attribute__((aligned(8)));
static struct hvl_ring_header *const in_hdr = (void *)in_page;
static u32 signals_given;

/* An empty ring to the host, who has sent one packet that nobody has taken. */
static void one_answer(void)
{
	static const struct hvl_packet_desc d = { 6, 2, 3, 0, 1 };

	hvl_out_ring_init(&out, page, data, S);
	hvl_in_ring_init(&in, in_page, data, S);
	memcpy(data, &d, sizeof(d));
	in_hdr->write_index = UNIT;
	signals_given = 0;
}

static void other_looks_at_held(void)
{
	signals_given += out.held;
	out.held = 0;
	host = NULL;
}

static void other_unmasks(void)
{
	in_hdr->interrupt_mask = 0;
	host = other_looks_at_held;
}

static void other_takes(void)
{
	in.read = in.published = in_hdr->read_index = UNIT;
	host = other_unmasks;
}

static void other_masks(void)
{
	in_hdr->interrupt_mask = 1;
	host = other_takes;
}

TEST(held_signal_is_given_by_who_takes)
{
	u32 runs = 0, held = 0;

	do {
		fresh(NULL, false);
		one_answer();
		host = other_masks;
		CHECK(hvl_out_ring_publish(&out, UNIT));
		if (hvl_in_ring_waits(&in) && hvl_ring_hold(&out, &in))
			held++;
		else
			signals_given++;
		settle();
		CHECK_EQ(signals_given, 1);
		CHECK_EQ(out.held, 0);
		runs++;
	} while (another_run());
	CHECK(runs > 20 && held && held < runs);
}

static void holder_looks_again(void)
{
	if (in.published == in_hdr->write_index)
		other_looks_at_held();
	host = NULL;
}

static void holder_holds(void)
{
	out.held = 1;
	host = holder_looks_again;
}

static void holder_looks(void)
{
	if (in.published == in_hdr->write_index) {
		signals_given++;
		host = NULL;
	} else {
		host = holder_holds;
	}
}

TEST(who_takes_sees_what_is_held)
{
	u32 runs = 0, by_taker = 0;

	do {
		fresh(NULL, false);
		one_answer();
		host = holder_looks;
		CHECK_EQ(guest_takes_all(&in), 0);
		if (hvl_ring_held(&out)) {
			signals_given++;
			by_taker++;
		}
		settle();
		CHECK_EQ(signals_given, 1);
		CHECK_EQ(out.held, 0);
		runs++;
	} while (another_run());
	CHECK(runs > 20 && by_taker && by_taker < runs);
}

/* Nobody to wait for: at once.  Held: once, by who takes or by who sends next. */
TEST(signal_is_held_only_for_an_answer)
{
	fresh(NULL, false);
	one_answer();
	in_hdr->interrupt_mask = 1;
	CHECK(!hvl_ring_hold(&out, &in));
	CHECK_EQ(out.held, 0);
	CHECK(!hvl_ring_held(&out));

	in_hdr->interrupt_mask = 0;
	CHECK(hvl_ring_hold(&out, &in));
	CHECK(hvl_ring_held(&out));
	CHECK(!hvl_ring_held(&out));

	CHECK_EQ(guest_takes_all(&in), 0);
	settle();
	CHECK(!hvl_in_ring_waits(&in));
	CHECK(!hvl_ring_hold(&out, &in));
	settle();
	CHECK_EQ(out.held, 0);
}

/* ---- host waits for room, guest makes it --------------------------------------------------------- */

static bool host_blocked;

static void blocked_looks_again(void)
{
	u32 used = hvl_ring_distance(hdr->read_index, hdr->write_index, S);

	host_blocked = S - used <= hdr->pending_send_size;
	host = NULL;
}

static void blocked_says_so(void)
{
	hdr->pending_send_size = S - 2 * UNIT - 8;
	host = blocked_looks_again;
}

TEST(host_that_waits_for_room_is_woken)
{
	static const struct hvl_packet_desc d = { 6, 2, 3, 0, 1 };
	struct hvl_in_ring r;
	u32 runs = 0, blocked = 0, i, len;
	bool woken;
	u64 buf[8];
	int ret;

	do {
		fresh(NULL, false);
		hvl_in_ring_init(&r, page, data, S);
		for (i = 0; i < 3; i++)
			memcpy(data + i * UNIT, &d, sizeof(d));
		hdr->write_index = 3 * UNIT;
		host_blocked = false;
		woken = false;
		host = blocked_says_so;
		/* One batch for each packet: only one of them may cross. */
		for (i = 0; i < 3; i++) {
			CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
			ret = hvl_in_ring_unmask(&r);
			CHECK(ret >= 0);
			if (ret & HVL_RING_SIGNAL)
				woken = true;
		}
		settle();
		blocked += host_blocked;
		if (host_blocked)
			CHECK(woken);
		runs++;
	} while (another_run());
	CHECK(runs > 100 && blocked && blocked < runs);
}

/* ---- host changes a packet that the guest is about to take -------------------------------------- */

static void spoil_descriptor(void)
{
	memset(data, 0xff, 8);
}

/* What was checked is what is used. */
TEST(packet_changes_while_it_is_read)
{
	struct hvl_packet_desc d = { 6, 2, 3, 0, 1 }, got;
	struct hvl_in_ring r;
	u64 buf[8];
	u32 len;

	fresh(NULL, false);
	hvl_in_ring_init(&r, page, data, S);
	memcpy(data, &d, sizeof(d));
	hdr->write_index = UNIT;
	after_descriptor = spoil_descriptor;
	CHECK_EQ(hvl_in_ring_take(&r, buf, sizeof(buf), &len), 1);
	after_descriptor = NULL;
	CHECK_EQ(len, 24);
	memcpy(&got, buf, sizeof(got));
	CHECK(!memcmp(&got, &d, sizeof(d)));
	CHECK_EQ(r.read, UNIT);
}

TEST_MAIN(CASE(host_is_woken), CASE(guest_that_waits_for_room_is_woken),
	  CASE(guest_is_interrupted), CASE(host_that_waits_for_room_is_woken),
	  CASE(held_signal_is_given_by_who_takes),
	  CASE(who_takes_sees_what_is_held), CASE(signal_is_held_only_for_an_answer),
	  CASE(packet_changes_while_it_is_read))
