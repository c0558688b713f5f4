/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm/mshyperv.h of 6.12 over older ones
 */
#include_next <asm/mshyperv.h>

#ifndef HVL_COMPAT_ASM_MSHYPERV_H
#define HVL_COMPAT_ASM_MSHYPERV_H

#include <asm/msr.h>

/* Before 5.12 the hook took an IRQ number, of use on ARM only. */
#ifdef HAVE_HV_SETUP_VMBUS_IRQ
#define hv_setup_vmbus_handler(fn)	hv_setup_vmbus_irq(0, fn)
#define hv_remove_vmbus_handler()	hv_remove_vmbus_irq()
#endif

/* RHEL 7's takes the function alone. */
#ifdef HAVE_HV_SETUP_VMBUS_IRQ_ONLY
#define hv_setup_vmbus_handler(fn)	hv_setup_vmbus_irq(fn)
#define hv_remove_vmbus_handler()	hv_remove_vmbus_irq()
#endif

/* Before 6.x nobody knew of a nested hypervisor: plain registers. */
#ifndef HAVE_HV_SET_MSR
static inline u64 hvl_compat_get_msr(unsigned int msr)
{
	u64 value;

	rdmsrl(msr, value);
	return value;
}

#undef hv_get_msr
#undef hv_set_msr
#define hv_get_msr(msr)		hvl_compat_get_msr(msr)
#define hv_set_msr(msr, value)	wrmsrl(msr, value)
#endif

#endif /* HVL_COMPAT_ASM_MSHYPERV_H */
