/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * twin/hv/types.h - user-space twin of hv/types.h, for unit tests and fuzzers
 *
 * It shadows the header of the same name in hv-vmbus/include, so that codec
 * files compile here unchanged.  Nothing in it knows the kernel.
 */
#ifndef _HV_TYPES_H
#define _HV_TYPES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define HVL_PAGE_SHIFT	12
#define HVL_PAGE_SIZE	4096u

struct hvl_guid {
	u8 b[16];
};

struct hvl_gpa_range {
	u32 len;
	u32 offset;
	const u64 *pfns;
};

#endif /* _HV_TYPES_H */
