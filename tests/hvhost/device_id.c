// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_id.c - ids made from names: FNV-1a, then mixed so that all bits move
 */
#include "device_id.h"

uint64_t device_number(const char *name, uint64_t salt)
{
	uint64_t h = 0xcbf29ce484222325ull ^ salt;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3ull;
	return (h ^ h >> 29) * 0xbf58476d1ce4e5b9ull;
}

void device_instance(const char *name, uint8_t guid[16])
{
	uint64_t half;
	int i;

	for (i = 0; i < 16; i++) {
		half = device_number(name, i < 8 ? 1 : 2);
		guid[i] = (uint8_t)(half >> (8 * (i & 7)));
	}
	guid[7] = (uint8_t)(0x40 | (guid[7] & 0x0f));
	guid[8] = (uint8_t)(0x80 | (guid[8] & 0x3f));
}
