// SPDX-License-Identifier: GPL-2.0-only
/*
 * icount.c - exact counts of guest instructions, with count=on
 *
 * Each instruction gets an inline addition to its vCPU's total, and one to the
 * counter of its 4 KiB page if it lies in the top 2 GiB of the address space,
 * where x86-64 Linux keeps kernel and modules.  The text range of a module can
 * then be asked for after the fact: modules begin and end on pages.
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

void icount_translate(struct qemu_plugin_tb *tb)
{
	qemu_plugin_u64 total = { board, offsetof(struct counts, total) };
	size_t i, n;
	uint64_t va;

	if (!board)
		return;
	n = qemu_plugin_tb_n_insns(tb);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, INLINE_ADD_U64,
								    total, 1);
		va = qemu_plugin_insn_vaddr(insn);
		if (va >= TOP_BASE)
			qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
				insn, INLINE_ADD_U64,
				entry_of_page((va - TOP_BASE) >> HV_PAGE_SHIFT), 1);
	}
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
