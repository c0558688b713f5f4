// SPDX-License-Identifier: GPL-2.0-only
/*
 * hv_native.c - the hypervisor table on kernels that leave guest id, hypercall page
 *               to a driver (docs/ownership.md)
 *
 * The vector is another file's: hv_vector_flow.c where the kernel has a gate
 * for Hyper-V, hv_vector_chip.c where it has none.
 *
 * These kernels offer no hook for kexec.  A platform device of ours, registered
 * before any other device of the bus, is the last of them to be shut down: the
 * disks have been flushed by then, and the next kernel is not yet started.  For
 * a crash they have no hook at all; the caller's panic notifier is the only one
 * who speaks then.
 *
 * No locks.  hypercall_page is written before the first channel exists.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <asm/io.h>
#include <asm/msr.h>
#include "hvl-execpage.h"
#include "hvl-kernel.h"
#include "hv_call.h"
#include "hv_detect.h"
#include "hv_wire.h"
#include "hypervisor.h"

static void *hypercall_page;
static void (*kexec_handler)(void);
static struct platform_device *last_device;

/* Open source, Linux, no distribution id, kernel version (hypervisor.md 2.1). */
#define GUEST_ID_LINUX	(0x8100ull << 48)

/* Guest id 0 takes the hypercall page away too; say both all the same. */
static void forget(void)
{
	wrmsrl(HVL_MSR_GUEST_OS_ID, 0);
	wrmsrl(HVL_MSR_HYPERCALL, 0);
}

int hvl_hv_start(void)
{
	u64 gpa, msr;
	int rc;

	if (!hvl_hv_present()) {
		pr_info("not a Hyper-V guest; nothing to drive here\n");
		return -ENODEV;
	}
	rc = hvl_hv_check_features();
	if (rc)
		return rc;
	hypercall_page = hvl_exec_page_alloc(&gpa);
	if (!hypercall_page)
		return -ENOMEM;

	/* An earlier kernel may have left both set; ours replace them. */
	wrmsrl(HVL_MSR_GUEST_OS_ID,
	       GUEST_ID_LINUX | (u64)HVL_KERNEL_VERSION << 16);
	rdmsrl(HVL_MSR_HYPERCALL, msr);
	wrmsrl(HVL_MSR_HYPERCALL,
	       (msr & ~HVL_MSR_GPN_MASK) | gpa | HVL_MSR_ENABLE);
	rdmsrl(HVL_MSR_HYPERCALL, msr);
	if (!(msr & HVL_MSR_ENABLE) || (msr & HVL_MSR_GPN_MASK) != gpa) {
		pr_err("the hypervisor does not take the hypercall page (%#llx)\n",
		       (unsigned long long)msr);
		forget();
		hvl_exec_page_free(hypercall_page);
		hypercall_page = NULL;
		return -EIO;
	}
	return 0;
}

void hvl_hv_stop(void)
{
	forget();
	hvl_exec_page_free(hypercall_page);
	hypercall_page = NULL;
}

u64 hvl_hv_get_msr(u32 msr)
{
	u64 v;

	rdmsrl(msr, v);
	return v;
}

void hvl_hv_set_msr(u32 msr, u64 value)
{
	wrmsrl(msr, value);
}

u32 hvl_hv_post(struct hvl_post_input *in)
{
	return hvl_call(hypercall_page, HVL_CALL_POST_MESSAGE,
			virt_to_phys(in)) & HVL_STATUS_MASK;
}

void hvl_hv_signal(u32 connection_id)
{
	hvl_call(hypercall_page, HVL_CALL_SIGNAL_EVENT | HVL_CALL_FAST,
		 connection_id);
}

/* ---- the way out -------------------------------------------------------------- */

static int last_probe(struct platform_device *dev)
{
	return 0;
}

static void last_shutdown(struct platform_device *dev)
{
	if (kexec_handler) {
		kexec_handler();
		forget();
	}
}

static struct platform_driver last_driver = {
	.probe		= last_probe,
	.shutdown	= last_shutdown,
	.driver		= {
		.name	= "hv_vmbus_last",
		.owner	= THIS_MODULE,
	},
};

void hvl_hv_exit_hooks(void (*kexec)(void), void (*crash)(void))
{
	kexec_handler = kexec;
	if (platform_driver_register(&last_driver)) {
		kexec_handler = NULL;
		goto warn;
	}
	last_device = platform_device_register_simple("hv_vmbus_last", -1,
						      NULL, 0);
	if (!IS_ERR(last_device))
		return;
	last_device = NULL;
	platform_driver_unregister(&last_driver);
	kexec_handler = NULL;
warn:
	pr_warn("no shutdown device: kexec will leave the connection up\n");
}

void hvl_hv_exit_unhook(void)
{
	if (!kexec_handler)
		return;
	kexec_handler = NULL;
	platform_device_unregister(last_device);
	platform_driver_unregister(&last_driver);
}
