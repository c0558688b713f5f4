/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/sched/task_stack.h, part of linux/sched.h before 4.11
 */
#ifndef HVL_COMPAT_SCHED_TASK_STACK_H
#define HVL_COMPAT_SCHED_TASK_STACK_H

#ifdef HAVE_HEADER_LINUX_SCHED_TASK_STACK_H
#include_next <linux/sched/task_stack.h>
#else
#include <linux/sched.h>
#endif

#endif /* HVL_COMPAT_SCHED_TASK_STACK_H */
