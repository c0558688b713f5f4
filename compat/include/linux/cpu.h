/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/cpu.h - the lock that keeps CPUs where they are had other names before
 *               4.13 and before 2.6.25
 */
#include_next <linux/cpu.h>

#ifndef HVL_COMPAT_LINUX_CPU_H
#define HVL_COMPAT_LINUX_CPU_H

#ifdef HAVE_CPUS_READ_LOCK
#elif defined(HAVE_GET_ONLINE_CPUS)
#define cpus_read_lock()	get_online_cpus()
#define cpus_read_unlock()	put_online_cpus()
#else
#define cpus_read_lock()	lock_cpu_hotplug()
#define cpus_read_unlock()	unlock_cpu_hotplug()
#endif

#endif /* HVL_COMPAT_LINUX_CPU_H */
