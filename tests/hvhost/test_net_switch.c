// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_net_switch.c - who gets which frame, and what faults do to it
 *
 * build-with: net_socket.c net_switch.c net_fault.c net_offload.c work_pool.c
 */
#include "check.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net_socket.h"
#include "net_switch.h"
#include "test_machine.h"
#include "test_window.h"

#define PORTS	4

struct end {
	struct net_port *port;
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct net_frame *list, **tail;
	unsigned int n, calls;
};

static struct end ends[PORTS];

static void deliver(void *priv, struct net_frame *list)
{
	struct end *e = priv;

	pthread_mutex_lock(&e->lock);
	e->calls++;
	*e->tail = list;
	for (; list; list = list->next) {
		e->tail = &list->next;
		e->n++;
	}
	pthread_cond_broadcast(&e->came);
	pthread_mutex_unlock(&e->lock);
}

static const struct net_port_ops ops = { .deliver = deliver };

static void forget(struct end *e)
{
	frame_free_list(e->list);
	e->list = NULL;
	e->tail = &e->list;
	e->n = e->calls = 0;
}

static void stop(void)
{
	int i;

	for (i = 0; i < PORTS; i++) {
		if (ends[i].port)
			net_port_free(ends[i].port);
		ends[i].port = NULL;
		if (ends[i].tail)
			forget(&ends[i]);
	}
}

/* Ports 0 to 2 on one switch, port 3 on another. */
static void start(bool check, const uint16_t *vlans)
{
	static const char *const names[PORTS] = { "p0", "p1", "p2", "p3" };
	struct net_port_config c = { .ops = &ops, .check_source = check };
	int i;

	stop();
	for (i = 0; i < PORTS; i++) {
		pthread_mutex_init(&ends[i].lock, NULL);
		pthread_cond_init(&ends[i].came, NULL);
		forget(&ends[i]);
		c.name = names[i];
		c.lan = i < 3 ? "one" : "other";
		c.priv = &ends[i];
		c.mac[0] = 2;
		c.mac[5] = (uint8_t)i;
		c.vlan = vlans ? vlans[i] : 0;
		ends[i].port = net_port_new(&c);
	}
}

/* From one port's address to another's (9: nobody's, 255: all), with a mark. */
static struct net_frame *make(int from, int to, uint8_t mark)
{
	struct net_frame *f = frame_new(NULL, 60);

	f->data[0] = to == 255 ? 0xff : 2;
	f->data[5] = (uint8_t)to;
	f->data[6] = 2;
	f->data[11] = (uint8_t)from;
	f->data[59] = mark;
	return f;
}

static void frame_to(int from, int to, uint8_t mark)
{
	net_switch_send(ends[from].port, make(from, to, mark));
}

static struct net_port_stats stats(int i)
{
	struct net_port_stats s;

	net_port_stats(ends[i].port, &s);
	return s;
}

TEST(learning)
{
	start(true, NULL);
	frame_to(0, 1, 1);			/* not known yet: to all others */
	CHECK_EQ(ends[0].n, 0);
	CHECK_EQ(ends[1].n, 1);
	CHECK_EQ(ends[2].n, 1);
	CHECK_EQ(ends[3].n, 0);
	frame_to(1, 0, 2);
	frame_to(0, 1, 3);
	CHECK_EQ(ends[0].n, 1);
	CHECK_EQ(ends[1].n, 2);
	CHECK_EQ(ends[2].n, 1);
	frame_to(0, 255, 4);
	CHECK_EQ(ends[1].n, 3);
	CHECK_EQ(ends[2].n, 2);
	/* Who has gone is not known any more. */
	net_port_free(ends[1].port);
	ends[1].port = NULL;
	frame_to(0, 1, 5);
	CHECK_EQ(ends[2].n, 3);
	stop();
}

TEST(spoofing)
{
	start(true, NULL);
	net_switch_send(ends[0].port, make(2, 1, 0));
	CHECK_EQ(ends[1].n, 0);
	CHECK_EQ(stats(0).spoofed, 1);
	start(false, NULL);
	net_switch_send(ends[0].port, make(2, 1, 0));
	CHECK_EQ(ends[1].n, 1);
	CHECK_EQ(stats(0).spoofed, 0);
	stop();
}

TEST(link)
{
	start(true, NULL);
	net_port_link(ends[1].port, false);
	frame_to(0, 1, 0);
	frame_to(1, 0, 0);
	CHECK_EQ(ends[0].n + ends[1].n, 0);
	CHECK_EQ(stats(1).unlinked, 2);
	stop();
}

TEST(vlans)
{
	static const uint16_t vlans[PORTS] = { 7, 7, 0, 0 };
	struct net_frame *f;

	start(true, vlans);
	frame_to(0, 255, 0);
	CHECK_EQ(ends[1].n, 1);
	CHECK(!ends[1].list->tagged);
	CHECK_EQ(ends[2].n, 1);
	CHECK(ends[2].list->tagged);
	CHECK_EQ(ends[2].list->tci, 7);
	/* A tag may not come into an access port, another VLAN not out of it. */
	f = make(0, 255, 0);
	f->tagged = true;
	f->tci = 8;
	net_switch_send(ends[0].port, f);
	CHECK_EQ(stats(0).bad_vlan, 1);
	f = make(2, 255, 0);
	f->tagged = true;
	f->tci = 8;
	net_switch_send(ends[2].port, f);
	frame_to(2, 255, 0);
	CHECK_EQ(ends[0].n, 0);
	CHECK_EQ(ends[1].n, 1);
	stop();
}

TEST(batches)
{
	struct net_frame *list, **end = &list;
	int i;

	start(true, NULL);
	frame_to(1, 0, 0);
	frame_to(2, 0, 0);
	forget(&ends[0]);
	for (i = 0; i < 6; i++) {
		*end = make(0, i < 4 ? 1 : 2, (uint8_t)i);
		end = &(*end)->next;
	}
	forget(&ends[1]);
	forget(&ends[2]);
	net_switch_send(ends[0].port, list);
	CHECK_EQ(ends[1].n, 4);
	CHECK_EQ(ends[1].calls, 1);
	CHECK_EQ(ends[2].n, 2);
	CHECK_EQ(ends[2].calls, 1);
	stop();
}

static void fault(int port, enum net_fault_kind kind, enum net_dir dir, uint64_t nth,
		  uint64_t count)
{
	struct net_fault f = { .kind = kind, .dir = dir, .percent = 100, .nth = nth,
			       .count = count, .distance = 2, .at = -1, .ms = 1 };

	net_fault_add(ends[port].port, &f);
}

/* Marks that came to port 1, as a number. */
static unsigned int marks(void)
{
	struct net_frame *f;
	unsigned int v = 0;

	for (f = ends[1].list; f; f = f->next)
		v = v * 10 + f->data[59];
	return v;
}

TEST(drop_and_duplicate)
{
	int i;

	start(true, NULL);
	fault(0, NET_DROP, NET_TX, 2, 2);
	fault(1, NET_DUPLICATE, NET_RX, 1, 1);
	for (i = 1; i <= 5; i++)
		frame_to(0, 1, (uint8_t)i);
	CHECK_EQ(marks(), 1145);
	CHECK_EQ(stats(0).dropped, 2);
	CHECK_EQ(stats(1).duplicated, 1);
	CHECK_EQ(stats(1).rx_frames, 4);
	net_fault_clear(ends[0].port);
	stop();
}

TEST(reorder)
{
	int i;

	start(true, NULL);
	fault(0, NET_REORDER, NET_TX, 2, 1);
	for (i = 1; i <= 5; i++)
		frame_to(0, 1, (uint8_t)i);
	CHECK_EQ(marks(), 13425);
	/* One that is held comes out when the fault is taken back. */
	fault(0, NET_REORDER, NET_TX, 1, 1);
	frame_to(0, 1, 6);
	CHECK_EQ(ends[1].n, 5);
	net_fault_clear(ends[0].port);
	CHECK_EQ(marks(), 134256);
	/* And goes with its port. */
	fault(0, NET_REORDER, NET_TX, 1, 1);
	frame_to(0, 1, 7);
	stop();
}

TEST(corrupt)
{
	start(true, NULL);
	fault(0, NET_CORRUPT, NET_TX, 1, 1);
	frame_to(0, 1, 1);
	CHECK_EQ(marks(), 1 ^ 0x5a);
	stop();
}

TEST(delay)
{
	start(true, NULL);
	fault(0, NET_DELAY, NET_TX, 1, 1);
	fault(1, NET_DELAY, NET_RX, 2, 1);
	frame_to(0, 1, 1);
	frame_to(0, 1, 2);
	frame_to(0, 1, 3);
	pthread_mutex_lock(&ends[1].lock);
	while (ends[1].n < 3)
		pthread_cond_wait(&ends[1].came, &ends[1].lock);
	pthread_mutex_unlock(&ends[1].lock);
	CHECK_EQ(stats(0).delayed, 1);
	CHECK_EQ(stats(1).delayed, 1);
	/* A port waits for what is on its way. */
	fault(0, NET_DELAY, NET_TX, 1, 1);
	frame_to(0, 1, 4);
	stop();
}

TEST(only_one_protocol)
{
	struct net_fault f = { .kind = NET_DROP, .dir = NET_TX, .percent = 100, .nth = 1,
			       .proto = 17 };
	struct net_frame *u;

	start(true, NULL);
	net_fault_add(ends[0].port, &f);
	frame_to(0, 1, 1);
	u = make(0, 1, 2);
	put16(u->data + 12, 0x0800);
	u->data[14] = 0x45;
	put16(u->data + 16, 46);
	u->data[23] = 17;
	net_switch_send(ends[0].port, u);
	CHECK_EQ(marks(), 1);
	stop();
}

static void *sender(void *arg)
{
	int i, from = (int)(intptr_t)arg;

	for (i = 0; i < 3000; i++)
		frame_to(from, i & 1 ? 255 : 1, 0);
	return NULL;
}

/* Ports come and go while others send to them. */
TEST(ports_under_traffic)
{
	struct net_port_config c = { .name = "x", .lan = "one", .ops = &ops, .priv = &ends[3] };
	struct net_port *p;
	pthread_t t[2];
	int i;

	start(true, NULL);
	for (i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, sender, (void *)(intptr_t)(2 * i));
	for (i = 0; i < 200; i++) {
		p = net_port_new(&c);
		fault(0, NET_REORDER, NET_TX, 1, 1);
		net_port_free(p);
		net_fault_clear(ends[0].port);
	}
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	CHECK_EQ(stats(0).tx_frames, 3000);
	CHECK_EQ(stats(1).rx_frames, 6000);
	stop();
}

static int client(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	strcpy(a.sun_path, path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) ? -1 : fd;
}

TEST(port_for_others)
{
	char path[64], err[200];
	struct net_socket *s;
	uint8_t buf[200];
	struct net_frame *f;
	int fd, i;

	snprintf(path, sizeof(path), "/tmp/test_net_switch.%d", (int)getpid());
	start(false, NULL);
	s = net_socket_new("outside", "one", path, 0, err, sizeof(err));
	CHECK(s && net_socket_find("outside") == s);
	CHECK(!net_socket_new("outside", "one", path, 0, err, sizeof(err)));
	CHECK(!net_socket_new("x", "one", "/nowhere/x", 0, err, sizeof(err)));
	frame_to(0, 9, 1);
	CHECK_EQ(net_socket_dropped(s), 1);
	for (i = 0; i < 2; i++) {	/* a client goes, another comes */
		fd = client(path);
		CHECK(fd >= 0);
		f = make(9, 255, 7);
		CHECK_EQ(write(fd, f->data, 60), 60);
		frame_free_list(f);
		pthread_mutex_lock(&ends[1].lock);
		while (ends[1].n < 2u + (unsigned int)i)
			pthread_cond_wait(&ends[1].came, &ends[1].lock);
		pthread_mutex_unlock(&ends[1].lock);
		/* Learnt: this goes to the client alone, with its tag in it. */
		f = make(0, 9, 8);
		f->tagged = i;
		f->tci = 7;
		frame_to(0, 9, 8);
		CHECK_EQ(recv(fd, buf, sizeof(buf), 0), 60);
		CHECK_EQ(buf[59], 8);
		net_switch_send(ends[0].port, f);
		CHECK_EQ(recv(fd, buf, sizeof(buf), 0), i ? 64 : 60);
		CHECK_EQ(get16(buf + 12), i ? 0x8100 : 0);
		close(fd);
	}
	net_socket_free(s);
	CHECK(!net_socket_find("outside"));
	CHECK(access(path, F_OK));
	stop();
}

TEST_MAIN(CASE(learning), CASE(spoofing), CASE(link), CASE(vlans), CASE(batches),
	  CASE(drop_and_duplicate), CASE(reorder), CASE(corrupt), CASE(delay),
	  CASE(only_one_protocol), CASE(ports_under_traffic),
	  CASE(port_for_others))
