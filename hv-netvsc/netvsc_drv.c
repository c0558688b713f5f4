// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_drv.c - hv_netvsc.ko: the driver on the bus
 *
 * Probe and remove, sessions and their channels.  The protocol is in the *_core.c
 * files, the net device in netvsc_netdev.c.
 *
 * A session ends in this order: no frame is taken any more, the host is told to
 * send none, the channels are closed (after which the host touches no memory that
 * a message named), what was out is taken back, the lent buffers are taken back.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "netvsc_drv.h"

static unsigned int ring_size = 128;
module_param(ring_size, uint, 0444);
MODULE_PARM_DESC(ring_size, "Ring buffer size (# of 4K pages)");

static int debug = -1;
module_param(debug, int, 0444);
MODULE_PARM_DESC(debug, "Debug level (0=none,...,16=all)");

#define NETVSC_DEBUG_DEFAULT	(NETIF_MSG_DRV | NETIF_MSG_PROBE | \
				 NETIF_MSG_LINK | NETIF_MSG_IFUP | \
				 NETIF_MSG_IFDOWN | NETIF_MSG_RX_ERR | \
				 NETIF_MSG_TX_ERR)

/* How long a host may take for an answer before the device is given up. */
#define NETVSC_ANSWER_TIMEOUT	(10 * HZ)
#define NETVSC_SLICE		(HZ / 4)
#define NETVSC_RECOVERIES	8

u32 netvsc_ring_bytes(void)
{
	return max(ring_size, (unsigned int)NETVSC_RING_PAGES_MIN) * HVL_PAGE_SIZE;
}

/* ---- the way up from the core ------------------------------------------------------------- */

static int netvsc_wait(void *ctx)
{
	struct netvsc *nd = ctx;
	unsigned long end = jiffies + NETVSC_ANSWER_TIMEOUT;

	/* Whoever was given up may still have completed it: look for oneself. */
	while (READ_ONCE(nd->core->req.waiting)) {
		if (wait_for_completion_timeout(&nd->done, NETVSC_SLICE))
			continue;
		if (hvl_channel_rescinded(nd->hdev->channel))
			return -ENODEV;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
	}
	return 0;
}

static void netvsc_wake(void *ctx)
{
	struct netvsc *nd = ctx;

	complete(&nd->done);
}

static void netvsc_vf(void *ctx, bool there, u32 serial)
{
	struct netvsc *nd = ctx;

	netdev_info(nd->dev, "the host %s virtual function %u\n",
		    there ? "gives" : "takes back", serial);
}

static void netvsc_path(void *ctx, u32 path)
{
	struct netvsc *nd = ctx;

	netdev_info(nd->dev, "the host has switched the data path to %s\n",
		    path == NVSP_PATH_VF ? "the virtual function" : "itself");
}

static void netvsc_fault(void *ctx, enum net_fault fault)
{
	static const char *const what[NET_FAULTS] = {
		[NET_FAULT_TYPE] = "a packet of an unknown type",
		[NET_FAULT_SHORT] = "a message without sense",
		[NET_FAULT_UNKNOWN] = "a completion of nothing",
		[NET_FAULT_XFER] = "a receive packet without sense",
		[NET_FAULT_RANGE] = "a frame outside the receive buffer",
		[NET_FAULT_RNDIS] = "a frame or reply without sense",
		[NET_FAULT_PPI] = "information about a frame that has no sense",
		[NET_FAULT_RSC] = "a part of a frame without the others",
		[NET_FAULT_SEND] = "the refusal of a frame",
		[NET_FAULT_FLOOD] = "more frames than there is room for",
		[NET_FAULT_RING] = "a corrupt ring",
	};
	struct netvsc *nd = ctx;

	dev_warn_ratelimited(&nd->hdev->device, "ignored %s from the host\n",
			     what[fault]);
	if (fault == NET_FAULT_RING && !READ_ONCE(nd->leaving))
		schedule_work(&nd->recover_work);
}

static const struct net_ops netvsc_ops = {
	.wait		= netvsc_wait,
	.wake		= netvsc_wake,
	.rx		= netvsc_rx,
	.tx_done	= netvsc_tx_done,
	.news		= netvsc_news,
	.vf		= netvsc_vf,
	.path		= netvsc_path,
	.fault		= netvsc_fault,
};

/* ---- channels -------------------------------------------------------------------------------- */

static int netvsc_queue_open(struct netvsc *nd, u32 index, struct hvl_channel *ch)
{
	struct netvsc_queue *nq = &nd->queue[index];
	struct net_queue *q = &nd->core->queue[index];
	struct hvl_open_params p = {
		.out_bytes	= netvsc_ring_bytes(),
		.in_bytes	= netvsc_ring_bytes(),
		.max_packet	= NVSP_MAX_PACKET,
		.fn		= netvsc_interrupt,
		.polled		= true,
		.ctx		= nq,
	};
	int rc;

	q->ctx = nq;
	rc = netvsc_queue_alloc(nd, q);
	if (rc)
		return rc;
	q->ch = ch;
	nq->polls = true;
	nq->q = q;
	napi_enable(&nq->napi);
	rc = hvl_channel_open(ch, &p);
	if (rc) {
		napi_disable(&nq->napi);
		nq->q = NULL;
		q->ch = NULL;
		netvsc_queue_free(q);
	}
	return rc;
}

/* Nobody sends any more.  Returns 0 if the host can touch nothing any more. */
static int netvsc_queue_close(struct netvsc *nd, u32 index)
{
	struct netvsc_queue *nq = &nd->queue[index];
	struct net_queue *q = nq->q;
	int rc;

	if (!q)
		return 0;
	napi_disable(&nq->napi);
	rc = hvl_channel_close(q->ch);
	nq->polls = false;
	if (rc)
		dev_err(&nd->hdev->device, "the host keeps a ring; frames that are out are leaked\n");
	else
		net_queue_fail(q);
	netdev_tx_reset_queue(netdev_get_tx_queue(nd->dev, index));
	nq->done_frames = 0;
	nq->done_bytes = 0;
	nq->undone_frames = nq->undo_frames;
	nq->undone_bytes = nq->undo_bytes;
	nq->q = NULL;
	q->ch = NULL;
	if (!rc)
		netvsc_queue_free(q);
	return rc;
}

/* RTNL: as many channels as are open are used, or one. */
static void netvsc_use_channels(struct netvsc *nd, u32 n)
{
	u32 i;

	net_core_spread(nd->core, n);
	netif_set_real_num_tx_queues(nd->dev, n);
	netif_set_real_num_rx_queues(nd->dev, n);
	nd->rss.on = n > 1;
	nd->rss.entries = nd->core->rss_entries;
	for (i = 0; i < nd->rss.entries; i++) {
		if (!nd->rss_set || nd->rss.table[i] >= n)
			nd->rss.table[i] = i % n;
	}
}

/* Sub-channels came or went.  RTNL and nd->lock are held. */
static void netvsc_channels_changed(struct netvsc *nd)
{
	u32 n = 1;

	while (n <= nd->asked && nd->queue[n].q)
		n++;
	netvsc_use_channels(nd, n);
	if (net_core_set_rss(nd->core, &nd->rss))
		netdev_warn(nd->dev, "the host does not spread flows over channels\n");
	if (netif_running(nd->dev) && netif_device_present(nd->dev))
		netif_tx_wake_all_queues(nd->dev);
}

static void netvsc_subchannel(struct hvl_device *hdev, struct hvl_channel *sub)
{
	struct netvsc *nd = hvl_get_drvdata(hdev);
	u32 index = hvl_channel_sub_index(sub);
	int rc = -ENODEV;

	if (!nd)
		return;
	rtnl_lock();
	mutex_lock(&nd->lock);
	if (nd->up && index && index <= nd->asked && !nd->queue[index].q)
		rc = netvsc_queue_open(nd, index, sub);
	/* Flows are spread once all are there. */
	if (!rc && ++nd->opened == nd->asked)
		netvsc_channels_changed(nd);
	mutex_unlock(&nd->lock);
	rtnl_unlock();
	if (rc)
		dev_warn(&hdev->device, "sub-channel %u is not used: error %d\n",
			 index, rc);
}

/*
 * The host takes one sub-channel back: it and those behind it are no longer used,
 * so that queues stay in a row.
 */
static void netvsc_subchannel_gone(struct hvl_device *hdev, struct hvl_channel *sub)
{
	struct netvsc *nd = hvl_get_drvdata(hdev);
	u32 i, index = hvl_channel_sub_index(sub);

	if (!nd)
		return;
	rtnl_lock();
	mutex_lock(&nd->lock);
	if (index && index < NET_MAX_QUEUES && nd->queue[index].q &&
	    nd->queue[index].q->ch == sub) {
		WRITE_ONCE(nd->leaving, true);
		netif_tx_disable(nd->dev);
		synchronize_net();
		for (i = nd->asked; i >= index; i--)
			netvsc_queue_close(nd, i);
		WRITE_ONCE(nd->leaving, false);
		nd->asked = index - 1;
		nd->opened = min(nd->opened, nd->asked);
		netvsc_channels_changed(nd);
	}
	mutex_unlock(&nd->lock);
	rtnl_unlock();
}

/* ---- sessions ----------------------------------------------------------------------------------- */

static void netvsc_close_all(struct netvsc *nd)
{
	u32 i;

	/* Sub-channels first (hv/vmbus.h). */
	for (i = NET_MAX_QUEUES; i--;) {
		if (netvsc_queue_close(nd, i) && i == 0) {
			nd->recv.lost = true;
			nd->send.lost = true;
		}
	}
}

/* Hosts before Windows 10 want their buffers before the channel goes. */
static void netvsc_take_back(struct netvsc *nd, bool closed)
{
	bool old = hvl_vmbus_version() < HVL_VMBUS_4_0;

	if (old == closed)
		return;
	netvsc_area_take_back(nd, &nd->recv);
	netvsc_area_take_back(nd, &nd->send);
}

static void netvsc_close_session(struct netvsc *nd)
{
	if (nd->recv.lent)
		net_core_revoke_recv(nd->core);
	if (nd->send.lent)
		net_core_revoke_send(nd->core);
	netvsc_take_back(nd, false);
	netvsc_close_all(nd);
	netvsc_take_back(nd, true);
	netvsc_area_free(&nd->recv);
	netvsc_area_free(&nd->send);
	kvfree(nd->section_map);
	nd->section_map = NULL;
	nd->asked = 0;
	nd->opened = 0;
}

static int netvsc_lend(struct netvsc *nd)
{
	struct net_buffers buf = { 0 };
	u32 recv = min(nd->recv_bytes, nvsp_recv_buffer_max(nd->core->version));
	int rc;

	rc = netvsc_area_lend(nd, &nd->recv, recv);
	if (!rc)
		rc = netvsc_area_lend(nd, &nd->send, nd->send_bytes);
	if (rc)
		return rc;
	nd->section_map = kvcalloc(BITS_TO_LONGS(NET_SECTIONS_MAX(nd->send_bytes)),
				   sizeof(long), GFP_KERNEL);
	if (!nd->section_map)
		return -ENOMEM;
	buf.recv = nd->recv.map;
	buf.recv_bytes = recv;
	buf.recv_gpadl = nd->recv.gpadl;
	buf.send = nd->send.map;
	buf.send_bytes = nd->send_bytes;
	buf.send_gpadl = nd->send.gpadl;
	buf.section_map = nd->section_map;
	return net_core_lend(nd->core, &buf);
}

/* The primary channel is open: make a network card of it. */
static int netvsc_bring_up(struct netvsc *nd, u32 mtu)
{
	u32 want, given = 0;
	int rc;

	rc = net_core_negotiate(nd->core, mtu);
	if (!rc)
		rc = netvsc_lend(nd);
	if (!rc)
		rc = net_core_start(nd->core);
	if (rc)
		return rc;
	rc = net_core_set_offloads(nd->core,
				   netvsc_wanted_offloads(nd, nd->dev->features));
	if (rc && rc != -EOPNOTSUPP)
		return rc;
	want = min3(nd->channels, num_online_cpus(), nd->core->rss_queues);
	if (nd->core->version < NVSP_VERSION_5 || want < 2)
		return 0;
	/* With one channel it works too. */
	if (net_core_subchannels(nd->core, want - 1, &given))
		given = 0;
	nd->asked = min_t(u32, given, NET_MAX_QUEUES - 1);
	return 0;
}

int netvsc_attach(struct netvsc *nd, u32 mtu)
{
	int rc;

	mutex_lock(&nd->lock);
	reinit_completion(&nd->done);
	nd->filter = ~0u;
	rc = netvsc_queue_open(nd, 0, nd->hdev->channel);
	if (!rc) {
		rc = netvsc_bring_up(nd, mtu);
		if (rc)
			netvsc_close_session(nd);
	}
	if (!rc)
		netvsc_use_channels(nd, 1);
	WRITE_ONCE(nd->up, !rc);
	mutex_unlock(&nd->lock);
	return rc;
}

/* No frame is sent meanwhile: the device is detached, or was never registered. */
void netvsc_detach(struct netvsc *nd)
{
	mutex_lock(&nd->lock);
	if (nd->up) {
		WRITE_ONCE(nd->up, false);
		if (!hvl_channel_rescinded(nd->hdev->channel)) {
			net_core_set_filter(nd->core, 0);
			net_core_halt(nd->core);
		}
		netvsc_close_session(nd);
	}
	mutex_unlock(&nd->lock);
}

/* RTNL.  Frames wait from here on. */
static void netvsc_pause(struct netvsc *nd)
{
	WRITE_ONCE(nd->leaving, true);
	netif_device_detach(nd->dev);
	netif_tx_disable(nd->dev);
	netvsc_detach(nd);
}

/* RTNL.  On failure the device stays detached. */
static int netvsc_go_on(struct netvsc *nd, u32 mtu)
{
	struct net_device *dev = nd->dev;
	int rc = netvsc_attach(nd, mtu);

	WRITE_ONCE(nd->leaving, false);
	if (rc) {
		netif_carrier_off(dev);
		return rc;
	}
	netif_device_attach(dev);
	if (netif_running(dev)) {
		schedule_work(&nd->filter_work);
		if (nd->core->link_up)
			netif_carrier_on(dev);
		else
			netif_carrier_off(dev);
	}
	return 0;
}

/* A new session, under RTNL. */
int netvsc_reattach(struct netvsc *nd, u32 mtu)
{
	netvsc_pause(nd);
	return netvsc_go_on(nd, mtu);
}

/* A ring is corrupt: new channels.  A host that does so again and again is left. */
static void netvsc_recover_work(struct work_struct *work)
{
	struct netvsc *nd = container_of(work, struct netvsc, recover_work);

	rtnl_lock();
	if (nd->up && nd->dev->reg_state == NETREG_REGISTERED &&
	    nd->recoveries < NETVSC_RECOVERIES) {
		nd->recoveries++;
		if (netvsc_reattach(nd, nd->dev->mtu))
			netdev_err(nd->dev, "the host does not take the device back\n");
	}
	rtnl_unlock();
}

static int netvsc_suspend(struct hvl_device *hdev)
{
	struct netvsc *nd = hvl_get_drvdata(hdev);

	rtnl_lock();
	netvsc_pause(nd);
	rtnl_unlock();
	return 0;
}

static void netvsc_resume(struct hvl_device *hdev)
{
	struct netvsc *nd = hvl_get_drvdata(hdev);
	int rc;

	rtnl_lock();
	rc = netvsc_go_on(nd, nd->dev->mtu);
	rtnl_unlock();
	if (rc)
		dev_err(&hdev->device, "the network card is gone after the sleep: error %d\n",
			rc);
}

/* ---- probe and remove ---------------------------------------------------------------------------- */

static const u8 netvsc_default_key[NDIS_RSS_KEY_SIZE] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static void netvsc_free(struct netvsc *nd)
{
	u32 i;

	for (i = 0; i < NET_MAX_QUEUES; i++)
		netif_napi_del(&nd->queue[i].napi);
	free_page((unsigned long)nd->control);
	kvfree(nd->core);
	free_netdev(nd->dev);
}

static struct netvsc *netvsc_new(struct hvl_device *hdev)
{
	struct net_device *dev = alloc_etherdev_mq(sizeof(struct netvsc),
						   NET_MAX_QUEUES);
	struct net_config cfg = { .ops = &netvsc_ops };
	struct netvsc *nd;
	u32 i;

	if (!dev)
		return NULL;
	nd = netdev_priv(dev);
	nd->dev = dev;
	nd->hdev = hdev;
	nd->recv_bytes = NETVSC_RECV_DEFAULT;
	nd->send_bytes = NETVSC_SEND_DEFAULT;
	nd->channels = NETVSC_QUEUES_DEFAULT;
	dev->features = NETIF_F_LRO;
	nd->msg_enable = netif_msg_init(debug, NETVSC_DEBUG_DEFAULT);
	memcpy(nd->rss.key, netvsc_default_key, sizeof(nd->rss.key));
	mutex_init(&nd->lock);
	init_completion(&nd->done);
	INIT_WORK(&nd->filter_work, netvsc_filter_work);
	INIT_WORK(&nd->recover_work, netvsc_recover_work);
	netvsc_link_init(nd);
	for (i = 0; i < NET_MAX_QUEUES; i++) {
		struct netvsc_queue *nq = &nd->queue[i];

		nq->nd = nd;
		nq->index = i;
		u64_stats_init(&nq->rx.sync);
		u64_stats_init(&nq->tx.sync);
		netif_napi_add(dev, &nq->napi, netvsc_poll);
	}
	nd->core = kvzalloc(sizeof(*nd->core), GFP_KERNEL);
	nd->control = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!nd->core || !nd->control) {
		netvsc_free(nd);
		return NULL;
	}
	cfg.control = nd->control;
	cfg.control_pfn = page_to_pfn(virt_to_page(nd->control));
	cfg.ctx = nd;
	net_core_init(nd->core, &cfg);
	return nd;
}

static int netvsc_register(struct netvsc *nd)
{
	struct net_device *dev = nd->dev;
	int rc;

	dev->netdev_ops = &netvsc_netdev_ops;
	dev->ethtool_ops = &netvsc_ethtool_ops;
	SET_NETDEV_DEV(dev, &nd->hdev->device);
	eth_hw_addr_set(dev, nd->core->mac);
	netvsc_features(nd);
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = nd->core->version >= NVSP_VERSION_2 ? NETVSC_MTU_MAX :
							     ETH_DATA_LEN;
	if (nd->core->mtu >= ETH_MIN_MTU && nd->core->mtu < dev->mtu)
		dev->mtu = nd->core->mtu;
	netif_carrier_off(dev);
	rc = register_netdev(dev);
	if (rc)
		dev_err(&nd->hdev->device, "cannot register a net device: error %d\n",
			rc);
	return rc;
}

static int netvsc_probe(struct hvl_device *hdev, const struct hvl_device_id *id)
{
	struct netvsc *nd = netvsc_new(hdev);
	int rc;

	if (!nd)
		return -ENOMEM;
	rtnl_lock();
	rc = netvsc_attach(nd, nd->dev->mtu);
	rtnl_unlock();
	if (rc) {
		dev_err(&hdev->device, "the host does not start this network card: error %d\n",
			rc);
		netvsc_free(nd);
		return rc;
	}
	rc = netvsc_register(nd);
	if (rc) {
		netvsc_detach(nd);
		netvsc_free(nd);
		return rc;
	}
	hvl_set_drvdata(hdev, nd);
	return 0;
}

static void netvsc_remove(struct hvl_device *hdev)
{
	struct netvsc *nd = hvl_get_drvdata(hdev);

	hvl_set_drvdata(hdev, NULL);
	WRITE_ONCE(nd->leaving, true);
	unregister_netdev(nd->dev);
	cancel_work_sync(&nd->recover_work);
	cancel_work_sync(&nd->filter_work);
	netvsc_detach(nd);
	/* After the last poll, which may have heard news. */
	cancel_delayed_work_sync(&nd->link_work);
	netvsc_free(nd);
}

/* f8615163-df3e-46c5-913f-f2d2f965ed0e */
#define NETVSC_TYPE	63,51,61,f8,3e,df,c5,46,91,3f,f2,d2,f9,65,ed,0e

static const struct hvl_device_id netvsc_ids[] = {
	{ HVL_DEVICE_TYPE(NETVSC_TYPE), 0 },
	{ { { 0 } }, 0 }
};
HVL_DEVICE_ALIAS(NETVSC_TYPE);

static struct hvl_driver netvsc_driver = {
	.name		= "hv_netvsc",
	.id_table	= netvsc_ids,
	.probe		= netvsc_probe,
	.remove		= netvsc_remove,
	.subchannel	= netvsc_subchannel,
	.subchannel_gone = netvsc_subchannel_gone,
	.suspend	= netvsc_suspend,
	.resume		= netvsc_resume,
};

static int __init netvsc_init(void)
{
	return hvl_driver_register(&netvsc_driver);
}

static void __exit netvsc_exit(void)
{
	hvl_driver_unregister(&netvsc_driver);
}

module_init(netvsc_init);
module_exit(netvsc_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(HVL_MODULE_VERSION);
MODULE_DESCRIPTION("Microsoft Hyper-V network driver");
