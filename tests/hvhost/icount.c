// SPDX-License-Identifier: GPL-2.0-only
/*
 * icount.c - exact counts of guest instructions, with count=on
 *
 * Each run of instructions that execute together, at most a translation block,
 * has a counter of its own; so the count of any text range can be asked for
 * after the fact.  A run ends where the block does, and behind an instruction
 * that we may skip.  What remains uncounted for is a fault in the middle of a
 * run, whose rest is then counted twice; one addition for each instruction would
 * avoid it and make the guest five times slower.
 *
 * Inline operations touch only the executing vCPU's part of the scoreboard; a
 * reader sums the parts and sees each at some recent moment.
 *
 * Locks: runs_lock guards the table of runs; blocks are translated by all vCPUs.
 * A leaf.  The clock belongs to the one vCPU of a machine that has windows.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "host.h"
#include "partition.h"
#include "qemu_plugin.h"
#include "vtime.h"

#define MAX_RUNS	(1u << 20)
#define HASH_SIZE	(2 * MAX_RUNS)
/* The clock stands at this less what is left when vtime_tick() is called. */
#define CLOCK_RINGS	(1ull << 62)

struct counts {
	uint64_t total;
	uint64_t clock;
	uint64_t run[MAX_RUNS];		/* instructions, not times */
};

struct run {
	uint64_t va;
	uint32_t insns;
};

static struct qemu_plugin_scoreboard *board;
static pthread_mutex_t runs_lock = PTHREAD_MUTEX_INITIALIZER;
static struct run *runs;
static uint32_t nr_runs;
static uint32_t *hash;			/* index + 1, 0: free */
static uint64_t *marked[2];		/* of each run, at the begin and the end */
static uint64_t clock_base;		/* vclock_count() when the clock was set */
static uint64_t clock_set = CLOCK_RINGS - VCLOCK_NEVER;

static void *table(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		host_die("out of memory");
	return p;
}

void icount_init(void)
{
	if (!host_opt.count)
		return;
	board = qemu_plugin_scoreboard_new(sizeof(struct counts));
	runs = table(MAX_RUNS, sizeof(*runs));
	hash = table(HASH_SIZE, sizeof(*hash));
	marked[0] = table(MAX_RUNS, sizeof(uint64_t));
	marked[1] = table(MAX_RUNS, sizeof(uint64_t));
}

static qemu_plugin_u64 entry(size_t offset)
{
	qemu_plugin_u64 e = { board, offset };

	return e;
}

static qemu_plugin_u64 entry_of_run(uint32_t i)
{
	return entry(offsetof(struct counts, run) + (size_t)i * sizeof(uint64_t));
}

/* The number of a run; the same code translated again is the same run. */
static uint32_t run_number(uint64_t va, uint32_t insns)
{
	uint32_t at = (uint32_t)((va * 0x9e3779b97f4a7c15ull + insns) >> 40), i;

	pthread_mutex_lock(&runs_lock);
	for (at %= HASH_SIZE; (i = hash[at]); at = (at + 1) % HASH_SIZE)
		if (runs[i - 1].va == va && runs[i - 1].insns == insns)
			break;
	if (!i) {
		if (nr_runs == MAX_RUNS)
			host_die("the guest has more code than can be counted");
		runs[nr_runs].va = va;
		runs[nr_runs].insns = insns;
		i = hash[at] = ++nr_runs;
	}
	pthread_mutex_unlock(&runs_lock);
	return i - 1;
}

static void count_run(struct qemu_plugin_insn *first, uint32_t n)
{
	uint32_t i = run_number(qemu_plugin_insn_vaddr(first), n);

	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
		first, INLINE_ADD_U64, entry(offsetof(struct counts, total)), n);
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(first, INLINE_ADD_U64,
							    entry_of_run(i), n);
}

/* cpuid, wrmsr, rdmsr, rdtsc, rdtscp: execution may go on in another block. */
static bool may_be_skipped(struct qemu_plugin_insn *insn)
{
	uint8_t b[3];
	size_t n = qemu_plugin_insn_data(insn, b, sizeof(b));

	if (n == 3)
		return b[0] == 0x0f && b[1] == 0x01 && b[2] == 0xf9;
	return n == 2 && b[0] == 0x0f &&
	       (b[1] == 0xa2 || b[1] == 0x30 || b[1] == 0x31 || b[1] == 0x32);
}

static void on_clock(unsigned int vcpu, void *user)
{
	(void)user;
	if (!vcpu)
		vtime_tick();
}

void icount_translate(struct qemu_plugin_tb *tb)
{
	qemu_plugin_u64 clock = entry(offsetof(struct counts, clock));
	struct qemu_plugin_insn *first = NULL;
	uint32_t run = 0;
	size_t i, n;

	if (!board)
		return;
	n = qemu_plugin_tb_n_insns(tb);
	qemu_plugin_register_vcpu_tb_exec_cond_cb(tb, on_clock, CB_NO_REGS, COND_GE, clock,
						  CLOCK_RINGS, NULL);
	qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, INLINE_ADD_U64, clock, n);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (!first) {
			first = insn;
			run = 0;
		}
		run++;
		if (may_be_skipped(insn)) {
			count_run(first, run);
			first = NULL;
		}
	}
	if (first)
		count_run(first, run);
}

/* ---- the clock ----------------------------------------------------------------- */

uint64_t vclock_count(void)
{
	uint64_t at = qemu_plugin_u64_get(entry(offsetof(struct counts, clock)), 0);

	/* Before it was ever set it began at 0. */
	return at < CLOCK_RINGS - VCLOCK_NEVER ? at : clock_base + at - clock_set;
}

void vclock_arm(uint64_t insns)
{
	clock_base = vclock_count();
	clock_set = CLOCK_RINGS - (insns < VCLOCK_NEVER ? insns : VCLOCK_NEVER);
	qemu_plugin_u64_set(entry(offsetof(struct counts, clock)), 0, clock_set);
}

/* ---- reading --------------------------------------------------------------------- */

static uint64_t sum(qemu_plugin_u64 e)
{
	uint64_t s = 0;
	int i, n = qemu_plugin_num_vcpus();

	for (i = 0; i < n; i++)
		s += qemu_plugin_u64_get(e, (unsigned int)i);
	return s;
}

uint64_t icount_total(void)
{
	return board ? sum(entry(offsetof(struct counts, total))) : 0;
}

uint64_t icount_range(uint64_t start, uint64_t end)
{
	uint64_t n = 0;
	uint32_t i;

	pthread_mutex_lock(&runs_lock);
	for (i = 0; i < nr_runs; i++)
		if (runs[i].va >= start && runs[i].va < end)
			n += sum(entry_of_run(i));
	pthread_mutex_unlock(&runs_lock);
	return n;
}

void icount_mark(bool end)
{
	uint32_t i;

	pthread_mutex_lock(&runs_lock);
	for (i = 0; i < nr_runs; i++)
		marked[end][i] = sum(entry_of_run(i));
	pthread_mutex_unlock(&runs_lock);
}

uint64_t icount_window(uint64_t start, uint64_t end,
		       void (*each)(uint64_t va, uint64_t insns, void *arg), void *arg)
{
	uint64_t total = 0, n;
	uint32_t i;

	pthread_mutex_lock(&runs_lock);
	for (i = 0; i < nr_runs; i++) {
		if (runs[i].va < start || runs[i].va >= end || marked[1][i] <= marked[0][i])
			continue;
		n = marked[1][i] - marked[0][i];
		total += n;
		if (each)
			each(runs[i].va, n, arg);
	}
	pthread_mutex_unlock(&runs_lock);
	return total;
}
