/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_clock.c - the multiplier of a clock source
 * build-flags: -Icompat/include
 */
#include <hv/os.h>
#include "hvl-clock.h"
#include "check.h"

static u64 seed = 1;

static u64 any(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed ^ seed >> 29;
}

TEST(division)
{
	u64 n;
	u32 by, i;

	CHECK_EQ(hvl_clock_divide(~0ull, 1), ~0ull);
	CHECK_EQ(hvl_clock_divide(~0ull, 0xffffffffu), 0x100000001ull);
	CHECK_EQ(hvl_clock_divide(6, 7), 0);
	for (i = 0; i < 20000; i++) {
		n = any() >> i % 64;
		by = any() >> i % 33 | 1;
		CHECK_EQ(hvl_clock_divide(n, by), n / by);
	}
}

/* The reference counter: 100 ns are exact, so is each tick of any kernel. */
TEST(reference_counter_is_exact)
{
	static const u32 ticks[] = { 100, 250, 1000 };
	u32 mult, shift, i;
	u64 cycles;

	hvl_clock_scale(10000000, &mult, &shift);
	CHECK_EQ(mult, 100u << shift);
	CHECK(shift >= 20 && shift <= 25);
	for (i = 0; i < ARRAY_SIZE(ticks); i++) {
		/* What 2.6.18 makes a tick of: see clocksource_calculate_interval. */
		cycles = (((u64)(1000000000 / ticks[i]) << shift) + mult / 2) / mult;
		CHECK_EQ(cycles, 10000000 / ticks[i]);
		CHECK_EQ(cycles * mult >> shift, 1000000000 / ticks[i]);
	}
}

TEST(no_overflow_and_no_drift)
{
	static const u32 rates[] = { 1000, 32768, 1193182, 3579545, 10000000,
				     14318180, 100000000, 2400000000u, 0xffffffffu };
	u32 mult, shift, i;
	unsigned __int128 ns;
	u64 longest, want, got;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		hvl_clock_scale(rates[i], &mult, &shift);
		CHECK(mult && shift && shift < 32);
		longest = 600ull * rates[i];
		ns = (unsigned __int128)longest * mult;
		CHECK(ns < (unsigned __int128)1 << 63);
		got = longest * mult >> shift;
		want = 600000000000ull;
		/* Off by less than 1 in 4 million, 250 ns in a second. */
		CHECK((got > want ? got - want : want - got) < want / 4000000);
		/* And the next finer shift would not have done. */
		CHECK(2 * ns >= (unsigned __int128)1 << 63 || mult >= 0x7fffffff ||
		      shift == 31);
	}
}

TEST_MAIN(CASE(division), CASE(reference_counter_is_exact),
	  CASE(no_overflow_and_no_drift))
