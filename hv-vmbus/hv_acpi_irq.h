/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVL_HV_ACPI_IRQ_H
#define HVL_HV_ACPI_IRQ_H

/*
 * The interrupt that ACPI gives the VMBus device, or what the parameter irq=
 * says.  Process context.  -ENODEV after one line when there is none.
 */
int hvl_acpi_irq(void);

#endif /* HVL_HV_ACPI_IRQ_H */
