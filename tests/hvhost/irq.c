// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq.c - interrupts into the guest, from any thread, over QEMU's test socket
 * (in a window of guest time by the vCPU itself: vtime.h)
 *
 * An interrupt is a 4-byte write of the vector to the MSI address of the target
 * APIC.  The host never makes that write from a vCPU callback of its own,
 * because QEMU would take its big lock under ours; it asks QEMU's main loop
 * by the qtest protocol instead and does not wait for the answer.  A reader
 * thread drains the answers.
 *
 * Locks: irq_lock, a leaf.  It orders the lines on the socket and guards sock.
 * It is never wanted by a thread that holds QEMU's big lock, so a full socket
 * buffer only blocks the sender until the main loop has caught up.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "partition.h"
#include "vtime.h"

#define CONNECT_SECONDS 30
#define MSI_BASE 0xfee00000u
#define MSI_NMI 0x400u		/* a delivery mode; there is no vector */

static pthread_mutex_t irq_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t irq_connected = PTHREAD_COND_INITIALIZER;
static int sock = -1;

static int try_connect(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(host_opt.qtest) >= sizeof(sa.sun_path))
		host_die("the path of the qtest socket %s is too long", host_opt.qtest);
	strcpy(sa.sun_path, host_opt.qtest);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		host_die("cannot make a socket: %s", strerror(errno));
	if (!connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return fd;
	close(fd);
	return -1;
}

static int connect_patiently(void)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int tries, fd;

	for (tries = 0; tries < CONNECT_SECONDS * 100; tries++) {
		fd = try_connect();
		if (fd >= 0)
			return fd;
		nanosleep(&pause, NULL);
	}
	host_die("cannot connect to the qtest socket %s: %s; give QEMU "
		 "-qtest unix:%s,server=on,wait=off", host_opt.qtest, strerror(errno),
		 host_opt.qtest);
}

static void *irq_thread(void *unused)
{
	int fd = connect_patiently();
	char buf[4096];
	ssize_t n;

	(void)unused;
	pthread_mutex_lock(&irq_lock);
	sock = fd;
	pthread_cond_broadcast(&irq_connected);
	pthread_mutex_unlock(&irq_lock);

	for (;;) {
		n = read(fd, buf, sizeof(buf) - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf[n] = 0;
		if (strstr(buf, "FAIL") || strstr(buf, "ERR"))
			host_warn("QEMU refused an interrupt: %s", buf);
	}
	/* QEMU closes the socket when it ends; nothing is left to interrupt. */
	return NULL;
}

void irq_start(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, irq_thread, NULL))
		host_die("cannot start the interrupt thread");
	pthread_detach(t);
}

static void send_line(const char *line, size_t len)
{
	ssize_t n;

	pthread_mutex_lock(&irq_lock);
	while (sock < 0)
		pthread_cond_wait(&irq_connected, &irq_lock);
	while (len) {
		n = send(sock, line, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;		/* QEMU is on its way out */
		line += n;
		len -= (size_t)n;
	}
	pthread_mutex_unlock(&irq_lock);
}

static void send_msi(uint32_t vp, uint32_t data)
{
	char line[48];
	int n = snprintf(line, sizeof(line), "writel 0x%x 0x%x\n", MSI_BASE + (vp << 12), data);

	send_line(line, (size_t)n);
}

void irq_raise(uint32_t vp, uint8_t vector)
{
	TOTAL(interrupts);
	if (vtime_here())
		vtime_interrupt(vp, vector);
	else
		send_msi(vp, vector);
}

void irq_nmi(uint32_t vp)
{
	send_msi(vp, MSI_NMI);
}

/* Reset control register of the PC chip sets: hard reset of the machine. */
void irq_machine_reset(void)
{
	static const char line[] = "outb 0xcf9 0x2\noutb 0xcf9 0x6\n";

	send_line(line, sizeof(line) - 1);
}
