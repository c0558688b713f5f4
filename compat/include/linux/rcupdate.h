/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/rcupdate.h - synchronize_rcu() waits for interrupt handlers
 *
 * So it does since 5.0; before, that was another function's promise.
 */
#include_next <linux/rcupdate.h>

#ifndef HVL_COMPAT_LINUX_RCUPDATE_H
#define HVL_COMPAT_LINUX_RCUPDATE_H

#ifdef HAVE_SYNCHRONIZE_SCHED
#undef synchronize_rcu
#define synchronize_rcu()	synchronize_sched()
#endif

#endif /* HVL_COMPAT_LINUX_RCUPDATE_H */
