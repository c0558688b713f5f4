// SPDX-License-Identifier: GPL-2.0-only
/*
 * partition.c - CPUID leaves and partition-wide MSRs, by host generation
 *
 * Locks: part_lock guards the partition-wide registers and the crash report; it
 * is never held together with another lock.  The number of VPs only grows,
 * while QEMU makes its vCPUs and none of them runs.
 *
 * TCG offers no way to raise #GP from here: a write that a real host would
 * fault on is refused, counted (msr_writes_refused) and logged instead.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host.h"
#include "partition.h"

#define APIC_HZ 1000000000ull	/* QEMU's APIC timer counts nanoseconds */

static pthread_mutex_t part_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vp vps[MAX_VPS];
static atomic_uint nr_vps;
static uint64_t guest_os_id;
static uint64_t hypercall_msr;
static atomic_bool hypercall_on;
static uint8_t under_hypercall[sizeof(hypercall_code)];
static struct crash_report crash;
static atomic_bool touched;		/* has the guest used us since the reset? */

/* Build numbers of the generations (leaf 0x40000002). */
static const struct { uint16_t major, minor; uint32_t build; } builds[] = {
	[HOST_WS2008]	= { 6, 0, 6001 },	[HOST_WS2008R2]	= { 6, 1, 7601 },
	[HOST_WS2012]	= { 6, 2, 9200 },	[HOST_WS2012R2]	= { 6, 3, 9600 },
	[HOST_WS2016]	= { 10, 0, 14393 },	[HOST_WS2019]	= { 10, 0, 17763 },
	[HOST_WS2022]	= { 10, 0, 20348 },	[HOST_WS2025]	= { 10, 0, 26100 },
};

unsigned int partition_vps(void)
{
	return atomic_load_explicit(&nr_vps, memory_order_acquire);
}

struct vp *partition_vp(unsigned int index)
{
	return index < partition_vps() ? &vps[index] : NULL;
}

void partition_vp_added(unsigned int vcpu)
{
	struct vp *vp;

	if (vcpu >= MAX_VPS)
		host_die("the guest has more than %u vCPUs", MAX_VPS);
	vp = &vps[vcpu];
	if (vcpu < partition_vps())
		return;
	pthread_mutex_init(&vp->lock, NULL);
	vp->index = vcpu;
	synic_reset(vp);
	atomic_store_explicit(&nr_vps, vcpu + 1, memory_order_release);
}

void partition_init(void)
{
	refclock_init();
}

bool partition_hypercall_enabled(void)
{
	return atomic_load_explicit(&hypercall_on, memory_order_relaxed);
}

/* The machine starts again at its reset vector. */
void partition_reset(void)
{
	unsigned int i;

	if (!atomic_exchange(&touched, false))
		return;
	if (host_opt.keep) {
		TOTAL(resets_kept);
		host_trace("machine reset, the partition does not see it");
		return;
	}
	TOTAL(resets);
	host_trace("machine reset");
	pthread_mutex_lock(&part_lock);
	guest_os_id = 0;
	hypercall_msr = 0;
	atomic_store(&hypercall_on, false);
	memset(&crash.p, 0, sizeof(crash.p));
	pthread_mutex_unlock(&part_lock);
	refclock_reset();
	for (i = 0; i < partition_vps(); i++) {
		stimer_reset(&vps[i]);
		synic_reset(&vps[i]);
	}
	vmbus_machine_reset();
}

/* ---- CPUID (hypervisor.md section 1) ------------------------------------ */

static uint32_t privileges(void)
{
	enum host_generation g = host_opt.generation;
	uint32_t eax;

	/* VP runtime, reference counter, SynIC, timers, hypercalls, VP index,
	 * reset */
	eax = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5 | 1u << 6 | 1u << 7;
	if (g >= HOST_WS2012)
		eax |= 1u << 9;		/* reference TSC page */
	if (g >= HOST_WS2012R2)
		eax |= 1u << 11;	/* frequency MSRs */
	return eax;
}

bool partition_direct_timers(void)
{
	return host_opt.direct && host_opt.generation >= HOST_WS2016;
}

static uint32_t misc_features(void)
{
	enum host_generation g = host_opt.generation;
	uint32_t edx = 0;

	if (g >= HOST_WS2012R2)
		edx |= 1u << 8 | 1u << 10;	/* frequencies, crash MSRs */
	if (partition_direct_timers())
		edx |= 1u << 19;
	return edx;
}

static uint32_t max_leaf(void)
{
	enum host_generation g = host_opt.generation;

	if (g >= HOST_WS2022 || host_opt.isolated)
		return 0x4000000c;
	if (g >= HOST_WS2016)
		return 0x4000000a;
	return g >= HOST_WS2012 ? 0x40000006 : 0x40000005;
}

bool partition_cpuid(uint32_t leaf, uint32_t out[4])
{
	enum host_generation g = host_opt.generation;

	if (leaf < 0x40000000 || leaf > 0x400000ff)
		return false;
	memset(out, 0, 4 * sizeof(out[0]));
	switch (leaf) {
	case 0x40000000:
		out[0] = max_leaf();
		out[1] = 0x7263694d;
		out[2] = 0x666f736f;
		out[3] = 0x76482074;
		break;
	case 0x40000001:
		out[0] = 0x31237648;
		break;
	case 0x40000002:
		out[0] = builds[g].build;
		out[1] = (uint32_t)builds[g].major << 16 | builds[g].minor;
		break;
	case 0x40000003:
		out[0] = privileges();
		out[1] = 1u << 4 | 1u << 5;	/* post messages, signal events */
		if (host_opt.root)
			out[1] |= 1u << 1 | 1u << 12;	/* own id, CPU management */
		if (host_opt.isolated)
			out[1] |= 1u << 22;
		out[3] = misc_features();
		break;
	case 0x40000004:
		out[0] = 1u << 5;		/* relaxed timing */
		if (g >= HOST_WS2019)
			out[0] |= 1u << 9;	/* no AutoEOI */
		out[1] = 0xffffffff;
		out[2] = 40;
		break;
	case 0x40000005:
		out[0] = MAX_VPS;
		out[1] = MAX_VPS;
		break;
	case 0x40000006:
		out[0] = 1u << 3;		/* SLAT */
		break;
	case 0x4000000c:
		if (host_opt.isolated)
			out[1] = 1;		/* by virtualization-based security */
		break;
	}
	return true;
}

/* ---- MSRs ----------------------------------------------------------------- */

/* VP_RUNTIME: RDMSR runs on the vCPU's own thread. */
static uint64_t own_runtime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 10000000u + (uint64_t)ts.tv_nsec / 100;
}

static uint64_t crash_ctl(void)
{
	return CRASH_NOTIFY | (host_opt.generation >= HOST_WS2016 ? CRASH_MESSAGE : 0);
}

/* part_lock held. */
static bool rdmsr_partition(uint32_t msr, uint64_t *value)
{
	bool crash_msrs = misc_features() & (1u << 10);

	if (msr == MSR_GUEST_OS_ID)
		*value = guest_os_id;
	else if (msr == MSR_HYPERCALL)
		*value = hypercall_msr;
	else if (msr >= MSR_CRASH_P0 && msr <= MSR_CRASH_P4 && crash_msrs)
		*value = crash.p[msr - MSR_CRASH_P0];
	else if (msr == MSR_CRASH_CTL && crash_msrs)
		*value = crash_ctl();
	else
		return false;
	return true;
}

bool partition_rdmsr(unsigned int vcpu, uint32_t msr, uint64_t *value)
{
	struct vp *vp = partition_vp(vcpu);
	bool known;

	if (synic_rdmsr(vp, msr, value) || stimer_rdmsr(vp, msr, value))
		return true;
	switch (msr) {
	case MSR_VP_INDEX:
		*value = vcpu;
		return true;
	case MSR_VP_RUNTIME:
		*value = own_runtime();
		return true;
	case MSR_TIME_REF_COUNT:
		TOTAL(reference_reads);
		*value = refclock_now();
		return true;
	case MSR_REFERENCE_TSC:
		*value = refclock_read_page_msr();
		return true;
	case MSR_TSC_FREQUENCY:
		*value = refclock_tsc_hz();
		return true;
	case MSR_APIC_FREQUENCY:
		*value = APIC_HZ;
		return true;
	case MSR_VP_ASSIST_PAGE:
		*value = vp->vp_assist;
		return true;
	}
	pthread_mutex_lock(&part_lock);
	known = rdmsr_partition(msr, value);
	pthread_mutex_unlock(&part_lock);
	return known;
}

/*
 * part_lock held.  The page is an overlay on a real host: what lay under it
 * comes back when it is taken away.  If it holds something else by now, a kernel
 * that knows nothing of the page has used the memory.
 */
static void unmap_hypercall_page(void)
{
	const void *p = gpa_ptr(hypercall_msr & HV_MSR_GPA_MASK, sizeof(under_hypercall));

	if (!atomic_exchange(&hypercall_on, false))
		return;
	if (!p || memcmp(p, hypercall_code, sizeof(hypercall_code)))
		return;
	vcpu_ram_write(hypercall_msr & HV_MSR_GPA_MASK, under_hypercall,
		       sizeof(under_hypercall));
}

/* part_lock held. */
static bool write_hypercall_msr(uint64_t value)
{
	uint64_t gpa = value & HV_MSR_GPA_MASK;
	const void *p;

	if (hypercall_msr & HV_HYPERCALL_LOCKED)
		return false;
	if (!guest_os_id)
		value &= ~HV_MSR_ENABLE;
	p = gpa_ptr(gpa, HV_PAGE);
	if ((value & HV_MSR_ENABLE) && hypercall_on && gpa == (hypercall_msr & HV_MSR_GPA_MASK) &&
	    p && !memcmp(p, hypercall_code, sizeof(hypercall_code))) {
		hypercall_msr = value;
		return true;
	}
	if ((value & HV_MSR_ENABLE) && !p)
		return false;
	unmap_hypercall_page();
	hypercall_msr = value;
	if (value & HV_MSR_ENABLE) {
		memcpy(under_hypercall, p, sizeof(under_hypercall));
		vcpu_ram_write(gpa, hypercall_code, sizeof(hypercall_code));
		/* What QEMU wrote must be seen in the file. */
		if (memcmp(p, hypercall_code, sizeof(hypercall_code)))
			host_die("the guest's RAM is not in %s; give QEMU "
				 "-M pc,memory-backend=ID and -object memory-backend-file,"
				 "id=ID,share=on,mem-path=%s", host_opt.ram, host_opt.ram);
		atomic_store(&hypercall_on, true);
	}
	return true;
}

/* part_lock held. */
static void report_crash(uint64_t ctl)
{
	const char *text;
	size_t len;

	crash.ctl = ctl;
	crash.text[0] = 0;
	if ((ctl & CRASH_MESSAGE) && crash.p[3]) {
		len = crash.p[4] < 4096 ? (size_t)crash.p[4] : 4096;
		text = gpa_ptr(crash.p[3], len);
		if (text) {
			memcpy(crash.text, text, len);
			crash.text[len] = 0;
		}
	}
	if (!(ctl & CRASH_NOTIFY))
		return;
	crash.reported = true;
	TOTAL(crashes);
	host_warn("guest reports a crash: P0 %#llx P1 %#llx P2 %#llx P3 %#llx P4 %#llx, "
		  "%zu bytes of text", (unsigned long long)crash.p[0],
		  (unsigned long long)crash.p[1], (unsigned long long)crash.p[2],
		  (unsigned long long)crash.p[3], (unsigned long long)crash.p[4],
		  strlen(crash.text));
}

/* part_lock held. */
static bool wrmsr_partition(uint32_t msr, uint64_t value)
{
	if (msr == MSR_GUEST_OS_ID) {
		guest_os_id = value;
		if (!value) {
			unmap_hypercall_page();
			hypercall_msr &= ~HV_MSR_ENABLE;
		}
	} else if (msr == MSR_HYPERCALL) {
		return write_hypercall_msr(value);
	} else if (msr >= MSR_CRASH_P0 && msr <= MSR_CRASH_P4) {
		crash.p[msr - MSR_CRASH_P0] = value;
	} else if (msr == MSR_CRASH_CTL) {
		report_crash(value);
	} else {
		return false;
	}
	return true;
}

bool partition_wrmsr(unsigned int vcpu, uint32_t msr, uint64_t value)
{
	struct vp *vp = partition_vp(vcpu);
	bool ok;

	atomic_store(&touched, true);
	if (msr != MSR_EOM && (msr < MSR_STIMER0_CONFIG || msr > MSR_STIMER3_COUNT))
		host_trace("vp %u: wrmsr %#x = %#llx", vcpu, msr,
			   (unsigned long long)value);
	if (synic_wrmsr(vp, msr, value) || stimer_wrmsr(vp, msr, value))
		return true;
	if (msr == MSR_REFERENCE_TSC) {
		refclock_write_page_msr(value);
		return true;
	}
	if (msr == MSR_VP_ASSIST_PAGE) {
		vp->vp_assist = value;
		return true;
	}
	if (msr == MSR_RESET) {
		if (value & 1)
			irq_machine_reset();
		return true;
	}
	pthread_mutex_lock(&part_lock);
	ok = wrmsr_partition(msr, value);
	pthread_mutex_unlock(&part_lock);
	if (!ok) {
		TOTAL(msr_writes_refused);
		host_warn("vp %u: write of %#llx to MSR %#x refused (a real host raises #GP)",
			  vcpu, (unsigned long long)value, msr);
	}
	return ok;
}

void partition_crash(struct crash_report *out)
{
	pthread_mutex_lock(&part_lock);
	*out = crash;
	pthread_mutex_unlock(&part_lock);
}
