// SPDX-License-Identifier: GPL-2.0-only
/* hvio_sg.c - single commands, with the result that the SCSI layer gave them */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hvio.h"

/* Kernel ABI that the small C library has no header for: <scsi/sg.h>. */
#define SG_IO		0x2285
#define SG_NONE		(-1)
#define SG_TO_DEV	(-2)
#define SG_FROM_DEV	(-3)

struct sg_io {
	int id, direction;
	unsigned char cmd_len, mx_sb_len;
	unsigned short iovec_count;
	unsigned int dxfer_len;
	void *dxferp;
	unsigned char *cmdp, *sbp;
	unsigned int timeout, flags;
	int pack_id;
	void *usr_ptr;
	unsigned char status, masked_status, msg_status, sb_len_wr;
	unsigned short host_status, driver_status;
	int resid;
	unsigned int duration, info;
};

static void big_endian(unsigned char *p, uint64_t v, int n)
{
	while (n--) {
		p[n] = (unsigned char)v;
		v >>= 8;
	}
}

/* Send what is filled in of io; its result is there when this returns. */
static void sg_send(int fd, struct sg_io *io)
{
	static unsigned char sense[64];

	io->id = 'S';
	io->sbp = sense;
	io->mx_sb_len = sizeof(sense);
	io->timeout = 600000;
	if (ioctl(fd, SG_IO, io))
		die("SG_IO: %s", strerror(errno));
}

/* Send a command that must not fail. */
static void sg_must(int fd, struct sg_io *io, const char *what)
{
	sg_send(fd, io);
	if (io->status || io->host_status || io->driver_status)
		die("%s: status 0x%02x, host 0x%02x, driver 0x%02x", what,
		    io->status, io->host_status, io->driver_status);
}

/* Have the disk empty its cache, which fsync() on RHEL 5 does not. */
void sg_flush(int fd)
{
	unsigned char cdb[10] = { 0x35 };
	struct sg_io io = { .direction = SG_NONE, .cmd_len = 10, .cmdp = cdb };

	sg_must(fd, &io, "SYNCHRONIZE CACHE");
}

/* Have a thin disk forget these blocks; they read as zeros then. */
void sg_unmap(int fd, uint64_t lba, uint32_t blocks)
{
	unsigned char cdb[10] = { 0x42, [8] = 24 }, list[24] = { 0, 22, 0, 16 };
	struct sg_io io = { .direction = SG_TO_DEV, .cmd_len = 10, .cmdp = cdb,
			    .dxferp = list, .dxfer_len = sizeof(list) };

	big_endian(list + 8, lba, 8);
	big_endian(list + 16, blocks, 4);
	sg_must(fd, &io, "UNMAP");
}

int mode_sg(const char *dev, const char *op, uint64_t lba, unsigned int blocks)
{
	int fd = open(dev, O_RDWR | O_NONBLOCK), i;
	unsigned char cdb[16] = { 0 };
	struct sg_io io;

	if (fd < 0)
		die("%s: %s", dev, strerror(errno));
	memset(&io, 0, sizeof(io));
	io.direction = SG_NONE;
	io.cmd_len = 10;
	if (!strcmp(op, "read10") || !strcmp(op, "write10")) {
		bool write = op[0] == 'w';

		cdb[0] = write ? 0x2a : 0x28;
		io.direction = write ? SG_TO_DEV : SG_FROM_DEV;
		io.dxfer_len = blocks * SECTOR;
		big_endian(cdb + 2, lba, 4);
		big_endian(cdb + 7, blocks, 2);
	} else if (!strcmp(op, "inquiry")) {
		cdb[0] = 0x12;
		cdb[4] = 36;
		io.cmd_len = 6;
		io.direction = SG_FROM_DEV;
		io.dxfer_len = 36;
	} else if (!strcmp(op, "tur")) {
		io.cmd_len = 6;
	} else if (!strcmp(op, "sync")) {
		cdb[0] = 0x35;
	} else {
		die("hvio: no command %s", op);
	}
	if (io.dxfer_len)
		io.dxferp = alloc_buffer(io.dxfer_len);
	io.cmdp = cdb;
	sg_send(fd, &io);
	printf("status=0x%02x host=0x%02x driver=0x%02x resid=%d sense=", io.status,
	       io.host_status, io.driver_status, io.resid);
	for (i = 0; i < io.sb_len_wr; i++)
		printf("%02x", io.sbp[i]);
	printf("%s\n", io.sb_len_wr ? "" : "none");
	return 0;
}

int mode_one(const char *dev, bool write, uint64_t lba, unsigned int blocks)
{
	int fd = open(dev, (write ? O_RDWR : O_RDONLY) | O_DIRECT);
	size_t len = (size_t)blocks * SECTOR, i;
	char *buf = alloc_buffer(len);
	ssize_t n;

	if (fd < 0)
		die("%s: %s", dev, strerror(errno));
	for (i = 0; write && i < blocks; i++)
		sector_fill(buf + i * SECTOR, lba + i, 1);
	n = write ? pwrite(fd, buf, len, (off_t)(lba * SECTOR)) :
		    pread(fd, buf, len, (off_t)(lba * SECTOR));
	printf("%s\n", n == (ssize_t)len ? "ok" : n < 0 ? strerror(errno) : "short");
	return 0;
}
