/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_detect.h - is there a Hyper-V?  For kernels that cannot be asked
 */
#ifndef HVL_HV_DETECT_H
#define HVL_HV_DETECT_H

#include <asm/cpuid.h>
#include "hv_wire.h"

/* CPUID alone tells (hypervisor.md 1); others imitate all but the signature. */
static inline bool hvl_hv_present(void)
{
	u32 max, ebx, ecx, edx;

	if (!(cpuid_ecx(1) & (1u << 31)))
		return false;
	cpuid(HVL_CPUID_VENDOR, &max, &ebx, &ecx, &edx);
	return ebx == HVL_VENDOR_EBX && ecx == HVL_VENDOR_ECX &&
		edx == HVL_VENDOR_EDX && max >= HVL_CPUID_MIN_LEAF &&
		max <= HVL_CPUID_MAX_LEAF &&
		cpuid_eax(HVL_CPUID_INTERFACE) == HVL_INTERFACE_HV1;
}

#endif /* HVL_HV_DETECT_H */
