/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - what the fuzz targets share: reading the input, and what must hold
 *
 * The input is read from the front; behind its end everything is zero, so that a
 * target never has to look how much is left.
 */
#ifndef HVL_FUZZ_H
#define HVL_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What holds whatever the input is; the fuzzer takes an abort for a finding. */
#define HOLDS(c)							\
	do {								\
		if (!(c)) {						\
			fprintf(stderr, "%s:%d: does not hold: %s\n",	\
				__FILE__, __LINE__, #c);		\
			abort();					\
		}							\
	} while (0)

struct fuzz_input {
	const uint8_t *p;
	size_t left;
};

static inline uint8_t fuzz_u8(struct fuzz_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

static inline uint32_t fuzz_u32(struct fuzz_input *in)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v |= (uint32_t)fuzz_u8(in) << 8 * i;
	return v;
}

/*
 * The next @len bytes, or as many as there are, in an allocation of exactly
 * that size: one byte further is a report of the sanitizer.
 */
static inline uint8_t *fuzz_bytes(struct fuzz_input *in, size_t len, size_t *got)
{
	uint8_t *copy;

	if (len > in->left)
		len = in->left;
	copy = malloc(len);
	HOLDS(copy);
	if (len)
		memcpy(copy, in->p, len);
	in->p += len;
	in->left -= len;
	*got = len;
	return copy;
}

/* An integer of @n bytes, low byte first, from anywhere. */
static inline uint64_t fuzz_le(const uint8_t *p, int n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

#endif /* HVL_FUZZ_H */
