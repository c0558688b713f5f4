// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_features.c - is this partition one that we may drive?
 *
 * The same questions on every kernel, to CPUID, once it is known that there is
 * a Hyper-V.  No locks.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <asm/cpuid.h>
#include "hv_wire.h"
#include "hypervisor.h"

int hvl_hv_check_features(void)
{
	u32 need = HVL_FEAT_SYNIC | HVL_FEAT_HYPERCALL | HVL_FEAT_VP_INDEX;
	u32 priv = HVL_PRIV_POST_MESSAGES | HVL_PRIV_SIGNAL_EVENTS;
	u32 features = cpuid_eax(HVL_CPUID_FEATURES);
	u32 privileges = cpuid_ebx(HVL_CPUID_FEATURES);

	if ((privileges & HVL_PRIV_ISOLATION) &&
	    (cpuid_ebx(HVL_CPUID_ISOLATION) & 0xf)) {
		pr_info("isolated VM: use the kernel's own drivers, if it has any\n");
		return -ENODEV;
	}
	if (privileges & HVL_PRIV_CPU_MANAGEMENT) {
		pr_info("root partition: use the kernel's own drivers\n");
		return -ENODEV;
	}
	if ((features & need) != need || (privileges & priv) != priv) {
		pr_err("the hypervisor lacks SynIC, hypercalls, messages or events (features %#x, privileges %#x)\n",
		       features, privileges);
		return -ENODEV;
	}
	return 0;
}
