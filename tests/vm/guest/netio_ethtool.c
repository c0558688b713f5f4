// SPDX-License-Identifier: GPL-2.0-only
/*
 * netio_ethtool.c - what a NIC says of itself, and its switches
 *
 *   netio ethtool NIC info		driver, link, speed, channels, features
 *   netio ethtool NIC stats		its counters, NAME=VALUE a line
 *   netio ethtool NIC tx|sg|tso|gso|gro|rx|ufo on|off
 *   netio ethtool NIC channels N
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "netio.h"

static struct ifreq ifr;
static int sock;

static int call(void *data)
{
	ifr.ifr_data = data;
	return ioctl(sock, SIOCETHTOOL, &ifr);
}

static const struct { const char *name; unsigned int get, set; } switches[] = {
	{ "rx", ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM }, { "tx", ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM },
	{ "sg", ETHTOOL_GSG, ETHTOOL_SSG }, { "tso", ETHTOOL_GTSO, ETHTOOL_STSO },
	{ "gso", ETHTOOL_GGSO, ETHTOOL_SGSO }, { "gro", ETHTOOL_GGRO, ETHTOOL_SGRO },
};
#define SWITCHES (sizeof(switches) / sizeof(switches[0]))

static int info(void)
{
	struct ethtool_channels ch = { .cmd = ETHTOOL_GCHANNELS };
	struct ethtool_drvinfo d = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_value v = { .cmd = ETHTOOL_GLINK };
	struct ethtool_cmd c = { .cmd = ETHTOOL_GSET };
	size_t i;

	if (call(&d))
		die("drvinfo");
	printf("driver=%s version=%s fw=%s\n", d.driver, d.version, d.fw_version);
	if (!call(&v))
		printf("link=%u\n", v.data);
	if (!call(&c))
		printf("speed=%u duplex=%u\n", ethtool_cmd_speed(&c), c.duplex);
	if (!call(&ch))
		printf("channels=%u max=%u\n", ch.combined_count, ch.max_combined);
	for (i = 0; i < SWITCHES; i++) {
		v.cmd = switches[i].get;
		if (!call(&v))
			printf("%s=%u\n", switches[i].name, v.data);
	}
	return 0;
}

static int stats(void)
{
	struct ethtool_drvinfo d = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_gstrings *names;
	struct ethtool_stats *s;
	unsigned int i;

	if (call(&d))
		die("drvinfo");
	names = calloc(1, sizeof(*names) + d.n_stats * ETH_GSTRING_LEN);
	s = calloc(1, sizeof(*s) + d.n_stats * 8);
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = d.n_stats;
	s->cmd = ETHTOOL_GSTATS;
	s->n_stats = d.n_stats;
	if (call(names) || call(s))
		die("stats");
	for (i = 0; i < d.n_stats; i++)
		printf("%.32s=%llu\n", (char *)names->data + i * ETH_GSTRING_LEN,
		       (unsigned long long)s->data[i]);
	return 0;
}

int cmd_ethtool(int argc, char **argv)
{
	struct ethtool_channels ch = { .cmd = ETHTOOL_GCHANNELS };
	struct ethtool_value v;
	size_t i;

	strncpy(ifr.ifr_name, argv[0], IFNAMSIZ - 1);
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	if (sock < 0)
		die("socket");
	if (!strcmp(argv[1], "info"))
		return info();
	if (!strcmp(argv[1], "stats"))
		return stats();
	if (argc < 3)
		fail("%s: on or off?", argv[1]);
	if (!strcmp(argv[1], "channels")) {
		if (call(&ch))
			die("channels");
		ch.cmd = ETHTOOL_SCHANNELS;
		ch.combined_count = (unsigned int)atoi(argv[2]);
		if (call(&ch))
			die("channels");
		return 0;
	}
	for (i = 0; i < SWITCHES; i++) {
		if (strcmp(argv[1], switches[i].name))
			continue;
		v.cmd = switches[i].set;
		v.data = !strcmp(argv[2], "on");
		if (call(&v))
			die(argv[1]);
		return 0;
	}
	fail("no switch '%s'", argv[1]);
}
