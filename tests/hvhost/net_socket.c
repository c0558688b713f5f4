// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_socket.c - frames between a switch and a program outside the guest
 *
 * A thread accepts clients and takes their frames; the switch's callers send to the
 * client themselves.
 *
 * Locks: ports_lock (the list), port->lock (client, dropped); leaves both.
 */
#include "net_socket.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host.h"
#include "net_switch.h"

#define MAX_FRAME	65536

struct net_socket {
	struct net_socket *next;
	char name[32];
	char path[108];
	struct net_port *port;
	int listener, stop;
	pthread_t thread;
	pthread_mutex_t lock;
	int client;			/* -1: none */
	uint64_t dropped;
	uint8_t in[MAX_FRAME];		/* the thread's */
};

static pthread_mutex_t ports_lock = PTHREAD_MUTEX_INITIALIZER;
static struct net_socket *ports;

/* lock held. */
static void send_frame(struct net_socket *s, const struct net_frame *f)
{
	uint8_t tag[4] = { 0x81, 0, (uint8_t)(f->tci >> 8), (uint8_t)f->tci };
	struct iovec parts[3] = {
		{ (void *)f->data, 12 }, { tag, f->tagged ? 4 : 0 },
		{ (void *)(f->data + 12), f->len - 12 },
	};
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 3 };

	if (s->client < 0 || sendmsg(s->client, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		s->dropped++;
}

static void deliver(void *priv, struct net_frame *list)
{
	struct net_socket *s = priv;
	const struct net_frame *f;

	pthread_mutex_lock(&s->lock);
	for (f = list; f; f = f->next)
		send_frame(s, f);
	pthread_mutex_unlock(&s->lock);
	frame_free_list(list);
}

static const struct net_port_ops socket_ops = { .deliver = deliver };

static void set_client(struct net_socket *s, int fd)
{
	int old;

	pthread_mutex_lock(&s->lock);
	old = s->client;
	s->client = fd;
	pthread_mutex_unlock(&s->lock);
	if (old >= 0)
		close(old);
}

/* One frame of the client; only the thread changes s->client. */
static void take_frame(struct net_socket *s)
{
	ssize_t n = recv(s->client, s->in, sizeof(s->in), 0);

	if (n <= 0)
		set_client(s, -1);
	else if (n >= ETH_HEADER)
		net_switch_send(s->port, frame_new(s->in, (uint32_t)n));
}

static void *serve(void *arg)
{
	struct net_socket *s = arg;
	struct pollfd p[3] = { { s->stop, POLLIN, 0 }, { s->listener, POLLIN, 0 },
			       { -1, POLLIN, 0 } };
	int fd;

	for (;;) {
		p[2].fd = s->client;
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			host_die("%s: poll: %s", s->name, strerror(errno));
		if (p[0].revents)
			return NULL;
		if (p[2].fd >= 0 && p[2].revents)
			take_frame(s);
		if (p[1].revents) {
			fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0)
				set_client(s, fd);
		}
	}
}

static int open_listener(const char *path, char *err, size_t len)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		snprintf(err, len, "%s: the path is too long for a socket", path);
		return -1;
	}
	strcpy(a.sun_path, path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 4))
		return fd;
	snprintf(err, len, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct net_socket *net_socket_new(const char *name, const char *lan, const char *path,
				  uint16_t vlan, char *err, size_t len)
{
	struct net_port_config c = { .name = name, .lan = lan, .ops = &socket_ops,
				     .vlan = vlan };
	struct net_socket *s;
	int fd;

	if (!name[0] || strlen(name) >= sizeof(s->name) || net_port_find(name)) {
		snprintf(err, len, "\"%s\" is no name for a port, or there is one", name);
		return NULL;
	}
	fd = open_listener(path, err, len);
	if (fd < 0)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		host_die("out of memory");
	strcpy(s->name, name);
	strcpy(s->path, path);
	s->listener = fd;
	s->client = -1;
	s->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&s->lock, NULL);
	c.priv = s;
	s->port = net_port_new(&c);
	if (s->stop < 0 || pthread_create(&s->thread, NULL, serve, s))
		host_die("cannot start a thread for %s", name);
	pthread_mutex_lock(&ports_lock);
	s->next = ports;
	ports = s;
	pthread_mutex_unlock(&ports_lock);
	return s;
}

void net_socket_free(struct net_socket *s)
{
	uint64_t one = 1;
	struct net_socket **p;

	pthread_mutex_lock(&ports_lock);
	for (p = &ports; *p != s; p = &(*p)->next)
		;
	*p = s->next;
	pthread_mutex_unlock(&ports_lock);
	if (write(s->stop, &one, sizeof(one)) != sizeof(one))
		host_die("%s: its thread cannot be told to stop", s->name);
	pthread_join(s->thread, NULL);
	net_port_free(s->port);
	set_client(s, -1);
	close(s->listener);
	close(s->stop);
	unlink(s->path);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct net_socket *net_socket_find(const char *name)
{
	struct net_socket *s;

	pthread_mutex_lock(&ports_lock);
	for (s = ports; s && strcmp(s->name, name); s = s->next)
		;
	pthread_mutex_unlock(&ports_lock);
	return s;
}

uint64_t net_socket_dropped(struct net_socket *s)
{
	uint64_t n;

	pthread_mutex_lock(&s->lock);
	n = s->dropped;
	pthread_mutex_unlock(&s->lock);
	return n;
}
