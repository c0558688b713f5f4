// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuhotplug.c - cpuhp_setup_state() of 4.10 over the notifier chain of before
 *
 * For RHEL 5 to 7.  The chain is called on the CPU that orders the change; the
 * callbacks want to run on the one that it is about, which in CPU_ONLINE and in
 * CPU_DOWN_PREPARE does run tasks.
 *
 * The notifier is registered before the CPUs are gone through, because the
 * chain's lock is outside the one that keeps CPUs in place; `here` tells who
 * came first.
 *
 * Locks: the CPU hot-plug lock, then hp.mutex, which guards hp.here.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/bitops.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

static struct {
	struct mutex mutex;
	int (*startup)(unsigned int cpu);
	int (*teardown)(unsigned int cpu);
	unsigned long here[BITS_TO_LONGS(NR_CPUS)];
} hp;

struct call {
	int (*fn)(unsigned int cpu);
	unsigned int cpu;
};

static long run(void *arg)
{
	struct call *c = arg;

	return c->fn(c->cpu);
}

#ifndef HAVE_WORK_ON_CPU
/* Before 2.6.28 the caller goes there itself. */
static long work_on_cpu(unsigned int cpu, long (*fn)(void *), void *arg)
{
	cpumask_t before = current->cpus_allowed;
	long ret = set_cpus_allowed(current, cpumask_of_cpu(cpu));

	if (ret)
		return ret;
	ret = fn(arg);
	set_cpus_allowed(current, before);
	return ret;
}
#endif

static int run_on(unsigned int cpu, int (*fn)(unsigned int cpu))
{
	struct call c = { fn, cpu };

	return work_on_cpu(cpu, run, &c);
}

static int come(unsigned int cpu)
{
	int ret = 0;

	mutex_lock(&hp.mutex);
	if (!test_bit(cpu, hp.here)) {
		ret = run_on(cpu, hp.startup);
		if (!ret)
			set_bit(cpu, hp.here);
	}
	mutex_unlock(&hp.mutex);
	return ret;
}

static int go(unsigned int cpu)
{
	int ret = 0;

	mutex_lock(&hp.mutex);
	if (test_bit(cpu, hp.here)) {
		ret = run_on(cpu, hp.teardown);
		if (!ret)
			clear_bit(cpu, hp.here);
	}
	mutex_unlock(&hp.mutex);
	return ret;
}

static int event(struct notifier_block *nb, unsigned long action, void *hcpu)
{
	unsigned int cpu = (unsigned long)hcpu;

	switch (action & ~CPU_TASKS_FROZEN) {
	case CPU_ONLINE:
	case CPU_DOWN_FAILED:
		/* Too late to refuse. */
		if (come(cpu))
			pr_err("CPU %u comes without a message page\n", cpu);
		break;
	case CPU_DOWN_PREPARE:
		return go(cpu) ? NOTIFY_BAD : NOTIFY_OK;
	}
	return NOTIFY_OK;
}

static struct notifier_block block = {
	.notifier_call = event,
};

int cpuhp_setup_state(int state, const char *name,
		      int (*startup)(unsigned int cpu),
		      int (*teardown)(unsigned int cpu))
{
	unsigned int cpu;
	int ret;

	mutex_init(&hp.mutex);
	hp.startup = startup;
	hp.teardown = teardown;
	ret = register_cpu_notifier(&block);
	if (ret)
		return ret;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		ret = come(cpu);
		if (ret)
			break;
	}
	cpus_read_unlock();
	if (ret) {
		cpuhp_remove_state(state);
		return ret;
	}
	return state;
}

void cpuhp_remove_state(int state)
{
	unsigned int cpu;

	unregister_cpu_notifier(&block);
	cpus_read_lock();
	for_each_online_cpu(cpu)
		go(cpu);
	cpus_read_unlock();
}
