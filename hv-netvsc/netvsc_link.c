// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_link.c - what the host says about the link
 *
 * News come in softirq, as often as the host likes; they are applied by a work, not
 * more often than every two seconds, so that a link which flaps does not take the
 * guest with it.  Only the last state counts.
 */
#include <linux/rtnetlink.h>
#include "netvsc_drv.h"

#define NETVSC_LINK_PAUSE	(2 * HZ)

void netvsc_news(void *ctx, enum rndis_news news, u32 speed)
{
	struct netvsc *nd = ctx;
	unsigned long now = jiffies, next = nd->link_last + NETVSC_LINK_PAUSE;

	switch (news) {
	case RNDIS_NEWS_UP:
	case RNDIS_NEWS_DOWN:
		WRITE_ONCE(nd->link_up, news == RNDIS_NEWS_UP);
		set_bit(NETVSC_LINK_STATE, &nd->link_news);
		break;
	case RNDIS_NEWS_CHANGE:
		set_bit(NETVSC_LINK_CHANGE, &nd->link_news);
		break;
	case RNDIS_NEWS_SPEED:
		WRITE_ONCE(nd->link_speed, speed);
		set_bit(NETVSC_LINK_SPEED, &nd->link_news);
		break;
	default:
		return;
	}
	if (!READ_ONCE(nd->leaving))
		schedule_delayed_work(&nd->link_work,
				      time_after(next, now) ? next - now : 0);
}

static void netvsc_link_work(struct work_struct *work)
{
	struct netvsc *nd = container_of(work, struct netvsc, link_work.work);
	struct net_device *dev = nd->dev;

	/* Who holds RTNL may be waiting for this work to end. */
	if (!rtnl_trylock()) {
		schedule_delayed_work(&nd->link_work, HZ / 20);
		return;
	}
	nd->link_last = jiffies;
	if (test_and_clear_bit(NETVSC_LINK_SPEED, &nd->link_news))
		nd->core->speed = READ_ONCE(nd->link_speed);
	if (test_and_clear_bit(NETVSC_LINK_CHANGE, &nd->link_news)) {
		/* Another network, perhaps: down now, and up in two seconds. */
		netif_carrier_off(dev);
		set_bit(NETVSC_LINK_STATE, &nd->link_news);
		schedule_delayed_work(&nd->link_work, NETVSC_LINK_PAUSE);
	} else if (test_and_clear_bit(NETVSC_LINK_STATE, &nd->link_news)) {
		nd->core->link_up = READ_ONCE(nd->link_up);
		if (!nd->core->link_up)
			netif_carrier_off(dev);
		else if (netif_carrier_ok(dev))
			netdev_notify_peers(dev);
		else if (nd->up)
			netif_carrier_on(dev);
	}
	rtnl_unlock();
}

void netvsc_link_init(struct netvsc *nd)
{
	INIT_DELAYED_WORK(&nd->link_work, netvsc_link_work);
	nd->link_last = jiffies - NETVSC_LINK_PAUSE;
}
