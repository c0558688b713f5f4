/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_report.h - telling the host that this kernel has died
 *
 * Who does that differs by kernel (docs/ownership.md): from 6.1 on the kernel
 * itself, and a second report would replace the first; hv_report_kernel.c.  On
 * earlier kernels with hooks the module, through functions of the kernel;
 * hv_report_calls.c.  On kernels that know nothing of it the module writes the
 * registers; hv_report_msr.c.
 */
#ifndef HVL_HV_REPORT_H
#define HVL_HV_REPORT_H

/* Process context.  That a report cannot be made is no reason to fail. */
void hvl_report_start(void);
void hvl_report_stop(void);

#endif /* HVL_HV_REPORT_H */
