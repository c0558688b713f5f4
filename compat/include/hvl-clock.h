/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-clock.h - the multiplier of a clock source, for kernels that leave it to
 *               the driver
 *
 * Pure arithmetic over hv/types.h; built in user space too.
 */
#ifndef HVL_CLOCK_H
#define HVL_CLOCK_H

#include <hv/types.h>

/* Time may stand still for so long (in a debugger, say) and still be right. */
#define HVL_CLOCK_LONGEST_SECONDS	600u

/* High to low, without the division of 64 bits that i386 kernels lack. */
static inline u64 hvl_clock_divide(u64 n, u32 by)
{
	u64 quotient = 0, rest = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		rest = rest << 1 | (n >> bit & 1);
		if (rest >= by) {
			rest -= by;
			quotient |= 1ull << bit;
		}
	}
	return quotient;
}

/**
 * hvl_clock_scale - nanoseconds = cycles * @mult >> @shift
 * @hz: cycles in a second, at least 1000
 *
 * The largest shift, which is the finest adjustment by NTP, for which neither
 * the multiplier nor the longest interval overflows.
 */
static inline void hvl_clock_scale(u32 hz, u32 *mult, u32 *shift)
{
	u64 most = hvl_clock_divide(hvl_clock_divide(~0ull >> 1, hz),
				    HVL_CLOCK_LONGEST_SECONDS);
	u64 m = 0;
	u32 s;

	for (s = 31; s; s--) {
		m = hvl_clock_divide((1000000000ull << s) + hz / 2, hz);
		if (m <= 0xffffffffu && m <= most)
			break;
	}
	*mult = m;
	*shift = s;
}

#endif /* HVL_CLOCK_H */
