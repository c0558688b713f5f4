// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_conn.c - the connection: inbox, negotiation, dispatch of guest messages
 *
 * vCPU callbacks put posted messages into the inbox and return at once; the
 * connection thread takes them one by one.  While a message to the guest waits
 * for its slot no further guest message is taken (vmbus.md 6, flow control), so
 * a guest that never empties its slot stalls only itself.
 *
 * Locks: inbox_lock; vp->lock is taken inside it.  conn belongs to the
 * connection thread, except the two published atomics below it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile.h"
#include "vmbus_grant.h"
#include "vmbus_int.h"

struct inbox_message {
	struct inbox_message *next;
	unsigned int port;
	struct hv_post_message m;
};

struct work {
	struct work *next;
	enum work_kind kind;
	struct vmbus_dev *dev;
	unsigned int n;
	void (*fn)(void *arg);
	void *arg;
	bool wait, done;
};

enum { PORT_CLASSIC, PORT_MULTICLIENT, PORT_ASSIGNED, NR_PORTS };

static pthread_mutex_t inbox_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t inbox_cond = PTHREAD_COND_INITIALIZER;	/* thread waits */
static pthread_cond_t done_cond = PTHREAD_COND_INITIALIZER;	/* others wait */
static struct inbox_message *messages, **messages_tail = &messages;
static struct work *works, **works_tail = &works;
static unsigned int port_count[NR_PORTS];
static bool running;
static pthread_t conn_thread_id;

static struct {
	bool connected;
	bool offers_sent;
	bool paused;
	uint32_t version;
	uint32_t features;
	uint32_t msg_vp, msg_sint;
	uint64_t monitor_g2h;
} conn;

/*
 * Given out in a version response, 0: never.  The port outlives the connection:
 * in-box drivers post RELID_RELEASED for each channel after their UNLOAD, and
 * would repeat for minutes what the port refuses; a disconnected host drops it.
 */
static atomic_uint assigned_id;
static atomic_uint named_id;			/* in version responses, if not 0 */
static atomic_uint published_version;		/* 0: not connected */
static _Atomic uint64_t interrupt_page;		/* 0: none */
static atomic_bool waits_for_slot;

/* Versions that each generation brought; a host keeps the older ones. */
static const struct { uint32_t version; enum host_generation since; } versions[] = {
	{ VMBUS_V0_13, HOST_WS2008 },	{ VMBUS_V1_1, HOST_WS2008R2 },
	{ VMBUS_V2_4, HOST_WS2012 },	{ VMBUS_V3_0, HOST_WS2012R2 },
	{ VMBUS_V4_0, HOST_WS2016 },	{ VMBUS_V4_1, HOST_WS2019 },
	{ VMBUS_V5_0, HOST_WS2019 },	{ VMBUS_V5_1, HOST_WS2019 },
	{ VMBUS_V5_2, HOST_WS2019 },	{ VMBUS_V5_3, HOST_WS2022 },
	{ VMBUS_V6_0, HOST_WS2025 },
};

/* ---- inbox ------------------------------------------------------------------ */

static int port_of(uint32_t connection_id)
{
	if (connection_id == CONN_ID_MESSAGE)
		return PORT_CLASSIC;
	if (connection_id == CONN_ID_MULTICLIENT && host_opt.generation >= HOST_WS2019)
		return PORT_MULTICLIENT;
	if (connection_id && connection_id == atomic_load(&assigned_id))
		return PORT_ASSIGNED;
	return -1;
}

uint16_t vmbus_post(const struct hv_post_message *m)
{
	int port = port_of(m->connection_id);
	struct inbox_message *im;

	if (port < 0) {
		TOTAL(post_no_connection);
		return HV_INVALID_CONNECTION_ID;
	}
	if (m->type != HV_MESSAGE_VMBUS)
		return HV_INVALID_PARAMETER;
	pthread_mutex_lock(&inbox_lock);
	if (port_count[port] >= HV_PORT_BUFFERS) {
		pthread_mutex_unlock(&inbox_lock);
		TOTAL(post_no_buffers);
		return HV_INSUFFICIENT_BUFFERS;
	}
	im = calloc(1, sizeof(*im));
	if (!im)
		host_die("out of memory");
	im->m = *m;
	im->port = (unsigned int)port;
	port_count[port]++;
	*messages_tail = im;
	messages_tail = &im->next;
	pthread_cond_signal(&inbox_cond);
	pthread_mutex_unlock(&inbox_lock);
	return HV_SUCCESS;
}

static void submit(const struct work *what)
{
	struct work *w = malloc(sizeof(*w));
	bool wait = what->wait;

	if (!w)
		host_die("out of memory");
	*w = *what;
	pthread_mutex_lock(&inbox_lock);
	if (wait && running && pthread_equal(pthread_self(), conn_thread_id))
		host_die("a device callback waits for the connection thread on itself");
	*works_tail = w;
	works_tail = &w->next;
	pthread_cond_signal(&inbox_cond);
	while (wait && !w->done)
		pthread_cond_wait(&done_cond, &inbox_lock);
	pthread_mutex_unlock(&inbox_lock);
	if (wait)
		free(w);
}

void conn_work(enum work_kind kind, struct vmbus_dev *dev, unsigned int n, bool wait)
{
	submit(&(struct work){ .kind = kind, .dev = dev, .n = n, .wait = wait });
}

void conn_call(void (*fn)(void *arg), void *arg)
{
	submit(&(struct work){ .kind = WORK_CALL, .fn = fn, .arg = arg, .wait = true });
}

/* A SynIC register was written: a slot may have become free. */
void vmbus_slot_freed(void)
{
	if (!atomic_load(&waits_for_slot))
		return;
	pthread_mutex_lock(&inbox_lock);
	pthread_cond_signal(&inbox_cond);
	pthread_mutex_unlock(&inbox_lock);
}

/* inbox_lock held. */
static void drop_inbox(void)
{
	struct inbox_message *im;

	while ((im = messages)) {
		messages = im->next;
		free(im);
	}
	messages_tail = &messages;
	memset(port_count, 0, sizeof(port_count));
}

/* ---- sending ------------------------------------------------------------------ */

uint32_t conn_version(void)
{
	return conn.version;
}

bool conn_offers_sent(void)
{
	return conn.connected && conn.offers_sent;
}

uint8_t *conn_interrupt_page(void)
{
	uint64_t gpa = atomic_load(&interrupt_page);

	return gpa ? gpa_ptr(gpa, HV_PAGE) : NULL;
}

void conn_name_port(uint32_t connection_id)
{
	atomic_store(&named_id, connection_id);
}

void conn_close_port(void)
{
	atomic_store(&assigned_id, 0);
}

void conn_state(uint32_t *version, bool *connected)
{
	*version = atomic_load(&published_version);
	*connected = *version != 0;
}

void conn_bad(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	TOTAL(bad_messages);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	host_warn("bad guest message: %s", text);
}

static void send_once(uint32_t vp, uint32_t sint, const void *msg, size_t len)
{
	uint32_t type;

	memcpy(&type, msg, sizeof(type));
	host_trace("host -> guest: message %u, %zu bytes, vp %u sint %u", type, len, vp,
		   sint);
	if (!synic_post(vp, sint, HV_MESSAGE_VMBUS, CONN_ID_MESSAGE, msg, len))
		host_warn("message %u for vp %u sint %u has no target", type, vp, sint);
}

enum told conn_send_to(uint32_t vp, uint32_t sint, const void *msg, size_t len)
{
	uint8_t changed[HV_MESSAGE_MAX];
	unsigned int n, lies;
	bool true_too;

	memcpy(changed, msg, len);
	lies = hostile_message(changed, len, &true_too);
	for (n = lies; n; n--)
		send_once(vp, sint, changed, len);
	if (true_too)
		send_once(vp, sint, msg, len);
	if (lies)
		return TOLD_LIES;
	return true_too ? TOLD_TRUTH : TOLD_NOTHING;
}

void conn_send_true(const void *msg, size_t len)
{
	send_once(conn.msg_vp, conn.msg_sint, msg, len);
}

bool conn_backlog(void)
{
	return synic_backlog(conn.msg_vp, conn.msg_sint);
}

enum told conn_send(const void *msg, size_t len)
{
	return conn_send_to(conn.msg_vp, conn.msg_sint, msg, len);
}

/* ---- connecting ------------------------------------------------------------------ */

static bool version_known(uint32_t v)
{
	size_t i;

	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (versions[i].version == v)
			return host_opt.generation >= versions[i].since;
	return false;
}

static void disconnect(bool reserved_too)
{
	offers_close_all(reserved_too);
	grant_gpadls_void();
	monitor_set_page(0);
	atomic_store(&interrupt_page, 0);
	atomic_store(&published_version, 0);
	conn.connected = false;
	conn.offers_sent = false;
	conn.paused = false;
	conn.version = 0;
	conn.features = 0;
}

static void refuse_version(uint32_t vp, uint32_t sint, uint32_t version)
{
	struct msg_version_response r = { .h.type = MSG_VERSION_RESPONSE,
					  .connection_id = version };

	conn_send_to(vp, sint, &r, VERSION_RESPONSE_SIZE);
}

/* Both monitor pages or none; their memory must exist. */
static bool monitor_pages_ok(uint64_t a, uint64_t b)
{
	if (!a != !b)
		return false;
	return !a || (!(a & (HV_PAGE - 1)) && !(b & (HV_PAGE - 1)) &&
		      gpa_ptr(a, HV_PAGE) && gpa_ptr(b, HV_PAGE));
}

static void accept_contact(const struct msg_initiate_contact *m)
{
	struct msg_version_response r = { .h.type = MSG_VERSION_RESPONSE,
					  .supported = 1,
					  .connection_id = m->version };
	size_t len = VERSION_RESPONSE_SIZE;

	if (!monitor_pages_ok(m->monitor_h2g, m->monitor_g2h)) {
		r.connection_state = 2;
		conn_send(&r, len);
		return;
	}
	conn.connected = true;
	conn.version = m->version;
	conn.monitor_g2h = m->monitor_g2h;
	if (m->version < VMBUS_V2_4) {
		if ((m->interrupt_page & (HV_PAGE - 1)) || !gpa_ptr(m->interrupt_page, HV_PAGE))
			conn_bad("interrupt page %#llx is not a page of RAM",
				 (unsigned long long)m->interrupt_page);
		else
			atomic_store(&interrupt_page, m->interrupt_page);
	}
	if (m->version >= VMBUS_V5_0) {
		r.connection_id = CONN_ID_MULTICLIENT | conn.msg_vp << 8 | conn.msg_sint << 4;
		atomic_store(&assigned_id, r.connection_id);
		if (atomic_load(&named_id))
			r.connection_id = atomic_load(&named_id);
	}
	if (m->version >= VMBUS_V6_0) {
		conn.features = m->feature_flags &
			(FEATURE_MODIFY_CONNECTION | FEATURE_PAUSE_RESUME);
		r.feature_flags = conn.features;
		len = VERSION_RESPONSE_SIZE_6_0;
	}
	atomic_store(&published_version, m->version);
	monitor_set_page(m->monitor_g2h);
	TOTAL(connects);
	conn_send(&r, len);
}

static void initiate_contact(const struct msg_initiate_contact *m)
{
	uint32_t vp = m->version >= VMBUS_V3_0 ? m->target_vp : 0;
	uint32_t sint = m->version >= VMBUS_V5_0 ? m->sint : VMBUS_SINT;

	if (vp >= partition_vps() || sint >= NR_SINTS || !sint) {
		conn_bad("INITIATE_CONTACT names vp %u sint %u", vp, sint);
		return;
	}
	if (conn.connected)
		disconnect(false);
	if (!version_known(m->version) || sint != VMBUS_SINT ||
	    (m->version >= VMBUS_V5_1 && m->vtl)) {
		host_trace("version %u.%u (sint %u vtl %u) is not supported",
			   m->version >> 16, m->version & 0xffff, sint, m->vtl);
		refuse_version(vp, sint, m->version);
		return;
	}
	conn.msg_vp = vp;
	conn.msg_sint = sint;
	accept_contact(m);
}

static void unload(void)
{
	struct msg_header r = { .type = MSG_UNLOAD_RESPONSE };
	bool answer = conn.version >= VMBUS_V1_1;

	TOTAL(unloads);
	disconnect(false);
	if (answer)
		conn_send(&r, sizeof(r));
}

static void request_offers(void)
{
	struct msg_header r = { .type = MSG_ALL_OFFERS_DELIVERED };

	if (conn.offers_sent) {
		conn_bad("REQUESTOFFERS twice on one connection");
		return;
	}
	conn.offers_sent = true;
	offers_send_all();
	conn_send(&r, sizeof(r));
}

static void tl_connect(const struct msg_tl_connect_request *m)
{
	struct msg_tl_connect_result r = { .h.type = MSG_TL_CONNECT_RESULT,
					   .status = STATUS_CONN_REFUSED };

	/* No service of this host listens. */
	if (conn.version < VMBUS_V4_1)
		return;
	memcpy(r.endpoint, m->endpoint, sizeof(r.endpoint));
	memcpy(r.service, m->service, sizeof(r.service));
	conn_send(&r, sizeof(r));
}

static void modify_connection(const struct msg_modify_connection *m)
{
	struct msg_modify_connection_response r = {
		.h.type = MSG_MODIFY_CONNECTION_RESPONSE };

	if (monitor_pages_ok(m->monitor_h2g, m->monitor_g2h)) {
		conn.monitor_g2h = m->monitor_g2h;
		monitor_set_page(m->monitor_g2h);
	} else {
		r.connection_state = 2;
	}
	conn_send(&r, sizeof(r));
}

static void pause_resume(uint32_t type)
{
	struct msg_header r = { .type = MSG_PAUSE_RESPONSE };

	if (type == MSG_PAUSE)
		conn_send(&r, sizeof(r));
	conn.paused = type == MSG_PAUSE;
}

/* ---- dispatch ------------------------------------------------------------------------ */

/* What the guest may send: least size, least version, feature bit (6.0). */
static const struct msg_rule {
	uint16_t size;
	uint32_t version;
	uint32_t feature;
} rules[MSG_TYPES] = {
	[MSG_REQUEST_OFFERS]	= { 8, VMBUS_V0_13, 0 },
	[MSG_OPEN]		= { 148, VMBUS_V0_13, 0 },
	[MSG_CLOSE]		= { 12, VMBUS_V0_13, 0 },
	[MSG_GPADL_HEADER]	= { 20, VMBUS_V0_13, 0 },
	[MSG_GPADL_BODY]	= { 16, VMBUS_V0_13, 0 },
	[MSG_GPADL_TEARDOWN]	= { 16, VMBUS_V0_13, 0 },
	[MSG_RELID_RELEASED]	= { 12, VMBUS_V0_13, 0 },
	[MSG_INITIATE_CONTACT]	= { 40, 0, 0 },
	[MSG_UNLOAD]		= { 8, VMBUS_V0_13, 0 },
	[MSG_OPEN_RESERVED]	= { 28, VMBUS_V4_0, 0 },
	[MSG_CLOSE_RESERVED]	= { 20, 0, 0 },
	[MSG_TL_CONNECT_REQUEST] = { 40, VMBUS_V4_0, 0 },
	[MSG_MODIFY_CHANNEL]	= { 16, VMBUS_V4_1, 0 },
	[MSG_MODIFY_CONNECTION]	= { 24, VMBUS_V6_0, FEATURE_MODIFY_CONNECTION },
	[MSG_PAUSE]		= { 8, VMBUS_V6_0, FEATURE_PAUSE_RESUME },
	[MSG_RESUME]		= { 8, VMBUS_V6_0, FEATURE_PAUSE_RESUME },
};

/* NULL if the message may be handled now, else the reason why it is dropped. */
static const char *why_not(uint32_t type, size_t len)
{
	const struct msg_rule *r = type < MSG_TYPES ? &rules[type] : NULL;

	if (!r || !r->size)
		return "the guest may not send this type";
	if (len < r->size)
		return "it is too short";
	if (type == MSG_INITIATE_CONTACT || type == MSG_CLOSE_RESERVED)
		return NULL;
	if (!conn.connected)
		return "there is no connection";
	if (conn.version < r->version)
		return "it is newer than the agreed version";
	if (r->feature && !(conn.features & r->feature))
		return "its feature was not agreed";
	if (conn.paused && type != MSG_RESUME && type != MSG_UNLOAD)
		return "the connection is paused";
	return NULL;
}

static void dispatch(uint32_t type, const void *m, size_t len)
{
	switch (type) {
	case MSG_INITIATE_CONTACT:
		initiate_contact(m);
		break;
	case MSG_UNLOAD:
		unload();
		break;
	case MSG_REQUEST_OFFERS:
		request_offers();
		break;
	case MSG_OPEN:
		msg_open(m);
		break;
	case MSG_CLOSE:
		msg_close(m);
		break;
	case MSG_GPADL_HEADER:
		msg_gpadl_header(m, len);
		break;
	case MSG_GPADL_BODY:
		msg_gpadl_body(m, len);
		break;
	case MSG_GPADL_TEARDOWN:
		msg_gpadl_teardown(m);
		break;
	case MSG_RELID_RELEASED:
		msg_relid_released(m);
		break;
	case MSG_OPEN_RESERVED:
		msg_open_reserved(m);
		break;
	case MSG_CLOSE_RESERVED:
		msg_close_reserved(m);
		break;
	case MSG_TL_CONNECT_REQUEST:
		tl_connect(m);
		break;
	case MSG_MODIFY_CHANNEL:
		msg_modify(m);
		break;
	case MSG_MODIFY_CONNECTION:
		modify_connection(m);
		break;
	case MSG_PAUSE:
	case MSG_RESUME:
		pause_resume(type);
		break;
	}
}

static void guest_message(const struct hv_post_message *m)
{
	uint32_t type = 0;
	const char *why;

	if (m->payload_size < sizeof(struct msg_header)) {
		conn_bad("%u bytes are no message", m->payload_size);
		return;
	}
	memcpy(&type, m->payload, sizeof(type));
	host_trace("guest -> host: message %u, %u bytes, connection %#x", type,
		   m->payload_size, m->connection_id);
	why = why_not(type, m->payload_size);
	if (why)
		conn_bad("type %u: %s", type, why);
	else
		dispatch(type, m->payload, m->payload_size);
}

static void do_work(const struct work *w)
{
	switch (w->kind) {
	case WORK_ADD:
		offer_do_add(w->dev);
		break;
	case WORK_REVOKE:
	case WORK_REMOVE:
		offer_do_revoke(w->dev, w->kind == WORK_REMOVE);
		break;
	case WORK_REOFFER:
		offer_do_reoffer(w->dev);
		break;
	case WORK_UNMAPPED:
		offer_do_unmapped(w->dev);
		break;
	case WORK_SUBCHANNELS:
		offer_do_subchannels(w->dev, w->n);
		break;
	case WORK_CALL:
		w->fn(w->arg);
		break;
	case WORK_RESET:
		disconnect(true);
		atomic_store(&assigned_id, 0);
		synic_drop_messages();
		pthread_mutex_lock(&inbox_lock);
		drop_inbox();
		pthread_mutex_unlock(&inbox_lock);
		break;
	}
}

/* inbox_lock held: may a guest message be taken? */
static bool may_take_message(void)
{
	if (!messages)
		return false;
	atomic_store(&waits_for_slot, true);
	if (conn_backlog())
		return false;
	atomic_store(&waits_for_slot, false);
	return true;
}

/* inbox_lock held on entry and return. */
static void one_work(void)
{
	struct work *w = works;

	works = w->next;
	if (!works)
		works_tail = &works;
	pthread_mutex_unlock(&inbox_lock);
	do_work(w);
	pthread_mutex_lock(&inbox_lock);
	if (w->wait) {
		w->done = true;
		pthread_cond_broadcast(&done_cond);
	} else {
		free(w);
	}
}

/* inbox_lock held on entry and return. */
static void one_message(void)
{
	struct inbox_message *im = messages;

	messages = im->next;
	if (!messages)
		messages_tail = &messages;
	port_count[im->port]--;
	pthread_mutex_unlock(&inbox_lock);
	guest_message(&im->m);
	free(im);
	pthread_mutex_lock(&inbox_lock);
}

static void *conn_thread(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&inbox_lock);
	conn_thread_id = pthread_self();
	running = true;
	conn.msg_sint = VMBUS_SINT;
	for (;;) {
		if (works)
			one_work();
		else if (may_take_message())
			one_message();
		else
			pthread_cond_wait(&inbox_cond, &inbox_lock);
	}
	return NULL;
}

void vmbus_machine_reset(void)
{
	conn_work(WORK_RESET, NULL, 0, true);
}

void vmbus_start(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, conn_thread, NULL))
		host_die("cannot start the connection thread");
	pthread_detach(t);
	monitor_start();
}
