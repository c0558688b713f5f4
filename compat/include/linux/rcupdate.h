/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/rcupdate.h - synchronize_rcu() waits for interrupt handlers
 *
 * So it does since 5.0; before, that was another function's promise, which in
 * turn does not wait for readers of a preemptible kernel that are preempted.
 */
#include_next <linux/rcupdate.h>

#ifndef HVL_COMPAT_LINUX_RCUPDATE_H
#define HVL_COMPAT_LINUX_RCUPDATE_H

#ifdef HAVE_SYNCHRONIZE_SCHED
static inline void hvl_compat_synchronize(void)
{
#ifdef CONFIG_PREEMPT
	synchronize_rcu();
#endif
	synchronize_sched();
}
#undef synchronize_rcu
#define synchronize_rcu()	hvl_compat_synchronize()
#endif

#endif /* HVL_COMPAT_LINUX_RCUPDATE_H */
