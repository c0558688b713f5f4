// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_hooks_early.c - the hypervisor table on kernels with the first generation
 *                    of hooks
 *
 * Hypercall page, guest id, reference time page, VP numbers and the vector are
 * the kernel's.  Undoing them for the next kernel is left to the module that
 * holds the hooks, and so are synthetic timers, of which we arm none: the tick
 * comes from the APIC timer.
 *
 * No locks.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <asm/irq_vectors.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>
#include <asm/cpuid.h>
#include "hv_wire.h"
#include "hypervisor.h"

static void (*kexec_handler)(void);
static void (*crash_handler)(void);

int hvl_hv_start(void)
{
	u32 need = HVL_FEAT_SYNIC | HVL_FEAT_HYPERCALL | HVL_FEAT_VP_INDEX;
	u32 priv = HVL_PRIV_POST_MESSAGES | HVL_PRIV_SIGNAL_EVENTS;
	u32 features, privileges;

	if (!hv_is_hyperv_initialized()) {
		pr_info("not a Hyper-V guest; nothing to drive here\n");
		return -ENODEV;
	}
	features = cpuid_eax(HVL_CPUID_FEATURES);
	privileges = cpuid_ebx(HVL_CPUID_FEATURES);
	if (privileges & HVL_PRIV_ISOLATION) {
		pr_err("isolated VM: this kernel has no driver for it\n");
		return -ENODEV;
	}
	if (privileges & HVL_PRIV_CPU_MANAGEMENT) {
		pr_err("root partition: nothing to drive here\n");
		return -ENODEV;
	}
	if ((features & need) != need || (privileges & priv) != priv) {
		pr_err("the hypervisor lacks SynIC, hypercalls, messages or events (features %#x, privileges %#x)\n",
		       features, privileges);
		return -ENODEV;
	}
	return 0;
}

void hvl_hv_stop(void)
{
}

u32 hvl_hv_vp(unsigned int cpu)
{
	return hv_vp_index[cpu];
}

u64 hvl_hv_get_msr(u32 msr)
{
	u64 v;

	rdmsrl(msr, v);
	return v;
}

void hvl_hv_set_msr(u32 msr, u64 value)
{
	wrmsrl(msr, value);
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
	hv_setup_vmbus_irq(isr);
	return 0;
}

void hvl_hv_irq_stop(void)
{
	hv_remove_vmbus_irq();
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
	add_interrupt_randomness(HYPERVISOR_CALLBACK_VECTOR, 0);
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

static void kexec_hook(void)
{
	kexec_handler();
	hyperv_cleanup();
}

static void crash_hook(struct pt_regs *regs)
{
	crash_handler();
	hyperv_cleanup();
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
