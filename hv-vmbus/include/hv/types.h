/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv/types.h - the few types that wire layouts and codecs may use.
 *
 * A codec file includes this and nothing else of ours, so that the same file
 * compiles in the module, in the unit tests and in the fuzzers.  The user-space
 * side takes its definitions from tests/unit/twin/hv/types.h, which shadows
 * this file.
 */
#ifndef _HV_TYPES_H
#define _HV_TYPES_H

#include <linux/types.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/errno.h>

/*
 * The hypervisor counts in 4096-byte pages whatever PAGE_SIZE is
 * (hypervisor.md, head).
 */
#define HVL_PAGE_SHIFT	12
#define HVL_PAGE_SIZE	4096u

/**
 * struct hvl_guid - a GUID in wire order
 * @b: the 16 bytes as they stand in an offer (interface-guids.md section 1);
 *     never byte-swapped, compared with memcmp()
 */
struct hvl_guid {
	u8 b[16];
};

/**
 * struct hvl_gpa_range - guest memory named by a GPA-direct packet
 * @len: bytes, not 0
 * @offset: of the first byte in the first page, 0..4095
 * @pfns: hypervisor page numbers, (offset + len + 4095) / 4096 of them
 */
struct hvl_gpa_range {
	u32 len;
	u32 offset;
	const u64 *pfns;
};

#endif /* _HV_TYPES_H */
