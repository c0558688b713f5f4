/* SPDX-License-Identifier: GPL-2.0-only */
/* Who tells the host of a panic (docs/ownership.md), and what a trap left. */
/// include linux/kmsg_dump.h
/// include linux/sched/task_stack.h
/// include asm/ptrace.h
/// include asm/mshyperv.h

/* 5.x, RHEL 7: the kernel has the writers, hv_vmbus calls them. */
/// probe REPORT_BY_CALLS
	(void)&hyperv_report_panic_msg;
/* 6.1: all moved into the kernel; the second name is nobody's any more. */
/// probe REPORT_BY_KERNEL
	extern int hyperv_report_panic_msg;

	(void)&hyperv_report_panic;
	(void)hyperv_report_panic_msg;
/* Neither. */
/// probe REPORT_BY_MSR
	extern int hyperv_report_panic;

	(void)hyperv_report_panic;
/// group panic_report REPORT_BY_KERNEL REPORT_BY_CALLS REPORT_BY_MSR

/* 2.6.25 */
/// probe PT_REGS_IP
	(void)((struct pt_regs *)0)->ip;
