/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_log.h - the host's log in a unit test: what is fatal ends it, warnings are counted
 *
 * Included once by a test program.
 */
#ifndef HVHOST_TEST_LOG_H
#define HVHOST_TEST_LOG_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"

static atomic_int test_warnings;

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

#endif /* HVHOST_TEST_LOG_H */
