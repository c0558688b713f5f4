/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * work_pool.h - a few threads that run work in no particular order
 */
#ifndef HVHOST_WORK_POOL_H
#define HVHOST_WORK_POOL_H

#include <stdint.h>

struct work {
	struct work *next;
	uint64_t due_ns;		/* whose queue it is in: monotonic clock, or vtime */
	void (*run)(struct work *w);	/* owns w from here on */
};

void pool_submit(struct work *w);
void pool_submit_after(struct work *w, unsigned int ms);

#endif /* HVHOST_WORK_POOL_H */
