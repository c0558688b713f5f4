// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_report_calls.c - reporting a panic through functions of the kernel
 *
 * The kernel writes the registers, the module says when: with the end of the
 * log where the host takes text and the administrator allows it
 * (kernel.hyperv_record_panic_msg), else with the registers of the CPU.  One
 * report a crash: whoever will send text sends nothing before.
 *
 * No locks.  text_page is set before the dumper is registered.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kdebug.h>
#include <linux/kernel.h>
#include <linux/kmsg_dump.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/sysctl.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>
#include <asm/cpuid.h>
#include "hv_report.h"
#include "hv_wire.h"

static int send_text = 1;
static void *text_page;
static bool registered;
static struct ctl_table_header *sysctl_header;

static int zero;
static int one = 1;

static struct ctl_table sysctls[] = {
	{
		.procname	= "hyperv_record_panic_msg",
		.data		= &send_text,
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= &zero,
		.extra2		= &one,
	},
	{ }
};

static bool text_will_come(void)
{
	return send_text && text_page;
}

static int die_event(struct notifier_block *nb, unsigned long event, void *p)
{
	struct die_args *args = p;

	if (event == DIE_OOPS && !text_will_come())
		hyperv_report_panic(args->regs, event, true);
	return NOTIFY_DONE;
}

static int panic_event(struct notifier_block *nb, unsigned long event, void *p)
{
	if (!text_will_come())
		hyperv_report_panic(current_pt_regs(), event, false);
	return NOTIFY_DONE;
}

static void dump(struct kmsg_dumper *dumper, enum kmsg_dump_reason reason)
{
	size_t len = 0;

	if (reason != KMSG_DUMP_PANIC || !text_will_come())
		return;
	kmsg_dump_get_buffer(dumper, false, text_page, HVL_PAGE_SIZE, &len);
	if (len)
		hyperv_report_panic_msg(virt_to_phys(text_page), len);
}

static struct notifier_block die_block = {
	.notifier_call = die_event,
};

/* Ahead of the notifier that takes the connection down. */
static struct notifier_block panic_block = {
	.notifier_call = panic_event,
};

static struct kmsg_dumper dumper = {
	.dump = dump,
};

static void start_text(void)
{
	u64 can;

	rdmsrl(HVL_MSR_CRASH_CTL, can);
	if (!(can & HVL_CRASH_NOTIFY_TEXT))
		return;
	text_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (text_page && kmsg_dump_register(&dumper)) {
		free_page((unsigned long)text_page);
		text_page = NULL;
	}
	if (!text_page)
		pr_warn("a panic will be reported without text\n");
}

void hvl_report_start(void)
{
	if (!(cpuid_edx(HVL_CPUID_FEATURES) & HVL_MISC_CRASH_MSRS))
		return;
	start_text();
	if (register_die_notifier(&die_block))
		pr_warn("an oops will not be reported to the host\n");
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	sysctl_header = register_sysctl("kernel", sysctls);
	if (!sysctl_header)
		pr_warn("no sysctl kernel.hyperv_record_panic_msg\n");
	registered = true;
}

void hvl_report_stop(void)
{
	if (!registered)
		return;
	if (sysctl_header)
		unregister_sysctl_table(sysctl_header);
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	unregister_die_notifier(&die_block);
	if (text_page) {
		kmsg_dump_unregister(&dumper);
		free_page((unsigned long)text_page);
		text_page = NULL;
	}
	registered = false;
}
