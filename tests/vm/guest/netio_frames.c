// SPDX-License-Identifier: GPL-2.0-only
/*
 * netio_frames.c - raw frames there and back, compared byte by byte
 *
 *   netio echo NIC				send what comes back to its sender, for ever
 *   netio frames NIC MAC [count=N] [from=14] [to=1514] [seed=N]
 *	each length from "from" to "to" once, then lengths by lot up to count frames
 *
 * Of an ethertype that nothing else uses.  Each frame is sent until it comes back, ten
 * times at most; padding that comes with a short one is no error.  Prints "N frames,
 * N lost".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netio.h"

#define ETHERTYPE	0x88b5
#define MAX_FRAME	65536
#define TRIES		10

static unsigned char out[MAX_FRAME], in[MAX_FRAME];
static struct sockaddr_ll nic;

static int open_nic(const char *name)
{
	int s = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE));

	nic.sll_family = AF_PACKET;
	nic.sll_protocol = htons(ETHERTYPE);
	nic.sll_ifindex = (int)if_nametoindex(name);
	nic.sll_halen = 6;
	if (s < 0 || !nic.sll_ifindex || bind(s, (struct sockaddr *)&nic, sizeof(nic)))
		die(name);
	return s;
}

static void own_address(int s, unsigned char mac[6])
{
	struct sockaddr_ll me;
	socklen_t len = sizeof(me);

	if (getsockname(s, (struct sockaddr *)&me, &len))
		die("getsockname");
	memcpy(mac, me.sll_addr, 6);
}

int cmd_echo(int argc, char **argv)
{
	int s = open_nic(argv[0]);
	unsigned char mac[6];
	ssize_t n;

	(void)argc;
	own_address(s, mac);
	printf("ready\n");
	while ((n = recv(s, in, sizeof(in), 0)) >= 0) {
		if (n < 14 || memcmp(in, mac, 6))
			continue;
		memcpy(in, in + 6, 6);
		memcpy(in + 6, mac, 6);
		while (send(s, in, (size_t)n, 0) < 0)
			if (errno != ENOBUFS && errno != EAGAIN)
				die("send");
	}
	die("recv");
}

/* 1: the frame has come back.  Short ones are known by their length and bytes too. */
static int came_back(int s, size_t len)
{
	struct pollfd p = { .fd = s, .events = POLLIN };
	ssize_t n;

	while (poll(&p, 1, 2000) > 0) {
		n = recv(s, in, sizeof(in), 0);
		if (n < (ssize_t)len || (n != (ssize_t)len && n > 60))
			continue;
		if (!memcmp(in + 14, out + 14, len - 14))
			return 1;
	}
	return 0;
}

static int one(int s, size_t len)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		if (send(s, out, len, 0) < 0) {
			if (errno != ENOBUFS)
				die("send");
			continue;
		}
		if (came_back(s, len))
			return i;
	}
	fail("a frame of %zu bytes does not come back as it was", len);
}

int cmd_frames(int argc, char **argv)
{
	long long from = option(argv, "from", 14), to = option(argv, "to", 1514), i, len;
	long long count = option(argv, "count", to - from + 1), lost = 0;
	uint64_t seed = (uint64_t)option(argv, "seed", 1), lot;
	int s = open_nic(argv[0]);
	unsigned int b[6];

	(void)argc;
	if (sscanf(argv[1], "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
		fail("%s is not an address", argv[1]);
	for (i = 0; i < 6; i++)
		out[i] = (unsigned char)b[i];
	own_address(s, out + 6);
	out[12] = ETHERTYPE >> 8;
	out[13] = ETHERTYPE & 255;
	for (i = 0; i < count; i++) {
		pattern(seed, (uint64_t)i * 8, &lot, sizeof(lot));
		len = from + (from + i <= to ? i : (long long)(lot % (uint64_t)(to - from + 1)));
		pattern(seed + (uint64_t)i, 0, out + 14, (size_t)len - 14);
		lost += one(s, (size_t)len);
	}
	printf("%lld frames, %lld lost\n", count, lost);
	return 0;
}
