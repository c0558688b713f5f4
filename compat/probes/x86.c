/* SPDX-License-Identifier: GPL-2.0-only */
/* The processor: where its instructions have their functions. */
/// include asm/processor.h
/// include asm/cpuid.h
/// include asm/cpuid/api.h
