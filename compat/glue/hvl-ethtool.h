/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-ethtool.h - ethtool callbacks whose arguments moved
 *
 * The driver writes them with what it uses: a ring's sizes without the words about
 * errors, the table and the key of the spreading without the function, which is
 * always Toeplitz.  HVL_ETHTOOL_CALLBACKS() emits what the kernel calls.
 */
#ifndef HVL_GLUE_ETHTOOL_H
#define HVL_GLUE_ETHTOOL_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

#define HVL_ETHTOOL_CB(fn)	fn##_adapter

#ifdef HAVE_ETHTOOL_RINGPARAM_KERNEL
#define HVL_ETHTOOL_RING_ARGS						\
	struct net_device *dev, struct ethtool_ringparam *ring,		\
	struct kernel_ethtool_ringparam *kernel_ring,			\
	struct netlink_ext_ack *extack
#else
#define HVL_ETHTOOL_RING_ARGS						\
	struct net_device *dev, struct ethtool_ringparam *ring
#endif

#ifdef HAVE_ETHTOOL_RXFH_PARAM
#define HVL_ETHTOOL_RXFH(get, set)					\
static int get##_adapter(struct net_device *dev,			\
			 struct ethtool_rxfh_param *rxfh)		\
{									\
	rxfh->hfunc = ETH_RSS_HASH_TOP;					\
	return get(dev, rxfh->indir, rxfh->key);			\
}									\
static int set##_adapter(struct net_device *dev,			\
			 struct ethtool_rxfh_param *rxfh,		\
			 struct netlink_ext_ack *extack)		\
{									\
	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&			\
	    rxfh->hfunc != ETH_RSS_HASH_TOP)				\
		return -EOPNOTSUPP;					\
	return set(dev, rxfh->indir, rxfh->key);			\
}
#else
#define HVL_ETHTOOL_RXFH(get, set)					\
static int get##_adapter(struct net_device *dev, u32 *table, u8 *key,	\
			 u8 *hfunc)					\
{									\
	if (hfunc)							\
		*hfunc = ETH_RSS_HASH_TOP;				\
	return get(dev, table, key);					\
}									\
static int set##_adapter(struct net_device *dev, const u32 *table,	\
			 const u8 *key, const u8 hfunc)			\
{									\
	if (hfunc != ETH_RSS_HASH_NO_CHANGE && hfunc != ETH_RSS_HASH_TOP) \
		return -EOPNOTSUPP;					\
	return set(dev, table, key);					\
}
#endif

#ifdef HAVE_ETHTOOL_RX_RING_COUNT
#define HVL_ETHTOOL_RINGS						\
static u32 hvl_ethtool_rx_ring_count(struct net_device *dev)		\
{									\
	return dev->real_num_rx_queues;					\
}
#define HVL_ETHTOOL_RX_RINGS	.get_rx_ring_count = hvl_ethtool_rx_ring_count,
#else
#define HVL_ETHTOOL_RINGS						\
static int hvl_ethtool_rxnfc(struct net_device *dev,			\
			     struct ethtool_rxnfc *info, u32 *rules)	\
{									\
	if (info->cmd != ETHTOOL_GRXRINGS)				\
		return -EOPNOTSUPP;					\
	info->data = dev->real_num_rx_queues;				\
	return 0;							\
}
#define HVL_ETHTOOL_RX_RINGS	.get_rxnfc = hvl_ethtool_rxnfc,
#endif

#define HVL_ETHTOOL_CALLBACKS(get_ring, set_ring, get_rxfh, set_rxfh)	\
static void get_ring##_adapter(HVL_ETHTOOL_RING_ARGS)			\
{									\
	get_ring(dev, ring);						\
}									\
static int set_ring##_adapter(HVL_ETHTOOL_RING_ARGS)			\
{									\
	return set_ring(dev, ring);					\
}									\
HVL_ETHTOOL_RXFH(get_rxfh, set_rxfh)					\
HVL_ETHTOOL_RINGS

#endif /* HVL_GLUE_ETHTOOL_H */
