/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/workqueue.h - queues by what they promise, since 2.6.36
 *
 * Before (RHEL 5, 6) a queue had one thread, or one on each CPU; both keep a
 * thread of their own, which is what WQ_MEM_RECLAIM asks for, and works on other
 * queues do not wait for theirs.
 */
#include_next <linux/workqueue.h>

#ifndef HVL_COMPAT_LINUX_WORKQUEUE_H
#define HVL_COMPAT_LINUX_WORKQUEUE_H

#ifndef HAVE_ALLOC_WORKQUEUE
#define WQ_UNBOUND		0
#define WQ_MEM_RECLAIM		0
#define alloc_workqueue(name, flags, max)	create_workqueue(name)
#undef alloc_ordered_workqueue
#define alloc_ordered_workqueue(name, flags)	create_singlethread_workqueue(name)
#endif

#endif /* HVL_COMPAT_LINUX_WORKQUEUE_H */
