/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clock sources: does the kernel keep time with them, and has it one for
 * Hyper-V?  Of the kernels that we are for, all with read(struct clocksource *)
 * have: RHEL 6 (2.6.32) and later.
 */
/// include linux/types.h
/// include linux/clocksource.h

/* 2.6.29: read() gets the clock source.  cycle_t was u64, and went in 4.10. */
/// probe CLOCKSOURCE_BY_KERNEL
	typedef char fits[HVL_IS(((struct clocksource *)0)->read,
		u64 (*)(struct clocksource *)) ? 1 : -1];

/* RHEL 5, i386: there are clock sources, and none is for Hyper-V. */
/// probe CLOCKSOURCE_OURS
	typedef char fits[HVL_IS(((struct clocksource *)0)->read,
		u64 (*)(void)) ? 1 : -1];
	typedef char generic_time[CONFIG_GENERIC_TIME];

/* RHEL 5, x86_64: the structure is declared and nothing uses it. */
/// probe CLOCKSOURCE_NOT_USED
	typedef char fits[HVL_IS(((struct clocksource *)0)->read,
		u64 (*)(void)) ? 1 : -1];
	int CONFIG_GENERIC_TIME;
/// group clock_source CLOCKSOURCE_BY_KERNEL CLOCKSOURCE_OURS CLOCKSOURCE_NOT_USED
