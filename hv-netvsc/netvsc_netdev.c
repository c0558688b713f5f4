// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_netdev.c - the net device: open, stop, MTU, address, filter, statistics
 *
 * Callbacks run under RTNL unless they say otherwise.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "netvsc_drv.h"

/* ---- features ------------------------------------------------------------------------------ */

static const struct {
	u32 can;
	netdev_features_t feature;
} netvsc_offloads[] = {
	{ NDIS_CAN_TCP4 | NDIS_CAN_UDP4, NETIF_F_IP_CSUM },
	{ NDIS_CAN_TCP6 | NDIS_CAN_UDP6, NETIF_F_IPV6_CSUM },
	{ NDIS_CAN_LSO4, NETIF_F_TSO },
	{ NDIS_CAN_LSO6, NETIF_F_TSO6 },
	{ NDIS_CAN_RSC, NETIF_F_LRO },
};

/* What the device offers now that the host has said what it can do. */
void netvsc_features(struct netvsc *nd)
{
	struct net_device *dev = nd->dev;
	u32 i, can = nd->core->can.can;

	dev->hw_features = NETIF_F_SG | NETIF_F_RXCSUM | NETIF_F_RXHASH;
	for (i = 0; i < ARRAY_SIZE(netvsc_offloads); i++) {
		if (can & netvsc_offloads[i].can)
			dev->hw_features |= netvsc_offloads[i].feature;
	}
	dev->features = dev->hw_features | NETIF_F_HIGHDMA |
			NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX;
	dev->vlan_features = dev->features & (NETIF_F_SG | NETIF_F_HIGHDMA |
			NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM | NETIF_F_TSO |
			NETIF_F_TSO6);
	if (nd->core->can.lso_max)
		netif_set_tso_max_size(dev, min_t(u32, nd->core->can.lso_max,
						       GSO_LEGACY_MAX_SIZE));
}

/* Offloads to switch on at the host, for these features. */
u32 netvsc_wanted_offloads(const struct netvsc *nd, netdev_features_t features)
{
	u32 want = NDIS_CAN_TCP4 | NDIS_CAN_UDP4 | NDIS_CAN_TCP6 | NDIS_CAN_UDP6 |
		   NDIS_CAN_LSO4 | NDIS_CAN_LSO6;

	return features & NETIF_F_LRO ? want | NDIS_CAN_RSC : want;
}

/* Checksums and segments are asked for frame by frame; joining is the host's. */
static int netvsc_set_features(struct net_device *dev, netdev_features_t features)
{
	struct netvsc *nd = netdev_priv(dev);
	int rc = 0;

	if (!((dev->features ^ features) & NETIF_F_LRO))
		return 0;
	mutex_lock(&nd->lock);
	if (nd->up)
		rc = net_core_set_offloads(nd->core,
					   netvsc_wanted_offloads(nd, features));
	mutex_unlock(&nd->lock);
	return rc;
}

/* ---- filter --------------------------------------------------------------------------------- */

static u32 netvsc_wanted_filter(const struct net_device *dev)
{
	u32 filter = RNDIS_FILTER_DIRECTED;

	if (!netif_running(dev))
		return 0;
	if (dev->flags & IFF_PROMISC)
		return RNDIS_FILTER_PROMISCUOUS;
	if (dev->flags & IFF_ALLMULTI || !netdev_mc_empty(dev))
		filter |= RNDIS_FILTER_ALL_MULTICAST;
	if (dev->flags & IFF_BROADCAST)
		filter |= RNDIS_FILTER_BROADCAST;
	return filter;
}

/* netvsc.lock is held. */
static int netvsc_filter_locked(struct netvsc *nd, u32 filter)
{
	int rc;

	if (!nd->up || nd->filter == filter)
		return 0;
	rc = net_core_set_filter(nd->core, filter);
	if (rc && rc != -ENODEV)
		netdev_err(nd->dev, "the host does not set packet filter %#x: error %d\n",
			   filter, rc);
	if (!rc)
		nd->filter = filter;
	return rc;
}

void netvsc_filter_work(struct work_struct *work)
{
	struct netvsc *nd = container_of(work, struct netvsc, filter_work);

	mutex_lock(&nd->lock);
	netvsc_filter_locked(nd, netvsc_wanted_filter(nd->dev));
	mutex_unlock(&nd->lock);
}

/* With the address lock held, in any context. */
static void netvsc_set_rx_mode(struct net_device *dev)
{
	struct netvsc *nd = netdev_priv(dev);

	if (!nd->leaving)
		schedule_work(&nd->filter_work);
}

/* ---- open and stop ---------------------------------------------------------------------------- */

static int netvsc_open(struct net_device *dev)
{
	struct netvsc *nd = netdev_priv(dev);
	int rc;

	mutex_lock(&nd->lock);
	rc = netvsc_filter_locked(nd, netvsc_wanted_filter(dev) |
				      RNDIS_FILTER_ALL_MULTICAST |
				      RNDIS_FILTER_BROADCAST);
	mutex_unlock(&nd->lock);
	if (rc)
		return rc;
	if (nd->up && nd->core->link_up)
		netif_carrier_on(dev);
	netif_tx_start_all_queues(dev);
	return 0;
}

/*
 * Frames that are out end by themselves: the channels stay open.  What comes in
 * meanwhile is dropped.
 */
static int netvsc_stop(struct net_device *dev)
{
	struct netvsc *nd = netdev_priv(dev);

	netif_tx_disable(dev);
	netif_carrier_off(dev);
	mutex_lock(&nd->lock);
	netvsc_filter_locked(nd, 0);
	mutex_unlock(&nd->lock);
	return 0;
}

/* ---- changes ------------------------------------------------------------------------------------ */

static int netvsc_change_mtu(struct net_device *dev, int mtu)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 before = dev->mtu;
	int rc;

	rc = netvsc_reattach(nd, mtu);
	/* A host that does not like the number takes another, and says so. */
	if (!rc && nd->core->mtu && nd->core->mtu < mtu)
		rc = -EINVAL;
	if (!rc) {
		WRITE_ONCE(dev->mtu, mtu);
		return 0;
	}
	/* The host was not content; what it took before it should take again. */
	if (rc != -ENODEV && netvsc_reattach(nd, before))
		netdev_err(dev, "the host does not take the device back\n");
	return rc;
}

/* Some hosts do not let a guest choose; then the address stays. */
static int netvsc_set_mac(struct net_device *dev, void *p)
{
	struct netvsc *nd = netdev_priv(dev);
	struct sockaddr *addr = p;
	int rc;

	rc = eth_prepare_mac_addr_change(dev, p);
	if (rc)
		return rc;
	mutex_lock(&nd->lock);
	rc = nd->up ? net_core_set_mac(nd->core, (u8 *)addr->sa_data) : -ENODEV;
	mutex_unlock(&nd->lock);
	if (!rc)
		eth_commit_mac_addr_change(dev, p);
	return rc;
}

/* ---- statistics ----------------------------------------------------------------------------------- */

static void netvsc_read(const struct netvsc_stats *s, u64 *packets, u64 *bytes,
			u64 *multicast)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&s->sync);
		*packets = s->packets;
		*bytes = s->bytes;
		*multicast = s->multicast;
	} while (u64_stats_fetch_retry(&s->sync, start));
}

/* Any context that may sleep; no RTNL. */
static void netvsc_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *t)
{
	struct netvsc *nd = netdev_priv(dev);
	u64 packets, bytes, multicast;
	u32 i;

	netdev_stats_to_stats64(t, &dev->stats);
	for (i = 0; i < NET_MAX_QUEUES; i++) {
		netvsc_read(&nd->queue[i].rx, &packets, &bytes, &multicast);
		t->rx_packets += packets;
		t->rx_bytes += bytes;
		t->multicast += multicast;
		netvsc_read(&nd->queue[i].tx, &packets, &bytes, &multicast);
		t->tx_packets += packets;
		t->tx_bytes += bytes;
	}
	t->rx_dropped += nd->events.rx_no_memory;
}

/* The watchdog: a queue stood still for too long.  Softirq. */
static void netvsc_tx_timeout(struct net_device *dev, unsigned int queue)
{
	struct netvsc *nd = netdev_priv(dev);

	if (queue >= NET_MAX_QUEUES || !nd->queue[queue].q)
		return;
	netdev_warn(dev, "queue %u stands still: %u messages are out\n", queue,
		    net_queue_out(nd->queue[queue].q));
	/* A look at the ring wakes it, if the host has only not rung. */
	napi_schedule(&nd->queue[queue].napi);
	netif_trans_update(dev);
}

const struct net_device_ops netvsc_netdev_ops = {
	.ndo_open		= netvsc_open,
	.ndo_stop		= netvsc_stop,
	.ndo_start_xmit		= netvsc_start_xmit,
	.ndo_select_queue	= netvsc_select_queue,
	.ndo_set_rx_mode	= netvsc_set_rx_mode,
	.ndo_set_features	= netvsc_set_features,
	.ndo_change_mtu		= netvsc_change_mtu,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= netvsc_set_mac,
	.ndo_get_stats64	= netvsc_get_stats64,
	.ndo_tx_timeout		= netvsc_tx_timeout,
};
