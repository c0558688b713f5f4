// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio_rand.c - random I/O at a depth, and load without end
 *
 * One thread, no locks.  gens[] holds the generation that each sector of the
 * range must have; it changes when a write has completed, and no two requests
 * in flight touch the same sector.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hvio.h"

static struct request *reqs;
static uint32_t *gens;
static uint64_t first;		/* sector where the range begins */
static unsigned int in_flight;

static struct {
	uint64_t writes, reads, wbytes, rbytes, verified;
	uint32_t smallest, largest;
} done;

static int prepare(const char *dev, int flags)
{
	int fd = open(dev, flags | O_DIRECT);
	unsigned int i;

	if (fd < 0)
		die("%s: %s", dev, strerror(errno));
	first = opt.start / SECTOR;
	gens = calloc(opt.size / SECTOR, sizeof(*gens));
	reqs = calloc(opt.qd, sizeof(*reqs));
	if (!gens || !reqs)
		die("no memory");
	for (i = 0; i < opt.qd; i++)
		reqs[i].buf = alloc_buffer(2 * opt.max + 4096);
	aio_open((unsigned int)opt.qd);
	done.smallest = ~0U;
	return fd;
}

/* Sizes spread evenly over the powers of two, then to any multiple of 512. */
static uint32_t pick_len(uint64_t *s)
{
	uint64_t len = opt.min;

	while (len < opt.max && rnd(s) % 8)
		len *= 2;
	if (len > opt.max)
		len = opt.max;
	if (rnd(s) % 2)
		len -= (rnd(s) % (len / 2 / SECTOR + 1)) * SECTOR;
	return (uint32_t)(len < opt.min ? opt.min : len);
}

static bool overlaps(uint64_t sector, uint32_t len)
{
	unsigned int i;

	for (i = 0; i < opt.qd; i++)
		if (reqs[i].busy && sector < reqs[i].sector + reqs[i].len / SECTOR &&
		    reqs[i].sector < sector + len / SECTOR)
			return true;
	return false;
}

static void verify(struct request *r)
{
	uint64_t at = r->sector - first;
	uint32_t i, bad = 0;

	for (i = 0; i < r->len / SECTOR; i++) {
		if (!gens[at + i] && !opt.fresh)
			continue;
		done.verified++;
		if (sector_holds(request_sector(r, i), r->sector + i, gens[at + i]))
			continue;
		if (bad++ < 4)
			sector_describe(request_sector(r, i), r->sector + i,
					gens[at + i]);
	}
	if (bad)
		die("MISMATCH: %u of %u sectors of a read of %u bytes at sector %llu",
		    bad, r->len / SECTOR, r->len, (unsigned long long)r->sector);
}

static void finish_one(void)
{
	struct request *r;
	uint32_t i;
	long res;

	r = aio_wait(&res);
	in_flight--;
	if (res != (long)r->len)
		die("%s of %u bytes at sector %llu: %s", r->write ? "write" : "read",
		    r->len, (unsigned long long)r->sector,
		    res < 0 ? strerror((int)-res) : "short");
	if (r->len < done.smallest)
		done.smallest = r->len;
	if (r->len > done.largest)
		done.largest = r->len;
	if (!r->write) {
		done.reads++;
		done.rbytes += r->len;
		verify(r);
		return;
	}
	done.writes++;
	done.wbytes += r->len;
	for (i = 0; i < r->len / SECTOR; i++)
		gens[r->sector - first + i] = r->gen;
}

static struct request *free_request(void)
{
	unsigned int i;

	for (i = 0; i < opt.qd; i++)
		if (!reqs[i].busy)
			return &reqs[i];
	return NULL;
}

/* Read the whole range once more, in order. */
static void verify_all(int fd, uint64_t *s)
{
	uint64_t off = 0;
	struct request *r;

	while (off < opt.size || in_flight) {
		r = off < opt.size ? free_request() : NULL;
		if (!r) {
			finish_one();
			continue;
		}
		r->write = false;
		r->sector = first + off / SECTOR;
		r->len = (uint32_t)(opt.size - off < opt.max ? opt.size - off : opt.max);
		request_fill(r, s);
		aio_submit(fd, r);
		in_flight++;
		off += r->len;
	}
}

int mode_rand(const char *dev)
{
	int fd = prepare(dev, O_RDWR);
	uint64_t s = rnd_seed(opt.seed), issued = 0, issued_r = 0, sector;
	uint32_t gen = 0, len, peak = 0;
	struct request *r;

	printf("seed %llu\n", (unsigned long long)opt.seed);
	while (issued < opt.total || issued_r < opt.total) {
		r = free_request();
		if (r) {
			len = pick_len(&s);
			sector = first + rnd(&s) % ((opt.size - len) / SECTOR + 1);
			if (overlaps(sector, len)) {
				if (in_flight > opt.qd / 2)
					finish_one();
				continue;
			}
			r->write = issued < opt.total && (issued_r >= opt.total || rnd(&s) % 2);
			r->sector = sector;
			r->len = len;
			r->gen = r->write ? ++gen : 0;
			if (r->write)
				issued += len;
			else
				issued_r += len;
			request_fill(r, &s);
			aio_submit(fd, r);
			if (++in_flight > peak)
				peak = in_flight;
			continue;
		}
		finish_one();
	}
	while (in_flight)
		finish_one();
	if (fsync(fd))
		die("fsync: %s", strerror(errno));
	verify_all(fd, &s);
	printf("%llu writes, %llu KiB; %llu reads, %llu KiB; %llu sectors verified; "
	       "sizes %u to %u; depth up to %u\n",
	       (unsigned long long)done.writes, (unsigned long long)done.wbytes >> 10,
	       (unsigned long long)done.reads, (unsigned long long)done.rbytes >> 10,
	       (unsigned long long)done.verified, done.smallest, done.largest, peak);
	return 0;
}

/*
 * Keep the depth filled until a request fails, then wait for the others: each
 * ends, with data or with an error, or this process never does.
 */
int mode_load(const char *dev)
{
	int fd = prepare(dev, opt.writes ? O_RDWR : O_RDONLY);
	uint64_t s = rnd_seed(opt.seed), n = 0, bad = 0;
	struct request *r;
	int error = 0;
	long res;

	while (!error || in_flight) {
		r = error ? NULL : free_request();
		if (r) {
			r->len = pick_len(&s);
			r->sector = first + rnd(&s) % ((opt.size - r->len) / SECTOR + 1);
			r->write = rnd(&s) % 100 < opt.writes;
			r->gen = 1;
			request_fill(r, &s);
			aio_submit(fd, r);
			in_flight++;
			continue;
		}
		r = aio_wait(&res);
		in_flight--;
		if (res != (long)r->len) {
			bad++;
			if (!error)
				error = res < 0 ? (int)-res : EIO;
		}
		if (++n == opt.qd)
			printf("running\n");
	}
	printf("%llu requests ended, %llu with an error, the first: %s\n",
	       (unsigned long long)n, (unsigned long long)bad, strerror(error));
	return 4;
}
