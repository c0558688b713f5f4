// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - the guest's RAM as the host sees it
 *
 * QEMU keeps the RAM in a shared file; we map the same file.  With at most
 * 2 GiB on -M pc a guest-physical address is the offset in that file.  The
 * mapping is made once, before a vCPU runs, and stays: no lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "partition.h"

static uint8_t *ram;

void memory_init(void)
{
	struct stat st;
	int fd;

	if (ram)
		return;
	fd = open(host_opt.ram, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		host_die("cannot open the guest's RAM file %s: %s; give QEMU -object "
			 "memory-backend-file,share=on,mem-path=%s", host_opt.ram,
			 strerror(errno), host_opt.ram);
	if ((uint64_t)st.st_size < host_opt.ramsize)
		host_die("the guest's RAM file %s has %lld bytes, ramsize= says %llu",
			 host_opt.ram, (long long)st.st_size,
			 (unsigned long long)host_opt.ramsize);
	ram = mmap(NULL, host_opt.ramsize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ram == MAP_FAILED)
		host_die("cannot map the guest's RAM file %s: %s", host_opt.ram,
			 strerror(errno));
	close(fd);
}

void *gpa_ptr(uint64_t gpa, size_t len)
{
	if (gpa >= host_opt.ramsize || len > host_opt.ramsize - gpa)
		return NULL;
	return ram + gpa;
}
