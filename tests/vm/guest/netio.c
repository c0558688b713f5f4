// SPDX-License-Identifier: GPL-2.0-only
/*
 * netio.c - network tool of the test guest: name spaces, then what NICs do
 *
 *   netio ns NAME			make a network name space
 *   netio in NAME COMMAND...		run a command of netio or a program there
 *   netio move NIC NAME		put a NIC into it
 *   netio ping, tcp-serve, tcp-send, udp-count, udp-send, echo, frames, ethtool: see there
 *
 * A name space is held by a bind mount below /tmp/ns.  Exit status 0, or 1 with a
 * reason.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netdb.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netio.h"

void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	exit(1);
}

socklen_t address(const char *text, uint16_t port, struct sockaddr_storage *sa)
{
	struct addrinfo hint = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM }, *a;
	socklen_t len;

	if (getaddrinfo(text, NULL, &hint, &a))
		fail("%s is not an address", text);
	len = a->ai_addrlen;
	memset(sa, 0, sizeof(*sa));
	memcpy(sa, a->ai_addr, len);
	freeaddrinfo(a);
	if (sa->ss_family == AF_INET6)
		((struct sockaddr_in6 *)sa)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)sa)->sin_port = htons(port);
	return len;
}

const char *text_option(char **words, const char *key, const char *otherwise)
{
	size_t n = strlen(key);

	for (; *words; words++)
		if (!strncmp(*words, key, n) && (*words)[n] == '=')
			return *words + n + 1;
	return otherwise;
}

long long option(char **words, const char *key, long long otherwise)
{
	const char *v = text_option(words, key, NULL);

	return v ? strtoll(v, NULL, 0) : otherwise;
}

static uint64_t mix(uint64_t seed, uint64_t word)
{
	uint64_t v = (seed + word + 1) * 0x9e3779b97f4a7c15ull;

	return (v ^ v >> 31) * 0xbf58476d1ce4e5b9ull;
}

/* Every eight bytes of it depend on where they are. */
void pattern(uint64_t seed, uint64_t at, void *buf, size_t len)
{
	unsigned char *p = buf;
	uint64_t v;

	for (; len && at & 7; len--, at++)
		*p++ = (unsigned char)(mix(seed, at >> 3) >> 8 * (at & 7));
	for (; len >= 8; len -= 8, at += 8, p += 8) {
		v = mix(seed, at >> 3);
		memcpy(p, &v, 8);
	}
	for (; len; len--, at++)
		*p++ = (unsigned char)(mix(seed, at >> 3) >> 8 * (at & 7));
}

/* ---- name spaces ------------------------------------------------------------- */

static const char *space(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/tmp/ns/%s", name);
	return path;
}

static int cmd_ns(int argc, char **argv)
{
	int fd;

	(void)argc;
	mkdir("/tmp/ns", 0755);
	fd = open(space(argv[0]), O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		die(space(argv[0]));
	close(fd);
	if (unshare(CLONE_NEWNET))
		die("unshare");
	if (mount("/proc/self/ns/net", space(argv[0]), "none", MS_BIND, NULL))
		die("mount");
	return 0;
}

static int command(int argc, char **argv);

static int cmd_in(int argc, char **argv)
{
	int fd = open(space(argv[0]), O_RDONLY);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(argv[0]);
	close(fd);
	return command(argc - 1, argv + 1);
}

static int cmd_move(int argc, char **argv)
{
	struct {
		struct nlmsghdr n;
		struct ifinfomsg i;
		struct rtattr a;
		int fd;
	} q = {
		.n = { sizeof(q), RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 0, 0 },
		.a = { RTA_LENGTH(sizeof(int)), 28 /* IFLA_NET_NS_FD */ },
	};
	struct { struct nlmsghdr n; struct nlmsgerr e; char rest[512]; } r;
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	(void)argc;
	q.i.ifi_index = (int)if_nametoindex(argv[0]);
	q.fd = open(space(argv[1]), O_RDONLY);
	if (s < 0 || !q.i.ifi_index || q.fd < 0)
		die(argv[0]);
	if (send(s, &q, sizeof(q), 0) < 0 || recv(s, &r, sizeof(r), 0) < 0)
		die("netlink");
	errno = -r.e.error;
	if (errno)
		die("RTM_SETLINK");
	return 0;
}

/* ---- the rest ------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv);
	int least;
} commands[] = {
	{ "ns", cmd_ns, 1 }, { "in", cmd_in, 2 }, { "move", cmd_move, 2 },
	{ "ping", cmd_ping, 1 }, { "tcp-serve", cmd_tcp_serve, 1 },
	{ "tcp-send", cmd_tcp_send, 1 }, { "udp-count", cmd_udp_count, 1 },
	{ "udp-send", cmd_udp_send, 1 }, { "echo", cmd_echo, 1 }, { "frames", cmd_frames, 2 },
	{ "ethtool", cmd_ethtool, 2 },
};

static int command(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > commands[i].least && !strcmp(argv[0], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	execvp(argv[0], argv);
	die(argv[0]);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		fail("usage: netio COMMAND...");
	return command(argc - 1, argv + 1);
}
