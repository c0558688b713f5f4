/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts: handlers, calls to other CPUs, the vector of Hyper-V. */
/// include linux/interrupt.h
/// include linux/irq.h
/// include linux/smp.h
/// include linux/clocksource.h
/// include linux/hyperv.h
/// include clocksource/hyperv_timer.h
/// include asm/mshyperv.h

/* 2.6.19: handlers lost the registers */
/// probe IRQ_HANDLER_2_ARGS
	typedef char fits[HVL_IS((irq_handler_t)0, irqreturn_t (*)(int, void *)) ? 1 : -1];

/* 5.9: a tasklet's function gets the tasklet, not a number. */
/// probe TASKLET_SETUP
	tasklet_setup((struct tasklet_struct *)0,
		      (void (*)(struct tasklet_struct *))0);

/* 2.6.27: on_each_cpu() lost "retry" */
/// probe ON_EACH_CPU_3_ARGS
	(void)on_each_cpu((void (*)(void *))0, (void *)0, 1);

/*
 * The vector, newest form first (docs/ownership.md): 5.12; 5.3; 4.x and
 * RHEL 7; RHEL 6; none, where interrupt lines have chips that a module may
 * replace.
 */
/// probe HV_SETUP_VMBUS_HANDLER
	typedef char fits[HVL_IS(&hv_setup_vmbus_handler, void (*)(void (*)(void))) ? 1 : -1];
/// probe HV_SETUP_VMBUS_IRQ
	typedef char fits[HVL_IS(&hv_setup_vmbus_irq, int (*)(int, void (*)(void))) ? 1 : -1];
/// probe HV_SETUP_VMBUS_IRQ_ONLY
	typedef char fits[HVL_IS(&hv_setup_vmbus_irq, void (*)(void (*)(void))) ? 1 : -1];
/// probe HV_REGISTER_VMBUS_HANDLER
	typedef char fits[HVL_IS(&hv_register_vmbus_handler, void (*)(int, irq_handler_t)) ? 1 : -1];
/// probe HV_NO_VECTOR
#if defined(_ASM_X86_MSHYPER_H) || defined(_ASM_X86_MSHYPERV_H)
#error there is one
#endif
	struct irq_chip c = { .typename = "x" };
	set_irq_chip(1, &c);
/// group vector HV_SETUP_VMBUS_HANDLER HV_SETUP_VMBUS_IRQ HV_SETUP_VMBUS_IRQ_ONLY HV_REGISTER_VMBUS_HANDLER HV_NO_VECTOR

/*
 * 5.3: the kernel's timers by message, which a bus driver sets up on each CPU.
 * Before, the driver had timers of its own; ours has none.
 */
/// probe TIMER_MESSAGES
	(void)&hv_stimer_legacy_init;
	(void)&hv_stimer0_isr;
/// probe TIMER_NONE
	extern int hv_stimer_legacy_init;

	(void)hv_stimer_legacy_init;
/// group timers TIMER_MESSAGES TIMER_NONE
