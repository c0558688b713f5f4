/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/cpuhotplug.h - callbacks on CPUs that come and go, since 4.10
 *
 * Before, a module was told by a notifier chain; compat/lib/cpuhotplug.c makes
 * of that what the bus needs.
 */
#ifndef HVL_COMPAT_LINUX_CPUHOTPLUG_H
#define HVL_COMPAT_LINUX_CPUHOTPLUG_H

#ifdef HAVE_CPUHP_SETUP_STATE
#include_next <linux/cpuhotplug.h>
#else
#define CPUHP_AP_ONLINE_DYN	1

#define cpuhp_setup_state	hvl_compat_cpuhp_setup_state
#define cpuhp_remove_state	hvl_compat_cpuhp_remove_state

/* One user in a module. */
int cpuhp_setup_state(int state, const char *name,
		      int (*startup)(unsigned int cpu),
		      int (*teardown)(unsigned int cpu));
void cpuhp_remove_state(int state);
#endif

#endif /* HVL_COMPAT_LINUX_CPUHOTPLUG_H */
