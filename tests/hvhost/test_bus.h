/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_bus.h - a machine, a device that echoes and a guest, for tests of the bus
 */
#ifndef HVHOST_TEST_BUS_H
#define HVHOST_TEST_BUS_H

#include <sched.h>
#include <time.h>

#include "test_machine.h"
#include "test_window.h"
#include "vmbus_int.h"

#define SIMP_GPA	0x10000u
#define SIEFP_GPA	0x11000u
#define MONITOR_GPA	0x12000u
#define INT_PAGE_GPA	0x14000u
#define RING_PFN	0x20u		/* 8 pages: 4 out, 4 in */
#define LIMIT_MS	20000

static struct vp vp0;
static atomic_uint irqs;

unsigned int partition_vps(void) { return 1; }
struct vp *partition_vp(unsigned int i) { return i ? NULL : &vp0; }
uint64_t refclock_now(void) { return 1; }
void stimer_message_sent(struct vp *vp, unsigned int t) { (void)vp; (void)t; }

void irq_raise(uint32_t vp, uint8_t vector)
{
	(void)vp;
	(void)vector;
	atomic_fetch_add(&irqs, 1);
}

/* ---- a device that echoes --------------------------------------------------- */

static atomic_int opened, closed;
static struct chan *late;		/* session kept by a worker */

static inline uint32_t echo_open(struct chan *c, void *priv)
{
	(void)c;
	(void)priv;
	atomic_fetch_add(&opened, 1);
	return 0;
}

static inline void echo_close(struct chan *c, void *priv)
{
	(void)c;
	(void)priv;
	atomic_fetch_add(&closed, 1);
}

/* Ids with which the guest has the device do something to the GPADL it names. */
enum { MAP_IT = 888, UNMAP_IT, SEND_PAGES };

static inline void gpadl_order(struct chan *c, const struct guest_packet *p)
{
	static const struct page_span spans[2] = { { 100, 4096 }, { 200, 8192 } };
	uint32_t handle, n = 0;
	uint8_t **pages = NULL;
	uint64_t answer = 1;

	memcpy(&handle, p->payload, 4);
	if (p->id == SEND_PAGES) {
		chan_send_pages(c, 0xcafe, spans, 2, "payload", 8, 99);
		return;
	}
	if (p->id == MAP_IT) {
		pages = chan_map_gpadl(c, handle, &n);
		answer = pages && pages[0] == test_ram + RING_PFN * 4096 ? n : 0;
		free(pages);
	} else {
		chan_unmap_gpadl(c, handle);
	}
	chan_complete(c, p->id, &answer, 8);
}

static inline bool echo_packet(struct chan *c, void *priv, const struct guest_packet *p)
{
	(void)priv;
	if (p->id == 666)
		return false;
	if (p->id == 777) {
		__atomic_store_n(&late, chan_get(c), __ATOMIC_RELEASE);
		return true;
	}
	if (p->id >= MAP_IT && p->id <= SEND_PAGES) {
		gpadl_order(c, p);
		return true;
	}
	chan_complete(c, p->id, p->payload, p->len);
	return true;
}

static const struct vsp_ops echo_ops = { "echo", echo_open, echo_close, echo_packet, NULL };

static struct vmbus_dev *slot_dev;	/* the device that is always there */

static inline struct vmbus_dev *add(const char *name, uint8_t instance, bool monitored)
{
	struct offer_desc d = { .type = { 1, 2, 3 }, .instance = { instance },
				.monitored = monitored };

	return vmbus_dev_add(name, &d, &echo_ops, NULL);
}

/* ---- the guest ------------------------------------------------------------------ */

static inline void nap(void)
{
	struct timespec ts = { .tv_nsec = 200000 };

	nanosleep(&ts, NULL);
}

static uint32_t msg_conn = 4;

static inline uint16_t post(const void *m, size_t len)
{
	struct hv_post_message p = { .connection_id = msg_conn, .type = 1,
				     .payload_size = (uint32_t)len };
	uint16_t status;
	int ms;

	memcpy(p.payload, m, len);
	for (ms = 0; ms < LIMIT_MS * 5; ms++) {
		status = vmbus_post(&p);
		if (status != HV_INSUFFICIENT_BUFFERS)
			return status;
		nap();
	}
	return status;
}

static inline struct hv_message *slot(void)
{
	return (struct hv_message *)(test_ram + SIMP_GPA) + VMBUS_SINT;
}

/* Wait for the next message and free its slot as the sheet says; its type. */
static inline uint32_t receive(uint8_t out[240])
{
	struct hv_message *s = slot();
	uint32_t type;
	int ms;

	for (ms = 0; ms < LIMIT_MS * 5; ms++) {
		if (__atomic_load_n(&s->type, __ATOMIC_SEQ_CST))
			break;
		nap();
	}
	if (!__atomic_load_n(&s->type, __ATOMIC_SEQ_CST))
		return 0;
	memcpy(out, s->payload, 240);
	__atomic_store_n(&s->type, 0, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&s->flags, __ATOMIC_SEQ_CST) & HV_MESSAGE_PENDING)
		synic_wrmsr(&vp0, MSR_EOM, 0);
	memcpy(&type, out, 4);
	return type;
}

static inline bool silence(void)
{
	struct msg_initiate_contact m = { .h.type = MSG_INITIATE_CONTACT, .version = 0x70000,
					  .sint = 2 };
	uint8_t r[240];
	uint32_t was = msg_conn;

	/* A question whose answer closes the queue: what comes first is it. */
	msg_conn = 4;
	post(&m, 40);
	msg_conn = was;
	return receive(r) == MSG_VERSION_RESPONSE;
}

static inline void synic_on(void)
{
	memset(test_ram, 0, TEST_RAM);
	synic_wrmsr(&vp0, MSR_SIMP, SIMP_GPA | 1);
	synic_wrmsr(&vp0, MSR_SIEFP, SIEFP_GPA | 1);
	synic_wrmsr(&vp0, MSR_SINT0 + VMBUS_SINT, 0xf3);
	synic_wrmsr(&vp0, MSR_SCONTROL, 1);
}

static inline void machine_reset(void)
{
	synic_reset(&vp0);
	vmbus_machine_reset();
	synic_on();
	msg_conn = 4;
}

static inline bool connect_as(uint32_t version)
{
	struct msg_initiate_contact m = { .h.type = MSG_INITIATE_CONTACT, .version = version,
					  .monitor_h2g = MONITOR_GPA,
					  .monitor_g2h = MONITOR_GPA + 4096 };
	uint8_t r[240];
	const struct msg_version_response *a = (const void *)r;

	if (version >= VMBUS_V5_0)
		m.sint = VMBUS_SINT;
	else
		m.interrupt_page = INT_PAGE_GPA;
	msg_conn = version >= VMBUS_V5_0 ? 4 : 1;
	if (post(&m, 40) || receive(r) != MSG_VERSION_RESPONSE)
		return false;
	if (a->supported && version >= VMBUS_V5_0)
		msg_conn = a->connection_id;
	return a->supported && !a->connection_state;
}

/* Ask for offers; the channel id of the last one, and how many there were. */
static inline uint32_t offers(unsigned int *n)
{
	struct msg_header m = { .type = MSG_REQUEST_OFFERS };
	uint8_t r[240];
	uint32_t type, id = 0;

	*n = 0;
	post(&m, 8);
	while ((type = receive(r)) == MSG_OFFER) {
		id = ((const struct msg_offer *)r)->channel_id;
		(*n)++;
	}
	return type == MSG_ALL_OFFERS_DELIVERED ? id : 0;
}

static inline uint32_t make_gpadl(uint32_t channel, uint32_t handle)
{
	uint8_t raw[20 + 8 * 9] = { 0 }, r[240];
	struct msg_gpadl_header *m = (void *)raw;
	uint64_t q[9] = { 8 * 4096 };
	int i;

	m->h.type = MSG_GPADL_HEADER;
	m->channel_id = channel;
	m->gpadl = handle;
	m->range_bytes = sizeof(q);
	m->range_count = 1;
	for (i = 0; i < 8; i++)
		q[1 + i] = RING_PFN + (uint64_t)i;
	memcpy(m->data, q, sizeof(q));
	memset(test_ram + RING_PFN * 4096, 0, 8 * 4096);
	post(raw, sizeof(raw));
	if (receive(r) != MSG_GPADL_CREATED)
		return 1;
	return ((const struct msg_gpadl_created *)r)->status;
}

static inline uint32_t open_channel(uint32_t channel, uint32_t handle, uint32_t downstream)
{
	struct msg_open m = { .h.type = MSG_OPEN, .channel_id = channel, .open_id = 77,
			      .gpadl = handle, .downstream_page = downstream };
	uint8_t r[240];
	const struct msg_open_result *a = (const void *)r;

	post(&m, sizeof(m));
	if (receive(r) != MSG_OPEN_RESULT || a->open_id != 77 || a->channel_id != channel)
		return 1;
	return a->status;
}

static inline void simple(uint32_t type, uint32_t a, uint32_t b, size_t len)
{
	struct msg_gpadl_teardown m = { .h.type = type, .channel_id = a, .gpadl = b };

	post(&m, len);
}

static inline struct ring_header *ring(unsigned int page)
{
	return (struct ring_header *)(test_ram + (RING_PFN + page) * 4096);
}

static inline void guest_writes(uint64_t id, uint64_t value)
{
	struct ring_header *h = ring(0);
	uint8_t *data = test_ram + (RING_PFN + 1) * 4096;
	struct packet_desc d = { 6, 2, 3, 1, id };
	uint32_t w = h->write_index;

	memcpy(data + w, &d, 16);
	memcpy(data + w + 16, &value, 8);
	memset(data + w + 24, 0, 8);
	__atomic_store_n(&h->write_index, (w + 32) % (3 * 4096), __ATOMIC_SEQ_CST);
}

static inline bool guest_reads(uint64_t *id, uint64_t *value)
{
	struct ring_header *h = ring(4);
	uint8_t *data = test_ram + (RING_PFN + 5) * 4096;
	struct packet_desc d;
	uint32_t r = h->read_index;
	int ms;

	for (ms = 0; ms < LIMIT_MS * 5; ms++) {
		if (__atomic_load_n(&h->write_index, __ATOMIC_ACQUIRE) != r)
			break;
		nap();
	}
	if (__atomic_load_n(&h->write_index, __ATOMIC_ACQUIRE) == r)
		return false;
	memcpy(&d, data + r, 16);
	memcpy(value, data + r + 16, 8);
	*id = d.id;
	__atomic_store_n(&h->read_index, (r + 32) % (3 * 4096), __ATOMIC_SEQ_CST);
	return d.type == PACKET_COMPLETION;
}

static inline void start_bus(void)
{
	pthread_mutex_init(&vp0.lock, NULL);
	synic_reset(&vp0);
	vmbus_start();
	slot_dev = add("echo", 1, false);
}

#endif /* HVHOST_TEST_BUS_H */
