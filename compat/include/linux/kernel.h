/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/kernel.h - small things that RHEL 5 lacks: messages held back when they
 *                  come too fast (2.6.30), numbers from text (2.6.39)
 */
#include_next <linux/kernel.h>

#ifndef HVL_COMPAT_LINUX_KERNEL_H
#define HVL_COMPAT_LINUX_KERNEL_H

#ifndef HAVE_PR_RATELIMITED
#define hvl_compat_ratelimited(call)					\
do {									\
	if (printk_ratelimit())						\
		call;							\
} while (0)
#define pr_err_ratelimited(fmt, ...) \
	hvl_compat_ratelimited(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_ratelimited(fmt, ...) \
	hvl_compat_ratelimited(pr_warn(fmt, ##__VA_ARGS__))
#endif

#ifndef HAVE_KSTRTOUINT
#include <linux/errno.h>

static inline int hvl_compat_kstrtouint(const char *text, unsigned int base,
					unsigned int *value)
{
	char *end;
	unsigned long v = simple_strtoul(text, &end, base);

	if (end == text)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (v > UINT_MAX)
		return -ERANGE;
	*value = v;
	return 0;
}
#define kstrtouint(text, base, value)	hvl_compat_kstrtouint(text, base, value)
#endif

#endif /* HVL_COMPAT_LINUX_KERNEL_H */
