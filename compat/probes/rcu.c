/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for those who look without a lock. */
/// include linux/rcupdate.h

/* Until 5.0 interrupts-off sections are readers of this kind alone. */
/// probe SYNCHRONIZE_SCHED
	(void)&synchronize_sched;
