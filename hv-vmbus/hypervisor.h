/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypervisor.h - the table of operations by which the bus reaches the
 *                hypervisor
 *
 * Who owns what differs between kernels, so each operation is implemented by
 * the file that Kbuild picks for it from the probes (docs/ownership.md):
 * hv_hooks.c where the kernel's own code owns hypercall page and vector and
 * offers hooks, hv_native.c where nobody does.  The table is filled at link time: the signal
 * is on the I/O path and must not be an indirect call.
 *
 * SynIC registers and pages are ours on every kernel (cpu.c).
 */
#ifndef HVL_HYPERVISOR_H
#define HVL_HYPERVISOR_H

#include <hv/types.h>

struct hvl_post_input;

/* May we run here?  0, or an errno after one line that says why not. */
int hvl_hv_start(void);
void hvl_hv_stop(void);

/* What of that is the same on every kernel (hv_features.c). */
int hvl_hv_check_features(void);

/* SynIC registers of this CPU; a nested hypervisor has them elsewhere. */
u64 hvl_hv_get_msr(u32 msr);
void hvl_hv_set_msr(u32 msr, u64 value);

/* HvCallPostMessage; interrupts are off.  Returns the status code. */
u32 hvl_hv_post(struct hvl_post_input *in);

/* HvCallSignalEvent, fast form; any context. */
void hvl_hv_signal(u32 connection_id);

/* Have @isr called for the SINT's vector; which vector, and AutoEOI or not. */
int hvl_hv_irq_start(void (*isr)(void));
void hvl_hv_irq_stop(void);
u32 hvl_hv_vector(void);
bool hvl_hv_auto_eoi(void);

/* Entropy from the interrupt, where the kernel leaves that to the handler. */
void hvl_hv_randomness(void);

/*
 * Timers whose expiry comes as a message on our SINT.  Only if there are any,
 * by kernel and host, are they set up and taken down with a CPU.
 */
bool hvl_hv_timer_messages(void);
void hvl_hv_timer_cpu_up(unsigned int cpu);
void hvl_hv_timer_cpu_down(unsigned int cpu);
void hvl_hv_timer_message(void);

/*
 * @kexec is called before an orderly jump into another kernel, @crash on the
 * dying CPU.  Hypercall page and guest id go away after them, by whoever owns
 * them.
 */
void hvl_hv_exit_hooks(void (*kexec)(void), void (*crash)(void));
void hvl_hv_exit_unhook(void);
void hvl_hv_timer_all_down(void);
void hvl_hv_timer_crash_down(void);

#endif /* HVL_HYPERVISOR_H */
