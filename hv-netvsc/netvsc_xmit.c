// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_xmit.c - frames out
 *
 * Short frames are copied to a section of the send buffer, several to one message
 * while the stack announces more, and are free at once.  Long ones stay where they
 * are: the host is told their pages, and the frame is freed when it has completed
 * the message.
 *
 * Locks: a queue's sender is who holds its transmit lock.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "netvsc_drv.h"

/* ---- which queue ------------------------------------------------------------------------ */

u16 netvsc_select_queue(struct net_device *dev, struct sk_buff *skb,
			struct net_device *sb_dev)
{
	struct netvsc *nd = netdev_priv(dev);
	int queue;

	if (dev->real_num_tx_queues == 1)
		return 0;
	queue = sk_tx_queue_get(skb->sk);
	if (queue >= 0 && queue < dev->real_num_tx_queues && !skb->ooo_okay)
		return queue;
	queue = READ_ONCE(nd->core->send_table[skb_get_hash(skb) %
					       NVSP_TABLE_SIZE]);
	if (queue >= dev->real_num_tx_queues)
		queue %= dev->real_num_tx_queues;
	if (skb->sk && sk_fullsock(skb->sk) && rcu_access_pointer(skb->sk->sk_dst_cache))
		sk_tx_queue_set(skb->sk, queue);
	return queue;
}

/* ---- what the host has to be told ----------------------------------------------------------- */

/* The host makes the frames: it wants the lengths left out (rndis.md section 14). */
static int netvsc_lso(struct sk_buff *skb, struct rndis_meta *meta)
{
	u32 offset;

	if (skb_cow_head(skb, 0))
		return -ENOMEM;
	offset = skb_transport_offset(skb);
	if (offset > RNDIS_LSO_OFFSET_MAX)
		return -EINVAL;
	meta->lso = skb_shinfo(skb)->gso_size | offset << RNDIS_LSO_OFFSET |
		    RNDIS_LSO_V2;
	if (skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4) {
		ip_hdr(skb)->tot_len = 0;
		ip_hdr(skb)->check = 0;
		tcp_hdr(skb)->check = ~csum_tcpudp_magic(ip_hdr(skb)->saddr,
							 ip_hdr(skb)->daddr, 0,
							 IPPROTO_TCP, 0);
	} else {
		meta->lso |= RNDIS_LSO_IPV6;
		ipv6_hdr(skb)->payload_len = 0;
		tcp_hdr(skb)->check = ~csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
						       &ipv6_hdr(skb)->daddr, 0,
						       IPPROTO_TCP, 0);
	}
	meta->has |= RNDIS_HAS_LSO;
	return 0;
}

/* RNDIS_TXCSUM_* for what this frame is, 0 if the host does not do it. */
static u32 netvsc_csum_kind(const struct sk_buff *skb, u32 can)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		if (ip_hdr(skb)->protocol == IPPROTO_TCP && can & NDIS_CAN_TCP4)
			return RNDIS_TXCSUM_IPV4 | RNDIS_TXCSUM_TCP;
		if (ip_hdr(skb)->protocol == IPPROTO_UDP && can & NDIS_CAN_UDP4)
			return RNDIS_TXCSUM_IPV4 | RNDIS_TXCSUM_UDP;
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		if (ipv6_hdr(skb)->nexthdr == IPPROTO_TCP && can & NDIS_CAN_TCP6)
			return RNDIS_TXCSUM_IPV6 | RNDIS_TXCSUM_TCP;
		if (ipv6_hdr(skb)->nexthdr == IPPROTO_UDP && can & NDIS_CAN_UDP6)
			return RNDIS_TXCSUM_IPV6 | RNDIS_TXCSUM_UDP;
	}
	return 0;
}

static int netvsc_describe(struct netvsc *nd, struct sk_buff *skb,
			   struct rndis_meta *meta)
{
	u32 kind;

	meta->has = 0;
	if (nd->dev->real_num_tx_queues > 1) {
		meta->hash = skb_get_hash(skb);
		meta->has |= RNDIS_HAS_HASH;
	}
	if (skb_vlan_tag_present(skb)) {
		meta->vlan_tci = skb_vlan_tag_get(skb);
		meta->has |= RNDIS_HAS_VLAN;
	}
	if (skb_is_gso(skb))
		return netvsc_lso(skb, meta);
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;
	kind = netvsc_csum_kind(skb, nd->core->can.can);
	if (!kind)
		return skb_checksum_help(skb);
	meta->csum = kind | skb_transport_offset(skb) << RNDIS_TXCSUM_OFFSET;
	meta->has |= RNDIS_HAS_CSUM;
	return 0;
}

static inline u32 netvsc_head_bytes(const struct rndis_meta *meta)
{
	return RNDIS_PACKET_HEAD + sizeof(struct rndis_ppi) *
	       (!!(meta->has & RNDIS_HAS_HASH) + !!(meta->has & RNDIS_HAS_VLAN) +
		!!(meta->has & (RNDIS_HAS_LSO | RNDIS_HAS_CSUM)));
}

/* ---- pages ------------------------------------------------------------------------------------- */

/**
 * struct netvsc_map - a frame as ranges of memory
 * @range: the ranges
 * @pfn: page numbers, a run for each range
 * @ranges: how many ranges
 * @pages: how many page numbers
 */
struct netvsc_map {
	struct hvl_gpa_range range[NET_MAX_RANGES];
	u64 pfn[NET_MAX_RANGES];
	u32 ranges;
	u32 pages;
};

/* False if the frame is in too many pieces. */
static bool netvsc_map_add(struct netvsc_map *m, u64 pfn, u32 offset, u32 len)
{
	u32 i, n = DIV_ROUND_UP(offset + len, HVL_PAGE_SIZE);
	struct hvl_gpa_range *r = &m->range[m->ranges];

	if (m->ranges >= NET_MAX_RANGES || n > NET_MAX_RANGES - m->pages)
		return false;
	r->len = len;
	r->offset = offset;
	r->pfns = &m->pfn[m->pages];
	for (i = 0; i < n; i++)
		m->pfn[m->pages + i] = pfn + i;
	m->ranges++;
	m->pages += n;
	return true;
}

/* Everything from byte @from on. */
static bool netvsc_map_skb(struct netvsc_map *m, const struct sk_buff *skb, u32 from)
{
	const u8 *data = skb->data + from;
	int i;

	/* Memory of the kernel's own map: its pages are in a row. */
	if (from < skb_headlen(skb) &&
	    !netvsc_map_add(m, page_to_pfn(virt_to_page(data)),
			    offset_in_page(data), skb_headlen(skb) - from))
		return false;
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		u32 offset = skb_frag_off(frag);

		if (skb_frag_size(frag) &&
		    !netvsc_map_add(m, page_to_pfn(skb_frag_page(frag)) +
				       (offset >> PAGE_SHIFT),
				    offset & ~PAGE_MASK, skb_frag_size(frag)))
			return false;
	}
	return true;
}

/*
 * By pages.  Headers that are apart from the data go along with the head of the
 * message.  1: too many pieces, to be made one.
 */
static int netvsc_send_pages(struct netvsc_queue *nq, struct sk_buff *skb,
			     const struct rndis_meta *meta, u32 head_bytes)
{
	struct netvsc_map m;
	const u64 *pfn;
	u32 offset, inlined = 0;
	u8 *head = net_tx_head(nq->q, &pfn, &offset);

	if (unlikely(!head))
		return -EAGAIN;
	rndis_encode_packet(head, meta, skb->len);
	if (skb_headlen(skb) <= NET_SLOT_HEAD - head_bytes) {
		inlined = skb_headlen(skb);
		memcpy(head + head_bytes, skb->data, inlined);
	}
	m.ranges = 0;
	m.pages = 0;
	netvsc_map_add(&m, *pfn, offset, head_bytes + inlined);
	if (unlikely(!netvsc_map_skb(&m, skb, inlined)))
		return 1;
	return net_tx_pages(nq->q, m.range, m.ranges, skb, skb->len);
}

/* ---- sending ------------------------------------------------------------------------------------- */

static void netvsc_count_tx(struct netvsc_queue *nq, u32 frames, u32 bytes)
{
	u64_stats_update_begin(&nq->tx.sync);
	nq->tx.packets += frames;
	nq->tx.bytes += bytes;
	u64_stats_update_end(&nq->tx.sync);
}

static inline bool netvsc_room(const struct netvsc_queue *nq, u32 percent)
{
	return hvl_channel_room_percent(nq->q->ch) > percent &&
	       net_queue_out(nq->q) < NET_SLOTS - 1;
}

/* After a frame: stop while there is still room for what is under way. */
static void netvsc_maybe_stop(struct netvsc_queue *nq, struct netdev_queue *txq)
{
	if (likely(netvsc_room(nq, NETVSC_ROOM_STOP)))
		return;
	netif_tx_stop_queue(txq);
	nq->nd->events.stop_queue++;
	net_tx_retry(nq->q);
	/* Pairs with the one in netvsc_tx_poll(). */
	smp_mb();
	if (netvsc_room(nq, NETVSC_ROOM_WAKE) || !net_queue_out(nq->q)) {
		netif_tx_start_queue(txq);
		nq->nd->events.wake_queue++;
	}
}

/* The ring is full, or all slots are out: the frame stays with the stack. */
static netdev_tx_t netvsc_busy(struct netvsc_queue *nq, struct netdev_queue *txq)
{
	nq->nd->events.tx_busy++;
	netif_tx_stop_queue(txq);
	nq->nd->events.stop_queue++;
	smp_mb();
	if (!net_queue_out(nq->q)) {
		netif_tx_start_queue(txq);
		nq->nd->events.wake_queue++;
	}
	return NETDEV_TX_BUSY;
}

/* By a section if it fits one; 0, -ENOSPC, or as net_tx_copy(). */
static int netvsc_send_copy(struct netvsc_queue *nq, struct netdev_queue *txq,
			    struct sk_buff *skb, const struct rndis_meta *meta,
			    u32 head_bytes)
{
	u32 len = skb->len, bytes = head_bytes + len;
	bool more;
	u8 *at;
	int rc;

	rc = net_tx_copy(nq->q, bytes, &at);
	if (rc)
		return rc;
	rndis_encode_packet(at, meta, len);
	if (likely(!skb_is_nonlinear(skb)))
		memcpy(at + head_bytes, skb->data, len);
	else
		skb_copy_bits(skb, 0, at + head_bytes, len);
	skb_tx_timestamp(skb);
	dev_consume_skb_any(skb);
	more = !__netdev_tx_sent_queue(txq, len, netdev_xmit_more());
	netvsc_count_tx(nq, 1, len);
	rc = net_tx_commit(nq->q, bytes, len, more);
	if (unlikely(rc && rc != -EAGAIN)) {
		nq->undo_frames++;
		nq->undo_bytes += len;
	}
	return 0;
}

static int netvsc_send(struct netvsc_queue *nq, struct netdev_queue *txq,
		       struct sk_buff *skb, const struct rndis_meta *meta)
{
	u32 head_bytes = netvsc_head_bytes(meta), len = skb->len;
	int rc = -ENOSPC;

	if (head_bytes + len <= nq->q->core->section_size) {
		rc = netvsc_send_copy(nq, txq, skb, meta, head_bytes);
		if (rc != -ENOSPC)
			return rc;
		nq->nd->events.tx_send_full++;
	} else {
		rc = net_tx_retry(nq->q);
		if (unlikely(rc))
			return rc;
	}
	/* Before the host can complete it, and the poll counts it as ended. */
	skb_tx_timestamp(skb);
	__netdev_tx_sent_queue(txq, len, false);
	rc = netvsc_send_pages(nq, skb, meta, head_bytes);
	if (unlikely(rc == 1)) {
		nq->nd->events.tx_scattered++;
		rc = skb_linearize(skb) ? -ENOMEM :
		     netvsc_send_pages(nq, skb, meta, head_bytes);
		if (rc == 1) {
			nq->nd->events.tx_too_big++;
			rc = -EMSGSIZE;
		}
	}
	if (unlikely(rc)) {
		nq->undo_frames++;
		nq->undo_bytes += len;
		return rc;
	}
	netvsc_count_tx(nq, 1, len);
	return 0;
}

netdev_tx_t netvsc_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct netvsc *nd = netdev_priv(dev);
	u16 index = skb_get_queue_mapping(skb);
	struct netvsc_queue *nq = &nd->queue[index];
	struct netdev_queue *txq = netdev_get_tx_queue(dev, index);
	struct rndis_meta meta;
	int rc;

	if (unlikely(!nq->q || skb->len < ETH_HLEN))
		goto drop;
	if (unlikely(netvsc_describe(nd, skb, &meta))) {
		nd->events.tx_no_memory++;
		goto drop;
	}
	rc = netvsc_send(nq, txq, skb, &meta);
	if (unlikely(rc)) {
		if (rc == -EAGAIN)
			return netvsc_busy(nq, txq);
		nd->events.tx_no_space++;
		goto drop;
	}
	netvsc_maybe_stop(nq, txq);
	return NETDEV_TX_OK;

drop:
	dev->stats.tx_dropped++;
	dev_kfree_skb_any(skb);
	/* What was kept for this one to join goes alone. */
	if (nq->q && !netdev_xmit_more())
		net_tx_retry(nq->q);
	return NETDEV_TX_OK;
}

/* ---- the end ------------------------------------------------------------------------------------- */

void netvsc_tx_done(struct net_queue *q, void *cookie, u32 frames, u32 bytes)
{
	struct netvsc_queue *nq = q->ctx;

	if (cookie)
		napi_consume_skb(cookie, nq->polls);
	nq->done_frames += frames;
	nq->done_bytes += bytes;
}

/* End of a poll: tell what has ended, send what waits, let the stack go on. */
void netvsc_tx_poll(struct netvsc_queue *nq)
{
	struct netdev_queue *txq = netdev_get_tx_queue(nq->nd->dev, nq->index);
	u32 frames = READ_ONCE(nq->undo_frames) - nq->undone_frames;
	u32 bytes = READ_ONCE(nq->undo_bytes) - nq->undone_bytes;

	if (unlikely(frames)) {
		nq->undone_frames += frames;
		nq->undone_bytes += bytes;
		nq->done_frames += frames;
		nq->done_bytes += bytes;
	}
	if (nq->done_frames) {
		netdev_tx_completed_queue(txq, nq->done_frames, nq->done_bytes);
		nq->done_frames = 0;
		nq->done_bytes = 0;
	}
	if (unlikely(READ_ONCE(nq->q->batch.due)) && !nq->nd->leaving) {
		__netif_tx_lock(txq, smp_processor_id());
		net_tx_retry(nq->q);
		__netif_tx_unlock(txq);
	}
	/* Pairs with the one in netvsc_maybe_stop(). */
	smp_mb();
	if (unlikely(netif_tx_queue_stopped(txq)) && !READ_ONCE(nq->nd->leaving) &&
	    (netvsc_room(nq, NETVSC_ROOM_WAKE) || !net_queue_out(nq->q))) {
		netif_tx_wake_queue(txq);
		nq->nd->events.wake_queue++;
	}
}
