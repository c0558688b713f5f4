// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_timesource.c - hv_timesource.ko: the partition's reference counter as a
 *                   clock source, for kernels that keep time with clock sources
 *                   and have none for Hyper-V (docs/ownership.md)
 *
 * A module of its own, because such kernels cannot give a clock source up again:
 * it has no exit and stays until the next boot, while hv_vmbus.ko may come and
 * go.  It needs nothing of the bus.
 *
 * The counter is read from its MSR, which every host has; reading conflicts with
 * nobody.  A TSC page would be quicker, but it has to be taken back before kexec,
 * for which these kernels have no hook that is sure to be called.
 *
 * No locks.
 */
#define pr_fmt(fmt) "hv_timesource: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <asm/msr.h>
#include "clocksource.h"
#include "hv_detect.h"
#include "hv_wire.h"

/* Units of 100 ns, whatever the host (hypervisor.md 2). */
#define REFERENCE_HZ	10000000u

static u64 read_reference(struct clocksource *cs)
{
	u64 now;

	rdmsrl(HVL_MSR_TIME_REF_COUNT, now);
	return now;
}
HVL_CLOCKSOURCE_CALLBACKS(read_reference)

/* Better than all others: neither a migration nor a stolen tick disturbs it. */
static struct clocksource reference = {
	.name	= "hyperv_clocksource",
	.rating	= 400,
	.read	= HVL_CLOCKSOURCE_READ(read_reference),
	.mask	= CLOCKSOURCE_MASK(64),
	HVL_CLOCKSOURCE_CONTINUOUS,
};

static int __init timesource_init(void)
{
	int ret;

	if (!hvl_hv_present() ||
	    !(cpuid_eax(HVL_CPUID_FEATURES) & HVL_FEAT_REF_COUNTER)) {
		pr_info("no Hyper-V with a reference counter here\n");
		return -ENODEV;
	}
	ret = clocksource_register_hz(&reference, REFERENCE_HZ);
	if (ret)
		pr_err("the kernel does not take the clock source: error %d\n",
		       ret);
	return ret;
}
module_init(timesource_init);

MODULE_DESCRIPTION("Hyper-V reference time clock source");
MODULE_VERSION(HVL_MODULE_VERSION);
MODULE_LICENSE("GPL");
