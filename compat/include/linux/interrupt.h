/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interrupt.h - handlers had a third parameter, the registers, before 2.6.19;
 *               tasklet_setup() came with 5.9
 */
#ifndef HVL_COMPAT_INTERRUPT_H
#define HVL_COMPAT_INTERRUPT_H

#include_next <linux/interrupt.h>

#ifndef HAVE_IRQ_HANDLER_2_ARGS
/* A handler that looks at two of three arguments may be called with three. */
#define request_irq(irq, handler, flags, name, ctx)			\
	request_irq(irq, (irqreturn_t (*)(int, void *, struct pt_regs *)) \
		    (void *)(handler), flags, name, ctx)
#endif

#ifndef HAVE_TASKLET_SETUP
/* A pointer and a number are passed alike. */
static inline void hvl_compat_tasklet_setup(struct tasklet_struct *t,
					    void (*fn)(struct tasklet_struct *))
{
	tasklet_init(t, (void (*)(unsigned long))(void *)fn, (unsigned long)t);
}
#define tasklet_setup(t, fn)	hvl_compat_tasklet_setup(t, fn)
#endif

#endif /* HVL_COMPAT_INTERRUPT_H */
