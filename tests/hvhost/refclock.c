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
 *
 * Locks: clock_lock, a leaf, guards everything that changes; the values are
 * fixed once learned is set (release), so readers need no lock then.  shift is
 * written by the vCPU's thread when a window ends.
 */
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "host.h"
#include "partition.h"
#include "vtime.h"

#define SAMPLES 64

static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t tsc_hz;
static uint64_t scale;			/* 100 ns per tick, 0.64 fixed point */
static uint64_t start_tsc;		/* host TSC at reference time 0 */
static int64_t guest_delta;		/* guest TSC - host TSC */
static int64_t page_offset;
static unsigned int samples;
static uint64_t page_msr;
static atomic_bool learned;
static _Atomic uint64_t shift;		/* by which windows moved the guest's TSC */
static uint64_t window_tsc;		/* at the begin of the window */

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

void refclock_init(void)
{
	tsc_hz = calibrate();
	scale = (uint64_t)(((unsigned __int128)10000000u << 64) / tsc_hz);
	start_tsc = __rdtsc();
	if (host_opt.count) {
		page_offset = -(int64_t)mul_high(start_tsc, scale);
		atomic_store(&learned, true);
	}
}

/* The reference counter starts again; what is known of the TSC stays true. */
void refclock_reset(void)
{
	pthread_mutex_lock(&clock_lock);
	page_msr = 0;
	pthread_mutex_unlock(&clock_lock);
}

uint64_t refclock_tsc_hz(void)
{
	return tsc_hz;
}

bool refclock_learned(void)
{
	return atomic_load_explicit(&learned, memory_order_acquire);
}

uint64_t refclock_guest_tsc(void)
{
	if (vtime_here())
		return window_tsc + (uint64_t)((unsigned __int128)vtime_now() * tsc_hz /
					       1000000000u);
	return __rdtsc() + (uint64_t)guest_delta + atomic_load(&shift);
}

void refclock_window_begin(void)
{
	/* Not from refclock_guest_tsc(): the window has just begun. */
	window_tsc = __rdtsc() + (uint64_t)guest_delta + atomic_load(&shift);
}

void refclock_window_end(void)
{
	atomic_store(&shift, refclock_guest_tsc() - __rdtsc() - (uint64_t)guest_delta);
}

uint64_t refclock_now(void)
{
	if (refclock_learned())
		return mul_high(refclock_guest_tsc(), scale) + (uint64_t)page_offset;
	return mul_high(__rdtsc() - start_tsc, scale);
}

/* clock_lock held. */
static void publish_page(void)
{
	struct hv_tsc_page *page;

	if (!(page_msr & HV_MSR_ENABLE))
		return;
	page = gpa_ptr(page_msr & HV_MSR_GPA_MASK, HV_PAGE);
	if (!page) {
		host_warn("guest put the reference TSC page outside its RAM: %#llx",
			  (unsigned long long)page_msr);
		return;
	}
	__atomic_store_n(&page->sequence, 0, __ATOMIC_SEQ_CST);
	if (!refclock_learned())
		return;
	page->reserved = 0;
	page->scale = scale;
	page->offset = page_offset;
	__atomic_store_n(&page->sequence, 1, __ATOMIC_SEQ_CST);
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
			page_offset = -(int64_t)mul_high(start_tsc +
						(uint64_t)guest_delta, scale) + 1;
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
