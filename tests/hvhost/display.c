// SPDX-License-Identifier: GPL-2.0-only
/*
 * display.c - the name of Hyper-V's emulated display adapter
 *
 * Every virtual machine of the first generation has one, PCI 1414:5353 at device 8
 * of bus 0, and kernels that announce no device of ACPI load the bus by it.  QEMU
 * has no such device; one that it put there answers with this name, when a kernel
 * reads it through the configuration ports.
 *
 * The guest's kernel lets one CPU at a time use the ports; address is atomic all
 * the same, since nothing makes a guest keep to that.
 */
#include <stdatomic.h>

#include "display.h"

#define PORT_ADDRESS	0xcf8
#define PORT_DATA	0xcfc
#define DEVICE		8
#define NAME		0x53531414u	/* device id, vendor id */

static _Atomic uint32_t address;

void display_port_written(uint16_t port, uint32_t value)
{
	if (port == PORT_ADDRESS)
		address = value;
}

/* Is a read of so many bytes one of the name?  What it yields then. */
bool display_port_read(uint16_t port, unsigned int size, uint32_t *value)
{
	unsigned int at = port - PORT_DATA;

	if (port < PORT_DATA || at + size > sizeof(*value) ||
	    (address & ~3u) != (0x80000000u | DEVICE << 11))
		return false;
	*value = NAME >> 8 * at;
	if (size < sizeof(*value))
		*value &= (1u << 8 * size) - 1;
	return true;
}
