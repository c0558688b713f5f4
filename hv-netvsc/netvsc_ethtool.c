// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_ethtool.c - what ethtool asks
 *
 * All under RTNL.  Names of statistics are the in-box ones, which tools know.
 */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include "hvl-ethtool.h"
#include "netvsc_drv.h"

static void netvsc_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "hv_netvsc", sizeof(info->driver));
	strscpy(info->fw_version, "N/A", sizeof(info->fw_version));
}

static u32 netvsc_get_msglevel(struct net_device *dev)
{
	return ((struct netvsc *)netdev_priv(dev))->msg_enable;
}

static void netvsc_set_msglevel(struct net_device *dev, u32 value)
{
	((struct netvsc *)netdev_priv(dev))->msg_enable = value;
}

static int netvsc_get_link_ksettings(struct net_device *dev,
				     struct ethtool_link_ksettings *cmd)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 speed = nd->core->speed / 10000;

	cmd->base.speed = speed ? speed : SPEED_UNKNOWN;
	cmd->base.duplex = speed ? DUPLEX_FULL : DUPLEX_UNKNOWN;
	cmd->base.port = PORT_OTHER;
	return 0;
}

/* ---- statistics ------------------------------------------------------------------------------- */

#define EVENT(m)	{ #m, offsetof(struct netvsc_events, m) }

static const struct {
	char name[ETH_GSTRING_LEN];
	u32 offset;
} netvsc_event_names[] = {
	EVENT(tx_scattered), EVENT(tx_no_memory), EVENT(tx_no_space),
	EVENT(tx_too_big), EVENT(tx_busy), EVENT(tx_send_full),
	EVENT(rx_comp_busy), EVENT(rx_no_memory), EVENT(stop_queue),
	EVENT(wake_queue), EVENT(vlan_error),
};

/* Ours: what the host did wrong. */
static const char netvsc_fault_names[NET_FAULTS][ETH_GSTRING_LEN] = {
	[NET_FAULT_TYPE] = "host_unknown_type",
	[NET_FAULT_SHORT] = "host_bad_message",
	[NET_FAULT_UNKNOWN] = "host_unknown_completion",
	[NET_FAULT_XFER] = "host_bad_receive_packet",
	[NET_FAULT_RANGE] = "host_bad_range",
	[NET_FAULT_RNDIS] = "host_bad_rndis",
	[NET_FAULT_PPI] = "host_bad_ppi",
	[NET_FAULT_RSC] = "host_bad_rsc",
	[NET_FAULT_SEND] = "host_refused_send",
	[NET_FAULT_FLOOD] = "host_flood",
	[NET_FAULT_RING] = "host_corrupt_ring",
};

#define PER_QUEUE	6

static int netvsc_get_sset_count(struct net_device *dev, int set)
{
	return set != ETH_SS_STATS ? -EOPNOTSUPP :
	       ARRAY_SIZE(netvsc_event_names) + NET_FAULTS +
	       PER_QUEUE * dev->real_num_tx_queues;
}

static u64 *netvsc_put_stats(u64 *data, const struct netvsc_stats *s)
{
	unsigned int start;
	u64 packets, bytes;

	do {
		start = u64_stats_fetch_begin(&s->sync);
		packets = s->packets;
		bytes = s->bytes;
	} while (u64_stats_fetch_retry(&s->sync, start));
	*data++ = packets;
	*data++ = bytes;
	return data;
}

static void netvsc_get_stats(struct net_device *dev, struct ethtool_stats *stats,
			     u64 *data)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(netvsc_event_names); i++)
		*data++ = *(unsigned long *)((u8 *)&nd->events +
					     netvsc_event_names[i].offset);
	for (i = 0; i < NET_FAULTS; i++)
		*data++ = nd->core->faults[i];
	for (i = 0; i < dev->real_num_tx_queues; i++) {
		data = netvsc_put_stats(data, &nd->queue[i].tx);
		data = netvsc_put_stats(data, &nd->queue[i].rx);
		*data++ = nd->queue[i].rx.xdp_drop;
		*data++ = nd->queue[i].rx.xdp_tx;
	}
}

static void netvsc_get_strings(struct net_device *dev, u32 set, u8 *p)
{
	static const char *const queue[PER_QUEUE] = {
		"tx_queue_%u_packets", "tx_queue_%u_bytes", "rx_queue_%u_packets",
		"rx_queue_%u_bytes", "rx_queue_%u_xdp_drop", "rx_queue_%u_xdp_tx",
	};
	u32 i, k;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(netvsc_event_names); i++, p += ETH_GSTRING_LEN)
		memcpy(p, netvsc_event_names[i].name, ETH_GSTRING_LEN);
	for (i = 0; i < NET_FAULTS; i++, p += ETH_GSTRING_LEN)
		memcpy(p, netvsc_fault_names[i], ETH_GSTRING_LEN);
	for (i = 0; i < dev->real_num_tx_queues; i++) {
		for (k = 0; k < PER_QUEUE; k++, p += ETH_GSTRING_LEN)
			snprintf((char *)p, ETH_GSTRING_LEN, queue[k], i);
	}
}

/* ---- channels, and the buffers' sizes -------------------------------------------------------------- */

static void netvsc_get_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct netvsc *nd = netdev_priv(dev);

	ch->max_combined = min_t(u32, nd->core->rss_queues, NET_MAX_QUEUES);
	ch->combined_count = dev->real_num_tx_queues;
}

static int netvsc_set_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 before = nd->channels;
	int rc;

	if (!ch->combined_count || ch->rx_count || ch->tx_count || ch->other_count)
		return -EINVAL;
	if (ch->combined_count > min_t(u32, nd->core->rss_queues, NET_MAX_QUEUES))
		return -EINVAL;
	if (nd->core->version < NVSP_VERSION_5)
		return -EOPNOTSUPP;
	nd->channels = ch->combined_count;
	nd->rss_set = false;
	rc = netvsc_reattach(nd, dev->mtu);
	if (rc && rc != -ENODEV) {
		nd->channels = before;
		if (netvsc_reattach(nd, dev->mtu))
			netdev_err(dev, "the host does not take the device back\n");
	}
	return rc;
}

/* In cells and sections; the host decides how large these are. */
static u32 netvsc_cell(const struct netvsc *nd)
{
	return nd->core->layout.cell_size ? nd->core->layout.cell_size : 1728;
}

static u32 netvsc_section(const struct netvsc *nd)
{
	return nd->core->section_size ? nd->core->section_size : 6144;
}

static void netvsc_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring)
{
	struct netvsc *nd = netdev_priv(dev);

	ring->rx_max_pending = nvsp_recv_buffer_max(nd->core->version) /
			       netvsc_cell(nd);
	ring->tx_max_pending = NETVSC_SEND_MAX / netvsc_section(nd);
	ring->rx_pending = nd->recv_bytes / netvsc_cell(nd);
	ring->tx_pending = nd->send_bytes / netvsc_section(nd);
}

static int netvsc_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 recv = nd->recv_bytes, send = nd->send_bytes;
	int rc;

	if (ring->rx_pending < 10 || ring->tx_pending < 10)
		return -EINVAL;
	nd->recv_bytes = clamp_t(u32, PAGE_ALIGN(ring->rx_pending * netvsc_cell(nd)),
				 NETVSC_BUFFER_MIN,
				 nvsp_recv_buffer_max(nd->core->version));
	nd->send_bytes = clamp_t(u32, PAGE_ALIGN(ring->tx_pending *
						 netvsc_section(nd)),
				 NETVSC_BUFFER_MIN, NETVSC_SEND_MAX);
	if (nd->recv_bytes == recv && nd->send_bytes == send)
		return 0;
	rc = netvsc_reattach(nd, dev->mtu);
	if (rc && rc != -ENODEV) {
		nd->recv_bytes = recv;
		nd->send_bytes = send;
		if (netvsc_reattach(nd, dev->mtu))
			netdev_err(dev, "the host does not take the device back\n");
	}
	return rc;
}

/* ---- how flows are spread ------------------------------------------------------------------------------ */

static u32 netvsc_rxfh_key_size(struct net_device *dev)
{
	return NDIS_RSS_KEY_SIZE;
}

static u32 netvsc_rxfh_indir_size(struct net_device *dev)
{
	return ((struct netvsc *)netdev_priv(dev))->core->rss_entries;
}

static int netvsc_get_rxfh(struct net_device *dev, u32 *table, u8 *key)
{
	struct netvsc *nd = netdev_priv(dev);
	u32 i;

	for (i = 0; table && i < nd->core->rss_entries; i++)
		table[i] = nd->rss.table[i];
	if (key)
		memcpy(key, nd->rss.key, NDIS_RSS_KEY_SIZE);
	return 0;
}

static int netvsc_set_rxfh(struct net_device *dev, const u32 *table, const u8 *key)
{
	struct netvsc *nd = netdev_priv(dev);
	struct ndis_rss rss = nd->rss;
	int rc = 0;
	u32 i;

	for (i = 0; table && i < nd->core->rss_entries; i++) {
		if (table[i] >= dev->real_num_rx_queues)
			return -EINVAL;
		rss.table[i] = table[i];
	}
	if (key)
		memcpy(rss.key, key, NDIS_RSS_KEY_SIZE);
	mutex_lock(&nd->lock);
	if (!nd->up)
		rc = -ENODEV;
	else if (rss.on)
		rc = net_core_set_rss(nd->core, &rss);
	if (!rc) {
		nd->rss = rss;
		nd->rss_set |= table != NULL;
	}
	mutex_unlock(&nd->lock);
	return rc;
}

HVL_ETHTOOL_CALLBACKS(netvsc_get_ringparam, netvsc_set_ringparam,
		      netvsc_get_rxfh, netvsc_set_rxfh)

const struct ethtool_ops netvsc_ethtool_ops = {
	.get_drvinfo		= netvsc_get_drvinfo,
	.get_msglevel		= netvsc_get_msglevel,
	.set_msglevel		= netvsc_set_msglevel,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= netvsc_get_link_ksettings,
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_sset_count		= netvsc_get_sset_count,
	.get_strings		= netvsc_get_strings,
	.get_ethtool_stats	= netvsc_get_stats,
	.get_channels		= netvsc_get_channels,
	.set_channels		= netvsc_set_channels,
	.get_ringparam		= HVL_ETHTOOL_CB(netvsc_get_ringparam),
	.set_ringparam		= HVL_ETHTOOL_CB(netvsc_set_ringparam),
	.get_rxfh_key_size	= netvsc_rxfh_key_size,
	.get_rxfh_indir_size	= netvsc_rxfh_indir_size,
	.get_rxfh		= HVL_ETHTOOL_CB(netvsc_get_rxfh),
	.set_rxfh		= HVL_ETHTOOL_CB(netvsc_set_rxfh),
	HVL_ETHTOOL_RX_RINGS
};
