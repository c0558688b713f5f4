// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_timer_messages.c - synthetic timers of the kernel whose expiry comes as a
 *                       message on our SINT (docs/ownership.md)
 *
 * No locks.
 */
#include <linux/smp.h>
#include <clocksource/hyperv_timer.h>
#include <asm/cpuid.h>
#include "hv_wire.h"
#include "hypervisor.h"

bool hvl_hv_timer_messages(void)
{
	return !(cpuid_edx(HVL_CPUID_FEATURES) & HVL_MISC_DIRECT_STIMER);
}

void hvl_hv_timer_cpu_up(unsigned int cpu)
{
	hv_stimer_legacy_init(cpu, HVL_SINT_VMBUS);
}

void hvl_hv_timer_cpu_down(unsigned int cpu)
{
	hv_stimer_legacy_cleanup(cpu);
}

void hvl_hv_timer_message(void)
{
	hv_stimer0_isr();
}

void hvl_hv_timer_all_down(void)
{
	hv_stimer_global_cleanup();
}

void hvl_hv_timer_crash_down(void)
{
	hv_stimer_cleanup(smp_processor_id());
}
