// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_acpi_irq.c - which interrupt line ACPI gives the VMBus device
 *
 * Later kernels have a vector for Hyper-V and do not ask; the older ones send
 * the interrupt through an ordinary IRQ, whose number stands in the device's
 * _CRS.  No locks; process context.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/acpi.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include "hv_acpi_irq.h"

static int irq_param = -1;
module_param_named(irq, irq_param, int, 0444);
MODULE_PARM_DESC(irq, "Interrupt of the VMBus (default: what ACPI says)");

static acpi_status look_at_resource(struct acpi_resource *res, void *ctx)
{
	int *irq = ctx;

	if (res->type == ACPI_RESOURCE_TYPE_IRQ &&
	    res->data.irq.interrupt_count)
		*irq = res->data.irq.interrupts[0];
	else if (res->type == ACPI_RESOURCE_TYPE_EXTENDED_IRQ &&
		 res->data.extended_irq.interrupt_count)
		*irq = res->data.extended_irq.interrupts[0];
	return AE_OK;
}

static acpi_status look_at_device(acpi_handle handle, u32 level, void *ctx,
				  void **ret)
{
	acpi_walk_resources(handle, METHOD_NAME__CRS, look_at_resource, ctx);
	return *(int *)ctx < 0 ? AE_OK : AE_CTRL_TERMINATE;
}

int hvl_acpi_irq(void)
{
	int irq = irq_param;

	/* Firmware writes it both ways. */
	if (irq < 0)
		acpi_get_devices("VMBUS", look_at_device, &irq, NULL);
	if (irq < 0)
		acpi_get_devices("VMBus", look_at_device, &irq, NULL);
	if (irq >= 0)
		return irq;
	pr_err("ACPI gives the VMBus no interrupt; name one with irq=\n");
	return -ENODEV;
}
