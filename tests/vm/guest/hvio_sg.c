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

int mode_sg(const char *dev, const char *op, uint64_t lba, unsigned int blocks)
{
	unsigned char cdb[16] = { 0 }, sense[64] = { 0 };
	struct sg_io io;
	int fd = open(dev, O_RDWR | O_NONBLOCK), i;

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
	io.id = 'S';
	io.mx_sb_len = sizeof(sense);
	io.cmdp = cdb;
	io.sbp = sense;
	io.timeout = 600000;
	if (ioctl(fd, SG_IO, &io))
		die("SG_IO: %s", strerror(errno));
	printf("status=0x%02x host=0x%02x driver=0x%02x resid=%d sense=", io.status,
	       io.host_status, io.driver_status, io.resid);
	for (i = 0; i < io.sb_len_wr; i++)
		printf("%02x", sense[i]);
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
