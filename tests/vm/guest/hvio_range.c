// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio_range.c - a range of a disk, and what each of its sectors must hold
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
#include "hvio_range.h"
#include "sha256.h"

static struct request *reqs;
static uint32_t *gens;
struct range range;

/* Open a disk for requests of its range; the descriptor. */
int range_open(const char *dev, int flags)
{
	int fd = open(dev, flags | O_DIRECT);
	unsigned int i;

	if (fd < 0)
		die("%s: %s", dev, strerror(errno));
	range.first = opt.start / SECTOR;
	gens = calloc(opt.size / SECTOR, sizeof(*gens));
	reqs = calloc(opt.qd, sizeof(*reqs));
	if (!gens || !reqs)
		die("no memory");
	for (i = 0; i < opt.qd; i++)
		reqs[i].buf = alloc_buffer(2 * opt.max + 4096);
	aio_open((unsigned int)opt.qd);
	range.done.smallest = ~0U;
	return fd;
}

/* Sizes spread evenly over the powers of two, then to any multiple of 512. */
uint32_t range_len(uint64_t *s)
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

/* Does a request that is under way touch these? */
bool range_busy(uint64_t sector, uint32_t len)
{
	unsigned int i;

	for (i = 0; i < opt.qd; i++)
		if (reqs[i].busy && sector < reqs[i].sector + reqs[i].len / SECTOR &&
		    reqs[i].sector < sector + len / SECTOR)
			return true;
	return false;
}

/* What was read is what the sectors must hold, or this is the end. */
static void verify(struct request *r)
{
	uint64_t at = r->sector - range.first;
	uint32_t i, bad = 0;

	for (i = 0; i < r->len / SECTOR; i++) {
		if (!gens[at + i] && !opt.fresh)
			continue;
		range.done.verified++;
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

/* Wait for one request, and take what follows from its end. */
void range_finish(void)
{
	struct request *r;
	uint32_t i;
	long res;

	r = aio_wait(&res);
	range.in_flight--;
	if (res != (long)r->len)
		die("%s of %u bytes at sector %llu: %s", r->write ? "write" : "read",
		    r->len, (unsigned long long)r->sector,
		    res < 0 ? strerror((int)-res) : "short");
	if (r->len < range.done.smallest)
		range.done.smallest = r->len;
	if (r->len > range.done.largest)
		range.done.largest = r->len;
	if (!r->write) {
		range.done.reads++;
		range.done.rbytes += r->len;
		verify(r);
		return;
	}
	range.done.writes++;
	range.done.wbytes += r->len;
	for (i = 0; i < r->len / SECTOR; i++)
		gens[r->sector - range.first + i] = r->gen;
}

/* One that is not under way, or NULL. */
struct request *range_request(void)
{
	unsigned int i;

	for (i = 0; i < opt.qd; i++)
		if (!reqs[i].busy)
			return &reqs[i];
	return NULL;
}

/* Send it; sector and len are the caller's, and gen if it writes. */
void range_submit(int fd, struct request *r, uint64_t *s)
{
	request_fill(r, s);
	aio_submit(fd, r);
	if (++range.in_flight > range.peak)
		range.peak = range.in_flight;
}

/* Read the whole range once more, in order. */
void range_verify(int fd, uint64_t *s)
{
	uint64_t off = 0;
	struct request *r;

	while (off < opt.size || range.in_flight) {
		r = off < opt.size ? range_request() : NULL;
		if (!r) {
			range_finish();
			continue;
		}
		r->write = false;
		r->sector = range.first + off / SECTOR;
		r->len = (uint32_t)(opt.size - off < opt.max ? opt.size - off : opt.max);
		range_submit(fd, r, s);
		off += r->len;
	}
}

/* These sectors hold zeros from now on. */
void range_zeroed(uint64_t sector, uint32_t len)
{
	memset(gens + (sector - range.first), 0, len / SECTOR * sizeof(*gens));
}

/* SHA-256 of what the whole range must hold, whatever was read of it. */
void range_sha256(char out[65])
{
	unsigned char one[SECTOR];
	struct sha256 sum;
	uint64_t i;

	sha256_begin(&sum);
	for (i = 0; i < opt.size / SECTOR; i++) {
		memset(one, 0, sizeof(one));
		if (gens[i])
			sector_fill(one, range.first + i, gens[i]);
		sha256_add(&sum, one, sizeof(one));
	}
	sha256_end(&sum, out);
}
