// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio_log.c - what must survive a power cut
 *
 * "log" writes batches of sectors; batch b writes generation b at places that
 * follow from the seed and b alone, then calls fsync and says "synced b".  With
 * empty=1 it has the disk empty its cache as well: a kernel whose fsync() of a
 * block device ends at the disk's cache has no other means.
 * "check", in a later boot, replays the places: a sector must hold its newest
 * synced generation, or a newer one that really was written there.
 *
 * One thread, no locks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hvio.h"

#define MAX_BATCH 64

struct place {
	uint64_t sector;
	uint32_t len;
};

/* The places of batch b; none overlaps another. */
static unsigned int places(uint64_t b, struct place *p)
{
	uint64_t s = rnd_seed(opt.seed ^ b << 8);
	unsigned int n = 0, i;

	while (n < opt.per_batch && n < MAX_BATCH) {
		struct place q;

		q.len = (uint32_t)(SECTOR * (1 + rnd(&s) % 64));
		q.sector = opt.start / SECTOR +
			   rnd(&s) % ((opt.size - q.len) / SECTOR + 1);
		for (i = 0; i < n; i++)
			if (q.sector < p[i].sector + p[i].len / SECTOR &&
			    p[i].sector < q.sector + q.len / SECTOR)
				break;
		if (i == n)
			p[n++] = q;
	}
	return n;
}

static void write_batch(int fd, uint64_t b, struct request *r)
{
	struct place p[MAX_BATCH];
	unsigned int n = places(b, p), i;
	uint64_t s = rnd_seed(b);
	struct request *d;
	long res;

	for (i = 0; i < n; i++) {
		r[i].write = true;
		r[i].sector = p[i].sector;
		r[i].len = p[i].len;
		r[i].gen = (uint32_t)b;
		request_fill(&r[i], &s);
		aio_submit(fd, &r[i]);
	}
	for (i = 0; i < n; i++) {
		d = aio_wait(&res);
		if (res != (long)d->len)
			die("batch %llu: write: %s", (unsigned long long)b,
			    res < 0 ? strerror((int)-res) : "short");
	}
}

int mode_log(const char *dev)
{
	int fd = open(dev, O_RDWR | O_DIRECT);
	struct request *r = calloc(MAX_BATCH, sizeof(*r));
	unsigned int i;
	uint64_t b;

	if (fd < 0 || !r)
		die("%s: %s", dev, strerror(errno));
	for (i = 0; i < MAX_BATCH; i++)
		r[i].buf = alloc_buffer(64 * SECTOR * 2 + 4096);
	aio_open(MAX_BATCH);
	printf("seed %llu\n", (unsigned long long)opt.seed);
	for (b = 1; b <= opt.batches; b++) {
		write_batch(fd, b, r);
		if (fsync(fd))
			die("batch %llu: fsync: %s", (unsigned long long)b,
			    strerror(errno));
		if (opt.empty)
			sg_flush(fd);
		printf("synced %llu\n", (unsigned long long)b);
	}
	for (; b <= opt.batches + opt.unsynced; b++)
		write_batch(fd, b, r);
	printf("written %llu\n", (unsigned long long)b - 1);
	return 0;
}

/* Did batch b write this sector? */
static bool wrote(uint64_t b, uint64_t sector)
{
	struct place p[MAX_BATCH];
	unsigned int n = places(b, p), i;

	for (i = 0; i < n; i++)
		if (sector >= p[i].sector && sector < p[i].sector + p[i].len / SECTOR)
			return true;
	return false;
}

/* The newest generation up to batch top for each sector of the range. */
static uint32_t *replay(uint64_t top)
{
	uint32_t *g = calloc(opt.size / SECTOR, sizeof(*g));
	struct place p[MAX_BATCH];
	unsigned int n, i, k;
	uint64_t b;

	if (!g)
		die("no memory");
	for (b = 1; b <= top; b++) {
		n = places(b, p);
		for (i = 0; i < n; i++)
			for (k = 0; k < p[i].len / SECTOR; k++)
				g[p[i].sector - opt.start / SECTOR + k] = (uint32_t)b;
	}
	return g;
}

int mode_check(const char *dev)
{
	int fd = open(dev, O_RDONLY);
	uint32_t *least = replay(opt.synced);
	uint32_t *most = replay(opt.synced + opt.unsynced);
	uint64_t i, n = opt.size / SECTOR, bad = 0, kept = 0, newer = 0, lost = 0;
	uint64_t sector, buf[SECTOR / 8];

	if (fd < 0)
		die("%s: %s", dev, strerror(errno));
	for (i = 0; i < n; i++) {
		sector = opt.start / SECTOR + i;
		if (pread(fd, buf, SECTOR, (off_t)(sector * SECTOR)) != SECTOR)
			die("sector %llu: %s", (unsigned long long)sector, strerror(errno));
		if (most[i] > least[i] && !sector_holds(buf, sector, most[i]))
			lost++;
		if (sector_holds(buf, sector, least[i])) {
			kept += least[i] != 0;
			continue;
		}
		if (buf[2] > least[i] && buf[2] < 1ULL << 32 && wrote(buf[2], sector) &&
		    sector_holds(buf, sector, (uint32_t)buf[2])) {
			newer++;
			continue;
		}
		if (bad++ < 4)
			sector_describe(buf, sector, least[i]);
	}
	printf("kept %llu newer %llu dropped %llu bad %llu\n", (unsigned long long)kept,
	       (unsigned long long)newer, (unsigned long long)lost,
	       (unsigned long long)bad);
	if (!kept)
		die("nothing was synced: the check has checked nothing");
	return bad ? 1 : 0;
}
