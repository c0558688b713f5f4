// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu.c - registers and device memory of the vCPU that runs a callback
 *
 * Everything here is called on the vCPU's own thread, from a callback that was
 * registered with the matching register flag.  The scratch array is per thread,
 * because qemu_plugin_set_pc() never returns and would leak a local one.
 */
#include <string.h>

#include "host.h"
#include "partition.h"
#include "qemu_plugin.h"

static const char *const reg_names[NR_VREGS] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "efer", "cs",
};

static struct qemu_plugin_register *regs[MAX_VPS][NR_VREGS];
static __thread GByteArray *scratch;

static GByteArray *empty_scratch(void)
{
	if (!scratch)
		scratch = g_byte_array_sized_new(16);
	g_byte_array_set_size(scratch, 0);
	return scratch;
}

void vcpu_init(unsigned int vcpu)
{
	GArray *list = qemu_plugin_get_registers();
	guint size = g_array_get_element_size(list);
	guint i;
	int r;

	for (i = 0; i < list->len; i++) {
		const qemu_plugin_reg_descriptor *d =
			(const void *)(list->data + (size_t)i * size);

		for (r = 0; r < NR_VREGS; r++)
			if (!strcmp(d->name, reg_names[r]))
				regs[vcpu][r] = d->handle;
	}
	g_array_free(list, TRUE);
	for (r = 0; r < NR_VREGS; r++)
		if (!regs[vcpu][r])
			host_die("this QEMU does not show the register %s; use "
				 "qemu-system-x86_64 11 or later", reg_names[r]);
}

uint64_t vcpu_read(unsigned int vcpu, enum vcpu_reg reg)
{
	GByteArray *a = empty_scratch();
	uint64_t value = 0;

	if (qemu_plugin_read_register(regs[vcpu][reg], a))
		memcpy(&value, a->data, a->len < 8 ? a->len : 8);
	return value;
}

void vcpu_write(unsigned int vcpu, enum vcpu_reg reg, uint64_t value)
{
	GByteArray *a = empty_scratch();

	g_byte_array_append(a, (const uint8_t *)&value, sizeof(value));
	qemu_plugin_write_register(regs[vcpu][reg], a);
}

bool vcpu_long_mode(unsigned int vcpu)
{
	return vcpu_read(vcpu, VREG_EFER) & (1u << 10);
}

bool vcpu_kernel_mode(unsigned int vcpu)
{
	return !(vcpu_read(vcpu, VREG_CS) & 3);
}

uint32_t vcpu_mmio_read(uint64_t addr)
{
	GByteArray *a = empty_scratch();
	uint32_t value = 0;

	if (!qemu_plugin_read_memory_hwaddr(addr, a, 4) && a->len >= 4)
		memcpy(&value, a->data, 4);
	return value;
}

void vcpu_mmio_write(uint64_t addr, uint32_t value)
{
	GByteArray *a = empty_scratch();

	g_byte_array_append(a, (const uint8_t *)&value, sizeof(value));
	qemu_plugin_write_memory_hwaddr(addr, a);
}

#define MSI_BASE	0xfee00000u
#define XAPIC_IRR	0xfee00200ull

void vcpu_interrupt(uint32_t vp, uint8_t vector)
{
	vcpu_mmio_write(MSI_BASE + ((uint64_t)vp << 12), vector);
}

bool vcpu_interrupt_pending(void)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (vcpu_mmio_read(XAPIC_IRR + i * 16))
			return true;
	return false;
}

/* Through QEMU and not through our mapping: drops translations of the page. */
void vcpu_ram_write(uint64_t addr, const void *data, size_t len)
{
	GByteArray *a = empty_scratch();

	g_byte_array_append(a, data, (guint)len);
	qemu_plugin_write_memory_hwaddr(addr, a);
}
