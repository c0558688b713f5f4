/* SPDX-License-Identifier: GPL-2.0-only */
/* hvio.h - what the parts of the guests' I/O tool share */
#ifndef HVIO_H
#define HVIO_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define SECTOR		512u
#define MAX_IOV		256
#define MAX_QD		256
#define ANY_CPU		UINT64_MAX
#define MAGIC		0x68766c2d64617461ULL

/* Kernel ABI that the small C library has no header for: <linux/aio_abi.h>. */
#define AIO_PREAD	0
#define AIO_PWRITE	1
#define AIO_PREADV	7
#define AIO_PWRITEV	8

struct aio_cb {
	uint64_t data;
	uint32_t key, rw_flags;
	uint16_t opcode;
	int16_t priority;
	uint32_t fd;
	uint64_t buf, nbytes;
	int64_t offset;
	uint64_t reserved;
	uint32_t flags, resfd;
};

struct aio_event {
	uint64_t data, obj;
	int64_t res, res2;
};

struct options {
	uint64_t seed;
	uint64_t start, size;	/* the bytes of the device that are used */
	uint64_t total;		/* bytes to write in all */
	uint64_t qd, min, max;
	uint64_t unaligned;
	uint64_t fresh;		/* what was never written must be zero */
	uint64_t batches, per_batch;
	uint64_t synced;	/* the last batch known to be synced */
	uint64_t unsynced;	/* batches to leave unsynced at the end */
	uint64_t writes;	/* load: percentage of writes */
	uint64_t empty;		/* log: after fsync, have the disk empty its cache too */
	uint64_t rounds, ops;	/* mix: how many, and requests in each */
	uint64_t seconds;	/* mix: or rounds for as long as this */
	uint64_t trims;		/* mix: the disk can forget blocks */
	uint64_t cpu;		/* submit on this CPU only; ANY_CPU: on any */
};

struct request {
	bool busy, write;
	uint64_t sector;
	uint32_t len, gen;
	char *buf;		/* room for 2 * max + a page */
	unsigned int nr_iov;
	struct iovec iov[MAX_IOV];
	unsigned int pending;	/* parts that are on their way */
	long moved;		/* bytes so far, or -errno */
};

extern struct options opt;

void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
uint64_t rnd(uint64_t *s);
uint64_t rnd_seed(uint64_t seed);

void sector_fill(void *to, uint64_t sector, uint32_t gen);
bool sector_holds(const void *at, uint64_t sector, uint32_t gen);
void sector_describe(const void *at, uint64_t sector, uint32_t gen);

void aio_open(unsigned int depth);
void aio_submit(int fd, struct request *r);
struct request *aio_wait(long *res);
char *request_sector(struct request *r, uint32_t i);
void request_fill(struct request *r, uint64_t *seed);
void *alloc_buffer(size_t n);

void sg_flush(int fd);
void sg_unmap(int fd, uint64_t lba, uint32_t blocks);

int mode_rand(const char *dev);
int mode_mix(const char *dev);
int mode_load(const char *dev);
int mode_log(const char *dev);
int mode_check(const char *dev);
int mode_sg(const char *dev, const char *op, uint64_t lba, unsigned int blocks);
int mode_one(const char *dev, bool write, uint64_t lba, unsigned int blocks);

#endif /* HVIO_H */
