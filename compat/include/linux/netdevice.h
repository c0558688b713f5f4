/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/netdevice.h - polling without a weight (6.1), and a limit to what the device
 * cuts up (5.19) that is not one to what the stack makes
 */
#include_next <linux/netdevice.h>

#ifndef HVL_COMPAT_LINUX_NETDEVICE_H
#define HVL_COMPAT_LINUX_NETDEVICE_H

#if defined(HAVE_NETDEV_MODERN) && !defined(HAVE_NETIF_NAPI_ADD_3)
static inline void hvl_compat_napi_add(struct net_device *dev,
				       struct napi_struct *napi,
				       int (*poll)(struct napi_struct *, int))
{
	netif_napi_add(dev, napi, poll, NAPI_POLL_WEIGHT);
}
#define netif_napi_add(dev, napi, poll)	hvl_compat_napi_add(dev, napi, poll)
#endif

#if defined(HAVE_NETDEV_MODERN) && !defined(HAVE_NETIF_SET_TSO_MAX_SIZE)
#define GSO_LEGACY_MAX_SIZE		GSO_MAX_SIZE
#define netif_set_tso_max_size(dev, n)	netif_set_gso_max_size(dev, n)
#endif

#endif /* HVL_COMPAT_LINUX_NETDEVICE_H */
