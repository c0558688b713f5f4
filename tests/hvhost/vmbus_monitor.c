// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_monitor.c - doorbells by memory: the guest->host monitor page
 *
 * A real hypervisor looks at the page within a channel's latency; this thread
 * looks every 100 us while a channel with a monitor id is open, less often
 * after a while of silence, and sleeps when none is.
 *
 * Locks: monitor_lock guards the page and the id table.  It is held across
 * session_kick(), so signal slots and wake_lock nest inside it; the connection
 * thread takes it with nothing else held.
 */
#include <string.h>
#include <time.h>

#include "vmbus_int.h"

#define POLL_NS		100000
#define IDLE_NS		500000
#define IDLE_AFTER	200		/* empty looks */

static pthread_mutex_t monitor_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t monitor_cond = PTHREAD_COND_INITIALIZER;
static struct monitor_page *page;
static uint32_t channel_of[MONITOR_IDS];
static unsigned int open_channels;

void monitor_set_page(uint64_t gpa)
{
	pthread_mutex_lock(&monitor_lock);
	page = gpa ? gpa_ptr(gpa, HV_PAGE) : NULL;
	pthread_cond_signal(&monitor_cond);
	pthread_mutex_unlock(&monitor_lock);
}

void monitor_channel(int monitor_id, uint32_t channel_id)
{
	if (monitor_id < 0)
		return;
	pthread_mutex_lock(&monitor_lock);
	if (channel_id && !channel_of[monitor_id])
		open_channels++;
	else if (!channel_id && channel_of[monitor_id])
		open_channels--;
	channel_of[monitor_id] = channel_id;
	pthread_cond_signal(&monitor_cond);
	pthread_mutex_unlock(&monitor_lock);
}

/* monitor_lock held.  True if the guest had rung. */
static bool look(void)
{
	unsigned int group, bit;
	uint32_t pending, id;
	bool rung = false;

	for (group = 0; group < 4; group++) {
		uint32_t *p = &page->group[group].pending;

		if (!__atomic_load_n(p, __ATOMIC_RELAXED))
			continue;
		pending = __atomic_exchange_n(p, 0, __ATOMIC_SEQ_CST);
		for (bit = 0; bit < 32; bit++) {
			if (!(pending & (1u << bit)))
				continue;
			rung = true;
			id = channel_of[group * 32 + bit];
			if (id && session_kick(id, KICK_MONITOR))
				TOTAL(monitor_kicks);
		}
	}
	return rung;
}

static void *monitor_thread(void *unused)
{
	struct timespec ts = { 0 };
	unsigned int silent = 0;

	(void)unused;
	pthread_mutex_lock(&monitor_lock);
	for (;;) {
		if (!page || !open_channels) {
			pthread_cond_wait(&monitor_cond, &monitor_lock);
			continue;
		}
		silent = look() ? 0 : silent + 1;
		ts.tv_nsec = silent > IDLE_AFTER ? IDLE_NS : POLL_NS;
		pthread_mutex_unlock(&monitor_lock);
		nanosleep(&ts, NULL);
		pthread_mutex_lock(&monitor_lock);
	}
	return NULL;
}

void monitor_start(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, monitor_thread, NULL))
		host_die("cannot start the monitor thread");
	pthread_detach(t);
}
