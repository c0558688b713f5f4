# SPDX-License-Identifier: GPL-2.0-only
"""install.sh, without dkms and without a package manager, in a Debian system."""
import re

from .deb import FIRST, PROBE
from .steps import INBOX, step

# What a file system holds.  An image that is built again has other dates in it, so
# of images only what they hold counts; the log stays behind by design.
DIGEST = r"""digest() {
	cd /
	{ find bin boot etc home lib opt root sbin srv usr var -xdev -type f \
		! -path 'boot/initrd*' ! -path 'var/log/*' ! -path 'root/.*' -print0 |
		xargs -0 sha256sum
	  find bin boot etc home lib opt root sbin srv usr var -xdev \( -type l -o -type d \) \
		! -path 'boot/initrd*' -printf '%p %m %l\n'
	  for i in boot/initrd.img-*-amd64; do lsinitramfs $i; done
	} | LC_ALL=C sort >"$1"
	sha256sum <"$1"
}
# a guest of Hyper-V, as /sys and /proc show one
mkdir -p /tmp/facts/sys/class/dmi/id /tmp/facts/proc /tmp/facts/dev /tmp/facts/sys/bus/vmbus/devices
echo Microsoft Corporation >/tmp/facts/sys/class/dmi/id/sys_vendor
echo Virtual Machine >/tmp/facts/sys/class/dmi/id/product_name
export HVL_FACTS=/tmp/facts HVL_KERNEL=$A HVL_SECURE_BOOT=0
"""


def run(c, script, **more):
    return c.change(DIGEST + script, **more)


@step("sh-dry", "deb-base")
def dry(c):
    """--dry-run says what it would do and changes nothing."""
    run(c, """
before=$(digest /tmp/a)
/mnt/install.sh --dry-run --replace --no-dkms || echo "FAILED $?"
[ "$before" = "$(digest /tmp/b)" ] && echo SAME || diff /tmp/a /tmp/b || :
""")
    c.expect("SAME" in c.said and "FAILED" not in c.said, "--dry-run changes something")
    c.expect("would build and install hv_vmbus hv_storvsc" in c.said, "it does not say what")


@step("sh-install", "deb-base", {"a": FIRST})
def install(c):
    """Installed; a second run finds nothing to do and changes nothing."""
    run(c, r"""
echo "/dev/hda1 / ext4 defaults 0 1" >/etc/fstab
printf '#!/bin/sh\necho 11-22\n' >/tmp/blkid
chmod 755 /tmp/blkid
export HVL_BLKID=/tmp/blkid
/mnt/install.sh --yes --replace --no-dkms || echo "FAILED $?"
before=$(digest /tmp/a)
/mnt/install.sh --yes --replace --no-dkms || echo "FAILED $?"
[ "$before" = "$(digest /tmp/b)" ] && echo SAME || diff /tmp/a /tmp/b || :
cat /etc/fstab
""")
    c.status(a=f"ours {FIRST}")
    c.expect("UUID=11-22 / ext4" in c.said, "fstab names the disk still")
    c.expect("nothing to do" in c.said and "SAME" in c.said and "FAILED" not in c.said,
             "a second run is not idle")


@step("sh-uninstall", "deb-base", {"a": INBOX})
def uninstall(c):
    """Installed and uninstalled: the file system is what it was."""
    run(c, """
before=$(digest /tmp/a)
/mnt/install.sh --yes --replace --no-dkms || echo "FAILED $?"
/mnt/install.sh --yes --uninstall || echo "FAILED $?"
[ "$before" = "$(digest /tmp/b)" ] && echo SAME || diff /tmp/a /tmp/b || :
/mnt/install.sh --yes --uninstall
""")
    c.expect("SAME" in c.said and "FAILED" not in c.said, "something is left or lost")
    c.expect("is not installed: nothing to do" in c.said, "a second --uninstall is not idle")


@step("sh-rollback", "sh-install", {"a": INBOX})
def rollback(c):
    """--rollback goes back and says so."""
    run(c, "/mnt/install.sh --yes --rollback || echo FAILED")
    c.status(a=INBOX)
    c.expect("the next boot uses the kernel's own drivers" in c.said and
             "FAILED" not in c.said, "no rollback")


@step("sh-failure", "deb-base")
def failure(c):
    """A build that fails leaves the machine as it was."""
    run(c, f"""
before=$(digest /tmp/a)
HVL_DENY={PROBE} /mnt/install.sh --yes --replace --no-dkms
echo "said $?"
[ "$before" = "$(digest /tmp/b)" ] && echo SAME || diff /tmp/a /tmp/b || :
""")
    c.expect("said 1" in c.said and "SAME" in c.said and "nothing was installed" in c.said,
             "the machine is not as it was")


DECLINED = [
    ("a machine that is no guest", "rm -r $F/sys", "not a guest of Hyper-V"),
    ("the root partition", "touch $F/dev/mshv", "the root partition"),
    ("SNP", "touch $F/dev/sev-guest", "isolated"),
    ("TDX", "echo flags : tdx_guest >$F/proc/cpuinfo", "isolated"),
    ("a bus that is built in", "echo kernel/drivers/hv/hv_vmbus.ko >>/lib/modules/$A/modules.builtin",
     "the vmbus of .* is built in"),
    ("kernel-xen", "export HVL_KERNEL=2.6.18-274.el5xen", "kernel-xen"),
    ("Xen", "mkdir $F/proc/xen; touch $F/proc/xen/capabilities", "runs on Xen"),
    ("a consumer in use", "mkdir -p $F/sys/bus/vmbus/drivers/hv_balloon/1-2-3-4-5",
     "hv_balloon is in use"),
    ("a socket in use", "mkdir -p $F/sys/module/hv_sock; echo 1 >$F/sys/module/hv_sock/refcnt",
     "hv_sock is in use"),
    ("a root disk behind pci-hyperv",
     "d=$F/sys/devices/LNXSYSTM:00/VMBUS:00/1-2/pci1234:00/1234:00:00.0/nvme/nvme0/nvme0n1; "
     "mkdir -p $d $F/sys/class/block; ln -s $d $F/sys/class/block/nvme0n1; "
     "echo /dev/nvme0n1 / ext4 rw 0 0 >$F/proc/mounts", "behind pci-hyperv"),
    ("no headers", "rm /lib/modules/$A/build", "headers of .* are not installed"),
    ("no make", "rm /usr/bin/make", "make is not installed"),
    ("a broken compiler", "rm /usr/bin/gcc; printf '#!/bin/sh\\nexit 1\\n' >/usr/bin/gcc; "
     "chmod 755 /usr/bin/gcc", "gcc does not compile"),
    ("no room", "export HVL_FREE=3", "/boot has less than"),
    ("Secure Boot without a key", "export HVL_SECURE_BOOT=1", "no key to sign with"),
    ("Secure Boot and a key that is not enrolled", "export HVL_SECURE_BOOT=1 HVL_SIGN_KEY=/etc/passwd "
     "HVL_SIGN_CERT=/etc/passwd; echo none >$F/proc/keys", "/etc/passwd is not enrolled"),
    ("hda without UUID in fstab", "echo /dev/hda1 / ext3 defaults 0 1 >/etc/fstab",
     "/etc/fstab names /dev/hda1"),
    ("sda without UUID in root=", "mkdir -p /boot/grub; "
     "echo ' kernel /vmlinuz ro root=/dev/sda2' >/boot/grub/grub.conf", "names /dev/sda2"),
    ("LVM by disk names", "mkdir -p /etc/lvm; echo 'filter = [ \"a|/dev/sda|\" ]' >/etc/lvm/lvm.conf",
     "the filter in /etc/lvm/lvm.conf"),
    ("drivers of the kernel's own without --replace", "with=", "--replace puts ours"),
]


@step("sh-declines", "deb-base")
def declines(c):
    """Each case that is to be declined prints its line, and changes nothing."""
    cases = ""
    for n, (_, set_up, _) in enumerate(DECLINED):
        # a copy of what the cases spoil is put back after each
        cases += f"""
rm -rf /tmp/facts.now; cp -a /tmp/facts /tmp/facts.now
( F=/tmp/facts.now; export HVL_FACTS=$F; with=--replace
  {set_up}
  echo "CASE {n}"
  /mnt/install.sh --yes --no-dkms $with 2>&1 </dev/null
  echo "said $?" )
cp -a /tmp/keep/modules.builtin /lib/modules/$A/; cp -a /tmp/keep/build /lib/modules/$A/
rm -f /usr/bin/gcc; cp -a /tmp/keep/make /tmp/keep/gcc /usr/bin/; cp -a /tmp/keep/fstab /etc/
rm -rf /boot/grub /etc/lvm
"""
    run(c, """mkdir /tmp/keep
cp -a /lib/modules/$A/modules.builtin /lib/modules/$A/build /usr/bin/make /usr/bin/gcc /etc/fstab /tmp/keep/
[ -f /etc/fstab ] || : >/tmp/keep/fstab
before=$(digest /tmp/a)
""" + cases + """
[ "$before" = "$(digest /tmp/b)" ] && echo SAME || diff /tmp/a /tmp/b || :
""")

    parts = re.split(r"^CASE \d+$", c.said, flags=re.M)[1:]
    c.expect(len(parts) == len(DECLINED), "not every case was tried")
    for (what, _, line), said in zip(DECLINED, parts):
        c.expect(re.search(f"declined: .*{line}", said) and "said 3" in said,
                 f"{what} is not declined by '{line}':\n{said[:600]}")
    c.expect("SAME" in parts[-1], "a declined run changed something")
