// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvio.c - the I/O tool of the test guests
 *
 *	hvio rand DEV [key=value...]	random write, read and verify
 *	hvio mix DEV [key=value...]	rounds of everything at once, all verified
 *	hvio log DEV [key=value...]	numbered batches, each ended by fsync
 *	hvio check DEV [key=value...]	after a power cut: is all that was synced there?
 *	hvio sg DEV OPCODE LBA BLOCKS	one command through SG_IO; prints the result
 *	hvio one DEV r|w LBA BLOCKS	one direct read or write; prints errno
 *	hvio load DEV [key=value...]	reads without end, until killed or an error
 *
 * Requests go out through raw io_submit system calls with O_DIRECT, so that the
 * queue depth is what it says and the sizes reach the driver.  Every sector of
 * 512 bytes carries the seed, its own number and the generation of the write
 * that made it, and is filled to the end from these three: a sector that is
 * stale, misplaced, torn or shifted is seen and described.
 *
 * One thread, no locks; with cpu=N it stays on that CPU.  Static; nothing that it
 * needs is newer than Linux 2.6.18.
 */
#define _GNU_SOURCE		/* sched_setaffinity() */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "hvio.h"

struct options opt = {
	.seed = 1, .size = 64ULL << 20, .total = 64ULL << 20, .qd = 32,
	.min = 512, .max = 512 << 10, .batches = 1000000, .per_batch = 8,
	.rounds = 10, .ops = 200, .cpu = ANY_CPU,
};

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	exit(1);
}

uint64_t rnd(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s * 0x2545f4914f6cdd1dULL;
}

/* Never 0, where the generator would stay. */
uint64_t rnd_seed(uint64_t seed)
{
	uint64_t s = seed * 0x9e3779b97f4a7c15ULL + 0x1234567;

	return s ? s : 1;
}

/* ---- the pattern ----------------------------------------------------------- */

void sector_fill(void *to, uint64_t sector, uint32_t gen)
{
	uint64_t *w = to;
	uint64_t x = rnd_seed(opt.seed ^ sector << 20 ^ gen);
	unsigned int i;

	w[0] = MAGIC ^ opt.seed;
	w[1] = sector;
	w[2] = gen;
	for (i = 3; i < SECTOR / 8; i++) {
		x = x * 0x5851f42d4c957f2dULL + 0x14057b7ef767814fULL;
		w[i] = x;
	}
}

bool sector_holds(const void *at, uint64_t sector, uint32_t gen)
{
	uint64_t want[SECTOR / 8];

	if (!gen) {
		memset(want, 0, sizeof(want));
		return !memcmp(at, want, SECTOR);
	}
	sector_fill(want, sector, gen);
	return !memcmp(at, want, SECTOR);
}

void sector_describe(const void *at, uint64_t sector, uint32_t gen)
{
	const uint64_t *w = at;
	unsigned int i;

	printf("sector %llu: expected generation %u, found ",
	       (unsigned long long)sector, gen);
	if (w[0] == (MAGIC ^ opt.seed)) {
		printf("sector %llu generation %llu%s\n",
		       (unsigned long long)w[1], (unsigned long long)w[2],
		       sector_holds(at, w[1], (uint32_t)w[2]) ? "" : " damaged");
		return;
	}
	for (i = 0; i < SECTOR / 8 && !w[i]; i++)
		;
	if (i == SECTOR / 8)
		printf("zeros\n");
	else
		printf("%016llx %016llx %016llx...\n", (unsigned long long)w[0],
		       (unsigned long long)w[1], (unsigned long long)w[2]);
}

/* ---- asynchronous I/O -------------------------------------------------------- */

static unsigned long aio_ctx;

void aio_open(unsigned int depth)
{
	/* With vectors there may be as many parts: see aio_submit(). */
	if (opt.unaligned)
		depth *= MAX_IOV;
	if (syscall(SYS_io_setup, depth, &aio_ctx))
		die("io_setup: %s", strerror(errno));
}

/*
 * Build the vectors of a request: one piece, or (unaligned=1) pieces of whole
 * sectors that begin at odd multiples of 512 bytes within their pages.
 */
static void make_vectors(struct request *r, uint64_t *seed)
{
	unsigned int n = 0;
	uint32_t left = r->len, piece;
	char *p = r->buf;

	if (!opt.unaligned) {
		r->iov[0].iov_base = p;
		r->iov[0].iov_len = left;
		r->nr_iov = 1;
		return;
	}
	while (left) {
		/* the last slot takes the rest */
		piece = n == MAX_IOV - 1 ? left :
			SECTOR * (1 + (uint32_t)(rnd(seed) % 15));
		if (piece > left)
			piece = left;
		if (!(((uintptr_t)p / SECTOR) & 1))
			p += SECTOR;
		r->iov[n].iov_base = p;
		r->iov[n].iov_len = piece;
		n++;
		p += piece;
		left -= piece;
	}
	r->nr_iov = n;
}

/* Pointer to sector i of the request's data. */
char *request_sector(struct request *r, uint32_t i)
{
	uint32_t off = i * SECTOR;
	unsigned int n;

	for (n = 0; n < r->nr_iov; n++) {
		if (off < r->iov[n].iov_len)
			return (char *)r->iov[n].iov_base + off;
		off -= (uint32_t)r->iov[n].iov_len;
	}
	die("a request of %u bytes has no sector %u", r->len, i);
	return NULL;
}

void request_fill(struct request *r, uint64_t *seed)
{
	uint32_t i;

	make_vectors(r, seed);
	for (i = 0; i < r->len / SECTOR; i++) {
		if (r->write)
			sector_fill(request_sector(r, i), r->sector + i, r->gen);
		else
			/* so that a read that moves nothing is seen */
			memset(request_sector(r, i), 0xa5, SECTOR);
	}
}

/* No io_submit() of vectors, which came with 2.6.19. */
static bool no_vectors;

static void aio_send(struct request *r, struct aio_cb *cb, unsigned int nr)
{
	struct aio_cb *p[MAX_IOV];
	unsigned int i;
	long n;

	for (i = 0; i < nr; i++)
		p[i] = &cb[i];
	r->pending = nr;
	r->moved = 0;
	for (i = 0; i < nr; i += (unsigned int)n) {
		n = syscall(SYS_io_submit, aio_ctx, (long)(nr - i), p + i);
		if (n < 0 && errno == EINVAL && r->nr_iov > 1 && !no_vectors) {
			no_vectors = true;
			return;
		}
		if (n < 1)
			die("io_submit of %u bytes at sector %llu: %s", r->len,
			    (unsigned long long)r->sector,
			    n ? strerror(errno) : "nothing was taken");
	}
	r->busy = true;
}

/*
 * One request; where vectors cannot be submitted, one for each piece, all at
 * once, so that the block layer makes one of them again.
 */
void aio_submit(int fd, struct request *r)
{
	static struct aio_cb cb[MAX_IOV];
	unsigned int i, nr = r->nr_iov;
	uint64_t at = r->sector * SECTOR;

	memset(cb, 0, sizeof(cb[0]) * nr);
	for (i = 0; i < nr; i++) {
		cb[i].data = (uintptr_t)r;
		cb[i].fd = (uint32_t)fd;
		cb[i].opcode = r->write ? AIO_PWRITE : AIO_PREAD;
		cb[i].buf = (uintptr_t)r->iov[i].iov_base;
		cb[i].nbytes = r->iov[i].iov_len;
		cb[i].offset = (int64_t)at;
		at += r->iov[i].iov_len;
	}
	if (nr > 1 && !no_vectors) {
		struct aio_cb all = cb[0];

		all.opcode = r->write ? AIO_PWRITEV : AIO_PREADV;
		all.buf = (uintptr_t)r->iov;
		all.nbytes = nr;
		aio_send(r, &all, 1);
		if (r->busy)
			return;
	}
	aio_send(r, cb, nr);
}

/* Wait for one request; its result is in *res (bytes, or -errno). */
struct request *aio_wait(long *res)
{
	struct aio_event ev;
	struct request *r;
	long n;

	do {
		n = syscall(SYS_io_getevents, aio_ctx, 1L, 1L, &ev, NULL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n != 1)
			die("io_getevents: %s", strerror(errno));
		r = (struct request *)(uintptr_t)ev.data;
		/* The first error is that of the request. */
		if (ev.res < 0 && r->moved >= 0)
			r->moved = (long)ev.res;
		else if (r->moved >= 0)
			r->moved += (long)ev.res;
	} while (n < 0 || --r->pending);
	*res = r->moved;
	r->busy = false;
	return r;
}

void *alloc_buffer(size_t n)
{
	void *p;

	if (posix_memalign(&p, 4096, n))
		die("no memory for a buffer of %zu bytes", n);
	/* the guest may not have the memory; find out now */
	memset(p, 0, n);
	return p;
}

/* ---- options ------------------------------------------------------------------ */

static uint64_t number(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 0);

	if (*end == 'k' || *end == 'K')
		v <<= 10;
	else if (*end == 'm' || *end == 'M')
		v <<= 20;
	return v;
}

static void parse(int argc, char **argv)
{
	const struct { const char *name; uint64_t *to; } keys[] = {
		{ "seed", &opt.seed }, { "size", &opt.size },
		{ "total", &opt.total }, { "qd", &opt.qd },
		{ "min", &opt.min }, { "max", &opt.max },
		{ "unaligned", &opt.unaligned }, { "batches", &opt.batches },
		{ "per_batch", &opt.per_batch }, { "synced", &opt.synced },
		{ "start", &opt.start }, { "writes", &opt.writes },
		{ "unsynced", &opt.unsynced }, { "fresh", &opt.fresh },
		{ "cpu", &opt.cpu }, { "empty", &opt.empty },
		{ "rounds", &opt.rounds }, { "ops", &opt.ops },
		{ "seconds", &opt.seconds }, { "trims", &opt.trims },
	};
	size_t k, n;
	int i;

	for (i = 0; i < argc; i++) {
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			n = strlen(keys[k].name);
			if (!strncmp(argv[i], keys[k].name, n) &&
			    argv[i][n] == '=')
				break;
		}
		if (k == sizeof(keys) / sizeof(keys[0]))
			die("hvio: %s is not an option", argv[i]);
		*keys[k].to = number(argv[i] + n + 1);
	}
	if (opt.min < SECTOR || opt.max < opt.min || opt.min % SECTOR ||
	    opt.max % SECTOR || opt.qd < 1 || opt.qd > MAX_QD ||
	    opt.max > opt.size)
		die("hvio: the sizes or the depth make no sense");
}

static void stay_on_cpu(void)
{
	cpu_set_t set;

	if (opt.cpu == ANY_CPU)
		return;
	CPU_ZERO(&set);
	CPU_SET(opt.cpu, &set);
	if (opt.cpu >= CPU_SETSIZE || sched_setaffinity(0, sizeof(set), &set))
		die("hvio: cannot run on CPU %llu: %s",
		    (unsigned long long)opt.cpu, strerror(errno));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3)
		die("usage: hvio rand|mix|log|check|sg|one|load DEV ...");
	if (!strcmp(argv[1], "sg") && argc == 6)
		return mode_sg(argv[2], argv[3], strtoull(argv[4], NULL, 0),
			       (unsigned int)strtoul(argv[5], NULL, 0));
	if (!strcmp(argv[1], "one") && argc == 6)
		return mode_one(argv[2], argv[3][0] == 'w',
				strtoull(argv[4], NULL, 0),
				(unsigned int)strtoul(argv[5], NULL, 0));
	parse(argc - 3, argv + 3);
	stay_on_cpu();
	if (!strcmp(argv[1], "rand"))
		return mode_rand(argv[2]);
	if (!strcmp(argv[1], "mix"))
		return mode_mix(argv[2]);
	if (!strcmp(argv[1], "log"))
		return mode_log(argv[2]);
	if (!strcmp(argv[1], "check"))
		return mode_check(argv[2]);
	if (!strcmp(argv[1], "load"))
		return mode_load(argv[2]);
	die("hvio: no mode %s", argv[1]);
	return 2;
}
