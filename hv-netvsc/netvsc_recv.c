// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_recv.c - frames in
 *
 * Each channel interrupts its own CPU, which polls it (NAPI).  A frame is copied
 * out of the receive buffer: the host gets its cell back at once, and can no longer
 * change what the stack has looked at.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include "netvsc_drv.h"

/* Interrupts off.  The ring is masked until the poll has emptied it. */
void netvsc_interrupt(struct hvl_channel *ch, void *ctx)
{
	struct netvsc_queue *nq = ctx;

	if (napi_schedule_prep(&nq->napi))
		__napi_schedule_irqoff(&nq->napi);
}

static struct sk_buff *netvsc_copy(struct netvsc_queue *nq, const struct net_rx *rx)
{
	struct sk_buff *skb = napi_alloc_skb(&nq->napi, rx->len);
	u32 i;

	if (unlikely(!skb))
		return NULL;
	for (i = 0; i < rx->nr; i++)
		skb_put_data(skb, rx->piece[i].data, rx->piece[i].len);
	return skb;
}

/* The host has joined frames and left the header's checksum as it was. */
static void netvsc_fix_ip(struct sk_buff *skb)
{
	struct iphdr *ip = (struct iphdr *)skb->data;

	if (skb->protocol != htons(ETH_P_IP) || skb->len < sizeof(*ip) ||
	    ip->ihl < 5 || skb->len < ip->ihl * 4)
		return;
	ip->check = 0;
	ip->check = ip_fast_csum(ip, ip->ihl);
}

static void netvsc_rx_checksum(struct sk_buff *skb, const struct net_rx *rx)
{
	const u32 bad_ip = RNDIS_RXCSUM_IP_GOOD | RNDIS_RXCSUM_IP_VALUE;
	u32 csum = rx->meta.csum;

	if (unlikely((csum & bad_ip) == bad_ip))
		netvsc_fix_ip(skb);
	if (csum & (RNDIS_RXCSUM_TCP_GOOD | RNDIS_RXCSUM_UDP_GOOD) &&
	    skb->dev->features & NETIF_F_RXCSUM)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
}

void netvsc_rx(struct net_queue *q, const struct net_rx *rx)
{
	struct netvsc_queue *nq = q->ctx;
	struct netvsc *nd = nq->nd;
	struct net_device *dev = nd->dev;
	struct sk_buff *skb;
	bool multicast;

	/* A stray of the time before the device was opened, or after. */
	if (unlikely(!netif_running(dev) || rx->len < ETH_HLEN ||
		     rx->len > NETVSC_FRAME_MAX))
		return;
	skb = netvsc_copy(nq, rx);
	if (unlikely(!skb)) {
		nd->events.rx_no_memory++;
		return;
	}
	multicast = is_multicast_ether_addr(skb->data);
	skb->protocol = eth_type_trans(skb, dev);
	skb_checksum_none_assert(skb);
	if (rx->meta.has & RNDIS_HAS_CSUM)
		netvsc_rx_checksum(skb, rx);
	if (rx->meta.has & RNDIS_HAS_HASH && dev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, rx->meta.hash, PKT_HASH_TYPE_L4);
	if (rx->meta.has & RNDIS_HAS_VLAN)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       rx->meta.vlan_tci);
	skb_record_rx_queue(skb, nq->index);

	u64_stats_update_begin(&nq->rx.sync);
	nq->rx.packets++;
	nq->rx.bytes += rx->len;
	nq->rx.multicast += multicast;
	u64_stats_update_end(&nq->rx.sync);
	napi_gro_receive(&nq->napi, skb);
}

/*
 * Answers that did not fit the ring go out when the host says that there is room;
 * before protocol 2.4 it does not say so, and is asked again and again.
 */
static bool netvsc_must_ask(const struct net_queue *q)
{
	return net_answers_pending(q) && hvl_vmbus_version() < HVL_VMBUS_2_4;
}

int netvsc_poll(struct napi_struct *napi, int budget)
{
	struct netvsc_queue *nq = container_of(napi, struct netvsc_queue, napi);
	struct net_queue *q = nq->q;
	u32 work;

	/* One ring for both directions: no frames, no completions. */
	if (unlikely(!budget))
		return 0;
	work = net_core_poll(q, budget);
	if (unlikely(net_answers_pending(q)))
		nq->nd->events.rx_comp_busy++;
	netvsc_tx_poll(nq);
	if (work >= budget || unlikely(netvsc_must_ask(q)))
		return budget;
	if (napi_complete_done(napi, work) && hvl_channel_poll_done(q->ch))
		napi_schedule(napi);
	return work;
}
