// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_report_kernel.c - the kernel itself reports its death to the host
 *
 * There is nothing for us to do, and nothing that we may do.
 */
#include "hv_report.h"

void hvl_report_start(void)
{
}

void hvl_report_stop(void)
{
}
