/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/percpu.h - this_cpu_ptr() and __percpu came with 2.6.33, RHEL 6
 */
#include_next <linux/percpu.h>

#ifndef HVL_COMPAT_LINUX_PERCPU_H
#define HVL_COMPAT_LINUX_PERCPU_H

#ifndef HAVE_THIS_CPU_PTR
#define __percpu
/* The caller stays on its CPU. */
#define this_cpu_ptr(p)		per_cpu_ptr(p, smp_processor_id())
#endif

#endif /* HVL_COMPAT_LINUX_PERCPU_H */
