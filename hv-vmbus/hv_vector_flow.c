// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_vector_flow.c - the vector on kernels that have a gate for Hyper-V which
 *                    leads to an ordinary IRQ
 *
 * The gate's entry looks up the IRQ that was named to the kernel and runs its
 * flow handler, on the CPU that took the interrupt, and writes no EOI.  The
 * default flow handler would serialise all CPUs and acknowledge at the IO-APIC;
 * ours does neither.
 *
 * The kernel takes the gate anew with each call of its hook and stops the
 * machine if it is taken.  So the hook is called once in a boot, whoever does
 * it; the gate keeps leading to the same IRQ.
 *
 * No locks; the flow handler runs with interrupts off on several CPUs at once.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/kernel_stat.h>
#include <linux/rcupdate.h>
#include <asm/apic.h>
#include <asm/desc.h>
#include <asm/irq_vectors.h>
#include <asm/mshyperv.h>
#include <asm/cpuid.h>
#include "hv_acpi_irq.h"
#include "hv_wire.h"
#include "hypervisor.h"

static void (*handler)(void);
static bool auto_eoi;
static int irq = -1;

static void flow(unsigned int nr, struct irq_desc *desc)
{
	kstat_incr_irqs_this_cpu(nr, desc);
	if (handler)
		handler();
	if (!auto_eoi)
		ack_APIC_irq();
}

/* Makes the IRQ ours and shows it in /proc/interrupts; never called. */
static irqreturn_t claim(int nr, void *ctx)
{
	return IRQ_HANDLED;
}

int hvl_hv_irq_start(void (*isr)(void))
{
	int rc;

	irq = hvl_acpi_irq();
	if (irq < 0)
		return irq;
	auto_eoi = !(cpuid_eax(HVL_CPUID_HINTS) & HVL_HINT_NO_AUTO_EOI);
	rc = request_irq(irq, claim, 0, "hv_vmbus", &handler);
	if (rc) {
		pr_err("IRQ %d is taken: error %d; name another with irq=\n",
		       irq, rc);
		return rc;
	}
	set_irq_handler(irq, flow);
	handler = isr;
	if (!test_bit(HYPERVISOR_CALLBACK_VECTOR, used_vectors))
		hv_register_vmbus_handler(irq, claim);
	return 0;
}

/* The SINTs of all CPUs are masked. */
void hvl_hv_irq_stop(void)
{
	handler = NULL;
	synchronize_rcu();
	free_irq(irq, &handler);
	/*
	 * Not ours, which goes; and not none, at which the kernel acknowledges as if
	 * an interrupt were being served, and oopses.  Nobody needs what was there.
	 */
	set_irq_handler(irq, handle_level_irq);
}

u32 hvl_hv_vector(void)
{
	return HYPERVISOR_CALLBACK_VECTOR;
}

bool hvl_hv_auto_eoi(void)
{
	return auto_eoi;
}

void hvl_hv_randomness(void)
{
}
