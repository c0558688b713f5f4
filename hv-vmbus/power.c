// SPDX-License-Identifier: GPL-2.0-only
/*
 * power.c - leaving the host when the kernel dies or gives way to another
 *
 * The hypervisor writes into our pages until it is told not to; a kernel that
 * is started over this one without that would find its memory overwritten.
 *
 * No locks: none can be relied on here.
 */
#include <linux/cpuhotplug.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include "bus.h"
#include "hv_report.h"
#include "hypervisor.h"

static void synic_off_here(void *unused)
{
	hvl_synic_off_lockless();
}

/* Orderly: all CPUs still run (hypervisor.md 9.4). */
static void kexec_hook(void)
{
	hvl_hv_timer_all_down();
	hvl_unload_dying();
	hvl_core_disconnected(&hvl_bus.core);
	/* The state before the registers, for CPUs that look at either. */
	virt_mb();
	on_each_cpu(synic_off_here, NULL, 1);
}

/* Dying: only this CPU can be acted on (9.5). */
static void crash_hook(void)
{
	hvl_unload_dying();
	hvl_hv_timer_crash_down();
	hvl_synic_off_lockless();
}

static int panic_event(struct notifier_block *nb, unsigned long event, void *p)
{
	hvl_unload_dying();
	return NOTIFY_DONE;
}

/* Among the last: other notifiers may still want their devices. */
static struct notifier_block panic_block = {
	.notifier_call = panic_event,
	.priority = INT_MIN + 1,
};

int hvl_power_init(void)
{
	int ret = atomic_notifier_chain_register(&panic_notifier_list,
						 &panic_block);

	if (ret)
		return ret;
	ret = hvl_sleep_init();
	if (ret) {
		atomic_notifier_chain_unregister(&panic_notifier_list,
						 &panic_block);
		return ret;
	}
	hvl_hv_exit_hooks(kexec_hook, crash_hook);
	hvl_report_start();
	return 0;
}

void hvl_power_exit(void)
{
	hvl_report_stop();
	hvl_hv_exit_unhook();
	hvl_sleep_exit();
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
}
