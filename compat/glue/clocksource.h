/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * glue/clocksource.h - members of a clock source that changed
 *
 * HVL_CLOCKSOURCE_CALLBACKS() emits what HVL_CLOCKSOURCE_READ() names, and
 * HVL_CLOCKSOURCE_CONTINUOUS is the initialiser that says of a counter that it
 * runs freely.
 */
#ifndef HVL_GLUE_CLOCKSOURCE_H
#define HVL_GLUE_CLOCKSOURCE_H

#include <linux/clocksource.h>

/* 2.6.21: a flag; 2.6.29: read() gets the clock source. */
#ifdef HAVE_CLOCKSOURCE_OURS
#define HVL_CLOCKSOURCE_CONTINUOUS	.is_continuous = 1
#define HVL_CLOCKSOURCE_READ(fn)	fn##_adapter
#define HVL_CLOCKSOURCE_CALLBACKS(fn)					\
static cycle_t fn##_adapter(void)					\
{									\
	return fn(NULL);						\
}
#else
#define HVL_CLOCKSOURCE_CONTINUOUS	.flags = CLOCK_SOURCE_IS_CONTINUOUS
#define HVL_CLOCKSOURCE_READ(fn)	fn
#define HVL_CLOCKSOURCE_CALLBACKS(fn)
#endif

#endif /* HVL_GLUE_CLOCKSOURCE_H */
