/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs: their masks, their coming and going, memory of their own. */
/// include linux/cpu.h
/// include linux/cpumask.h
/// include linux/cpuhotplug.h
/// include linux/percpu.h
/// include linux/workqueue.h

/* 4.13: the lock that keeps CPUs where they are; 2.6.25; before that. */
/// probe CPUS_READ_LOCK
	cpus_read_lock();
	cpus_read_unlock();
/// probe GET_ONLINE_CPUS
	get_online_cpus();
	put_online_cpus();

/* 4.10: callbacks on the CPU itself; before, a notifier chain. */
/// probe CPUHP_SETUP_STATE
	(void)&__cpuhp_setup_state;
	(void)CPUHP_AP_ONLINE_DYN;
/// probe CPU_NOTIFIER
	extern int __cpuhp_setup_state;

	(void)__cpuhp_setup_state;
	(void)&register_cpu_notifier;
/// group cpu_hotplug CPUHP_SETUP_STATE CPU_NOTIFIER

/* 2.6.28: a function run on a CPU of one's choice. */
/// probe WORK_ON_CPU
	(void)work_on_cpu(0, (long (*)(void *))0, (void *)0);

/* 2.6.33, RHEL 6: one's own part of memory that each CPU has. */
/// probe THIS_CPU_PTR
	int __percpu *p = 0;

	(void)this_cpu_ptr(p);

/* 2.6.28: masks of CPUs are passed by pointer. */
/// probe CPU_ONLINE_MASK
	unsigned int cpu = cpumask_first(cpu_online_mask);

	cpu = nr_cpu_ids;
	(void)cpu;
