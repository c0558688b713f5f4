/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network devices and ethtool: callbacks whose form moved, helpers that came.
 * compat/include/linux/netdevice.h, etherdevice.h and compat/glue/hvl-ethtool.h bend
 * them.
 */
/// include linux/netdevice.h
/// include linux/etherdevice.h
/// include linux/ethtool.h

/*
 * What hv_netvsc needs at least, and kernels have since 5.6: a net device with
 * operations, link settings of the new form, a watchdog that names the queue.
 * Without it the module is not built (compat/build.sh).
 */
/// probe NETDEV_MODERN
	struct net_device_ops o = { .ndo_open = 0 };
	typedef char watchdog[HVL_IS(o.ndo_tx_timeout,
		void (*)(struct net_device *, unsigned int)) ? 1 : -1];
	typedef char settings[HVL_IS(((struct ethtool_ops *)0)->get_link_ksettings,
		int (*)(struct net_device *, struct ethtool_link_ksettings *)) ? 1 : -1];
	(void)o;

/* 6.1: the weight is seldom another one, and no longer an argument. */
/// probe NETIF_NAPI_ADD_3
	netif_napi_add((struct net_device *)0, (struct napi_struct *)0,
		       (int (*)(struct napi_struct *, int))0);

/* 5.15: the address is written by a function. */
/// probe ETH_HW_ADDR_SET
	(void)&eth_hw_addr_set;

/* 5.19: what a device cuts up and what the stack makes are two things. */
/// probe NETIF_SET_TSO_MAX_SIZE
	(void)&netif_set_tso_max_size;

/* 5.17: more about rings, and a place for words about errors. */
/// probe ETHTOOL_RINGPARAM_KERNEL
	typedef char fits[HVL_IS(((struct ethtool_ops *)0)->get_ringparam,
		void (*)(struct net_device *, struct ethtool_ringparam *,
			 struct kernel_ethtool_ringparam *,
			 struct netlink_ext_ack *)) ? 1 : -1];

/* 6.8: one structure for table, key and function. */
/// probe ETHTOOL_RXFH_PARAM
	typedef char fits[HVL_IS(((struct ethtool_ops *)0)->get_rxfh,
		int (*)(struct net_device *, struct ethtool_rxfh_param *)) ? 1 : -1];

/* 7.0: how many rings there are has a callback of its own. */
/// probe ETHTOOL_RX_RING_COUNT
	typedef char fits[HVL_IS(((struct ethtool_ops *)0)->get_rx_ring_count,
		u32 (*)(struct net_device *)) ? 1 : -1];

