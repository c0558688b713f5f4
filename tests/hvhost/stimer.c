// SPDX-License-Identifier: GPL-2.0-only
/*
 * stimer.c - four synthetic timers per virtual processor
 *
 * One thread sleeps until the earliest due time of all timers and expires what
 * is due: by an APIC vector in direct mode, else by a SynIC message.  In a window
 * of guest time (vtime.h) the vCPU does that and the thread rests.
 *
 * Locks: vp->lock guards the timers of a VP.  wake_lock guards next_due, kicked
 * and window; it is a leaf and is taken inside vp->lock.
 */
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "host.h"
#include "partition.h"
#include "vtime.h"

#define NEVER UINT64_MAX

static pthread_mutex_t wake_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
static uint64_t next_due = NEVER;	/* what the thread sleeps for */
static bool kicked;
static bool window;			/* the vCPU runs the timers */
static struct work window_work;

/* On the vCPU's thread, in a window: have the timers looked at when one is due. */
static void window_post(uint64_t due)
{
	uint64_t now = refclock_now();

	/* A tick more: the clock rounds down. */
	vtime_post_earlier(&window_work, vtime_now() + (due > now ? (due - now + 1) * 100 : 0));
}

static void kick_if_earlier(uint64_t due)
{
	if (vtime_here()) {
		window_post(due);
		return;
	}
	pthread_mutex_lock(&wake_lock);
	if (due < next_due) {
		kicked = true;
		pthread_cond_signal(&wake);
	}
	pthread_mutex_unlock(&wake_lock);
}

void stimer_look(void)
{
	kick_if_earlier(0);
}

/* vp->lock held: start or stop a timer from its registers. */
static void stimer_update(struct vp *vp, struct stimer *t)
{
	t->armed = false;
	synic_cancel_timer(vp, (unsigned int)(t - vp->timer));
	if (!(t->config & STIMER_ENABLED) || !t->count)
		return;
	if (!(t->config & STIMER_DIRECT) && !STIMER_SINT(t->config)) {
		t->config &= ~STIMER_ENABLED;
		return;
	}
	t->due = (t->config & STIMER_PERIODIC) ? refclock_now() + t->count : t->count;
	t->armed = true;
	kick_if_earlier(t->due);
}

void stimer_reset(struct vp *vp)
{
	pthread_mutex_lock(&vp->lock);
	memset(vp->timer, 0, sizeof(vp->timer));
	pthread_mutex_unlock(&vp->lock);
}

void stimer_message_sent(struct vp *vp, unsigned int timer)
{
	vp->timer[timer].message_queued = false;
}

bool stimer_rdmsr(struct vp *vp, uint32_t msr, uint64_t *value)
{
	const struct stimer *t;

	if (msr < MSR_STIMER0_CONFIG || msr > MSR_STIMER3_COUNT)
		return false;
	t = &vp->timer[(msr - MSR_STIMER0_CONFIG) / 2];
	pthread_mutex_lock(&vp->lock);
	*value = (msr & 1) ? t->count : t->config;
	pthread_mutex_unlock(&vp->lock);
	return true;
}

bool stimer_wrmsr(struct vp *vp, uint32_t msr, uint64_t value)
{
	struct stimer *t;

	if (msr < MSR_STIMER0_CONFIG || msr > MSR_STIMER3_COUNT)
		return false;
	t = &vp->timer[(msr - MSR_STIMER0_CONFIG) / 2];
	pthread_mutex_lock(&vp->lock);
	if (msr & 1) {
		t->count = value;
		if (!value)
			t->config &= ~STIMER_ENABLED;
		else if (t->config & STIMER_AUTO_ENABLE)
			t->config |= STIMER_ENABLED;
	} else {
		if (!partition_direct_timers())
			value &= ~STIMER_DIRECT;
		t->config = value;
	}
	stimer_update(vp, t);
	pthread_mutex_unlock(&vp->lock);
	return true;
}

/* vp->lock held: the timer's time has come. */
static void expire(struct vp *vp, unsigned int n, uint64_t now)
{
	struct stimer *t = &vp->timer[n];

	if (t->config & STIMER_DIRECT) {
		TOTAL(timer_interrupts);
		irq_raise(vp->index, STIMER_VECTOR(t->config));
	} else if (!t->message_queued) {
		synic_post_timer(vp, n);
	}
	if (t->config & STIMER_PERIODIC) {
		/* Periods that nobody could see are not made up for. */
		t->due += t->count;
		if (t->due <= now)
			t->due = now + t->count;
	} else {
		t->armed = false;
		t->config &= ~STIMER_ENABLED;
	}
}

/* Expire what is due; the earliest due time that is left. */
static uint64_t run_timers(void)
{
	uint64_t earliest = NEVER, now = refclock_now();
	struct vp *vp;
	unsigned int i, n;

	for (i = 0; (vp = partition_vp(i)); i++) {
		pthread_mutex_lock(&vp->lock);
		for (n = 0; n < NR_STIMERS; n++) {
			if (vp->timer[n].armed && vp->timer[n].due <= now)
				expire(vp, n, now);
			if (vp->timer[n].armed && vp->timer[n].due < earliest)
				earliest = vp->timer[n].due;
		}
		pthread_mutex_unlock(&vp->lock);
	}
	return earliest;
}

static void run_in_window(struct work *w)
{
	uint64_t earliest;

	(void)w;
	if (!window)
		return;			/* it has just been closed */
	earliest = run_timers();
	if (earliest != NEVER)
		window_post(earliest);
}

void stimer_window(bool begins)
{
	pthread_mutex_lock(&wake_lock);
	window = begins;
	kicked = true;
	pthread_cond_signal(&wake);
	pthread_mutex_unlock(&wake_lock);
	if (!begins)
		return;
	window_work.run = run_in_window;
	vtime_post(&window_work, vtime_now());
}

static void sleep_until(uint64_t due)
{
	struct timespec ts;
	uint64_t now = refclock_now(), ns;

	if (due == NEVER) {
		pthread_cond_wait(&wake, &wake_lock);
		return;
	}
	if (due <= now)
		return;
	/* A guest may ask for centuries: look again each hour. */
	ns = due - now > 36000000000ull ? 3600ull * 1000000000 : (due - now) * 100;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ns += (uint64_t)ts.tv_nsec;
	ts.tv_sec += (time_t)(ns / 1000000000);
	ts.tv_nsec = (long)(ns % 1000000000);
	pthread_cond_timedwait(&wake, &wake_lock, &ts);
}

static void *stimer_thread(void *unused)
{
	uint64_t earliest;

	(void)unused;
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	for (;;) {
		/* While we look, whoever starts a timer must kick. */
		pthread_mutex_lock(&wake_lock);
		while (window)
			pthread_cond_wait(&wake, &wake_lock);
		next_due = NEVER;
		kicked = false;
		pthread_mutex_unlock(&wake_lock);

		earliest = run_timers();

		pthread_mutex_lock(&wake_lock);
		if (!kicked) {
			next_due = earliest;
			sleep_until(earliest);
		}
		pthread_mutex_unlock(&wake_lock);
	}
	return NULL;
}

void stimer_start(void)
{
	pthread_condattr_t a;
	pthread_t t;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&wake, &a);
	if (pthread_create(&t, NULL, stimer_thread, NULL))
		host_die("cannot start the timer thread");
	pthread_detach(t);
}
