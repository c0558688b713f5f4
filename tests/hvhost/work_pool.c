// SPDX-License-Identifier: GPL-2.0-only
/*
 * work_pool.c - a few threads that run work in no particular order
 *
 * Which of the work that waits is run next is drawn by lot: a guest must not
 * be able to rely on requests being served in the order it sent them.  The
 * threads start with the first work and stay until the process ends.  In a
 * window of guest time (vtime.h) they have nothing to do.
 *
 * Locks: pool_lock (all of this file), a leaf, not held while work runs.
 */
#include "work_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vtime.h"

#define NR_THREADS	3

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pool_wake;
static struct work *queue;
static bool started;
static uint64_t lot = 0x2545f4914f6cdd1dull;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Take one that is due; else NULL and when the next one will be (0: never). */
static struct work *take_one(uint64_t *next_due)
{
	struct work **p, **found = NULL, *w;
	uint64_t now = now_ns();
	unsigned int n = 0;

	*next_due = 0;
	for (p = &queue; *p; p = &(*p)->next) {
		if ((*p)->due_ns > now) {
			if (!*next_due || (*p)->due_ns < *next_due)
				*next_due = (*p)->due_ns;
			continue;
		}
		lot = lot * 6364136223846793005ull + 1442695040888963407ull;
		if ((lot >> 33) % ++n == 0)
			found = p;
	}
	if (!found)
		return NULL;
	w = *found;
	*found = w->next;
	return w;
}

static void *pool_thread(void *arg)
{
	uint64_t next_due;
	struct timespec t;
	struct work *w;

	(void)arg;
	pthread_mutex_lock(&pool_lock);
	for (;;) {
		w = take_one(&next_due);
		if (w) {
			pthread_mutex_unlock(&pool_lock);
			w->run(w);
			pthread_mutex_lock(&pool_lock);
		} else if (next_due) {
			t.tv_sec = (time_t)(next_due / 1000000000ull);
			t.tv_nsec = (long)(next_due % 1000000000ull);
			pthread_cond_timedwait(&pool_wake, &pool_lock, &t);
		} else {
			pthread_cond_wait(&pool_wake, &pool_lock);
		}
	}
	return NULL;
}

/* Called with pool_lock. */
static void start_threads(void)
{
	pthread_condattr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int i, err;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool_wake, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (i = 0; i < NR_THREADS; i++) {
		err = pthread_create(&thread, NULL, pool_thread, NULL);
		if (err) {
			fprintf(stderr, "hvhost: cannot start a worker: %s\n",
				strerror(err));
			exit(1);
		}
		pthread_detach(thread);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	started = true;
}

void pool_submit_after(struct work *w, unsigned int ms)
{
	if (vtime_here()) {
		vtime_post(w, vtime_now() + ms * 1000000ull);
		return;
	}
	pthread_mutex_lock(&pool_lock);
	if (!started)
		start_threads();
	w->due_ns = ms ? now_ns() + ms * 1000000ull : 0;
	w->next = queue;
	queue = w;
	pthread_cond_signal(&pool_wake);
	pthread_mutex_unlock(&pool_lock);
}

void pool_submit(struct work *w)
{
	pool_submit_after(w, 0);
}
