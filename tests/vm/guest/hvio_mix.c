// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio_mix.c - reads, writes, flushes and trims of all sizes, mixed
 *
 * A round is a number of requests at a depth that is drawn anew for it; flushes
 * and trims go out while others are under way.  Every read is verified, and at
 * the end the whole range.  The last line holds the SHA-256 of what the range
 * must hold, for who looks at it from the other side.
 *
 * One thread, no locks; what each sector must hold is kept by hvio_range.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hvio.h"
#include "hvio_range.h"

/* Kernel ABI: <linux/fs.h> from 2.6.28 on. */
#define BLK_DISCARD	0x1277

static struct {
	uint64_t rounds, flushes, trims, by_command;
} mix;

static void flush(int fd, uint64_t *s)
{
	if (rnd(s) % 2)
		sg_flush(fd);
	else if (fsync(fd))
		die("fsync: %s", strerror(errno));
	mix.flushes++;
}

/*
 * By the block layer or by a command of ours, in turns; by command only where
 * the kernel cannot or will not.
 */
static void trim(int fd, uint64_t sector, uint32_t len)
{
	uint64_t bytes[2] = { sector * SECTOR, len };
	static bool cannot;

	if (!cannot && mix.trims % 2 && ioctl(fd, BLK_DISCARD, bytes)) {
		if (errno != ENOTTY && errno != EINVAL && errno != EOPNOTSUPP)
			die("BLKDISCARD: %s", strerror(errno));
		cannot = true;
	}
	if (cannot || !(mix.trims % 2)) {
		sg_unmap(fd, sector, len / SECTOR);
		mix.by_command++;
	}
	mix.trims++;
	range_zeroed(sector, len);
}

/* A stretch that nobody is using; waits for others until there is one. */
static uint64_t place(uint64_t *s, uint32_t len)
{
	uint64_t sector;

	for (;;) {
		sector = range.first + rnd(s) % ((opt.size - len) / SECTOR + 1);
		if (!range_busy(sector, len))
			return sector;
		range_finish();
	}
}

static void round_of(int fd, uint64_t *s)
{
	unsigned int depth = 1 + (unsigned int)(rnd(s) % opt.qd), kind;
	static uint32_t gen;
	struct request *r;
	uint32_t len;
	uint64_t i;

	for (i = 0; i < opt.ops; i++) {
		while (range.in_flight >= depth)
			range_finish();
		kind = (unsigned int)(rnd(s) % 100);
		if (kind < 2) {
			flush(fd, s);
			continue;
		}
		len = range_len(s);
		if (kind < 6 && opt.trims) {
			trim(fd, place(s, len), len);
			continue;
		}
		r = range_request();
		r->len = len;
		r->sector = place(s, len);
		r->write = kind < 54;
		r->gen = r->write ? ++gen : 0;
		range_submit(fd, r, s);
	}
	mix.rounds++;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

int mode_mix(const char *dev)
{
	int fd = range_open(dev, O_RDWR);
	uint64_t s = rnd_seed(opt.seed);
	time_t start = now();
	char sum[65];

	opt.fresh = 1;
	printf("seed %llu\n", (unsigned long long)opt.seed);
	while (opt.seconds ? now() - start < (time_t)opt.seconds :
			     mix.rounds < opt.rounds)
		round_of(fd, &s);
	while (range.in_flight)
		range_finish();
	if (fsync(fd))
		die("fsync: %s", strerror(errno));
	sg_flush(fd);
	range_verify(fd, &s);
	range_sha256(sum);
	printf("rounds=%llu writes=%llu reads=%llu flushes=%llu trims=%llu by_command=%llu "
	       "KiB=%llu verified=%llu depth=%u sha256=%s\n",
	       (unsigned long long)mix.rounds, (unsigned long long)range.done.writes,
	       (unsigned long long)range.done.reads, (unsigned long long)mix.flushes,
	       (unsigned long long)mix.trims, (unsigned long long)mix.by_command,
	       (unsigned long long)(range.done.wbytes + range.done.rbytes) >> 10,
	       (unsigned long long)range.done.verified, range.peak, sum);
	return 0;
}
