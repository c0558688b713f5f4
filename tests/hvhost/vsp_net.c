// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsp_net.c - the network protocol NVSP: sessions, negotiation, dispatch
 *
 * Strictness as netvsc.md sections 5, 9 and 13 have it: what no driver may do
 * stops the channel, and the reason is kept as the host's verdict.
 *
 * Locks: net_dev->lock; see vsp_net.h.
 */
#include "vsp_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "hostile.h"

const uint32_t *net_versions(enum host_generation g)
{
	static const uint32_t all[] = {
		NVSP_V6_1, NVSP_V6, NVSP_V5, NVSP_V4, NVSP_V2, NVSP_V1, 0
	};
	static const unsigned int newest[HOST_GENERATIONS] = {
		[HOST_WS2008] = 5, [HOST_WS2008R2] = 4, [HOST_WS2012] = 3,
		[HOST_WS2012R2] = 2, [HOST_WS2016] = 1,
	};

	return all + newest[g];
}

size_t net_message_size(const struct net_dev *dev)
{
	return dev->s.version == NVSP_V6_1 ? NVSP_SIZE_6_1 : NVSP_SIZE;
}

bool net_fatal(struct net_dev *dev, const char *why)
{
	pthread_mutex_lock(&dev->lock);
	NET_COUNT(dev, fatal);
	snprintf(dev->verdict, sizeof(dev->verdict), "%s", why);
	pthread_mutex_unlock(&dev->lock);
	host_warn("%s: the guest broke the network protocol: %s", dev->name, why);
	return false;
}

/* ---- answers -------------------------------------------------------------------- */

/* True if it has been put aside. */
static bool hold_completion(struct net_dev *dev, struct chan *c, uint64_t id,
			    const void *msg, size_t len)
{
	struct net_completion *n, **end;

	if (!dev->stall_tx)
		return false;
	n = calloc(1, sizeof(*n));
	if (!n)
		host_die("out of memory");
	n->chan = chan_get(c);
	n->id = id;
	n->len = (uint32_t)len;
	memcpy(n->bytes, msg, len);
	for (end = &dev->stalled; *end; end = &(*end)->next)
		;
	*end = n;
	return true;
}

void net_complete(struct net_dev *dev, struct chan *c, uint64_t id, const void *msg, size_t len)
{
	uint8_t full[NVSP_SIZE_6_1] = { 0 };
	size_t size;
	bool held;

	memcpy(full, msg, len);
	pthread_mutex_lock(&dev->lock);
	size = net_message_size(dev);
	held = hold_completion(dev, c, id, full, size);
	pthread_mutex_unlock(&dev->lock);
	if (!held)
		chan_complete(c, id, full, size);
}

void net_rndis_status(struct net_dev *dev, struct chan *c, uint64_t id, uint32_t status)
{
	struct nvsp_status m = { NVSP_RNDIS_COMPLETE, status };

	net_complete(dev, c, id, &m, sizeof(m));
}

static void drop_completions(struct net_completion *n, bool send)
{
	struct net_completion *next;

	for (; n; n = next) {
		next = n->next;
		if (send)
			chan_complete(n->chan, n->id, n->bytes, n->len);
		chan_put(n->chan);
		free(n);
	}
}

void net_set_stall(struct net_dev *dev, bool tx, bool rx)
{
	struct net_completion *n = NULL;
	struct net_frame *f = NULL;

	pthread_mutex_lock(&dev->lock);
	dev->stall_tx = tx;
	dev->stall_rx = rx;
	if (!tx) {
		n = dev->stalled;
		dev->stalled = NULL;
	}
	if (!rx) {
		f = dev->stalled_rx;
		dev->stalled_rx = NULL;
		dev->nr_stalled_rx = 0;
	}
	pthread_mutex_unlock(&dev->lock);
	drop_completions(n, true);
	if (f)
		net_port_nic.deliver(dev, f);
}

bool net_tell(struct net_dev *dev, const void *msg, size_t len, uint64_t id, bool completion)
{
	uint8_t full[128] = { 0 };
	struct chan *c = NULL;
	size_t size;
	bool sent;

	memcpy(full, msg, len);
	pthread_mutex_lock(&dev->lock);
	if (dev->chans[0] && dev->s.version)
		c = chan_get(dev->chans[0]);
	size = net_message_size(dev);
	pthread_mutex_unlock(&dev->lock);
	if (!c)
		return false;
	sent = chan_send(c, full, len > size ? len : size, id, completion);
	chan_put(c);
	return sent;
}

/* ---- lives ------------------------------------------------------------------------ */

/* Once all sub-channels are open the guest learns which to send on. */
static void tell_table(struct net_dev *dev)
{
	struct nvsp_indirection m = { NVSP_INDIRECTION, NVSP_TABLE, 12, { 0 } };
	unsigned int i, open = 0;
	bool tell;

	pthread_mutex_lock(&dev->lock);
	while (open < NET_QUEUES && dev->chans[open])
		open++;
	tell = dev->s.subchannels && open == dev->s.subchannels + 1 && !dev->s.table_sent;
	if (tell)
		dev->s.table_sent = true;
	pthread_mutex_unlock(&dev->lock);
	for (i = 0; i < NVSP_TABLE; i++)
		m.table[i] = i % (open ? open : 1);
	if (tell)
		net_tell(dev, &m, sizeof(m), 0, false);
}

static uint32_t net_open(struct chan *c, void *priv)
{
	unsigned int sub = chan_sub_index(c);
	struct net_dev *dev = priv;
	bool refuse;

	pthread_mutex_lock(&dev->lock);
	refuse = sub >= NET_QUEUES || dev->chans[sub] ||
		 (sub && (!dev->chans[0] || sub > dev->s.subchannels));
	if (!refuse)
		dev->chans[sub] = chan_get(c);
	if (!refuse && !sub)
		memcpy(dev->s.mac, dev->permanent, 6);
	pthread_mutex_unlock(&dev->lock);
	if (refuse)
		return RNDIS_STATUS_FAILURE;
	if (sub)
		tell_table(dev);
	return 0;
}

static void net_close(struct chan *c, void *priv)
{
	struct net_completion *stalled = NULL;
	struct net_dev *dev = priv;
	struct net_control *w;
	unsigned int sub = chan_sub_index(c);

	pthread_mutex_lock(&dev->lock);
	if (sub >= NET_QUEUES || dev->chans[sub] != c) {
		pthread_mutex_unlock(&dev->lock);
		return;
	}
	dev->chans[sub] = NULL;
	if (!sub) {
		dev->s.filter = 0;
		stalled = dev->stalled;
		dev->stalled = NULL;
	}
	/* Who is about to put a packet into a ring of this NIC; no new one begins. */
	while (!sub && dev->busy)
		pthread_cond_wait(&dev->idle, &dev->lock);
	pthread_mutex_unlock(&dev->lock);
	drop_completions(stalled, false);
	if (!sub) {
		net_buffers_detach(dev, NULL, true, true);
		pthread_mutex_lock(&dev->lock);
		memset(&dev->s, 0, sizeof(dev->s));
		while ((w = dev->waiting)) {
			dev->waiting = w->next;
			free(w);
		}
		dev->waiting_bytes = 0;
		pthread_mutex_unlock(&dev->lock);
		net_port_mac(dev->port, dev->permanent, !dev->config.spoofing);
	}
	chan_put(c);
}

/* ---- negotiation --------------------------------------------------------------------- */

static bool version_known(const struct net_dev *dev, uint32_t version)
{
	const uint32_t *v = net_versions(host_generation());

	while (dev->config.newest && *v && *v != dev->config.newest)
		v++;
	for (; *v; v++)
		if (*v == version)
			return true;
	return false;
}

static bool init(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_init_complete r = { NVSP_INIT_COMPLETE, 0xffffffff, 34, NVSP_OK };
	uint8_t full[NVSP_SIZE] = { 0 };
	struct nvsp_init m;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	if (p->len < NVSP_SHORTEST_INIT) {
		NET_COUNT(dev, short_inits);
		pthread_mutex_unlock(&dev->lock);
		return true;
	}
	if (dev->s.version) {
		pthread_mutex_unlock(&dev->lock);
		return net_fatal(dev, "INIT after a version was agreed");
	}
	if (version_known(dev, m.min_version)) {
		dev->s.version = m.min_version;
		dev->s.mtu = NET_MTU_MIN;
		if (m.min_version == NVSP_V1)
			r.version = NVSP_V1;
	} else {
		r.status = NVSP_REFUSED_VERSION;
	}
	pthread_mutex_unlock(&dev->lock);
	/* Always in the old size: the longer one is used from here on. */
	memcpy(full, &r, sizeof(r));
	if (p->completion_requested)
		chan_complete(c, p->id, full, sizeof(full));
	return true;
}

static bool ndis_config(struct net_dev *dev, const struct guest_packet *p)
{
	struct nvsp_ndis_config m;
	const char *why = NULL;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	if (dev->s.version < NVSP_V2 || dev->s.has_config || dev->s.has_recv)
		why = "NDIS_CONFIG twice, late, or in version 1";
	dev->s.has_config = true;
	dev->s.mtu = m.mtu < NET_MTU_MIN || m.mtu > NET_MTU_MAX ? NET_MTU_MIN : m.mtu;
	dev->s.capabilities = m.capabilities;
	pthread_mutex_unlock(&dev->lock);
	return why ? net_fatal(dev, why) : true;
}

static bool ndis_version(struct net_dev *dev, const struct guest_packet *p)
{
	struct nvsp_ndis_version m;
	bool twice;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	twice = dev->s.has_ndis;
	dev->s.has_ndis = true;
	dev->s.ndis = m.major << 16 | (m.minor & 0xffff);
	pthread_mutex_unlock(&dev->lock);
	return twice ? net_fatal(dev, "NDIS_VERSION twice") : true;
}

static bool recv_buffer(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_recv_complete r = { NVSP_RECV_BUFFER_COMPLETE, NVSP_OK, 1, { 0 } };
	const char *why = NULL;
	struct nvsp_buffer m;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	if (dev->s.has_recv)
		why = "a second receive buffer";
	else if (dev->s.version >= NVSP_V2 && !dev->s.has_config)
		why = "the receive buffer comes before NDIS_CONFIG";
	pthread_mutex_unlock(&dev->lock);
	if (why || !net_recv_attach(dev, c, m.gpadl, m.id, &why))
		return net_fatal(dev, why);
	pthread_mutex_lock(&dev->lock);
	r.section = (struct nvsp_section){ 0, dev->cell_size, dev->nr_cells,
					   dev->cell_size * dev->nr_cells };
	pthread_mutex_unlock(&dev->lock);
	if (p->completion_requested)
		net_complete(dev, c, p->id, &r, sizeof(r));
	return true;
}

static bool send_buffer(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_send_complete r = { NVSP_SEND_BUFFER_COMPLETE, NVSP_OK, NVSP_SECTION };
	const char *why = NULL;
	struct nvsp_buffer m;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	if (dev->s.has_send)
		why = "a second send buffer";
	pthread_mutex_unlock(&dev->lock);
	if (why || !net_send_attach(dev, c, m.gpadl, m.id, &why))
		return net_fatal(dev, why);
	if (p->completion_requested)
		net_complete(dev, c, p->id, &r, sizeof(r));
	return true;
}

/* After either revoke the host works on no packet any more. */
static bool revoke(struct net_dev *dev, struct chan *c, bool recv)
{
	pthread_mutex_lock(&dev->lock);
	dev->s.ended = true;
	dev->s.filter = 0;
	pthread_mutex_unlock(&dev->lock);
	net_buffers_detach(dev, c, recv, !recv);
	return true;
}

static bool subchannel(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_subchannel_complete r = { NVSP_SUBCHANNEL, NVSP_FAILED, 0 };
	struct nvsp_subchannel m;
	bool old;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	old = dev->s.version < NVSP_V5;
	if (!old && m.operation == 1 && m.count && m.count <= dev->config.subchannels &&
	    !dev->s.subchannels && dev->nr_cells > NET_CONTROL_CELLS + m.count) {
		r.status = NVSP_OK;
		r.count = m.count;
		dev->s.subchannels = m.count;
	}
	pthread_mutex_unlock(&dev->lock);
	if (old)
		return net_fatal(dev, "SUBCHANNEL before version 5");
	if (p->completion_requested)
		net_complete(dev, c, p->id, &r, sizeof(r));
	if (r.count)
		vmbus_dev_offer_subchannels(chan_dev(c), r.count);
	return true;
}

static bool data_path(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_data_path m;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	if (dev->s.vf_told || !m.path)
		dev->s.on_vf = m.path == 1;
	pthread_mutex_unlock(&dev->lock);
	if (p->completion_requested)
		chan_complete(c, p->id, "", 0);
	return true;
}

/* ---- RNDIS ------------------------------------------------------------------------------ */

static bool rndis(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	unsigned int sub = chan_sub_index(c);
	const char *why = NULL;
	struct nvsp_rndis m;
	uint32_t len = 0, head = 0, type = 0;
	bool fatal = false, ok = true, before, full;
	uint8_t *bytes;

	memcpy(&m, p->payload, sizeof(m));
	pthread_mutex_lock(&dev->lock);
	before = !dev->s.has_recv || !dev->s.has_ndis;
	full = dev->waiting_bytes > NET_MAX_WAITING;
	pthread_mutex_unlock(&dev->lock);
	if (before)
		return net_fatal(dev, "RNDIS before NDIS_VERSION and the receive buffer");
	bytes = net_gather(dev, p, &m, &len, &head, &fatal, &why);
	if (fatal)
		return net_fatal(dev, why);
	if (bytes)
		memcpy(&type, bytes, 4);
	if (bytes && type == RNDIS_PACKET)
		why = net_transmit(dev, sub, bytes, len, head);
	else if (bytes && sub)
		why = "a control message on a sub-channel";
	else if (bytes && len < sizeof(struct rndis_header) + 4)
		why = "a control message without a body";
	else if (bytes && full)
		why = "too many control messages whose answers the guest does not take";
	if (why) {
		pthread_mutex_lock(&dev->lock);
		NET_COUNT(dev, tx_refused);
		snprintf(dev->verdict, sizeof(dev->verdict), "%s", why);
		pthread_mutex_unlock(&dev->lock);
		host_trace("%s: refused: %s", dev->name, why);
	}
	if (p->completion_requested)
		net_rndis_status(dev, c, p->id, why ? NVSP_FAILED : NVSP_OK);
	if (!why && type != RNDIS_PACKET)
		ok = net_control(dev, bytes, len);
	free(bytes);
	return ok;
}

/* ---- packets ------------------------------------------------------------------------------ */

/* Least length of a message's fields; 0: no such type for the guest. */
static size_t fields_of(uint32_t type)
{
	switch (type) {
	case NVSP_INIT:			return sizeof(struct nvsp_init);
	case NVSP_NDIS_VERSION:		return sizeof(struct nvsp_ndis_version);
	case NVSP_RECV_BUFFER:
	case NVSP_SEND_BUFFER:		return sizeof(struct nvsp_buffer);
	case NVSP_REVOKE_RECV_BUFFER:
	case NVSP_REVOKE_SEND_BUFFER:	return 6;
	case NVSP_RNDIS:		return sizeof(struct nvsp_rndis);
	case NVSP_NDIS_CONFIG:		return sizeof(struct nvsp_ndis_config);
	case NVSP_DATA_PATH:		return sizeof(struct nvsp_data_path);
	case NVSP_SUBCHANNEL:		return sizeof(struct nvsp_subchannel);
	}
	return 0;
}

static uint32_t highest_type(uint32_t version)
{
	switch (version) {
	case 0:		return NVSP_INIT;
	case NVSP_V1:	return 108;
	case NVSP_V2:	return 127;
	case NVSP_V4:	return 130;
	case NVSP_V6_1:	return 136;
	}
	return 134;
}

static bool dispatch(struct net_dev *dev, struct chan *c, const struct guest_packet *p,
		     uint32_t type)
{
	switch (type) {
	case NVSP_INIT:
		return init(dev, c, p);
	case NVSP_RNDIS:
		return rndis(dev, c, p);
	case NVSP_RECV_BUFFER:
		return recv_buffer(dev, c, p);
	case NVSP_SEND_BUFFER:
		return send_buffer(dev, c, p);
	case NVSP_REVOKE_RECV_BUFFER:
		return revoke(dev, c, true);
	case NVSP_REVOKE_SEND_BUFFER:
		return revoke(dev, c, false);
	case NVSP_SUBCHANNEL:
		return subchannel(dev, c, p);
	case NVSP_DATA_PATH:
		return data_path(dev, c, p);
	case NVSP_NDIS_VERSION:
		if (!ndis_version(dev, p))
			return false;
		break;
	case NVSP_NDIS_CONFIG:
		if (!ndis_config(dev, p))
			return false;
		break;
	}
	if (p->completion_requested)
		chan_complete(c, p->id, "", 0);
	return true;
}

static bool completion(struct net_dev *dev, struct chan *c, const struct guest_packet *p)
{
	struct nvsp_status m;

	if (p->id >> 63)
		return true;		/* of a VF association or a data path of ours */
	if (p->len < sizeof(m))
		return net_fatal(dev, "a completion that is too short");
	memcpy(&m, p->payload, sizeof(m));
	if (m.type != NVSP_RNDIS_COMPLETE)
		return net_fatal(dev, "a completion of another type than 108");
	pthread_mutex_lock(&dev->lock);
	NET_COUNT(dev, rx_completions);
	if (m.status != NVSP_OK)
		NET_COUNT(dev, rx_failed);
	pthread_mutex_unlock(&dev->lock);
	/* A host that makes ids up cannot complain. */
	if (!net_cells_back(dev, p->id, chan_sub_index(c)) && !hostile_target(dev->vdev))
		return net_fatal(dev, "a completion for a packet that the guest does not have");
	return true;
}

static bool net_packet(struct chan *c, void *priv, const struct guest_packet *p)
{
	struct net_dev *dev = priv;
	uint32_t type = 0, version;
	bool ended;

	pthread_mutex_lock(&dev->lock);
	version = dev->s.version;
	ended = dev->s.ended;
	pthread_mutex_unlock(&dev->lock);
	if (p->len >= 4)
		memcpy(&type, p->payload, 4);
	if (ended && type != NVSP_REVOKE_RECV_BUFFER && type != NVSP_REVOKE_SEND_BUFFER)
		return true;
	if (p->type == 11)
		return completion(dev, c, p);
	if (!fields_of(type) || type > highest_type(version) || (!version && type != NVSP_INIT))
		return net_fatal(dev, "a message type that this version does not have");
	if (p->len < fields_of(type))
		return net_fatal(dev, "a message that is too short");
	if (chan_sub_index(c) && type != NVSP_RNDIS)
		return net_fatal(dev, "an NVSP message on a sub-channel");
	return dispatch(dev, c, p, type);
}

const struct vsp_ops net_ops = {
	.name = "net",
	.open = net_open,
	.close = net_close,
	.packet = net_packet,
	.layout = net_layout,
};
