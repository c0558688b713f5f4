// SPDX-License-Identifier: GPL-2.0-only
/* sha256.c - SHA-256 (FIPS 180-4) of a part of a file; no locks, no state */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* Round constants: fractional parts of the cube roots of the first 64 primes. */
static uint32_t k[64];
/* Start values: fractional parts of the square roots of the first 8 primes. */
static uint32_t start[8];

/* r *= m, in 128 bits: the least significant limb first, m below 2^37. */
static void multiply(uint32_t r[4], uint64_t m)
{
	uint64_t low = 0, high = 0;
	int i;

	for (i = 0; i < 4; i++) {
		uint32_t was = r[i];

		low += was * (m & 0xffffffff) + (high & 0xffffffff);
		high = (high >> 32) + was * (m >> 32);
		r[i] = (uint32_t)low;
		low >>= 32;
	}
}

/* The largest r with r^power <= n * 2^(32 * power), whose low 32 bits are the
 * fractional part wanted; by bisection. */
static uint32_t root_fraction(unsigned int n, int power)
{
	uint64_t lo = 0, hi = 1ULL << 35;
	int i;

	while (hi - lo > 1) {
		uint64_t mid = (lo + hi) / 2;
		uint32_t p[4] = { 1 }, target[4] = { 0 };

		for (i = 0; i < power; i++)
			multiply(p, mid);
		target[power] = n;
		for (i = 3; i > 0 && p[i] == target[i]; i--)
			;
		if (p[i] <= target[i])
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

static void make_constants(void)
{
	unsigned int n, d, i = 0;

	for (n = 2; i < 64; n++) {
		for (d = 2; d * d <= n && n % d; d++)
			;
		if (d * d <= n)
			continue;
		if (i < 8)
			start[i] = root_fraction(n, 2);
		k[i++] = root_fraction(n, 3);
	}
}

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void block(uint32_t h[8], const unsigned char *p)
{
	uint32_t w[64], s[8], t1, t2;
	int i;

	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
		       (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (; i < 64; i++) {
		t1 = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
		t2 = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
		w[i] = t1 + w[i - 7] + t2 + w[i - 16];
	}
	memcpy(s, h, sizeof(s));
	for (i = 0; i < 64; i++) {
		t1 = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) +
		     ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
		t2 = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) +
		     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (i = 0; i < 8; i++)
		h[i] += s[i];
}

int agent_sha256(const char *path, unsigned long long off,
		 unsigned long long len, char out[65])
{
	static unsigned char buf[65536 + 128];
	unsigned long long total = 0;
	size_t have = 0, i;
	uint32_t h[8];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -1;
	make_constants();
	memcpy(h, start, sizeof(h));
	if (!len)
		len = ~0ULL;
	while (total < len) {
		size_t want = 65536 - have;

		if (want > len - total)
			want = (size_t)(len - total);
		n = pread(fd, buf + have, want, (off_t)(off + total));
		if (n < 0) {
			close(fd);
			return -1;
		}
		if (n == 0)
			break;
		total += (unsigned long long)n;
		have += (size_t)n;
		for (i = 0; have - i >= 64; i += 64)
			block(h, buf + i);
		memmove(buf, buf + i, have - i);
		have -= i;
	}
	close(fd);
	buf[have++] = 0x80;
	while (have % 64 != 56)
		buf[have++] = 0;
	for (i = 0; i < 8; i++)
		buf[have++] = (unsigned char)(total * 8 >> (56 - 8 * i));
	for (i = 0; i < have; i += 64)
		block(h, buf + i);
	for (i = 0; i < 8; i++)
		sprintf(out + 8 * i, "%08x", h[i]);
	return 0;
}
