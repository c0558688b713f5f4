// SPDX-License-Identifier: GPL-2.0-only
/*
 * meeting.c - vCPUs that send by one device at the same time
 *
 * While the host is asked for it, a vCPU that signals a channel of the device is
 * kept in its hypercall until another one signals one too.  A driver that sends
 * under a lock which both want never gets there: the second vCPU waits for the
 * first, which waits for it.  One that has waited in vain ends it.
 *
 * Locks: one of its own, a leaf.  attend() blocks the calling vCPU's thread, which
 * holds nothing.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "meeting.h"
#include "vmbus_int.h"

#define PATIENCE 10		/* seconds */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t came;
	const struct vmbus_dev *dev;
	unsigned int left;		/* meetings to come */
	unsigned int met;
	bool waits;			/* one is here */
} m = { .lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER };
static atomic_bool wanted;

void meeting_call(const struct vmbus_dev *dev, unsigned int times)
{
	pthread_mutex_lock(&m.lock);
	m.dev = dev;
	m.left = times;
	m.met = 0;
	atomic_store(&wanted, true);
	pthread_mutex_unlock(&m.lock);
}

static void wait_for_another(void)
{
	unsigned int met = m.met;
	struct timespec end;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE;
	m.waits = true;
	while (m.met == met && !err)
		err = pthread_cond_timedwait(&m.came, &m.lock, &end);
	if (m.met != met)
		return;
	m.waits = false;
	m.left = 0;
	atomic_store(&wanted, false);
}

void meeting_attend(const struct vmbus_dev *dev)
{
	if (!dev || !atomic_load(&wanted))
		return;
	pthread_mutex_lock(&m.lock);
	if (m.left && m.dev == dev) {
		if (!m.waits) {
			wait_for_another();
		} else {
			m.waits = false;
			m.met++;
			m.left--;
			pthread_cond_signal(&m.came);
			if (!m.left)
				atomic_store(&wanted, false);
		}
	}
	pthread_mutex_unlock(&m.lock);
}

unsigned int meeting_over(bool *over)
{
	unsigned int met;

	pthread_mutex_lock(&m.lock);
	*over = !m.left && !m.waits;
	met = m.met;
	pthread_mutex_unlock(&m.lock);
	return met;
}
