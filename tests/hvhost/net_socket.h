/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net_socket.h - a port of a switch for programs outside the guest
 *
 * A UNIX socket of sequenced packets, each of which is an Ethernet frame with its
 * VLAN tag in it.  One client at a time; without one, or when it does not read, frames
 * for it are dropped and counted.
 */
#ifndef HVHOST_NET_SOCKET_H
#define HVHOST_NET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_socket;

/* NULL with a one-line reason in err. */
struct net_socket *net_socket_new(const char *name, const char *lan, const char *path,
				  uint16_t vlan, char *err, size_t len);
void net_socket_free(struct net_socket *s);
struct net_socket *net_socket_find(const char *name);
/* Frames that no client took. */
uint64_t net_socket_dropped(struct net_socket *s);

#endif /* HVHOST_NET_SOCKET_H */
