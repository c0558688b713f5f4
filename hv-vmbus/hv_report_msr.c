// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_report_msr.c - reporting a panic on kernels that know nothing of it
 *
 * The register form only (hypervisor.md 8): these kernels have no kmsg_dump
 * that could be asked for the end of the log, or one that runs too late.  With
 * a crash kernel armed they start it before any panic notifier; the die
 * notifier has spoken by then if the panic began with an oops.
 *
 * Every oops is reported: they keep from modules whether it is fatal, and as
 * they are delivered it is.  A later report replaces it with the host.
 *
 * No locks: the kernel lets one CPU at a time die.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/kernel.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/string.h>
#include <asm/msr.h>
#include <asm/cpuid.h>
#include <asm/ptrace.h>
#include "hvl-regs.h"
#include "hv_report.h"
#include "hv_wire.h"

static bool oops_reported;
static bool registered;

/* How the kernel's words begin when it panics of an oops. */
#define OOPS_ENDS	"Fatal exception"

static void report(u64 code, u64 ip, u64 ax, u64 sp)
{
	u64 id;

	rdmsrl(HVL_MSR_GUEST_OS_ID, id);
	wrmsrl(HVL_MSR_CRASH_P0, code);
	wrmsrl(HVL_MSR_CRASH_P0 + 1, id);
	wrmsrl(HVL_MSR_CRASH_P0 + 2, ip);
	wrmsrl(HVL_MSR_CRASH_P0 + 3, ax);
	wrmsrl(HVL_MSR_CRASH_P0 + 4, sp);
	wrmsrl(HVL_MSR_CRASH_CTL, HVL_CRASH_NOTIFY);
}

static int die_event(struct notifier_block *nb, unsigned long event, void *p)
{
	struct die_args *args = p;

	if (event != DIE_OOPS)
		return NOTIFY_DONE;
	report(event, hvl_regs_ip(args->regs), hvl_regs_ax(args->regs),
	       hvl_regs_sp(args->regs));
	oops_reported = true;
	return NOTIFY_DONE;
}

static int panic_event(struct notifier_block *nb, unsigned long event, void *p)
{
	unsigned long here = (unsigned long)__builtin_return_address(0);

	/* The end of an oops, whose registers tell more than ours. */
	if (oops_reported && !strncmp(p, OOPS_ENDS, sizeof(OOPS_ENDS) - 1))
		return NOTIFY_DONE;
	report(event, here, 0, (unsigned long)&here);
	return NOTIFY_DONE;
}

static struct notifier_block die_block = {
	.notifier_call = die_event,
};

/* Ahead of the notifier that takes the connection down. */
static struct notifier_block panic_block = {
	.notifier_call = panic_event,
};

void hvl_report_start(void)
{
	if (!(cpuid_edx(HVL_CPUID_FEATURES) & HVL_MISC_CRASH_MSRS))
		return;
	if (register_die_notifier(&die_block)) {
		pr_warn("panics will not be reported to the host\n");
		return;
	}
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	registered = true;
}

void hvl_report_stop(void)
{
	if (!registered)
		return;
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	unregister_die_notifier(&die_block);
	registered = false;
}
