// SPDX-License-Identifier: GPL-2.0-only
/*
 * netio_ping.c - echoes of chosen lengths, compared byte by byte
 *
 *   netio ping ADDRESS [sizes=0,1,56,...] [from=N to=N step=N] [timeout=SECONDS] [seed=N]
 *
 * Each length is sent until it is answered, ten times at most; an answer that differs
 * is an error, a length without one too.  Prints "N lengths, N lost".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "netio.h"

#define MAX_PAYLOAD	65507
#define TRIES		10

static int sock, v6;
static struct sockaddr_storage to;
static socklen_t to_len;
static uint16_t ident, sequence;
static unsigned char out[MAX_PAYLOAD + 8], in[MAX_PAYLOAD + 200];

static uint16_t sum(const unsigned char *p, size_t n)
{
	uint32_t s = 0;

	for (; n > 1; n -= 2, p += 2)
		s += (uint32_t)(p[0] << 8 | p[1]);
	if (n)
		s += (uint32_t)(p[0] << 8);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)~s;
}

static void send_echo(size_t payload, uint64_t seed)
{
	uint16_t c;

	memset(out, 0, 8);
	out[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	out[4] = (unsigned char)(ident >> 8);
	out[5] = (unsigned char)ident;
	sequence++;
	out[6] = (unsigned char)(sequence >> 8);
	out[7] = (unsigned char)sequence;
	pattern(seed, 0, out + 8, payload);
	if (!v6) {
		c = sum(out, payload + 8);
		out[2] = (unsigned char)(c >> 8);
		out[3] = (unsigned char)c;
	}
	/* An address that is not resolved yet and a full queue pass. */
	if (sendto(sock, out, payload + 8, 0, (struct sockaddr *)&to, to_len) < 0 &&
	    errno != ENOBUFS && errno != EHOSTUNREACH && errno != EAGAIN)
		die("sendto");
}

/* Wait for the answer to the last one; 0: none came in time. */
static int receive(size_t payload, int ms)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	struct timespec t;
	long long end, now;
	unsigned char *m;
	ssize_t n;

	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec * 1000ll + t.tv_nsec / 1000000 + ms;
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		now = t.tv_sec * 1000ll + t.tv_nsec / 1000000;
		if (now >= end || poll(&p, 1, (int)(end - now)) <= 0)
			return 0;
		n = recv(sock, in, sizeof(in), 0);
		if (n < 0)
			continue;
		m = in;
		if (!v6) {
			m += (in[0] & 15) * 4;
			n -= (in[0] & 15) * 4;
		}
		if (n < 8 || m[0] != (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) ||
		    memcmp(m + 4, out + 4, 4))
			continue;
		if ((size_t)n != payload + 8 || memcmp(m + 8, out + 8, payload))
			fail("the answer to %zu bytes has %zd, or differs", payload, n - 8);
		return 1;
	}
}

static int one(size_t payload, uint64_t seed, int ms)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		send_echo(payload, seed + payload);
		if (receive(payload, ms))
			return i;
	}
	fail("no answer to %zu bytes", payload);
}

int cmd_ping(int argc, char **argv)
{
	const char *list = text_option(argv, "sizes", NULL);
	long long from = option(argv, "from", 56), last = option(argv, "to", from);
	long long step = option(argv, "step", 1), lost = 0, count = 0;
	int ms = (int)option(argv, "timeout", 3) * 1000;
	uint64_t seed = (uint64_t)option(argv, "seed", 1);
	char *next;

	(void)argc;
	to_len = address(argv[0], 0, &to);
	v6 = to.ss_family == AF_INET6;
	if (v6)
		((struct sockaddr_in6 *)&to)->sin6_port = 0;
	sock = socket(to.ss_family, SOCK_RAW, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (sock < 0)
		die("socket");
	setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &(int){ 1 << 20 }, sizeof(int));
	setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &(int){ 1 << 20 }, sizeof(int));
	ident = (uint16_t)getpid();
	count = 0;
	while (list && *list) {
		lost += one(strtoul(list, &next, 0), seed, ms);
		count++;
		list = *next == ',' ? next + 1 : "";
	}
	for (; !text_option(argv, "sizes", NULL) && from <= last; from += step, count++)
		lost += one((size_t)from, seed, ms);
	printf("%lld lengths, %lld lost\n", count, lost);
	return 0;
}
