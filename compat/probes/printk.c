/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages and other small things of linux/kernel.h. */
/// include linux/kernel.h
/// include linux/dev_printk.h
/// include linux/bug.h

/* 2.6.29 to 2.6.32, and picked by vendors */
/// probe PR_ERR
#if !defined(pr_err) || !defined(pr_warn) || !defined(pr_info)
	not all of them
#endif
/// probe PR_FMT
#ifndef pr_fmt
	not there
#endif
