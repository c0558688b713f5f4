// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_timer_none.c - kernels without synthetic timers: the tick comes from the
 *                   APIC timer, and there is nothing to arm or to stop
 */
#include "hypervisor.h"

bool hvl_hv_timer_messages(void)
{
	return false;
}

void hvl_hv_timer_cpu_up(unsigned int cpu)
{
}

void hvl_hv_timer_cpu_down(unsigned int cpu)
{
}

void hvl_hv_timer_message(void)
{
}

void hvl_hv_timer_all_down(void)
{
}

void hvl_hv_timer_crash_down(void)
{
}
