/* SPDX-License-Identifier: GPL-2.0-only */
/* Work done by others. */
/// include linux/workqueue.h

/* 2.6.36: queues by what they promise; before, by how many threads they have. */
/// probe ALLOC_WORKQUEUE
	struct workqueue_struct *wq = alloc_workqueue("%s", WQ_UNBOUND |
						      WQ_MEM_RECLAIM, 0, "x");
	(void)wq;

/* 2.6.20: the function gets the work, not a pointer kept in it. */
/// probe WORK_FUNC_WORK
	typedef char fits[HVL_IS((work_func_t)0,
			void (*)(struct work_struct *)) ? 1 : -1];
