/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-exit-hooks.h - who undoes hypercall page and guest id for the next kernel
 *
 * Since 5.x the kernel calls hyperv_cleanup() after its kexec and crash hooks.
 * RHEL 7, whose vector hook takes the function alone, has the same hooks and
 * leaves that call to whoever holds them.
 */
#ifndef HVL_GLUE_EXIT_HOOKS_H
#define HVL_GLUE_EXIT_HOOKS_H

#include <asm/mshyperv.h>

#ifdef HAVE_HV_SETUP_VMBUS_IRQ_ONLY
#define HVL_AFTER_EXIT_HOOK()	hyperv_cleanup()
#else
#define HVL_AFTER_EXIT_HOOK()	do { } while (0)
#endif

#endif /* HVL_GLUE_EXIT_HOOKS_H */
