#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-install plug-in (RHEL 8 and later): after dkms and dracut have had their turn
[ -n "${2-}" ] && [ -x /usr/sbin/hv-lis ] || exit 0
case ${1-} in
add) /usr/sbin/hv-lis settle "$2" || echo "hv-lis: look at 'hv-lis status' before you restart" >&2 ;;
remove) [ ! -x /etc/kernel/postrm.d/zz-hv-lis ] || /etc/kernel/postrm.d/zz-hv-lis "$2" ;;
esac
exit 0
