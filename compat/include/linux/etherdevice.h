/* SPDX-License-Identifier: GPL-2.0-only */
/* linux/etherdevice.h - the address is written by a function, since 5.15 */
#include_next <linux/etherdevice.h>

#ifndef HVL_COMPAT_LINUX_ETHERDEVICE_H
#define HVL_COMPAT_LINUX_ETHERDEVICE_H

#if defined(HAVE_NETDEV_MODERN) && !defined(HAVE_ETH_HW_ADDR_SET)
#define eth_hw_addr_set(dev, addr)	memcpy((dev)->dev_addr, addr, ETH_ALEN)
#endif

#endif /* HVL_COMPAT_LINUX_ETHERDEVICE_H */
