/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/kernel.h - small things that RHEL 5 lacks: messages held back when they
 *                  come too fast (2.6.30), numbers from text (2.6.39)
 */
#include_next <linux/kernel.h>

#ifndef HVL_COMPAT_LINUX_KERNEL_H
#define HVL_COMPAT_LINUX_KERNEL_H

/*
 * Ten messages in five seconds from one place, as in 6.12: printk_ratelimit() has
 * one account for the whole kernel, and who floods the log would silence us.  No
 * lock: two at once may say one more.  Includes nothing, since all headers include
 * this one; who says something has jiffies.
 */
#define hvl_compat_ratelimited(call)					\
do {									\
	static unsigned long begin_;					\
	static unsigned int said_;					\
									\
	if (!said_ || time_after(jiffies, begin_ + 5 * HZ)) {		\
		begin_ = jiffies;					\
		said_ = 0;						\
	}								\
	if (said_ < 10) {						\
		said_++;						\
		call;							\
	}								\
} while (0)

#ifndef HAVE_PR_RATELIMITED
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
