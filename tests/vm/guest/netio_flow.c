// SPDX-License-Identifier: GPL-2.0-only
/*
 * netio_flow.c - streams whose every byte is compared, and counted datagrams
 *
 *   netio tcp-serve ADDRESS [port=N] [streams=N]	take connections, compare
 *   netio tcp-send ADDRESS [port=N] [streams=N] [bytes=N] [seed=N] [both=1]
 *	each stream sends a pattern; with both the server sends one back at the same time
 *   netio udp-count ADDRESS [port=N]			until a packet that says "end"
 *   netio udp-send ADDRESS [port=N] [count=N] [size=N] [stubborn=1] [end=1]
 *	stubborn: go on whatever the stack says
 *
 * A server prints "ready" when it listens.  The pattern that comes back has the seed
 * that was sent, plus one.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netio.h"

#define CHUNK	65536
#define PORT	5001

struct order { uint64_t seed, bytes, both; };

static int listener(const char *text, uint16_t port, int type)
{
	struct sockaddr_storage sa;
	socklen_t len = address(text, port, &sa);
	int s = socket(sa.ss_family, type, 0);

	if (s < 0)
		die("socket");
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(s, (struct sockaddr *)&sa, len))
		die("bind");
	if (type == SOCK_STREAM && listen(s, 128))
		die("listen");
	return s;
}

static void send_pattern(int s, uint64_t seed, uint64_t bytes)
{
	static unsigned char buf[CHUNK];
	uint64_t at = 0;
	size_t n, done;
	ssize_t w;

	while (at < bytes) {
		n = bytes - at < CHUNK ? bytes - at : CHUNK;
		pattern(seed, at, buf, n);
		for (done = 0; done < n; done += (size_t)w) {
			w = send(s, buf + done, n - done, MSG_NOSIGNAL);
			if (w <= 0)
				die("send");
		}
		at += n;
	}
	shutdown(s, SHUT_WR);
}

static void take_pattern(int s, uint64_t seed, uint64_t bytes)
{
	static unsigned char buf[CHUNK], want[CHUNK];
	uint64_t at = 0;
	ssize_t n;

	while ((n = recv(s, buf, CHUNK, 0)) > 0) {
		pattern(seed, at, want, (size_t)n);
		if (memcmp(buf, want, (size_t)n))
			fail("a byte between %llu and %llu differs", (unsigned long long)at,
			     (unsigned long long)(at + (uint64_t)n));
		at += (uint64_t)n;
	}
	if (n < 0)
		die("recv");
	if (at != bytes)
		fail("%llu bytes came instead of %llu", (unsigned long long)at,
		     (unsigned long long)bytes);
}

/* Wait for n children; fails if one did. */
static void reap(int n)
{
	int status, bad = 0;

	while (n-- > 0) {
		if (wait(&status) < 0)
			die("wait");
		bad |= status;
	}
	if (bad)
		exit(1);
}

static void exchange(int s, const struct order *o, uint64_t out, uint64_t in)
{
	pid_t child = 0;

	if (out != in && o->both) {
		child = fork();
		if (child < 0)
			die("fork");
		if (!child) {
			send_pattern(s, out, o->bytes);
			_exit(0);
		}
	}
	take_pattern(s, in, o->bytes);
	if (child)
		reap(1);
}

static void serve_one(int s)
{
	struct order o;

	if (recv(s, &o, sizeof(o), MSG_WAITALL) != sizeof(o))
		die("the order");
	exchange(s, &o, o.seed + 1, o.seed);
	/* The client waits for this: all has been compared. */
	if (!o.both && send(s, "ok", 2, MSG_NOSIGNAL) != 2)
		die("send");
	exit(0);
}

int cmd_tcp_serve(int argc, char **argv)
{
	int n = (int)option(argv, "streams", 1), i, s, c;

	(void)argc;
	s = listener(argv[0], (uint16_t)option(argv, "port", PORT), SOCK_STREAM);
	printf("ready\n");
	for (i = 0; i < n; i++) {
		c = accept(s, NULL, NULL);
		if (c < 0)
			die("accept");
		if (!fork())
			serve_one(c);
		close(c);
	}
	reap(n);
	printf("%d streams compared\n", n);
	return 0;
}

static void send_one(const char *to, uint16_t port, const struct order *o)
{
	struct sockaddr_storage sa;
	socklen_t len = address(to, port, &sa);
	int s = socket(sa.ss_family, SOCK_STREAM, 0);
	char ok[2];

	if (s < 0 || connect(s, (struct sockaddr *)&sa, len))
		die("connect");
	if (send(s, o, sizeof(*o), MSG_NOSIGNAL) != sizeof(*o))
		die("the order");
	if (o->both) {
		exchange(s, o, o->seed, o->seed + 1);
	} else {
		send_pattern(s, o->seed, o->bytes);
		if (recv(s, ok, 2, MSG_WAITALL) != 2)
			fail("the other side is not content");
	}
	exit(0);
}

int cmd_tcp_send(int argc, char **argv)
{
	struct order o = { (uint64_t)option(argv, "seed", 1),
			   (uint64_t)option(argv, "bytes", 1 << 20),
			   (uint64_t)option(argv, "both", 0) };
	int n = (int)option(argv, "streams", 1), i;

	(void)argc;
	for (i = 0; i < n; i++) {
		o.seed += 2;
		if (!fork())
			send_one(argv[0], (uint16_t)option(argv, "port", PORT), &o);
	}
	reap(n);
	printf("%d streams of %llu bytes\n", n, (unsigned long long)o.bytes);
	return 0;
}

/* ---- datagrams ----------------------------------------------------------------- */

struct datagram { uint32_t magic, seq; };
#define MAGIC	0x68766e31
#define END	0xffffffffu

int cmd_udp_count(int argc, char **argv)
{
	static unsigned char buf[65536], want[65536];
	uint64_t count = 0, bad = 0;
	struct datagram d;
	ssize_t n;
	int s;

	(void)argc;
	s = listener(argv[0], (uint16_t)option(argv, "port", PORT), SOCK_DGRAM);
	setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ 64 << 20 }, sizeof(int));
	printf("ready\n");
	while ((n = recv(s, buf, sizeof(buf), 0)) >= (ssize_t)sizeof(d)) {
		memcpy(&d, buf, sizeof(d));
		if (d.magic != MAGIC)
			continue;
		if (d.seq == END)
			break;
		pattern(d.seq, 0, want, (size_t)n - sizeof(d));
		bad += memcmp(buf + sizeof(d), want, (size_t)n - sizeof(d)) != 0;
		count++;
	}
	printf("%llu came, %llu bad\n", (unsigned long long)count, (unsigned long long)bad);
	return bad != 0;
}

int cmd_udp_send(int argc, char **argv)
{
	long long count = option(argv, "count", 1000), i;
	size_t size = (size_t)option(argv, "size", 512);
	static unsigned char buf[65536];
	struct datagram d = { MAGIC, 0 };
	struct sockaddr_storage sa;
	socklen_t len = address(argv[0], (uint16_t)option(argv, "port", PORT), &sa);
	int s = socket(sa.ss_family, SOCK_DGRAM, 0);

	(void)argc;
	if (s < 0 || connect(s, (struct sockaddr *)&sa, len))
		die("connect");
	if (option(argv, "end", 0)) {
		d.seq = END;
		memcpy(buf, &d, sizeof(d));
		if (send(s, buf, 64, 0) != 64)
			die("send");
		return 0;
	}
	for (i = 0; i < count; i++) {
		d.seq = (uint32_t)i;
		memcpy(buf, &d, sizeof(d));
		pattern(d.seq, 0, buf + sizeof(d), size - sizeof(d));
		while (send(s, buf, size, 0) < 0)
			if (!option(argv, "stubborn", 0) && errno != ENOBUFS && errno != EAGAIN)
				die("send");
	}
	printf("%lld sent\n", count);
	return 0;
}
