// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_hooks.c - the hypervisor table on kernels whose own code owns hypercall
 *              page, guest id, reference time page, vector and timers
 *
 * That is RHEL 7 and every x86 kernel from 5.10 on.  We use what it exports,
 * register the handlers it has hooks for, and write none of its registers.
 *
 * No locks.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <asm/irq_vectors.h>
#include <asm/mshyperv.h>
#include "hvl-exit-hooks.h"
#include "hv_wire.h"
#include "hypervisor.h"

static void (*kexec_handler)(void);
static void (*crash_handler)(void);

int hvl_hv_start(void)
{
	if (!hv_is_hyperv_initialized()) {
		pr_info("not a Hyper-V guest; nothing to drive here\n");
		return -ENODEV;
	}
	return hvl_hv_check_features();
}

void hvl_hv_stop(void)
{
}

u64 hvl_hv_get_msr(u32 msr)
{
	return hv_get_msr(msr);
}

void hvl_hv_set_msr(u32 msr, u64 value)
{
	hv_set_msr(msr, value);
}

u32 hvl_hv_post(struct hvl_post_input *in)
{
	return hv_do_hypercall(HVL_CALL_POST_MESSAGE, in, NULL) &
		HVL_STATUS_MASK;
}

void hvl_hv_signal(u32 connection_id)
{
	hv_do_fast_hypercall8(HVL_CALL_SIGNAL_EVENT, connection_id);
}

int hvl_hv_irq_start(void (*isr)(void))
{
	hv_setup_vmbus_handler(isr);
	return 0;
}

void hvl_hv_irq_stop(void)
{
	hv_remove_vmbus_handler();
}

u32 hvl_hv_vector(void)
{
	return HYPERVISOR_CALLBACK_VECTOR;
}

bool hvl_hv_auto_eoi(void)
{
	/* The kernel's entry code writes EOI by the same bit. */
	return !(ms_hyperv.hints & HVL_HINT_NO_AUTO_EOI);
}

void hvl_hv_randomness(void)
{
	add_interrupt_randomness(HYPERVISOR_CALLBACK_VECTOR);
}

static void kexec_hook(void)
{
	kexec_handler();
	HVL_AFTER_EXIT_HOOK();
}

static void crash_hook(struct pt_regs *regs)
{
	crash_handler();
	HVL_AFTER_EXIT_HOOK();
}

void hvl_hv_exit_hooks(void (*kexec)(void), void (*crash)(void))
{
	kexec_handler = kexec;
	crash_handler = crash;
	hv_setup_kexec_handler(kexec_hook);
	hv_setup_crash_handler(crash_hook);
}

void hvl_hv_exit_unhook(void)
{
	hv_remove_kexec_handler();
	hv_remove_crash_handler();
}
