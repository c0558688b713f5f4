/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_window.h - guest time (vtime.h) for tests of what lives in it
 *
 * A test that sets test_window is in a window, but its threads are not: what is
 * posted is kept for the test to run.
 */
#ifndef HVHOST_TEST_WINDOW_H
#define HVHOST_TEST_WINDOW_H

#include "vtime.h"

static __thread bool test_window;
static struct work *test_posted;	/* the last one, not run yet */
static unsigned int test_posts;
static uint64_t test_now;

bool vtime_here(void)
{
	return test_window;
}

uint64_t vtime_now(void)
{
	return test_now;
}

void vtime_post(struct work *w, uint64_t due_ns)
{
	w->due_ns = due_ns;
	test_posted = w;
	test_posts++;
}

void vtime_disk(struct work *w, struct disk_queue *q, uint32_t bytes)
{
	(void)q;
	vtime_post(w, test_now + bytes);
}

/* Run what was posted, when it is due. */
static inline bool test_run_posted(void)
{
	struct work *w = test_posted;

	if (!w)
		return false;
	test_posted = NULL;
	test_now = w->due_ns;
	w->run(w);
	return true;
}

#endif /* HVHOST_TEST_WINDOW_H */
