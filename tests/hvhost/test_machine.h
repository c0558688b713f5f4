/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_machine.h - a machine without QEMU for the host's unit tests
 *
 * 1 MiB of guest RAM with guard pages of nothing around it, log lines that are
 * only counted, and no registers.  Included once by a test program.
 */
#ifndef HVHOST_TEST_MACHINE_H
#define HVHOST_TEST_MACHINE_H

#include "host.h"
#include "test_log.h"

#define TEST_RAM (1u << 20)

static uint8_t test_ram[TEST_RAM] __attribute__((aligned(4096)));

struct host_options host_opt = { .generation = HOST_WS2022 };
struct host_totals totals;

enum host_generation host_generation(void)
{
	return host_opt.generation;
}

void *gpa_ptr(uint64_t gpa, size_t len)
{
	if (gpa >= TEST_RAM || len > TEST_RAM - gpa)
		return NULL;
	return test_ram + gpa;
}

#endif /* HVHOST_TEST_MACHINE_H */
