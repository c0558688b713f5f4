/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/string.h - kstrndup() came with 2.6.23
 */
#include_next <linux/string.h>

#ifndef HVL_COMPAT_LINUX_STRING_H
#define HVL_COMPAT_LINUX_STRING_H

#ifndef HAVE_KSTRNDUP
#define kstrndup(text, max, flags)					\
({									\
	size_t hvl_len = strnlen(text, max);				\
	char *hvl_copy = kmalloc(hvl_len + 1, flags);			\
									\
	if (hvl_copy) {							\
		memcpy(hvl_copy, text, hvl_len);			\
		hvl_copy[hvl_len] = 0;					\
	}								\
	hvl_copy;							\
})
#endif

#endif /* HVL_COMPAT_LINUX_STRING_H */
