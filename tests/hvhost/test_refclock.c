// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_refclock.c - the reference counter and its page, on one machine and the next
 *
 * build-with: refclock.c
 */
#include "check.h"

#include <pthread.h>

#include "test_machine.h"
#include "partition.h"
#include "test_window.h"

#define PAGE_GPA	0x3000u
#define SECOND		10000000u
#define READS		200000u

static struct hv_tsc_page *page(void)
{
	return gpa_ptr(PAGE_GPA, sizeof(struct hv_tsc_page));
}

static void begin(void)
{
	host_opt.count = true;
	refclock_init();
	refclock_write_page_msr(PAGE_GPA | HV_MSR_ENABLE);
}

/* As a guest does it; *by_page is counted up if the page was good. */
static uint64_t read_time(unsigned int *by_page)
{
	const volatile struct hv_tsc_page *p = page();
	uint64_t tsc, scale;
	int64_t offset;
	uint32_t seq;

	do {
		seq = __atomic_load_n(&p->sequence, __ATOMIC_SEQ_CST);
		if (!seq)
			return refclock_now();
		scale = p->scale;
		offset = p->offset;
		tsc = refclock_guest_tsc();
		atomic_thread_fence(memory_order_seq_cst);
	} while (__atomic_load_n(&p->sequence, __ATOMIC_SEQ_CST) != seq);
	++*by_page;
	return (uint64_t)((unsigned __int128)tsc * scale >> 64) + (uint64_t)offset;
}

TEST(the_page_and_the_register_agree)
{
	uint64_t before, by_page, after;
	unsigned int n = 0;

	begin();
	CHECK(page()->sequence != 0);
	before = refclock_now();
	by_page = read_time(&n);
	after = refclock_now();
	CHECK_EQ(n, 1);
	CHECK(before <= by_page && by_page <= after);
}

TEST(another_machine_has_another_rate_and_the_same_time)
{
	uint64_t hz, before, after, tsc;
	uint32_t seq;

	begin();
	hz = refclock_tsc_hz();
	seq = page()->sequence;
	before = refclock_now();
	CHECK(refclock_move(150, 5000, 0, false));
	after = refclock_now();
	tsc = refclock_guest_tsc();
	CHECK(before < after && after - before < SECOND);
	CHECK(tsc >= 5000 && tsc < hz);
	CHECK_EQ(refclock_tsc_hz(), hz * 150 / 100);
	CHECK(page()->sequence != 0 && page()->sequence != seq);
	/* A second of the old rate is no second of the new one. */
	CHECK(page()->scale < ((unsigned __int128)SECOND << 64) / hz * 7 / 10);
}

TEST(a_page_is_withheld_until_the_next_time)
{
	unsigned int n = 0;
	uint64_t before, after;

	begin();
	before = refclock_now();
	CHECK(refclock_move(50, 5000, 0, true));
	CHECK_EQ(page()->sequence, 0);
	/* Nor is it given to who asks for it anew. */
	refclock_write_page_msr(PAGE_GPA | HV_MSR_ENABLE);
	CHECK_EQ(page()->sequence, 0);
	after = read_time(&n);
	CHECK_EQ(n, 0);
	CHECK(before < after && after - before < SECOND);
	CHECK(refclock_move(100, 5000, 0, false));
	CHECK(read_time(&n) >= after);
	CHECK_EQ(n, 1);
}

TEST(the_counter_may_be_ahead_afterwards)
{
	uint64_t before, after;

	begin();
	before = refclock_now();
	CHECK(refclock_move(100, 5000, 3600ull * SECOND, false));
	after = refclock_now();
	CHECK(after - before >= 3600ull * SECOND);
	CHECK(after - before < 3601ull * SECOND);
}

static atomic_bool stop;
static atomic_uint moves;

static void *mover(void *unused)
{
	static const unsigned int percents[] = { 150, 70, 100, 333, 1 };
	unsigned int n;

	(void)unused;
	while (!atomic_load(&stop)) {
		n = atomic_fetch_add(&moves, 1);
		refclock_move(percents[n % 5], 5000 * (n % 7), 0, n % 3 == 0);
	}
	return NULL;
}

TEST(time_never_goes_back)
{
	unsigned int by_page = 0, back = 0, i;
	uint64_t last = 0, now;
	pthread_t t;

	begin();
	CHECK_EQ(pthread_create(&t, NULL, mover, NULL), 0);
	/* Until there was enough of everything, however the threads took turns. */
	for (i = 0; i < READS || by_page < READS / 10 || i - by_page < 100 ||
	     atomic_load(&moves) < 100; i++) {
		now = read_time(&by_page);
		back += now < last;
		last = now;
	}
	atomic_store(&stop, true);
	pthread_join(t, NULL);
	CHECK_EQ(back, 0);
}

TEST(without_a_tsc_of_its_own_a_guest_stays)
{
	begin();
	host_opt.count = false;
	CHECK(!refclock_move(100, 5000, 0, false));
	host_opt.count = true;
	test_window = true;
	CHECK(!refclock_move(100, 5000, 0, false));
	test_window = false;
	CHECK(refclock_move(100, 5000, 0, false));
}

TEST_MAIN(CASE(the_page_and_the_register_agree),
	  CASE(another_machine_has_another_rate_and_the_same_time),
	  CASE(a_page_is_withheld_until_the_next_time),
	  CASE(the_counter_may_be_ahead_afterwards),
	  CASE(time_never_goes_back),
	  CASE(without_a_tsc_of_its_own_a_guest_stays))
