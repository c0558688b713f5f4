/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/dma-mapping.h - both masks of a device in one call, since 3.13
 *
 * RHEL 5 also lacks limits for a device's segments; nobody there asks for them.
 */
#include_next <linux/dma-mapping.h>

#ifndef HVL_COMPAT_LINUX_DMA_MAPPING_H
#define HVL_COMPAT_LINUX_DMA_MAPPING_H

#include <linux/device.h>

#ifndef HAVE_DMA_SET_MASK_AND_COHERENT
static inline int hvl_compat_dma_set_mask_and_coherent(struct device *dev,
						       u64 mask)
{
	if (!dev->dma_mask)
		return -EIO;
	*dev->dma_mask = mask;
	dev->coherent_dma_mask = mask;
	return 0;
}
#define dma_set_mask_and_coherent(dev, mask) \
	hvl_compat_dma_set_mask_and_coherent(dev, mask)
#endif

#ifndef HAVE_DMA_PARMS
struct device_dma_parameters {
	unsigned int unused;
};
#endif

#endif /* HVL_COMPAT_LINUX_DMA_MAPPING_H */
