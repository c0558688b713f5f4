/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smp.h - calls to other CPUs had a parameter "retry" before 2.6.27
 */
#ifndef HVL_COMPAT_SMP_H
#define HVL_COMPAT_SMP_H

#include_next <linux/smp.h>

#ifndef HAVE_ON_EACH_CPU_3_ARGS
#define on_each_cpu(fn, arg, wait)	on_each_cpu(fn, arg, 0, wait)
#define smp_call_function_single(cpu, fn, arg, wait) \
	smp_call_function_single(cpu, fn, arg, 0, wait)
#endif

#endif /* HVL_COMPAT_SMP_H */
