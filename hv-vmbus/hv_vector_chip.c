// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_vector_chip.c - the vector on kernels that have no gate for Hyper-V
 *
 * The kernel has bound gate 0x20 + n to IRQ n for every n below 16 and never
 * gives those gates to anything else, so the SINT of every CPU points at the
 * gate of the IRQ that ACPI names; the IDT is not touched.
 *
 * Such a kernel runs one handler per IRQ at a time over all CPUs: an interrupt
 * on a second CPU only makes the first run its handler once more, on its own
 * CPU.  Events are per CPU, so they would be lost.  The chip's ack, however, is
 * called for each interrupt on the CPU that took it, before that decision.  The
 * chip is ours, and its ack is the interrupt handler (docs/ownership.md tells
 * what was measured).
 *
 * Lock: the kernel holds the IRQ descriptor's spinlock around ack, with
 * interrupts off.  What @isr takes is inside it; it must not touch the IRQ.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <asm/apic.h>
#include <asm/hw_irq.h>
#include "hv_acpi_irq.h"
#include "hypervisor.h"

/*
 * No device of ACPI announces itself to user space here; the emulated display
 * adapter does, which every virtual machine that can run such a kernel has.
 */
MODULE_ALIAS("pci:v00001414d00005353sv*sd*bc*sc*i*");

/* IRQs whose gates stay what they were at boot. */
#define GATED_IRQS	16

static void (*handler)(void);
static int irq = -1;

static void chip_ack(unsigned int nr)
{
	/* AutoEOI is off; nothing of a lower class than ours is in service. */
	ack_APIC_irq();
	if (handler)
		handler();
}

static void chip_nothing(unsigned int nr)
{
}

static unsigned int chip_startup(unsigned int nr)
{
	return 0;
}

/* The SINT is masked elsewhere; the IO-APIC's pin of that number is left alone. */
static struct irq_chip chip = {
	.name		= "Hyper-V",
	.typename	= "Hyper-V",
	.startup	= chip_startup,
	.shutdown	= chip_nothing,
	.enable		= chip_nothing,
	.disable	= chip_nothing,
	.mask		= chip_nothing,
	.unmask		= chip_nothing,
	.ack		= chip_ack,
	.end		= chip_nothing,
};

/* All is done in ack; unclaimed runs would make the kernel switch the IRQ off. */
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
	if (irq >= GATED_IRQS) {
		pr_err("IRQ %d cannot be used, its gate may belong to another device; name one below %d with irq=\n",
		       irq, GATED_IRQS);
		return -EINVAL;
	}
	/* An IRQ without a chip is refused, so the chip comes first. */
	set_irq_chip(irq, &chip);
	rc = request_irq(irq, claim, 0, "hv_vmbus", &chip);
	if (rc) {
		pr_err("IRQ %d is taken: error %d; name another with irq=\n",
		       irq, rc);
		return rc;
	}
	handler = isr;
	return 0;
}

/* The SINTs of all CPUs are masked. */
void hvl_hv_irq_stop(void)
{
	handler = NULL;
	synchronize_irq(irq);
	free_irq(irq, &chip);
	set_irq_chip(irq, NULL);
}

u32 hvl_hv_vector(void)
{
	return FIRST_EXTERNAL_VECTOR + irq;
}

bool hvl_hv_auto_eoi(void)
{
	return false;
}

void hvl_hv_randomness(void)
{
}
