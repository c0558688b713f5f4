/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/cpumask.h - masks by pointer, since 2.6.28; RHEL 5 passes them by value
 */
#include_next <linux/cpumask.h>

#ifndef HVL_COMPAT_LINUX_CPUMASK_H
#define HVL_COMPAT_LINUX_CPUMASK_H

#ifndef HAVE_CPU_ONLINE_MASK
#define cpu_online_mask		(&cpu_online_map)
#define cpumask_first(mask)	first_cpu(*(mask))
#define nr_cpu_ids		NR_CPUS
#endif

#endif /* HVL_COMPAT_LINUX_CPUMASK_H */
