// SPDX-License-Identifier: GPL-2.0-only
/*
 * icount.c - exact counts of guest instructions, with count=on
 *
 * Each run of instructions that execute together gets one inline addition to
 * its vCPU's total, and one to the counter of its 4 KiB page if it lies in the
 * top 2 GiB of the address space, where x86-64 Linux keeps kernel and modules.
 * The text range of a module can then be asked for after the fact: modules begin
 * and end on pages.  A run ends where the page or the block does, and behind an
 * instruction that we may skip.  What remains uncounted for is a fault in the
 * middle of a run, whose rest is then counted twice; one addition for each
 * instruction would avoid it and make the guest five times slower.
 *
 * Inline operations touch only the executing vCPU's part of the scoreboard; a
 * reader sums the parts and sees each at some recent moment.  No lock.
 */
#include <stddef.h>

#include "host.h"
#include "partition.h"
#include "qemu_plugin.h"

#define TOP_BASE	0xffffffff80000000ull
#define TOP_PAGES	(1u << 19)

struct counts {
	uint64_t total;
	uint64_t page[TOP_PAGES];
};

static struct qemu_plugin_scoreboard *board;

void icount_init(void)
{
	if (host_opt.count)
		board = qemu_plugin_scoreboard_new(sizeof(struct counts));
}

static qemu_plugin_u64 entry_of_page(uint64_t page)
{
	qemu_plugin_u64 e = {
		board, offsetof(struct counts, page) + (size_t)page * sizeof(uint64_t)
	};

	return e;
}

static void count_run(struct qemu_plugin_insn *first, uint64_t va, uint64_t n)
{
	qemu_plugin_u64 total = { board, offsetof(struct counts, total) };

	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(first, INLINE_ADD_U64, total, n);
	if (va >= TOP_BASE)
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
			first, INLINE_ADD_U64,
			entry_of_page((va - TOP_BASE) >> HV_PAGE_SHIFT), n);
}

/* cpuid, wrmsr, rdmsr: after them execution may go on in another block. */
static bool may_be_skipped(struct qemu_plugin_insn *insn)
{
	uint8_t b[3];

	return qemu_plugin_insn_data(insn, b, sizeof(b)) == 2 && b[0] == 0x0f &&
	       (b[1] == 0xa2 || b[1] == 0x30 || b[1] == 0x32);
}

void icount_translate(struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = NULL;
	uint64_t first_va = 0, va, run = 0;
	size_t i, n;

	if (!board)
		return;
	n = qemu_plugin_tb_n_insns(tb);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		va = qemu_plugin_insn_vaddr(insn);
		if (first && va >> HV_PAGE_SHIFT != first_va >> HV_PAGE_SHIFT) {
			count_run(first, first_va, run);
			first = NULL;
		}
		if (!first) {
			first = insn;
			first_va = va;
			run = 0;
		}
		run++;
		if (may_be_skipped(insn)) {
			count_run(first, first_va, run);
			first = NULL;
		}
	}
	if (first)
		count_run(first, first_va, run);
}

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
	qemu_plugin_u64 total = { board, offsetof(struct counts, total) };

	return board ? sum(total) : 0;
}

bool icount_range(uint64_t start, uint64_t end, uint64_t *out)
{
	uint64_t page, last;

	if (!board || start < TOP_BASE || end <= start)
		return false;
	*out = 0;
	last = (end - 1 - TOP_BASE) >> HV_PAGE_SHIFT;
	for (page = (start - TOP_BASE) >> HV_PAGE_SHIFT; page <= last; page++)
		*out += sum(entry_of_page(page));
	return true;
}
