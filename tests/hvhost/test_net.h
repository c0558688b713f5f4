/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_net.h - a guest in memory for tests of the network service provider
 *
 * The guest's first 64 pages are its receive buffer (GPADL 1), the next 16 its send
 * buffer (GPADL 2); pages from 96 on are for GPA-direct packets.  A second port on the
 * switch, the peer, keeps what it gets.
 */
#ifndef HVHOST_TEST_NET_H
#define HVHOST_TEST_NET_H

#include "test_vmbus.h"
#include "vsp_net.h"

#define RECV_PAGES	64
#define SEND_PAGES	16
#define SEND_AT		(RECV_PAGES * 4096u)
#define DIRECT_PFN	96u
#define SET_ID		0xcafe
#define PEER_MAC	"\x02\0\0\0\0\x99"

static struct net_dev *dev;
static struct net_port *peer;
static struct net_frame *peer_got, **peer_end = &peer_got;
static unsigned int nr_peer;
static uint64_t next_id;
static char why[300];

static void peer_deliver(void *priv, struct net_frame *list)
{
	(void)priv;
	*peer_end = list;
	for (; list; list = list->next) {
		nr_peer++;
		peer_end = &list->next;
	}
}

static const struct net_port_ops peer_ops = { .deliver = peer_deliver };

static inline void peer_forget(void)
{
	frame_free_list(peer_got);
	peer_got = NULL;
	peer_end = &peer_got;
	nr_peer = 0;
}

static inline void stop(void)
{
	if (peer)
		net_port_free(peer);
	peer = NULL;
	if (net_device_first())
		net_device_remove(net_device_first());
	peer_forget();
}

static inline bool start(enum host_generation g, struct net_config c)
{
	struct net_port_config p = { .name = "peer", .lan = "default", .ops = &peer_ops };

	/* A test that failed has left its device behind. */
	stop();
	test_generation = g;
	next_id = 100;
	forget_answers();
	memset(guest, 0, sizeof(guest));
	memset(test_gpadls, 0, sizeof(test_gpadls));
	test_gpadls[1] = (struct test_gpadl){ 0, RECV_PAGES, false };
	test_gpadls[2] = (struct test_gpadl){ RECV_PAGES, SEND_PAGES, false };
	if (!c.name)
		c.name = "n0";
	if (!c.batch)
		c.batch = 8;
	dev = net_device_new(&c, why, sizeof(why));
	if (!dev) {
		printf("%s\n", why);
		return false;
	}
	peer = net_port_new(&p);
	return guest_open(0) != NULL;
}

/* Send a packet; false if the channel was stopped for it. */
static inline bool put(unsigned int sub, uint16_t type, uint64_t id, const void *m, size_t len,
		       const struct gpa_range *g, unsigned int n)
{
	static uint8_t payload[128];
	struct guest_packet p = {
		.type = g ? 9 : type, .completion_requested = type != 11, .id = id,
		.payload = payload, .len = len, .nr_ranges = n, .ranges = g,
	};

	memset(payload, 0, sizeof(payload));
	memcpy(payload, m, len > 40 ? 40 : len);
	return test_dev.ops->packet(test_chans[sub], test_dev.priv, &p);
}

/* A message as drivers send it, padded to 40 bytes. */
static inline bool say(const void *m, size_t len)
{
	uint8_t full[40] = { 0 };

	memcpy(full, m, len);
	return put(0, 6, ++next_id, full, sizeof(full), NULL, 0);
}

#define SAY(...) say((uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }))

/* The next answer, which has to be the completion of the last message. */
static inline const uint32_t *reply(void)
{
	struct answer *a = next_answer();

	return a && a->solicited && a->id == next_id ? (const uint32_t *)a->bytes : NULL;
}

static inline bool up_to_buffers(uint32_t version, uint32_t mtu)
{
	const uint32_t *r;

	if (!SAY(NVSP_INIT, version, version) || !(r = reply()) || r[3] != NVSP_OK)
		return false;
	if (version != NVSP_V1 &&
	    (!SAY(NVSP_NDIS_CONFIG, mtu, 0, NVSP_CAP_8021Q | NVSP_CAP_SRIOV | NVSP_CAP_TEAMING,
		  0) || !reply()))
		return false;
	if (!SAY(NVSP_NDIS_VERSION, 6, version >= NVSP_V5 ? 30 : 1) || !reply())
		return false;
	if (!SAY(NVSP_RECV_BUFFER, 1, SET_ID) || !(r = reply()) || r[1] != NVSP_OK)
		return false;
	return SAY(NVSP_SEND_BUFFER, 2, 0) && (r = reply()) && r[1] == NVSP_OK;
}

/* RNDIS bytes by the send buffer's section; the NVSP status. */
static inline uint32_t by_section(unsigned int sub, const void *m, uint32_t len)
{
	uint32_t head[8] = { NVSP_RNDIS, 1, 1, len };
	const uint32_t *r;

	memcpy(guest + SEND_AT + NVSP_SECTION, m, len);
	if (!put(sub, 6, ++next_id, head, 32, NULL, 0))
		return 0xdead;
	r = reply();
	return r && r[0] == NVSP_RNDIS_COMPLETE ? r[1] : 0xffff;
}

/* The same by pages of the guest, cut into ranges of at most "each" bytes. */
static inline uint32_t by_pages(const void *m, uint32_t len, uint32_t offset, uint32_t each)
{
	uint32_t head[8] = { NVSP_RNDIS, 0, NVSP_NO_SECTION, 0 }, at = 0, n = 0, pfn = DIRECT_PFN;
	static struct gpa_range g[64];
	static uint64_t pfns[256];
	const uint32_t *r;
	uint32_t i, nr = 0;

	while (at < len && n < 64) {
		g[n] = (struct gpa_range){ len - at < each ? len - at : each, offset, 0,
					   pfns + nr };
		memcpy(guest + pfn * 4096 + offset, (const uint8_t *)m + at, g[n].len);
		g[n].nr_pfns = (g[n].len + offset + 4095) / 4096;
		for (i = 0; i < g[n].nr_pfns; i++)
			pfns[nr++] = pfn++;
		at += g[n++].len;
	}
	if (!put(0, 9, ++next_id, head, 32, g, n))
		return 0xdead;
	r = reply();
	return r && r[0] == NVSP_RNDIS_COMPLETE ? r[1] : 0xffff;
}

/* What is in the first range of a packet that came; to be given back with done(). */
static inline uint8_t *received(struct answer **out, uint32_t *len)
{
	struct answer *a = next_answer();

	*out = a;
	if (!a || a->solicited || !a->nr_spans || ((uint32_t *)a->bytes)[0] != NVSP_RNDIS)
		return NULL;
	*len = a->spans[0].len;
	return guest + a->spans[0].offset;
}

static inline bool done(const struct answer *a, unsigned int sub)
{
	uint32_t m[2] = { NVSP_RNDIS_COMPLETE, NVSP_OK };

	return put(sub, 11, a->id, m, 8, NULL, 0);
}

/* Send a control message and take the reply out; its length, 0: none came. */
static inline uint32_t ask(const void *m, uint32_t len, void *out)
{
	struct answer *a;
	uint32_t n = 0;
	uint8_t *p;

	if (by_section(0, m, len) != NVSP_OK)
		return 0;
	p = received(&a, &n);
	if (!p)
		return 0;
	memcpy(out, p, n);
	return done(a, 0) ? n : 0;
}

static inline bool initialize(void)
{
	struct rndis_initialize q = { { RNDIS_INITIALIZE, sizeof(q) }, 7, 1, 0, 0x4000 };
	struct rndis_initialize_complete r;

	return ask(&q, sizeof(q), &r) == sizeof(r) && r.id == 7 && !r.status;
}

/* The status of a request; with data in, and for queries data out. */
static inline uint32_t request(uint32_t type, uint32_t oid, const void *in, uint32_t len,
			       void *out, uint32_t *out_len)
{
	static uint8_t m[2048];
	struct rndis_request q = { { type, (uint32_t)sizeof(q) + len }, 9, oid, len, 20, 0 };
	struct rndis_query_complete r;

	memcpy(m, &q, sizeof(q));
	if (len)
		memcpy(m + sizeof(q), in, len);
	if (!ask(m, sizeof(q) + len, m))
		return 0xdead;
	memcpy(&r, m, sizeof(r));
	if (r.id != 9 || r.h.type != (type | RNDIS_COMPLETION))
		return 0xdead;
	if (type == RNDIS_QUERY && !r.status) {
		*out_len = r.length;
		memcpy(out, m + RNDIS_BASE + r.offset, r.length);
	}
	return r.status;
}

static inline bool set_filter(uint32_t filter)
{
	return !request(RNDIS_SET, OID_PACKET_FILTER, &filter, 4, NULL, NULL);
}

/* An RNDIS packet with the records given, each (type, value); its length. */
static inline uint32_t packet(uint8_t *m, const uint8_t *data, uint32_t len,
			      const uint32_t (*info)[2], uint32_t n)
{
	struct rndis_packet h = {
		.data_offset = 36 + 16 * n, .data_length = len,
		.ppi_offset = n ? 36 : 0, .ppi_length = 16 * n,
	};
	uint32_t i, words[4];

	h.h = (struct rndis_header){ RNDIS_PACKET, 44 + 16 * n + len };
	memcpy(m, &h, sizeof(h));
	for (i = 0; i < n; i++) {
		words[0] = 16;
		words[1] = info[i][0];
		words[2] = 12;
		words[3] = info[i][1];
		memcpy(m + 44 + 16 * i, words, 16);
	}
	memcpy(m + 44 + 16 * n, data, len);
	return h.h.length;
}

#endif /* HVHOST_TEST_NET_H */
