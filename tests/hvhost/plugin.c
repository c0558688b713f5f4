// SPDX-License-Identifier: GPL-2.0-only
/*
 * plugin.c - where QEMU meets the host: installation and intercepted instructions
 *
 * Use:
 *   qemu-system-x86_64 -M pc,memory-backend=ram -accel tcg -cpu max,-x2apic \
 *     -smp 1,maxcpus=2 -m 1G -object memory-backend-file,id=ram,size=1G,share=on,mem-path=RAM \
 *     -qtest unix:QTEST,server=on,wait=off -qtest-log none \
 *     -acpitable file=vmbus.aml \
 *     -plugin hvhost.so,host=ws2019,ram=RAM,ramsize=1073741824,qtest=QTEST
 * Options are listed in options.c.  Where no second vCPU can come, TCG makes
 * plain loads and stores of locked instructions; rings and event flags that our
 * threads share with the guest would then break now and then, so such a machine
 * is refused.
 *
 * Callbacks run on the vCPU's thread without QEMU's big lock, except the
 * interrupt callback, which runs with it and therefore takes no lock of ours.
 * The reset of the machine is seen as vCPU 0 executing the reset vector.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "display.h"
#include "host.h"
#include "host_config.h"
#include "hostile_run.h"
#include "net_json.h"
#include "partition.h"
#include "qemu_plugin.h"
#include "vtime.h"

#define CPUID_MARK	0x48564255u	/* leaf by which a program sets a mark */
#define RESET_VECTOR	0xfffffff0ull
#define XAPIC_ISR	0xfee00100ull
#define XAPIC_EOI	0xfee000b0ull

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_API;

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv);

/* ---- intercepted instructions ------------------------------------------- */

/*
 * A program in the guest begins (ECX 1) and ends (ECX 0) a window of guest time.
 * EAX tells it whether there is one.
 */
static uint32_t mark(uint32_t begin)
{
	bool in_window = vtime_here();

	if (begin) {
		in_window = vtime_begin();
		icount_mark(false);
	} else {
		icount_mark(true);
		vtime_end();
	}
	return in_window;
}

/* user: the address after the instruction. */
static void on_cpuid(unsigned int vcpu, void *user)
{
	uint32_t out[4] = { 0 };

	if ((uint32_t)vcpu_read(vcpu, VREG_RAX) == CPUID_MARK && host_opt.count)
		out[0] = mark((uint32_t)vcpu_read(vcpu, VREG_RCX));
	else if (!partition_cpuid((uint32_t)vcpu_read(vcpu, VREG_RAX), out))
		return;
	vcpu_write(vcpu, VREG_RAX, out[0]);
	vcpu_write(vcpu, VREG_RBX, out[1]);
	vcpu_write(vcpu, VREG_RCX, out[2]);
	vcpu_write(vcpu, VREG_RDX, out[3]);
	qemu_plugin_set_pc((uintptr_t)user);
}

static bool is_synthetic(uint32_t msr)
{
	return msr >= 0x40000000u && msr <= 0x4000ffffu;
}

static void on_rdtsc(unsigned int vcpu, void *user)
{
	uint64_t tsc = refclock_guest_tsc();

	vcpu_write(vcpu, VREG_RAX, (uint32_t)tsc);
	vcpu_write(vcpu, VREG_RDX, tsc >> 32);
	qemu_plugin_set_pc((uintptr_t)user);
}

/* RDTSCP gives TSC_AUX too: on one NUMA node Linux keeps the CPU's number there. */
static void on_rdtscp(unsigned int vcpu, void *user)
{
	vcpu_write(vcpu, VREG_RCX, vcpu);
	on_rdtsc(vcpu, user);
}

/* A write of four bytes to the port in DX. */
static void on_out(unsigned int vcpu, void *user)
{
	(void)user;
	display_port_written((uint16_t)vcpu_read(vcpu, VREG_RDX),
			     (uint32_t)vcpu_read(vcpu, VREG_RAX));
}

/* A read of so many bytes from the port in DX. */
static void read_port(unsigned int vcpu, unsigned int size, void *next)
{
	uint64_t mask = (1ull << 8 * size) - 1;
	uint32_t value;

	if (!display_port_read((uint16_t)vcpu_read(vcpu, VREG_RDX), size, &value))
		return;
	/* Four bytes clear the upper half of the register, fewer leave the rest. */
	vcpu_write(vcpu, VREG_RAX, value |
		   (size == 4 ? 0 : vcpu_read(vcpu, VREG_RAX) & ~mask));
	qemu_plugin_set_pc((uintptr_t)next);
}

static void on_in_1(unsigned int vcpu, void *user)
{
	read_port(vcpu, 1, user);
}

static void on_in_2(unsigned int vcpu, void *user)
{
	read_port(vcpu, 2, user);
}

static void on_in_4(unsigned int vcpu, void *user)
{
	read_port(vcpu, 4, user);
}

/* The configuration ports are the kernel's, of 32 or 64 bits; the firmware is let alone. */
static void intercept_ports(struct qemu_plugin_insn *insn, const uint8_t *b, size_t n,
			    uint64_t va, void *next)
{
	if (!(va >> 63) && (va < 0xc0000000u || va >= 0xfff00000u))
		return;
	if (n == 1 && b[0] == 0xef)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_out, CB_R_REGS, NULL);
	else if (n == 1 && b[0] == 0xec)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_in_1, CB_RW_REGS_PC, next);
	else if (n == 2 && b[0] == 0x66 && b[1] == 0xed)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_in_2, CB_RW_REGS_PC, next);
	else if (n == 1 && b[0] == 0xed)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_in_4, CB_RW_REGS_PC, next);
}

static void on_halt(unsigned int vcpu, void *user)
{
	(void)vcpu;
	(void)user;
	vtime_halt();
}

static void on_rdmsr(unsigned int vcpu, void *user)
{
	uint32_t msr = (uint32_t)vcpu_read(vcpu, VREG_RCX);
	uint64_t value = 0;

	if (!is_synthetic(msr) || !vcpu_kernel_mode(vcpu))
		return;
	if (!partition_rdmsr(vcpu, msr, &value))
		host_trace("vp %u: rdmsr %#x is not offered", vcpu, msr);
	vcpu_write(vcpu, VREG_RAX, (uint32_t)value);
	vcpu_write(vcpu, VREG_RDX, value >> 32);
	qemu_plugin_set_pc((uintptr_t)user);
}

static void on_wrmsr(unsigned int vcpu, void *user)
{
	uint32_t msr = (uint32_t)vcpu_read(vcpu, VREG_RCX);
	uint64_t value;

	if (!is_synthetic(msr) || !vcpu_kernel_mode(vcpu))
		return;
	value = (vcpu_read(vcpu, VREG_RDX) << 32) | (uint32_t)vcpu_read(vcpu, VREG_RAX);
	partition_wrmsr(vcpu, msr, value);
	qemu_plugin_set_pc((uintptr_t)user);
}

static void on_hypercall(unsigned int vcpu, void *user)
{
	(void)user;
	hypercall(vcpu);
}

static void on_reset_vector(unsigned int vcpu, void *user)
{
	(void)user;
	if (!vcpu)
		partition_reset();
}

/* The instruction after an RDTSC: edx:eax hold what the guest has read. */
static void after_rdtsc(unsigned int vcpu, void *user)
{
	(void)user;
	if (!refclock_learned())
		refclock_sample((vcpu_read(vcpu, VREG_RDX) << 32) |
				(uint32_t)vcpu_read(vcpu, VREG_RAX));
}

/*
 * A vCPU has just taken an interrupt.  If it was a vector that ends by itself,
 * its in-service bit is set now and it is the highest one: write EOI for it.
 */
static void on_interrupt(unsigned int vcpu, enum qemu_plugin_discon_type type,
			 uint64_t from_pc, uint64_t to_pc, void *user)
{
	struct vp *vp = partition_vp(vcpu);
	unsigned int i;
	uint32_t map;

	(void)type;
	(void)from_pc;
	(void)to_pc;
	(void)user;
	for (i = 0; vp && i < 8; i++) {
		map = atomic_load_explicit(&vp->auto_eoi[i], memory_order_relaxed);
		if (map && (map & vcpu_mmio_read(XAPIC_ISR + i * 16))) {
			TOTAL(auto_eois);
			vcpu_mmio_write(XAPIC_EOI, 0);
		}
	}
}

static void intercept(struct qemu_plugin_insn *insn, bool after_tsc)
{
	uint8_t b[8];
	size_t n = qemu_plugin_insn_data(insn, b, sizeof(b));
	uint64_t va = qemu_plugin_insn_vaddr(insn);
	void *next = (void *)(uintptr_t)(va + n);

	if (after_tsc)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, after_rdtsc, CB_R_REGS, NULL);
	if (va == RESET_VECTOR)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_reset_vector, CB_NO_REGS,
						       NULL);
	if (n == 2 && b[0] == 0x0f && b[1] == 0xa2)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_cpuid, CB_RW_REGS_PC, next);
	else if (n == 2 && b[0] == 0x0f && b[1] == 0x32)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_rdmsr, CB_RW_REGS_PC, next);
	else if (n == 2 && b[0] == 0x0f && b[1] == 0x30)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_wrmsr, CB_RW_REGS_PC, next);
	else if (n == HYPERCALL_MARKER_LEN && !memcmp(b, hypercall_code, n))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_hypercall, CB_RW_REGS, NULL);
	if (host_opt.display)
		intercept_ports(insn, b, n, va, next);
	/*
	 * A block may be shared by processes that have it at different addresses,
	 * and the next address is of the one that came first: programs keep QEMU's
	 * RDTSC (their kernel is started without a vDSO).
	 */
	if (!host_opt.count || !(va >> 63))
		return;
	if (n == 2 && b[0] == 0x0f && b[1] == 0x31)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_rdtsc, CB_RW_REGS_PC, next);
	else if (n == 3 && b[0] == 0x0f && b[1] == 0x01 && b[2] == 0xf9)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_rdtscp, CB_RW_REGS_PC, next);
	else if ((n == 1 && b[0] == 0xf4) ||			/* hlt, mwait */
		 (n == 3 && b[0] == 0x0f && b[1] == 0x01 && b[2] == 0xc9))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_halt, CB_NO_REGS, NULL);
}

static bool is_rdtsc(struct qemu_plugin_insn *insn)
{
	uint8_t b[4];
	size_t n = qemu_plugin_insn_data(insn, b, sizeof(b));

	return (n == 2 && b[0] == 0x0f && b[1] == 0x31) ||
	       (n == 3 && b[0] == 0x0f && b[1] == 0x01 && b[2] == 0xf9);
}

static void on_translation(struct qemu_plugin_tb *tb, void *user)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	bool learning = !refclock_learned(), after_tsc = false;

	(void)user;
	icount_translate(tb);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		intercept(insn, after_tsc);
		after_tsc = learning && is_rdtsc(insn);
	}
}

/* ---- installation ----------------------------------------------------------- */

static void on_vcpu_init(unsigned int vcpu, void *user)
{
	(void)user;
	if (vcpu == 0) {
		memory_init();
		irq_start();
		stimer_start();
		if (host_opt.control)
			control_start(host_opt.control);
	}
	partition_vp_added(vcpu);
	vcpu_init(vcpu);
}

static int refuse(const char *why)
{
	fprintf(stderr, "hvhost: %s\n", why);
	return -1;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	char err[512];
	int i;

	if (info->version.cur < PLUGIN_API || info->version.min > PLUGIN_API)
		return refuse("this QEMU does not offer plug-in API 7; use QEMU 11");
	if (!info->system_emulation || strcmp(info->target_name, "x86_64"))
		return refuse("runs only in qemu-system-x86_64");
	if (info->system.max_vcpus < 2)
		return refuse("locked instructions of a machine for one vCPU are not locked; "
			      "give QEMU -smp 1,maxcpus=2");
	for (i = 0; i < argc; i++)
		if (!option_parse(argv[i], err, sizeof(err)))
			return refuse(err);
	if (!option_check(err, sizeof(err)))
		return refuse(err);

	log_open();
	partition_init();
	icount_init();
	vmbus_start();
	core_commands_init();
	host_commands_init();
	net_commands_init();
	hostile_commands_init();
	if (host_config_load(host_opt.config, err, sizeof(err)))
		return refuse(err);

	qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init, NULL);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation, NULL);
	qemu_plugin_register_vcpu_discon_cb(id, DISCON_INTERRUPT, on_interrupt, NULL);
	return 0;
}
