/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/clocksource.h of 6.12 over that of 2.6.18
 */
#include_next <linux/clocksource.h>

#ifndef HVL_COMPAT_LINUX_CLOCKSOURCE_H
#define HVL_COMPAT_LINUX_CLOCKSOURCE_H

/* 2.6.37: the kernel works the multiplier out. */
#ifdef HAVE_CLOCKSOURCE_OURS
#include "hvl-clock.h"

static inline int clocksource_register_hz(struct clocksource *cs, u32 hz)
{
	hvl_clock_scale(hz, &cs->mult, &cs->shift);
	return clocksource_register(cs);
}
#endif

#endif /* HVL_COMPAT_LINUX_CLOCKSOURCE_H */
