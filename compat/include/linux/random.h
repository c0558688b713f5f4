/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/random.h of 6.12 over older ones
 */
#include_next <linux/random.h>

/* Before 5.16 it also took flags that nobody used. */
#if defined(HAVE_ADD_INTERRUPT_RANDOMNESS_2) && !defined(add_interrupt_randomness)
#define add_interrupt_randomness(irq)	add_interrupt_randomness(irq, 0)
#endif
