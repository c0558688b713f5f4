// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_grant.c - the host sees what is lent to it, while it is lent, and nothing else
 *
 * build-with: vmbus_grant.c
 */
#include "check.h"

#include "test_machine.h"
#include "vmbus_grant.h"
#include "vmbus_int.h"

static struct grants gs, others;

static uint64_t conflicts(void)
{
	return atomic_exchange(&totals.memory_conflicts, 0);
}

static uint64_t denied(void)
{
	return atomic_exchange(&totals.memory_denied, 0);
}

static void packet(struct grants *to, uint64_t id, uint64_t first, uint32_t n)
{
	uint64_t pfns[8] = { first, first + 1, first + 2, first + 3 };
	struct gpa_range r = { .len = n * 4096, .nr_pfns = n, .pfns = pfns };

	grant_packet(to, &(struct guest_packet){ .id = id, .nr_ranges = 1, .ranges = &r });
}

/* Two ranges: one page, then two from the middle of the first on. */
static struct gpadl *gpadl(uint64_t a, uint64_t b, uint64_t c)
{
	static uint64_t q[5];
	static struct gpadl g = { .ranges = 2, .want = 5, .have = 5, .complete = true, .q = q };

	q[0] = 4096;
	q[1] = a;
	q[2] = 0x800ull << 32 | 4096;
	q[3] = b;
	q[4] = c;
	return &g;
}

static bool reads(uint64_t gpa, size_t n)
{
	uint8_t data[4096], untouched[4096];
	bool ok;

	memset(test_ram, 0xa5, sizeof(test_ram));
	memset(data, 0x11, sizeof(data));
	memset(untouched, 0x11, sizeof(untouched));
	ok = guest_dma(gpa, data, n, false);
	if (memcmp(data, ok ? test_ram : untouched, n) ||
	    memcmp(data + n, untouched, sizeof(data) - n))
		host_die("copied what it says it has not, or the reverse");
	return ok;
}

static bool writes(uint64_t gpa)
{
	uint8_t word[4] = { 1, 2, 3, 4 };
	bool ok;

	memset(test_ram, 0, sizeof(test_ram));
	ok = guest_dma(gpa, word, sizeof(word), true);
	if (test_ram[gpa] != ok)
		host_die("wrote what it says it has not, or the reverse");
	return ok;
}

TEST(nothing_is_reached_that_is_not_lent)
{
	denied();
	CHECK(!reads(5 * 4096, 512));
	CHECK(!writes(5 * 4096 + 8));
	CHECK_EQ(denied(), 2);
	packet(&gs, 1, 4, 2);
	CHECK(reads(5 * 4096 + 4095, 1));
	CHECK(reads(4 * 4096, 4096));
	CHECK(writes(5 * 4096 + 8));
	CHECK(!reads(6 * 4096, 1));
	CHECK(!writes(3 * 4096 + 4092));
	CHECK_EQ(denied(), 2);
	/* Not into the next page, nor beyond the RAM. */
	CHECK(!guest_dma(4 * 4096 + 1, test_ram, 4096, true));
	CHECK(!guest_dma(TEST_RAM, test_ram, 1, false));
	CHECK(!guest_dma(~0ull - 8, test_ram, 8, true));
	CHECK_EQ(conflicts(), 0);
	grant_packet_end(&gs, 1);
	denied();
	CHECK(!reads(4 * 4096, 1));
	CHECK_EQ(denied(), 1);
}

TEST(each_packet_ends_alone)
{
	packet(&gs, 1, 8, 2);
	packet(&gs, 65, 9, 2);
	packet(&others, 1, 9, 1);
	CHECK_EQ(conflicts(), 0);
	grant_packet_end(&gs, 2);
	grant_packet_end(&gs, 1);
	grant_packet_end(&gs, 1);
	CHECK(!reads(8 * 4096, 1));
	CHECK(reads(9 * 4096, 1));
	grant_packets_void(&gs);
	CHECK(!reads(10 * 4096, 1));
	CHECK(reads(9 * 4096, 1));
	grant_packets_void(&others);
	CHECK(!reads(9 * 4096, 1));
}

TEST(what_is_shared_is_not_lent_again)
{
	conflicts();
	grant_gpadl(gpadl(20, 21, 22));
	CHECK_EQ(conflicts(), 0);
	packet(&gs, 1, 18, 2);
	CHECK_EQ(conflicts(), 0);
	packet(&gs, 2, 22, 3);
	CHECK_EQ(conflicts(), 1);
	grant_gpadl(gpadl(18, 30, 20));
	CHECK_EQ(conflicts(), 2);
	grant_packets_void(&gs);
	grant_gpadl_end(gpadl(18, 30, 20));
	grant_gpadl_end(gpadl(20, 21, 22));
	packet(&gs, 1, 20, 3);
	CHECK_EQ(conflicts(), 0);
	grant_packets_void(&gs);
}

TEST(kept_until_the_guest_is_told)
{
	grant_gpadl(gpadl(20, 21, 22));
	grant_gpadl_end(gpadl(20, 21, 22));
	grant_gpadl_keep(gpadl(20, 21, 22));
	packet(&gs, 1, 21, 1);
	CHECK_EQ(conflicts(), 1);
	grant_packets_void(&gs);
	/* A connection that is over takes all with it; late ends do no harm. */
	grant_gpadls_void();
	grant_gpadl_end(gpadl(20, 21, 22));
	packet(&gs, 1, 20, 3);
	grant_gpadl(gpadl(30, 31, 32));
	CHECK_EQ(conflicts(), 0);
	grant_packets_void(&gs);
	grant_gpadls_void();
}

TEST(pages_that_do_not_exist)
{
	packet(&gs, 1, TEST_RAM / 4096 - 1, 3);
	CHECK(reads(TEST_RAM - 4096, 1));
	packet(&gs, 2, ~0ull, 1);
	packet(&gs, 3, 1ull << 60, 2);
	grant_packets_void(&gs);
	CHECK(!reads(TEST_RAM - 4096, 1));
	CHECK_EQ(conflicts(), 0);
}

TEST(rings_begin_empty)
{
	uint8_t *pages[4] = { test_ram, test_ram + 4096, test_ram + 8192, test_ram + 12288 };
	struct session_desc d = { .pages = pages, .nr_pages = 4, .downstream_page = 2 };

	memset(test_ram, 0, sizeof(test_ram));
	atomic_store(&totals.dirty_rings, 0);
	((struct ring_header *)pages[0])->feature_bits = 1;
	((struct ring_header *)pages[2])->interrupt_mask = 1;
	grant_rings("device", &d);
	CHECK_EQ(atomic_load(&totals.dirty_rings), 0);
	pages[3][4095] = 0x6b;
	grant_rings("device", &d);
	CHECK_EQ(atomic_load(&totals.dirty_rings), 1);
	pages[3][4095] = 0;
	pages[2][sizeof(uint32_t) * 17] = 1;
	grant_rings("device", &d);
	CHECK_EQ(atomic_load(&totals.dirty_rings), 2);
}

TEST_MAIN(CASE(rings_begin_empty), CASE(nothing_is_reached_that_is_not_lent), CASE(each_packet_ends_alone),
	  CASE(what_is_shared_is_not_lent_again), CASE(kept_until_the_guest_is_told),
	  CASE(pages_that_do_not_exist))
