// SPDX-License-Identifier: GPL-2.0-only
/*
 * refclock.c - the partition's reference time: MSR, TSC page, frequencies
 *
 * Under TCG the guest's TSC is the host's TSC plus a constant that QEMU does not
 * tell.  It is learned from what the guest's own RDTSC instructions return: the
 * largest difference seen is the one with the least delay in it.  Until it is
 * known the TSC page carries sequence 0, which sends the guest to the MSR; then
 * page and MSR give the same time.
 *
 * With count=on there may be windows of guest time (vtime.h), which take longer
 * or shorter than the guest's clock says.  Then the TSC is ours from the start:
 * RDTSC is answered by refclock_guest_tsc(), and nothing has to be learned.
 * Such a guest may also be carried to another machine, whose TSC stands elsewhere
 * and runs at another rate: from then on its own TSC is made of what it was.
 *
 * Locks: clock_lock, a leaf, guards everything that changes; the values are
 * fixed once learned is set (release), so readers need no lock then.  What the
 * guest's TSC is made of is never changed but replaced (now_on).  shift is
 * written by the vCPU's thread when a window ends.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "host.h"
#include "partition.h"
#include "vtime.h"

#define SAMPLES 64

static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t own_hz;			/* of the TSC of this machine */
static uint64_t start_tsc;		/* host TSC at reference time 0 */
static int64_t guest_delta;		/* guest TSC - host TSC */
static unsigned int samples;
static uint64_t page_msr;
static bool page_withheld;		/* sequence 0: read the MSR instead */
static uint32_t page_sequence;
static atomic_bool learned;
static _Atomic uint64_t shift;		/* by which windows moved the guest's TSC */
static uint64_t window_tsc;		/* at the begin of the window */

/* A stretch of the guest's life on one machine. */
struct stretch {
	uint64_t hz;
	uint64_t scale;			/* 100 ns per tick, 0.64 fixed point */
	int64_t offset;
	uint64_t from, begin;		/* TSCs at its begin: as it was till then, and the guest's */
	unsigned int percent;		/* of the rate of this machine's TSC */
	struct stretch *before;		/* may be in use for a while: it stays */
};

static struct stretch first = { .percent = 100 };
static _Atomic(struct stretch *) now_on = &first;

static uint64_t mul_high(uint64_t a, uint64_t b)
{
	return (uint64_t)(((unsigned __int128)a * b) >> 64);
}

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Ticks per second of the host's TSC, measured against the raw clock. */
static uint64_t calibrate(void)
{
	struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	uint64_t t0, t1, n0, n1;

	n0 = monotonic_ns();
	t0 = __rdtsc();
	nanosleep(&pause, NULL);
	n1 = monotonic_ns();
	t1 = __rdtsc();
	return (uint64_t)((unsigned __int128)(t1 - t0) * 1000000000u / (n1 - n0));
}

static uint64_t scale_of(uint64_t hz)
{
	return (uint64_t)(((unsigned __int128)10000000u << 64) / hz);
}

void refclock_init(void)
{
	own_hz = first.hz = calibrate();
	first.scale = scale_of(own_hz);
	start_tsc = __rdtsc();
	if (host_opt.count) {
		first.offset = -(int64_t)mul_high(start_tsc, first.scale);
		atomic_store(&learned, true);
	}
}

/* The reference counter starts again; what is known of the TSC stays true. */
void refclock_reset(void)
{
	pthread_mutex_lock(&clock_lock);
	page_msr = 0;
	page_withheld = false;
	pthread_mutex_unlock(&clock_lock);
}

uint64_t refclock_tsc_hz(void)
{
	return atomic_load(&now_on)->hz;
}

bool refclock_learned(void)
{
	return atomic_load_explicit(&learned, memory_order_acquire);
}

/* The guest's TSC had it never been carried anywhere. */
static uint64_t plain_tsc(void)
{
	if (vtime_here())
		return window_tsc + (uint64_t)((unsigned __int128)vtime_now() * own_hz /
					       1000000000u);
	return __rdtsc() + (uint64_t)guest_delta + atomic_load(&shift);
}

static uint64_t tsc_in(const struct stretch *s, uint64_t plain)
{
	return s->begin + (uint64_t)((unsigned __int128)(plain - s->from) * s->percent / 100);
}

/* The guest's TSC, and of which stretch it is. */
static uint64_t guest_tsc(struct stretch **of)
{
	struct stretch *s;
	uint64_t tsc;

	do {
		s = atomic_load(&now_on);
		tsc = tsc_in(s, plain_tsc());
	} while (s != atomic_load(&now_on));
	*of = s;
	return tsc;
}

uint64_t refclock_guest_tsc(void)
{
	struct stretch *s;

	return guest_tsc(&s);
}

void refclock_window_begin(void)
{
	/* Not from plain_tsc(): the window has just begun. */
	window_tsc = __rdtsc() + (uint64_t)guest_delta + atomic_load(&shift);
}

void refclock_window_end(void)
{
	atomic_store(&shift, plain_tsc() - __rdtsc() - (uint64_t)guest_delta);
}

uint64_t refclock_now(void)
{
	struct stretch *s;
	uint64_t tsc;

	if (!refclock_learned())
		return mul_high(__rdtsc() - start_tsc, first.scale);
	tsc = guest_tsc(&s);
	return mul_high(tsc, s->scale) + (uint64_t)s->offset;
}

/* clock_lock held.  The page as it is when the guest may not use it. */
static struct hv_tsc_page *invalid_page(void)
{
	struct hv_tsc_page *page;

	if (!(page_msr & HV_MSR_ENABLE))
		return NULL;
	page = gpa_ptr(page_msr & HV_MSR_GPA_MASK, HV_PAGE);
	if (!page) {
		host_warn("guest put the reference TSC page outside its RAM: %#llx",
			  (unsigned long long)page_msr);
		return NULL;
	}
	__atomic_store_n(&page->sequence, 0, __ATOMIC_SEQ_CST);
	return page;
}

/* clock_lock held. */
static void publish_page(void)
{
	const struct stretch *s = atomic_load(&now_on);
	struct hv_tsc_page *page = invalid_page();

	if (!page || page_withheld || !refclock_learned())
		return;
	page->reserved = 0;
	page->scale = s->scale;
	page->offset = s->offset;
	/* Never one that a reader may have seen before a change, and never 0. */
	if (!++page_sequence)
		page_sequence = 1;
	__atomic_store_n(&page->sequence, page_sequence, __ATOMIC_SEQ_CST);
}

/*
 * Who read the page before gets a sequence of 0 when it looks at it again; who reads it
 * meanwhile goes to the MSR, which goes on from where the page was.
 */
bool refclock_move(unsigned int percent, uint64_t begin, uint64_t ahead, bool withhold)
{
	struct stretch *s;
	uint64_t then;

	if (!host_opt.count || vtime_here() || !percent)
		return false;
	s = calloc(1, sizeof(*s));
	if (!s)
		host_die("out of memory");
	s->hz = own_hz * percent / 100;
	s->scale = scale_of(s->hz);
	s->percent = percent;
	s->begin = begin;
	pthread_mutex_lock(&clock_lock);
	page_withheld = withhold;
	invalid_page();
	s->from = plain_tsc();
	/* Round up, as ever: not a tick behind what somebody has just read. */
	then = mul_high(tsc_in(atomic_load(&now_on), s->from), atomic_load(&now_on)->scale) +
		(uint64_t)atomic_load(&now_on)->offset + ahead + 1;
	s->offset = (int64_t)(then - mul_high(begin, s->scale));
	s->before = atomic_load(&now_on);
	atomic_store(&now_on, s);
	publish_page();
	pthread_mutex_unlock(&clock_lock);
	return true;
}

void refclock_sample(uint64_t guest_tsc)
{
	int64_t delta = (int64_t)(guest_tsc - __rdtsc());

	if (refclock_learned())
		return;
	pthread_mutex_lock(&clock_lock);
	if (!refclock_learned()) {
		if (!samples || delta > guest_delta)
			guest_delta = delta;
		if (++samples == SAMPLES) {
			/*
			 * The page's time must continue the MSR's: round up, so
			 * that it is never a tick behind.
			 */
			first.offset = -(int64_t)mul_high(start_tsc +
					(uint64_t)guest_delta, first.scale) + 1;
			atomic_store_explicit(&learned, true, memory_order_release);
			publish_page();
			host_trace("guest TSC = host TSC %+lld", (long long)guest_delta);
		}
	}
	pthread_mutex_unlock(&clock_lock);
}

uint64_t refclock_read_page_msr(void)
{
	uint64_t v;

	pthread_mutex_lock(&clock_lock);
	v = page_msr;
	pthread_mutex_unlock(&clock_lock);
	return v;
}

void refclock_write_page_msr(uint64_t value)
{
	pthread_mutex_lock(&clock_lock);
	page_msr = value;
	publish_page();
	pthread_mutex_unlock(&clock_lock);
}
