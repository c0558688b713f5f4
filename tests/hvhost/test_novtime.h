/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_novtime.h - for tests of what knows of guest time, but run without it
 */
#ifndef HVHOST_TEST_NOVTIME_H
#define HVHOST_TEST_NOVTIME_H

#include "vtime.h"

bool vtime_here(void)
{
	return false;
}

uint64_t vtime_now(void)
{
	return 0;
}

void vtime_post(struct work *w, uint64_t due_ns)
{
	(void)w;
	(void)due_ns;
}

void vtime_disk(struct work *w, struct disk_queue *q, uint32_t bytes)
{
	(void)w;
	(void)q;
	(void)bytes;
}

#endif /* HVHOST_TEST_NOVTIME_H */
