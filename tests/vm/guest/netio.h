/* SPDX-License-Identifier: GPL-2.0-only */
/* netio.h - what the parts of the network tool share */
#ifndef NETIO_H
#define NETIO_H

#include <stdint.h>
#include <sys/socket.h>

/* Print what and why (errno), and end with status 1. */
void die(const char *what) __attribute__((noreturn));
/* Print a finding and end with status 1. */
void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* "10.0.0.1" or "fe80::1%eth0", with a port. */
socklen_t address(const char *text, uint16_t port, struct sockaddr_storage *sa);

/* The value of KEY=VALUE among the words, or the default. */
long long option(char **words, const char *key, long long otherwise);
const char *text_option(char **words, const char *key, const char *otherwise);

/* Bytes that a seed and a position make. */
void pattern(uint64_t seed, uint64_t at, void *buf, size_t len);

int cmd_ping(int argc, char **argv);
int cmd_tcp_serve(int argc, char **argv);
int cmd_tcp_send(int argc, char **argv);
int cmd_udp_count(int argc, char **argv);
int cmd_udp_send(int argc, char **argv);
int cmd_echo(int argc, char **argv);
int cmd_frames(int argc, char **argv);
int cmd_ethtool(int argc, char **argv);

#endif /* NETIO_H */
