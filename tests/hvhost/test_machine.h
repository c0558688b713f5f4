/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_machine.h - a machine without QEMU for the host's unit tests
 *
 * 1 MiB of guest RAM with guard pages of nothing around it, log lines that are
 * only counted, and no registers.  Included once by a test program.
 */
#ifndef HVHOST_TEST_MACHINE_H
#define HVHOST_TEST_MACHINE_H

#include <stdarg.h>

#include "host.h"

#define TEST_RAM (1u << 20)

static uint8_t test_ram[TEST_RAM] __attribute__((aligned(4096)));
static atomic_int test_warnings;

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

_Noreturn void host_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	exit(2);
}

void host_warn(const char *fmt, ...)
{
	(void)fmt;
	atomic_fetch_add(&test_warnings, 1);
}

void host_trace(const char *fmt, ...)
{
	(void)fmt;
}

#endif /* HVHOST_TEST_MACHINE_H */
