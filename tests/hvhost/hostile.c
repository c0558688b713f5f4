// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile.c - the host that lies about one device
 *
 * The engine's thread works in cycles: offer the device, lie for a while, rescind
 * it, wait until the guest has let go of every channel id.  A guest that does
 * not let go is stuck, which ends the run.  After the last cycle the device is
 * offered once more in good faith.
 *
 * Channel ids below PHANTOM_FIRST belong to true devices.  Made-up offers use
 * those above, and never is another device's id rescinded: that the host may do
 * such a thing to the guest is no news, and the other devices are the proof that
 * it lives.
 *
 * The second way to be hostile is to everyone: all devices are targets, and so is
 * the connection itself, from the answer to INITIATE_CONTACT on.  That goes on
 * until it is called off; the guest comes and goes meanwhile.
 *
 * Locks: random_lock (random numbers, the packet kept back), a leaf but for
 * chan->out_lock, which is never taken under it.  Phantoms and handles belong
 * to the connection thread.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostile.h"
#include "hostile_run.h"
#include "vmbus_int.h"

#define PHANTOM_FIRST	1024u
#define STORM		64u
#define HANDLES		64u
#define BURST		4u
#define STUCK_SECONDS	200u
/*
 * One in so many, where a guest can but wait for a minute: rings whose memory the
 * host does not give back.
 */
#define SELDOM		400u

static _Atomic(struct vmbus_dev *) target;
static atomic_bool honest;		/* the target is served in good faith again */
static atomic_bool everyone;		/* all devices and the connection are targets */
static atomic_uint device_turn;
static _Atomic uint64_t done, want;
static atomic_int state;

static pthread_mutex_t random_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t random_state;

/* random_lock: the packet kept back; of two layouts the last true one, a model for others. */
static struct kept {
	struct chan *chan;
	struct hostile_layout *layout;
	struct packet_desc d;
	size_t len;
	uint8_t payload[256];
} late, model[2];

/* Connection thread. */
static bool phantom[CHANNEL_ID_MAX + 1];
static uint32_t handles[HANDLES];
static unsigned int nr_handles;

struct hostile_layout hostile_acts = {
	"act", 0, 0, {
		[ACT_TWICE] = { "twice", 0, 0 }, [ACT_NEVER] = { "never", 0, 0 },
		[ACT_LATE] = { "late", 0, 0 }, [ACT_UNKNOWN_ID] = { "unknown_id", 0, 0 },
		[ACT_BEFORE_OPEN] = { "before_open", 0, 0 },
		[ACT_MADE_UP] = { "made_up", 0, 0 },
		[ACT_STRAY_INTERRUPT] = { "stray_interrupt", 0, 0 },
		[ACT_OFFER_STORM] = { "offer_storm", 0, 0 },
		[ACT_RESCIND] = { "rescind_of_all", 0, 0 } }, { 0 },
};

static uint64_t rnd(void)
{
	uint64_t r;

	pthread_mutex_lock(&random_lock);
	r = hostile_random(&random_state);
	pthread_mutex_unlock(&random_lock);
	return r;
}

static bool one_in(unsigned int n)
{
	return rnd() % n == 0;
}

static const struct hostile_field *change(struct hostile_layout *l, void *buf, size_t len)
{
	const struct hostile_field *f;

	pthread_mutex_lock(&random_lock);
	f = hostile_mutate(l, &random_state, buf, len);
	pthread_mutex_unlock(&random_lock);
	return f;
}

/* A lie is one message, packet or word that is not true. */
static void lied(void)
{
	atomic_fetch_add(&done, 1);
}

static void act(enum hostile_act a)
{
	atomic_fetch_add(&hostile_acts.hits[a], 1);
	lied();
}

bool hostile_target(const struct vmbus_dev *dev)
{
	if (atomic_load_explicit(&everyone, memory_order_relaxed))
		return true;
	return dev && !atomic_load(&honest) &&
		atomic_load_explicit(&target, memory_order_relaxed) == dev;
}

/* ---- control messages: connection thread ----------------------------------------- */

static uint32_t word_at(const void *msg, size_t at)
{
	uint32_t v;

	memcpy(&v, (const uint8_t *)msg + at, sizeof(v));
	return v;
}

static bool is_target_channel(uint32_t id)
{
	struct slot *s = slot_by_id(id);

	return s && hostile_target(s->dev);
}

static bool is_target_handle(uint32_t handle)
{
	unsigned int i;

	for (i = 0; i < HANDLES && i < nr_handles; i++)
		if (handles[i] == handle)
			return true;
	return false;
}

/* Is this message about the target? */
static bool concerns_target(const void *msg)
{
	const struct msg_gpadl_created *g = msg;

	switch (word_at(msg, 0)) {
	case MSG_OFFER:
		return is_target_channel(((const struct msg_offer *)msg)->channel_id);
	case MSG_GPADL_CREATED:
		if (!is_target_channel(g->channel_id))
			return false;
		handles[nr_handles++ % HANDLES] = g->gpadl;
		return true;
	case MSG_GPADL_TORNDOWN:
		return is_target_handle(((const struct msg_gpadl_torndown *)msg)->gpadl);
	case MSG_RESCIND:
	case MSG_OPEN_RESULT:
	case MSG_MODIFY_CHANNEL_RESPONSE:
		return is_target_channel(((const struct msg_channel *)msg)->channel_id);
	default:
		return atomic_load(&everyone);
	}
}

/*
 * How often not to send it at all: seldom where the guest can but wait for a minute
 * or two, and an offer or rescind is what a cycle lives from.
 */
static bool withheld(uint32_t type)
{
	switch (type) {
	case MSG_OFFER:
	case MSG_RESCIND:
		return false;
	case MSG_OPEN_RESULT:
	case MSG_GPADL_CREATED:
	case MSG_MODIFY_CHANNEL_RESPONSE:
		return one_in(8);
	default:
		return one_in(SELDOM);
	}
}

/* Keep the other devices and the ids of later ones out of it; false: do not send. */
static bool within_bounds(void *msg)
{
	struct msg_offer *o = msg;
	uint32_t id = ((struct msg_channel *)msg)->channel_id;
	struct slot *s;

	switch (word_at(msg, 0)) {
	case MSG_RESCIND:
		s = slot_by_id(id);
		return !s || hostile_target(s->dev);
	case MSG_OFFER:
		/* Of an id that is in use: the guest has to see that itself. */
		if (o->channel_id < PHANTOM_FIRST && !slot_by_id(o->channel_id))
			o->channel_id += PHANTOM_FIRST;
		if (o->channel_id >= PHANTOM_FIRST && o->channel_id <= CHANNEL_ID_MAX)
			phantom[o->channel_id] = true;
		return true;
	default:
		return true;
	}
}

unsigned int hostile_message(void *msg, size_t len, bool *true_too)
{
	uint32_t type = word_at(msg, 0);
	struct hostile_layout *l = hostile_message_layout(type);

	*true_too = true;
	if (!l || !concerns_target(msg) || !one_in(2))
		return 0;
	if (withheld(type)) {
		act(ACT_NEVER);
		*true_too = false;
		return 0;
	}
	if (one_in(8)) {
		act(ACT_TWICE);
		return 1;
	}
	if (!change(l, msg, len))
		return 0;
	lied();
	/* Without the true offer there would be nothing to rescind, and the reverse. */
	*true_too = type != MSG_OPEN_RESULT && type != MSG_GPADL_CREATED ? true : one_in(2);
	return within_bounds(msg) ? 1 : 0;
}

struct nth_dev {
	unsigned int left;
	struct vmbus_dev *dev;
};

static void count_to(struct vmbus_dev *dev, void *arg)
{
	struct nth_dev *n = arg;

	if (n->left-- == 0 || !n->dev)
		n->dev = dev;
}

/* Whom the next made-up thing is about: the target, or of all devices each in turn. */
static struct vmbus_dev *victim(void)
{
	struct nth_dev n = { 0, NULL };

	if (!atomic_load(&everyone))
		return atomic_load(&target);
	n.left = atomic_fetch_add(&device_turn, 1) % 8;
	dev_for_each(count_to, &n);
	return n.dev;
}

/* Some channel id of the target, or one that no device has. */
static uint32_t some_id(void)
{
	struct vmbus_dev *dev = victim();
	struct slot *s;

	for (s = dev ? dev->slots : NULL; s; s = s->next)
		if (!s->next || one_in(3))
			return s->id;
	return PHANTOM_FIRST + (uint32_t)(rnd() % PHANTOM_FIRST);
}

static void fill_offer(struct msg_offer *o)
{
	const struct vmbus_dev *dev = victim();
	uint64_t r[2] = { rnd(), rnd() };

	memcpy(o->type, dev->desc.type, sizeof(o->type));
	memcpy(o->instance, one_in(4) ? dev->desc.instance : (uint8_t *)r,
	       sizeof(o->instance));
	o->channel_flags = dev->desc.channel_flags;
	memcpy(o->user_defined, dev->desc.user_defined, sizeof(o->user_defined));
	o->channel_id = PHANTOM_FIRST + (uint32_t)(rnd() % PHANTOM_FIRST);
	o->sub_index = one_in(2);
	o->monitor_id = 0xff;
	o->dedicated = 1;
	o->connection_id = o->channel_id | VMBUS_SINT << 12;
}

static void make_up_message(struct hostile_layout *l)
{
	uint8_t msg[HV_MESSAGE_MAX] = { 0 };
	struct msg_gpadl_created *g = (void *)msg;
	unsigned int n;

	if (l->type == MSG_OFFER) {
		fill_offer((struct msg_offer *)msg);
	} else {
		g->channel_id = some_id();
		g->gpadl = handles[rnd() % HANDLES];
		if (l->type == MSG_GPADL_TORNDOWN)
			((struct msg_gpadl_torndown *)msg)->gpadl = g->gpadl;
	}
	memcpy(msg, &l->type, sizeof(l->type));
	for (n = 1 + rnd() % 3; n; n--)
		change(l, msg, l->len);
	if (within_bounds(msg))
		conn_send_true(msg, one_in(16) ? rnd() % (l->len + 1u) : l->len);
}

/* Would a guest that listens take it at its word?  One that lies before has no offers. */
static bool may_make_up(void)
{
	uint32_t version;
	bool connected;

	conn_state(&version, &connected);
	return (conn_offers_sent() || (connected && atomic_load(&everyone))) &&
		!conn_backlog();
}

static void call_make_up(void *unused)
{
	unsigned int n = 0, i;

	(void)unused;
	if (!may_make_up())
		return;
	while (hostile_messages[n].name)
		n++;
	for (i = 0; i < BURST; i++) {
		act(ACT_MADE_UP);
		make_up_message(&hostile_messages[rnd() % n]);
	}
}

static void call_storm(void *unused)
{
	unsigned int i;

	(void)unused;
	if (!may_make_up())
		return;
	act(ACT_OFFER_STORM);
	for (i = 0; i < STORM; i++)
		make_up_message(hostile_message_layout(MSG_OFFER));
}

static void call_rescind_phantoms(void *unused)
{
	struct msg_channel m = { .h.type = MSG_RESCIND };

	(void)unused;
	for (m.channel_id = PHANTOM_FIRST; m.channel_id <= CHANNEL_ID_MAX; m.channel_id++) {
		if (!phantom[m.channel_id])
			continue;
		phantom[m.channel_id] = false;
		if (conn_offers_sent())
			conn_send_true(&m, sizeof(m));
	}
}

static void call_released(void *arg)
{
	*(bool *)arg = !atomic_load(&target)->slots && !conn_backlog();
}

static void call_slot_state(void *arg)
{
	const struct slot *s = atomic_load(&target)->slots;

	*(enum slot_state *)arg = s ? s->state : SLOT_UNOFFERED;
}

/* ---- packets: any thread ------------------------------------------------------------ */

static void send_late(void)
{
	struct packet_desc d;
	struct chan *c;
	uint8_t payload[sizeof(late.payload)];
	size_t len;

	pthread_mutex_lock(&random_lock);
	c = late.chan;
	late.chan = NULL;
	d = late.d;
	len = late.len;
	memcpy(payload, late.payload, len);
	pthread_mutex_unlock(&random_lock);
	if (!c)
		return;
	act(ACT_LATE);
	chan_send_desc(c, &d, payload, len);
	chan_put(c);
}

/* Keep a packet for later; false if there is one already, or it is too long. */
static bool keep_back(struct chan *c, const struct packet_desc *d, const void *payload,
		      size_t len)
{
	bool kept;

	pthread_mutex_lock(&random_lock);
	kept = !late.chan && len <= sizeof(late.payload);
	if (kept) {
		late.chan = chan_get(c);
		late.d = *d;
		late.len = len;
		memcpy(late.payload, payload, len);
	}
	pthread_mutex_unlock(&random_lock);
	return kept;
}

static struct hostile_layout *layout_of(struct chan *c, const void *payload, size_t len)
{
	const struct vsp_ops *ops = chan_dev(c)->ops;

	return ops->layout ? ops->layout(payload, len) : NULL;
}

static void keep_model(struct chan *c, const struct packet_desc *d, const void *payload,
		       size_t len)
{
	struct hostile_layout *l = layout_of(c, payload, len);
	struct kept *m;

	if (len > sizeof(m->payload))
		return;
	pthread_mutex_lock(&random_lock);
	m = &model[model[0].len && model[0].layout != l];
	m->layout = l;
	m->d = *d;
	m->len = len;
	memcpy(m->payload, payload, len);
	pthread_mutex_unlock(&random_lock);
}

/* How often the first field was changed: all of a layout have their turns. */
static uint64_t turns(const struct kept *m)
{
	return m->layout ? atomic_load(&m->layout->hits[0]) : 0;
}

/* random_lock held. */
static const struct kept *rarer_model(void)
{
	return model[1].len && turns(&model[1]) < turns(&model[0]) ? &model[1] : &model[0];
}

static void send_changed(struct chan *c, const struct packet_desc *true_d,
			 const void *payload, size_t len)
{
	struct packet_desc d = *true_d;
	struct hostile_layout *l;
	uint8_t buf[256];

	if (len > sizeof(buf)) {
		chan_send_desc(c, &d, payload, len);
		return;
	}
	memcpy(buf, payload, len);
	lied();
	l = layout_of(c, buf, len);
	if (!l || one_in(6))
		change(&hostile_desc, &d, sizeof(d));
	else
		change(l, buf, len);
	chan_send_desc(c, &d, buf, len);
}

void hostile_packet(struct chan *c, const struct packet_desc *d, const void *payload,
		    size_t len)
{
	struct packet_desc other = *d;

	send_late();
	keep_model(c, d, payload, len);
	switch (rnd() % 16) {
	case 0: case 1:
		act(ACT_NEVER);
		return;
	case 2:
		act(ACT_TWICE);
		chan_send_desc(c, d, payload, len);
		break;
	case 3: case 4: case 5: case 6:
		if (keep_back(c, d, payload, len))
			return;
		break;
	case 7: case 8: case 9: case 10:
		act(ACT_UNKNOWN_ID);
		other.id = one_in(2) ? rnd() : other.id + 1;
		chan_send_desc(c, &other, payload, len);
		break;
	case 11: case 12: case 13:
		send_changed(c, d, payload, len);
		return;
	}
	chan_send_desc(c, d, payload, len);
}

void hostile_bytes(const struct vmbus_dev *dev, struct hostile_layout *l, void *buf, size_t len)
{
	if (!hostile_target(dev) || !one_in(3))
		return;
	lied();
	change(l, buf, len);
}

/*
 * Like a true one of the layout that was changed less, but for another request, or of
 * the host's own accord.
 */
static void made_up_packet(struct chan *c)
{
	struct kept k;

	pthread_mutex_lock(&random_lock);
	k = *rarer_model();
	pthread_mutex_unlock(&random_lock);
	if (!k.len)
		return;
	k.d.type = one_in(4) ? PACKET_IN_BAND : PACKET_COMPLETION;
	k.d.id = one_in(2) ? k.d.id : rnd() % 512;
	send_changed(c, &k.d, k.payload, k.len);
}

void hostile_opened(struct chan *c)
{
	if (one_in(4))
		return;
	act(ACT_BEFORE_OPEN);
	made_up_packet(c);
}

/* ---- the engine ------------------------------------------------------------------------ */

/* One in so many times smash a word of a ring's header. */
static void lie_in_the_rings(struct vmbus_dev *dev, unsigned int smash)
{
	struct chan *c = session_of(dev, (unsigned int)rnd());

	if (!c)
		return;
	if (one_in(smash)) {
		pthread_mutex_lock(&random_lock);
		chan_smash(c, &random_state);
		pthread_mutex_unlock(&random_lock);
		lied();
	} else if (one_in(2)) {
		made_up_packet(c);
	}
	chan_put(c);
}

/* A few lies of the host's own accord, beside those in its answers. */
static void make_something_up(struct vmbus_dev *dev)
{
	unsigned int i;

	conn_call(one_in(128) ? call_storm : call_make_up, NULL);
	for (i = 0; i < BURST; i++)
		lie_in_the_rings(dev, 200);
	if (one_in(4)) {
		act(ACT_STRAY_INTERRUPT);
		synic_signal((uint32_t)(rnd() % partition_vps()), VMBUS_SINT,
			     (unsigned int)(rnd() % (CHANNEL_ID_MAX + 1)));
	}
	usleep(2000);			/* the guest needs a turn, too */
}

static void lie(struct vmbus_dev *dev, uint64_t until)
{
	unsigned int i;

	/* A smashed ring mostly ends the session: the true packets come first. */
	while (atomic_load(&done) < until)
		make_something_up(dev);
	for (i = 0; i < 12; i++)
		lie_in_the_rings(dev, 1);
}

static bool released(void)
{
	unsigned int ms;
	bool gone = false;

	for (ms = 0; ms < STUCK_SECONDS * 1000; ms++) {
		conn_call(call_released, &gone);
		if (gone)
			return true;
		usleep(1000);
	}
	return false;
}

/*
 * Offer the device in good faith.  The guest may still be busy with a made-up one
 * of the same instance, and give the true one back: then once more.
 */
static void make_good(struct vmbus_dev *dev)
{
	enum slot_state s;
	unsigned int ms;

	for (ms = 0; ms < STUCK_SECONDS * 1000; ms++) {
		conn_call(call_slot_state, &s);
		if (s == SLOT_OPEN)
			return;
		if (s == SLOT_RELEASED)
			vmbus_dev_rescind(dev);
		if (s == SLOT_RELEASED || s == SLOT_UNOFFERED)
			vmbus_dev_reoffer(dev);
		usleep(1000);
	}
}

static void *engine(void *arg)
{
	struct vmbus_dev *dev = arg;

	while (atomic_load(&done) < atomic_load(&want)) {
		vmbus_dev_reoffer(dev);
		lie(dev, atomic_load(&done) + 20 + rnd() % 300);
		send_late();
		act(ACT_RESCIND);
		conn_call(call_rescind_phantoms, NULL);
		vmbus_dev_rescind(dev);
		if (!released()) {
			host_warn("hostile: the guest does not let go of %s", dev->name);
			atomic_store(&state, HOSTILE_STUCK);
			atomic_store(&target, NULL);
			return NULL;
		}
	}
	atomic_store(&honest, true);
	make_good(dev);
	atomic_store(&target, NULL);
	atomic_store(&state, HOSTILE_DONE);
	return NULL;
}

static void *engine_for_all(void *unused)
{
	(void)unused;
	while (atomic_load(&everyone))
		make_something_up(victim());
	send_late();
	conn_call(call_rescind_phantoms, NULL);
	atomic_store(&state, HOSTILE_DONE);
	return NULL;
}

static const char *start(void *(*run)(void *), struct vmbus_dev *dev, uint64_t seed)
{
	pthread_t t;

	if (atomic_load(&state) == HOSTILE_RUNNING)
		return "the host is hostile already";
	pthread_mutex_lock(&random_lock);
	random_state = seed;
	pthread_mutex_unlock(&random_lock);
	atomic_store(&done, 0);
	atomic_store(&honest, false);
	atomic_store(&state, HOSTILE_RUNNING);
	atomic_store(&target, dev);
	atomic_store(&everyone, !dev);
	if (pthread_create(&t, NULL, run, dev))
		host_die("cannot start the hostile thread");
	pthread_detach(t);
	return NULL;
}

const char *hostile_start(struct vmbus_dev *dev, uint64_t seed, uint64_t n)
{
	atomic_store(&want, n);
	return start(engine, dev, seed);
}

const char *hostile_start_all(uint64_t seed)
{
	struct nth_dev n = { 0, NULL };

	dev_for_each(count_to, &n);
	return n.dev ? start(engine_for_all, NULL, seed) : "there is no device";
}

void hostile_stop_all(void)
{
	atomic_store(&everyone, false);
}

static void rescind_one(struct vmbus_dev *dev, void *unused)
{
	(void)unused;
	vmbus_dev_rescind(dev);
}

static void reoffer_one(struct vmbus_dev *dev, void *unused)
{
	(void)unused;
	vmbus_dev_reoffer(dev);
}

void hostile_rescind_all(void)
{
	act(ACT_RESCIND);
	conn_call(call_rescind_phantoms, NULL);
	dev_for_each(rescind_one, NULL);
}

void hostile_reoffer_all(void)
{
	dev_for_each(reoffer_one, NULL);
}

enum hostile_state hostile_state(uint64_t *changes)
{
	*changes = atomic_load(&done);
	return (enum hostile_state)atomic_load(&state);
}
