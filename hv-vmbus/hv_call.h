/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_call.h - the call into a hypercall page of our own (hypervisor.md 3.3)
 *
 * Everything that the ABI lets the hypervisor change is named as clobbered.
 */
#ifndef HVL_HV_CALL_H
#define HVL_HV_CALL_H

#include <linux/types.h>

/**
 * hvl_call() - one hypercall without output
 * @page: the hypercall page; NULL fails
 * @control: call code and flags
 * @in: guest-physical address of the input, or the input of a fast call
 *
 * Any context; in memory form with interrupts off, because the input page is
 * this CPU's.  Returns the result value; its low 16 bits are the status.
 */
static inline u64 hvl_call(void *page, u64 control, u64 in)
{
#ifdef CONFIG_X86_64
	register u64 out asm("r8") = 0;
	u64 result;

	if (!page)
		return ~0ull;
	asm volatile("call *%[page]"
		     : "=a" (result), "+c" (control), "+d" (in), "+r" (out)
		     : [page] "r" (page)
		     : "cc", "memory", "r9", "r10", "r11");
	return result;
#else
	u32 lo = (u32)control, hi = control >> 32;
	u32 in_lo = (u32)in, edi = 0, esi = 0;

	if (!page)
		return ~0ull;
	asm volatile("call *%[page]"
		     : "+a" (lo), "+d" (hi), "+c" (in_lo), "+D" (edi), "+S" (esi)
		     : "b" ((u32)(in >> 32)), [page] "m" (page)
		     : "cc", "memory");
	return (u64)hi << 32 | lo;
#endif
}

#endif /* HVL_HV_CALL_H */
