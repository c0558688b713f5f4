/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - phys_addr_t came with 2.6.30
 */
#ifndef HVL_COMPAT_TYPES_H
#define HVL_COMPAT_TYPES_H

#include_next <linux/types.h>

#if !defined(HAVE_PHYS_ADDR_T) && !defined(__ASSEMBLY__)
typedef u64 phys_addr_t;
#endif

#endif /* HVL_COMPAT_TYPES_H */
