// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvbench.c - a fixed number of I/Os, no more and no less
 *
 *	hvbench DEV randread|seqwrite SIZE DEPTH COUNT
 *
 * Keeps DEPTH direct requests of SIZE bytes under way until COUNT have ended,
 * then prints "COUNT done".  Offsets of random reads come from a fixed seed, so
 * that two runs ask for the same blocks in the same order.  The whole work lies
 * in the kernel: buffers are allocated and touched before the first request.
 *
 * The host is told where the measured part begins and ends, by a CPUID leaf of
 * its own.  It answers whether it will live in the guest's time meanwhile.
 *
 * One thread, no locks.  Static, raw system calls as hvio.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/aio_abi.h, which a C library for the tests need not have. */
struct iocb {
	uint64_t data;
	uint32_t key;
	uint32_t rw_flags;
	uint16_t opcode;
	int16_t prio;
	uint32_t fd;
	uint64_t buf;
	uint64_t nbytes;
	int64_t offset;
	uint64_t reserved;
	uint32_t flags;
	uint32_t resfd;
};

struct io_event {
	uint64_t data;
	uint64_t obj;
	int64_t res;
	int64_t res2;
};

#define OP_PREAD	0
#define OP_PWRITE	1
#define MAX_DEPTH	256

static uint32_t mark(uint32_t begin)
{
	uint32_t eax = 0x48564255, ebx, ecx = begin, edx;

	__asm__ volatile("cpuid" : "+a" (eax), "=b" (ebx), "+c" (ecx), "=d" (edx) :
			 : "memory");
	return eax;
}

static void die(const char *what)
{
	printf("hvbench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/*
 * Most neighbours in the buffer are none in memory, as on a machine that has run
 * for a while.  The kernel's lists of free pages still leave some to chance.
 */
static void touch_scattered(char *buf, size_t size)
{
	size_t page, step;

	for (step = 0; step < 8; step++)
		for (page = step; page < size / 4096; page += 8)
			memset(buf + page * 4096, 0x5a, 4096);
}

int main(int argc, char **argv)
{
	static struct iocb cb[MAX_DEPTH];
	static struct io_event ev[MAX_DEPTH];
	uint64_t seed = 0x1234567, dev_size, at = 0, size;
	long ctx = 0, depth, count, sent = 0, done = 0, n, i, op;
	struct iocb *p;
	void *buf;
	int fd;

	if (argc != 6) {
		printf("hvbench DEV randread|seqwrite SIZE DEPTH COUNT\n");
		return 2;
	}
	op = strcmp(argv[2], "seqwrite") ? OP_PREAD : OP_PWRITE;
	size = strtoull(argv[3], NULL, 0);
	depth = atol(argv[4]);
	count = atol(argv[5]);
	if (!size || size & 4095 || depth < 1 || depth > MAX_DEPTH || count < depth) {
		printf("hvbench: size, depth or count make no sense\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		die(argv[1]);
	if (ioctl(fd, BLKGETSIZE64, &dev_size) || dev_size < size)
		die("size of the device");
	if (syscall(SYS_io_setup, depth, &ctx))
		die("io_setup");
	for (i = 0; i < depth; i++) {
		if (posix_memalign(&buf, 4096, size))
			die("memory");
		touch_scattered(buf, size);
		cb[i].opcode = op;
		cb[i].fd = fd;
		cb[i].buf = (uintptr_t)buf;
		cb[i].nbytes = size;
		ev[i].data = i;
	}

	if (mark(1) != 1)
		printf("threads serve\n");
	/* The first round sends one request on each buffer. */
	for (n = depth; done < count; ) {
		for (i = 0; i < n && sent < count; i++) {
			p = &cb[ev[i].data];
			p->data = ev[i].data;
			p->offset = at * size;
			if (op == OP_PWRITE)
				at = (at + 1) % (dev_size / size);
			else
				at = next_random(&seed) % (dev_size / size);
			if (syscall(SYS_io_submit, ctx, 1, &p) != 1)
				die("io_submit");
			sent++;
		}
		n = syscall(SYS_io_getevents, ctx, 1, depth, ev, NULL);
		if (n < 1)
			die("io_getevents");
		for (i = 0; i < n; i++) {
			if (ev[i].res != (int64_t)size) {
				errno = ev[i].res < 0 ? (int)-ev[i].res : EIO;
				die("a request");
			}
		}
		done += n;
	}
	mark(0);
	printf("%ld done\n", done);
	return 0;
}
