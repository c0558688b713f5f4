// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_switch.c - learning switches in memory
 *
 * A frame goes to the port that its destination was last seen behind, or to all
 * others.  The source address of a port that is checked must be the port's own.
 *
 * Locks: switch_lock, see net_switch.h.  A port counts who is about to call it,
 * and goes away when nobody is.
 */
#include "net_switch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"

#define BUCKETS		256
#define MAX_LEARNT	4096

struct learnt {
	struct learnt *next;
	struct net_port *port;
	uint16_t vlan;
	uint8_t mac[6];
};

struct net_lan {
	struct net_lan *next;
	char name[32];
	struct net_port *ports;
	struct learnt *table[BUCKETS];
	unsigned int nr_learnt;
	FILE *pcap;
};

struct net_port {
	struct net_port *next;
	struct net_lan *lan;
	char name[32];
	const struct net_port_ops *ops;
	void *priv;
	bool linked, check_source;
	uint8_t mac[6];
	uint16_t vlan;
	unsigned int users;		/* about to call deliver() */
	struct net_fault_list faults;
	struct net_port_stats stats;
};

/* Frames that go to one port together. */
struct batch {
	struct net_port *to;
	struct net_frame *list, **end;
};

struct delayed {
	struct work work;		/* first */
	struct net_port *port;		/* used */
	enum net_dir dir;
	struct net_frame *list;
};

static pthread_mutex_t switch_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t port_idle = PTHREAD_COND_INITIALIZER;
static struct net_lan *lans;

/* ---- calling a port -------------------------------------------------------------- */

/* All of these: switch_lock held. */

static void unuse(struct net_port *p)
{
	if (--p->users == 0)
		pthread_cond_broadcast(&port_idle);
}

static void flush(struct batch *b)
{
	struct net_port *p = b->to;
	struct net_frame *list = b->list;

	b->to = NULL;
	b->list = NULL;
	if (!list)
		return;
	p->users++;
	pthread_mutex_unlock(&switch_lock);
	p->ops->deliver(p->priv, list);
	pthread_mutex_lock(&switch_lock);
	unuse(p);
}

static void run_delayed(struct work *w);

static void delay(struct net_port *p, enum net_dir dir, struct net_frame *list, unsigned int ms)
{
	struct delayed *d = calloc(1, sizeof(*d));

	if (!d)
		host_die("out of memory");
	p->users++;
	d->port = p;
	d->dir = dir;
	d->list = list;
	d->work.run = run_delayed;
	pool_submit_after(&d->work, ms);
}

/* Past the port's own faults; f is one frame. */
static void emit(struct batch *b, struct net_port *to, struct net_frame *f)
{
	unsigned int ms;

	if (!to->linked) {
		to->stats.unlinked++;
		frame_free_list(f);
		return;
	}
	if (to->vlan) {
		/* An access port: only its own VLAN, and no tag on it. */
		if (!f->tagged || (f->tci & 0xfff) != to->vlan) {
			frame_free_list(f);
			return;
		}
		f->tagged = false;
	}
	f = net_fault_run(&to->faults, NET_RX, f, &to->stats, &ms);
	if (f && ms) {
		delay(to, NET_RX, f, ms);
		return;
	}
	if (b->to && b->to != to) {
		to->users++;		/* flush() lets the lock go */
		flush(b);
		unuse(to);
	}
	if (!b->list)
		b->end = &b->list;
	for (b->to = to; f; f = f->next) {
		to->stats.rx_frames++;
		to->stats.rx_bytes += f->len;
		*b->end = f;
		b->end = &f->next;
	}
}

/* ---- where to ---------------------------------------------------------------------- */

static unsigned int bucket(const uint8_t *mac, uint16_t vlan)
{
	return (mac[3] * 7u + mac[4] * 3u + mac[5] + vlan) % BUCKETS;
}

static struct learnt *lookup(struct net_lan *l, const uint8_t *mac, uint16_t vlan)
{
	struct learnt *e;

	for (e = l->table[bucket(mac, vlan)]; e; e = e->next)
		if (e->vlan == vlan && !memcmp(e->mac, mac, 6))
			return e;
	return NULL;
}

static void learn(struct net_port *from, const uint8_t *mac, uint16_t vlan)
{
	struct net_lan *l = from->lan;
	struct learnt *e = lookup(l, mac, vlan), **b;

	if (mac[0] & 1)
		return;
	if (!e) {
		if (l->nr_learnt >= MAX_LEARNT)
			return;
		e = calloc(1, sizeof(*e));
		if (!e)
			host_die("out of memory");
		l->nr_learnt++;
		e->vlan = vlan;
		memcpy(e->mac, mac, 6);
		b = &l->table[bucket(mac, vlan)];
		e->next = *b;
		*b = e;
	}
	e->port = from;
}

static void forget(struct net_port *p)
{
	struct learnt **e, *dead;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++) {
		for (e = &p->lan->table[i]; (dead = *e);) {
			if (dead->port != p) {
				e = &dead->next;
				continue;
			}
			*e = dead->next;
			p->lan->nr_learnt--;
			free(dead);
		}
	}
}

static void capture(struct net_lan *l, const struct net_frame *f)
{
	uint8_t tag[4] = { 0x81, 0, (uint8_t)(f->tci >> 8), (uint8_t)f->tci };
	uint32_t len = f->len + (f->tagged ? 4 : 0), head[4];
	struct timespec t;

	if (!l->pcap)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	head[0] = (uint32_t)t.tv_sec;
	head[1] = (uint32_t)(t.tv_nsec / 1000);
	head[2] = head[3] = len;
	fwrite(head, sizeof(head), 1, l->pcap);
	fwrite(f->data, 12, 1, l->pcap);
	if (f->tagged)
		fwrite(tag, 4, 1, l->pcap);
	fwrite(f->data + 12, f->len - 12, 1, l->pcap);
	fflush(l->pcap);
}

/* One frame that has got past its port's faults. */
static void forward(struct net_port *from, struct net_frame *f, struct batch *b)
{
	struct net_lan *l = from->lan;
	unsigned int i, k;
	struct net_port *p;
	struct learnt *e;
	uint16_t vlan;

	vlan = f->tagged ? f->tci & 0xfff : 0;
	capture(l, f);
	learn(from, f->data + 6, vlan);
	e = f->data[0] & 1 ? NULL : lookup(l, f->data, vlan);
	if (e) {
		if (e->port == from)
			frame_free_list(f);
		else
			emit(b, e->port, f);
		return;
	}
	/*
	 * To all others.  emit() may drop the lock, and a port may go meanwhile: take
	 * them by number, not by pointer.
	 */
	for (i = 0; ; i++) {
		for (p = l->ports, k = 0; p && k < i; p = p->next)
			k++;
		if (!p)
			break;
		if (p == from)
			continue;
		emit(b, p, frame_clone(f));
	}
	frame_free_list(f);
}

static bool may_enter(struct net_port *from, struct net_frame *f)
{
	if (f->len < ETH_HEADER)
		return false;
	frame_untag(f);
	if (from->check_source && memcmp(f->data + 6, from->mac, 6)) {
		from->stats.spoofed++;
		return false;
	}
	if (!from->vlan)
		return true;
	/* A priority tag is no VLAN. */
	if (f->tagged && (f->tci & 0xfff)) {
		from->stats.bad_vlan++;
		return false;
	}
	f->tci = (uint16_t)((f->tagged ? f->tci & 0xf000 : 0) | from->vlan);
	f->tagged = true;
	return true;
}

static void enter(struct net_port *from, struct net_frame *f, struct batch *b)
{
	struct net_frame *next;
	unsigned int ms;

	if (!from->linked) {
		from->stats.unlinked++;
		frame_free_list(f);
		return;
	}
	from->stats.tx_frames++;
	from->stats.tx_bytes += f->len;
	if (!may_enter(from, f)) {
		frame_free_list(f);
		return;
	}
	f = net_fault_run(&from->faults, NET_TX, f, &from->stats, &ms);
	if (f && ms) {
		delay(from, NET_TX, f, ms);
		return;
	}
	for (; f; f = next) {
		next = f->next;
		f->next = NULL;
		forward(from, f, b);
	}
}

void net_switch_send(struct net_port *from, struct net_frame *list)
{
	struct batch b = { 0 };
	struct net_frame *next;

	pthread_mutex_lock(&switch_lock);
	from->users++;
	for (; list; list = next) {
		next = list->next;
		list->next = NULL;
		enter(from, list, &b);
	}
	flush(&b);
	unuse(from);
	pthread_mutex_unlock(&switch_lock);
}

static void run_delayed(struct work *w)
{
	struct delayed *d = (struct delayed *)w;
	struct batch b = { 0 };
	struct net_frame *f, *next;

	pthread_mutex_lock(&switch_lock);
	for (f = d->list; f; f = next) {
		next = f->next;
		f->next = NULL;
		if (d->dir == NET_TX) {
			forward(d->port, f, &b);
			continue;
		}
		d->port->stats.rx_frames++;
		d->port->stats.rx_bytes += f->len;
		b = (struct batch){ .to = d->port, .list = f };
		flush(&b);
	}
	flush(&b);
	unuse(d->port);
	pthread_mutex_unlock(&switch_lock);
	free(d);
}

/* ---- ports ----------------------------------------------------------------------------- */

static struct net_lan *lan_of(const char *name)
{
	struct net_lan *l;

	for (l = lans; l; l = l->next)
		if (!strcmp(l->name, name))
			return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		host_die("out of memory");
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->next = lans;
	lans = l;
	return l;
}

struct net_port *net_port_new(const struct net_port_config *c)
{
	struct net_port *p = calloc(1, sizeof(*p)), **end;

	if (!p)
		host_die("out of memory");
	snprintf(p->name, sizeof(p->name), "%s", c->name);
	p->ops = c->ops;
	p->priv = c->priv;
	p->linked = true;
	p->check_source = c->check_source;
	memcpy(p->mac, c->mac, 6);
	p->vlan = c->vlan;
	pthread_mutex_lock(&switch_lock);
	p->lan = lan_of(c->lan);
	for (end = &p->lan->ports; *end; end = &(*end)->next)
		;
	*end = p;
	pthread_mutex_unlock(&switch_lock);
	return p;
}

void net_port_free(struct net_port *p)
{
	struct net_port **pp;
	int dir;

	pthread_mutex_lock(&switch_lock);
	for (pp = &p->lan->ports; *pp != p; pp = &(*pp)->next)
		;
	*pp = p->next;
	forget(p);
	while (p->users)
		pthread_cond_wait(&port_idle, &switch_lock);
	/* Whoever used it may have taught the switch again. */
	forget(p);
	for (dir = 0; dir < NET_DIRS; dir++)
		frame_free_list(net_fault_drop_all(&p->faults, (enum net_dir)dir));
	pthread_mutex_unlock(&switch_lock);
	free(p);
}

struct net_port *net_port_find(const char *name)
{
	struct net_port *p = NULL;
	struct net_lan *l;

	pthread_mutex_lock(&switch_lock);
	for (l = lans; l && !p; l = l->next)
		for (p = l->ports; p && strcmp(p->name, name); p = p->next)
			;
	pthread_mutex_unlock(&switch_lock);
	return p;
}

void net_port_link(struct net_port *p, bool up)
{
	pthread_mutex_lock(&switch_lock);
	p->linked = up;
	pthread_mutex_unlock(&switch_lock);
}

void net_port_mac(struct net_port *p, const uint8_t mac[6], bool check_source)
{
	pthread_mutex_lock(&switch_lock);
	memcpy(p->mac, mac, 6);
	p->check_source = check_source;
	pthread_mutex_unlock(&switch_lock);
}

void net_port_stats(struct net_port *p, struct net_port_stats *out)
{
	pthread_mutex_lock(&switch_lock);
	*out = p->stats;
	pthread_mutex_unlock(&switch_lock);
}

void net_fault_add(struct net_port *p, const struct net_fault *f)
{
	pthread_mutex_lock(&switch_lock);
	net_fault_insert(&p->faults, f);
	pthread_mutex_unlock(&switch_lock);
}

void net_fault_clear(struct net_port *p)
{
	struct batch b = { 0 };
	struct net_frame *f, *next;

	pthread_mutex_lock(&switch_lock);
	p->users++;
	for (f = net_fault_drop_all(&p->faults, NET_TX); f; f = next) {
		next = f->next;
		f->next = NULL;
		forward(p, f, &b);
	}
	for (f = net_fault_drop_all(&p->faults, NET_RX); f; f = next) {
		next = f->next;
		f->next = NULL;
		emit(&b, p, f);
	}
	flush(&b);
	unuse(p);
	pthread_mutex_unlock(&switch_lock);
}

bool net_switch_capture(const char *lan, const char *path, char *err, size_t len)
{
	static const uint32_t head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 0x40000, 1 };
	FILE *f = path ? fopen(path, "wb") : NULL, *old;
	struct net_lan *l;

	if (path && (!f || fwrite(head, sizeof(head), 1, f) != 1)) {
		snprintf(err, len, "%s cannot be written", path);
		if (f)
			fclose(f);
		return false;
	}
	pthread_mutex_lock(&switch_lock);
	l = lan_of(lan);
	old = l->pcap;
	l->pcap = f;
	pthread_mutex_unlock(&switch_lock);
	if (old)
		fclose(old);
	return true;
}
