// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio_rand.c - random I/O at a depth, and load without end
 *
 * One thread, no locks; what each sector must hold is kept by hvio_range.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hvio.h"
#include "hvio_range.h"

int mode_rand(const char *dev)
{
	int fd = range_open(dev, O_RDWR);
	uint64_t s = rnd_seed(opt.seed), issued = 0, issued_r = 0, sector;
	uint32_t gen = 0, len;
	struct request *r;

	printf("seed %llu\n", (unsigned long long)opt.seed);
	while (issued < opt.total || issued_r < opt.total) {
		r = range_request();
		if (r) {
			len = range_len(&s);
			sector = range.first + rnd(&s) % ((opt.size - len) / SECTOR + 1);
			if (range_busy(sector, len)) {
				if (range.in_flight > opt.qd / 2)
					range_finish();
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
			range_submit(fd, r, &s);
			continue;
		}
		range_finish();
	}
	while (range.in_flight)
		range_finish();
	if (fsync(fd))
		die("fsync: %s", strerror(errno));
	range_verify(fd, &s);
	printf("%llu writes, %llu KiB; %llu reads, %llu KiB; %llu sectors verified; "
	       "sizes %u to %u; depth up to %u\n",
	       (unsigned long long)range.done.writes, (unsigned long long)range.done.wbytes >> 10,
	       (unsigned long long)range.done.reads, (unsigned long long)range.done.rbytes >> 10,
	       (unsigned long long)range.done.verified, range.done.smallest, range.done.largest,
	       range.peak);
	return 0;
}

/*
 * Keep the depth filled until a request fails, then wait for the others: each
 * ends, with data or with an error, or this process never does.
 */
int mode_load(const char *dev)
{
	int fd = range_open(dev, opt.writes ? O_RDWR : O_RDONLY);
	uint64_t s = rnd_seed(opt.seed), n = 0, bad = 0;
	struct request *r;
	int error = 0;
	long res;

	while (!error || range.in_flight) {
		r = error ? NULL : range_request();
		if (r) {
			r->len = range_len(&s);
			r->sector = range.first + rnd(&s) % ((opt.size - r->len) / SECTOR + 1);
			r->write = rnd(&s) % 100 < opt.writes;
			r->gen = 1;
			range_submit(fd, r, &s);
			continue;
		}
		r = aio_wait(&res);
		range.in_flight--;
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
