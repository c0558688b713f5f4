// SPDX-License-Identifier: GPL-2.0-only
/* sha256.c - SHA-256 (FIPS 180-4), of bytes and of a part of a file; no locks */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "sha256.h"

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

void sha256_begin(struct sha256 *s)
{
	make_constants();
	memcpy(s->h, start, sizeof(s->h));
	s->total = 0;
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	size_t have = s->total % 64, n;
	const unsigned char *p = data;

	s->total += len;
	for (; len; p += n, len -= n, have = (have + n) % 64) {
		n = 64 - have < len ? 64 - have : len;
		memcpy(s->part + have, p, n);
		if (have + n == 64)
			block(s->h, s->part);
	}
}

void sha256_end(struct sha256 *s, char out[65])
{
	uint64_t bits = s->total * 8;
	unsigned char length[8];
	int i;

	sha256_add(s, "\x80", 1);
	while (s->total % 64 != 56)
		sha256_add(s, "", 1);
	for (i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha256_add(s, length, sizeof(length));
	for (i = 0; i < 8; i++)
		sprintf(out + 8 * i, "%08x", s->h[i]);
}

int agent_sha256(const char *path, unsigned long long off,
		 unsigned long long len, char out[65])
{
	static unsigned char buf[65536];
	unsigned long long total = 0;
	int fd = open(path, O_RDONLY);
	struct sha256 s;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	sha256_begin(&s);
	if (!len)
		len = ~0ULL;
	while (total < len && n > 0) {
		size_t want = sizeof(buf);

		if (want > len - total)
			want = (size_t)(len - total);
		n = pread(fd, buf, want, (off_t)(off + total));
		if (n > 0) {
			sha256_add(&s, buf, (size_t)n);
			total += (unsigned long long)n;
		}
	}
	close(fd);
	sha256_end(&s, out);
	return n < 0 ? -1 : 0;
}
