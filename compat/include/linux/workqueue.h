/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/workqueue.h - queues by what they promise, since 2.6.36
 *
 * Before (RHEL 5, 6) a queue had one thread, or one on each CPU; both keep a
 * thread of their own, which is what WQ_MEM_RECLAIM asks for, and works on other
 * queues do not wait for theirs.
 *
 * RHEL 5 hands a function not the work but a pointer kept in it, which we make
 * the work, and cannot wait for one work.  There flush_work() waits for all of
 * the queue; the queue is remembered in the data of the work's timer, which
 * only delayed works have another use for.
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

#ifndef HAVE_WORK_FUNC_WORK
#undef INIT_WORK
#undef INIT_DELAYED_WORK
#undef DECLARE_WORK
#define HVL_COMPAT_WORK_FN(fn)	((void (*)(void *))(void *)(fn))
#define INIT_WORK(work, fn)						\
do {									\
	struct work_struct *hvl_work = (work);				\
									\
	INIT_LIST_HEAD(&hvl_work->entry);				\
	hvl_work->pending = 0;						\
	PREPARE_WORK(hvl_work, HVL_COMPAT_WORK_FN(fn), hvl_work);	\
	init_timer(&hvl_work->timer);					\
	hvl_work->timer.data = 0;					\
} while (0)
#define INIT_DELAYED_WORK(dwork, fn)	INIT_WORK(&(dwork)->work, fn)
#define DECLARE_WORK(n, fn)						\
	struct work_struct n =						\
		__WORK_INITIALIZER(n, HVL_COMPAT_WORK_FN(fn), &(n))

static inline int hvl_compat_queue_work(struct workqueue_struct *wq,
					struct work_struct *work)
{
	work->timer.data = (unsigned long)wq;
	return queue_work(wq, work);
}

/* A work that came by its timer has itself there, and runs on the kernel's queue. */
static inline void hvl_compat_flush_work(struct work_struct *work)
{
	unsigned long wq = work->timer.data;

	if (wq && wq != (unsigned long)work)
		flush_workqueue((struct workqueue_struct *)wq);
	else
		flush_scheduled_work();
}

#define queue_work(wq, work)		hvl_compat_queue_work(wq, work)
#define flush_work(work)		hvl_compat_flush_work(work)
#define schedule_work_on(cpu, work)	schedule_delayed_work_on(cpu, work, 0)
#define queue_delayed_work(wq, dwork, delay) \
	queue_delayed_work(wq, &(dwork)->work, delay)
#define schedule_delayed_work(dwork, delay) \
	schedule_delayed_work(&(dwork)->work, delay)
#endif

#endif /* HVL_COMPAT_LINUX_WORKQUEUE_H */
