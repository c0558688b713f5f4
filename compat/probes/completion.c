/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for an event. */
/// include linux/completion.h

/* 3.13, RHEL 7: a function rather than a macro that names the variable */
/// probe REINIT_COMPLETION
	reinit_completion((struct completion *)0);
