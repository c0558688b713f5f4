# SPDX-License-Identifier: GPL-2.0-only
"""hv-lis-dkms as an RPM, with real rpm and dracut; with dkms, and once without."""
from .deb import FIRST, INSTALL_B, NEXT
from .steps import INBOX, step

RPM = "rpm --force-debian --nodeps"
# What rpm 4.4 knows of what a package may ask of rpm itself.
KNOWN = {"CompressedFileNames", "PayloadFilesHavePrefix", "VersionedDependencies"}


def package(version, name="hv-lis-dkms"):
    return f"/mnt/{name}-{version}-1.noarch.rpm"


def system(c, also):
    c.change(rf"""set -e
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 update
mkdir -p /etc/dracut.conf.d			# images hold the same, and are made sooner
echo 'compress="gzip -1"' >/etc/dracut.conf.d/level.conf
apt-get -y -q --no-install-recommends install rpm dracut sysvinit-core {also} linux-headers-$A linux-image-$A
apt-get -y -q --no-install-recommends install --download-only linux-image-$B linux-headers-$B
rpm --initdb
""")


def as_before(c):
    """The images of both kernels hold their own drivers, and nothing of ours is left."""
    said = c.look("""for k in $A $B; do lsinitrd /boot/initrd.img-$k |
	grep -oE '[^ ]*/(hv_vmbus|hv_storvsc).ko'; done
find / -xdev -name '*hv-lis*' ! -path '/proc/*' ! -path '/mnt/*' ! -path '/root/*' \
	! -path '/var/lib/rpm/*'""")
    c.expect(said.count("kernel/drivers/") == 4 and "updates" not in said and "hv-lis" not in said,
             f"not all is as it was:\n{said}")


@step("rpm-base", boots={"a": INBOX})
def base(c):
    """A system with kernel A, rpm, dracut and dkms."""
    system(c, "dkms")


@step("rpm-tags", "rpm-base")
def tags(c):
    """The header asks for nothing that rpm 4.4 does not know; payload gzip, digests MD5."""
    c.change(f"""
p={package(FIRST)}
rpm -qp --force-debian --qf 'payload %{{PAYLOADFORMAT}} %{{PAYLOADCOMPRESSOR}}\\n' $p
rpm -qp --force-debian --qf 'digests [%{{FILEMD5S}} ]\\n' $p | tr ' ' '\\n' | awk 'length == 64 {{ print "long digest" }}'
rpm -qp --force-debian --qf 'algorithm %{{FILEDIGESTALGO}} md5 %{{SIGMD5}} arch %{{ARCH}}\\n' $p
rpm -qp --force-debian --requires $p
rpm -qp --force-debian --qf '[weak %{{RECOMMENDNAME}} %{{SUGGESTNAME}}\\n]' $p
""")
    c.expect("payload cpio gzip" in c.said, "the payload is not a gzip cpio")
    c.expect("long digest" not in c.said, "digests are not MD5")
    c.expect("md5 (none)" not in c.said, "there is no MD5 of header and payload")
    asked = {line.split("(")[1].split(")")[0] for line in c.said.splitlines()
             if line.startswith("rpmlib(")}
    c.expect(asked <= KNOWN, f"rpm 4.4 does not know {asked - KNOWN}")
    c.expect("weak (none)" in c.said or "weak" not in c.said, "there are weak dependencies")


@step("rpm-install", "rpm-base", {"a": FIRST})
def install(c):
    """The package on kernel A, built by dkms, in dracut's image."""
    c.change(f"{RPM} -i {package(FIRST)}")
    c.status(a=f"ours {FIRST}")


@step("rpm-kernel", "rpm-install", {"a": FIRST, "b": FIRST})
def kernel(c):
    """Kernel B comes: rebuilt."""
    c.change(INSTALL_B)
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("rpm-upgrade", "rpm-kernel", {"a": NEXT, "b": NEXT})
def upgrade(c):
    """A newer version: the old one's scripts do not take it away."""
    c.change(f"{RPM} -U {package(NEXT)}; dkms status")
    c.status(a=f"ours {NEXT}", b=f"ours {NEXT}")
    c.expect(f"hv-lis/{FIRST}" not in c.look("dkms status"), "the old version is left in dkms")


@step("rpm-downgrade", "rpm-upgrade", {"b": FIRST})
def downgrade(c):
    """Back to the older version."""
    c.change(f"{RPM} -U --oldpackage {package(FIRST)}")
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("rpm-remove", "rpm-downgrade", {"a": INBOX, "b": INBOX})
def remove(c):
    """Erased: the kernel's own drivers, and no file left."""
    c.change(f"{RPM} -e hv-lis-dkms")
    as_before(c)


@step("nodkms-base")
def nodkms_base(c):
    """A system with kernel A, rpm and dracut, and no dkms."""
    system(c, "")


@step("nodkms-install", "nodkms-base", {"a": FIRST})
def nodkms_install(c):
    """rpm -i alone."""
    c.change(f"{RPM} -i {package(FIRST)}")
    c.status(a=f"ours {FIRST}")


@step("nodkms-kernel", "nodkms-install", {"a": FIRST, "b": FIRST})
def nodkms_kernel(c):
    """Kernel B comes: the package's own hook builds for it."""
    c.change(INSTALL_B)
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("nodkms-upgrade", "nodkms-kernel", {"a": NEXT, "b": NEXT})
def nodkms_upgrade(c):
    """A newer version."""
    c.change(f"{RPM} -U {package(NEXT)}")
    c.status(a=f"ours {NEXT}", b=f"ours {NEXT}")


@step("nodkms-remove", "nodkms-upgrade", {"a": INBOX, "b": INBOX})
def nodkms_remove(c):
    """Erased."""
    c.change(f"{RPM} -e hv-lis-dkms")
    as_before(c)


def built(version):
    """kmod-hv-lis for kernel A, as kmod-build leaves it; for a shell."""
    return f"/root/rpms/kmod-hv-lis-{version}-1.$(echo $A | tr - _).*.rpm"


@step("kmod-build", "nodkms-base")
def kmod_build(c):
    """Two versions of kmod-hv-lis for kernel A, signed with a key of the builder's."""
    c.change(f"""set -e
openssl req -new -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=hv-lis test" \
	-outform DER -keyout /root/key -out /root/cert 2>/dev/null
export HVL_SIGN_KEY=/root/key HVL_SIGN_CERT=/root/cert
for v in {FIRST} {NEXT}; do
	sh /mnt/packaging/rpm/build /root/rpms $v /lib/modules/$A/build
done
rpm -qp --force-debian --requires {built(FIRST)}
rpm -qp --force-debian -l {built(FIRST)}
""")
    asked = {line.split("(")[1].split(")")[0] for line in c.said.splitlines()
             if line.startswith("rpmlib(")}
    c.expect(asked <= KNOWN, f"rpm 4.4 does not know {asked - KNOWN}")
    c.expect("/hv_netvsc.ko" in c.said and "/usr/src/" not in c.said, "not the files it should have")


@step("kmod-install", "kmod-build", {"a": FIRST})
def kmod_install(c):
    """On a machine with neither compiler nor headers."""
    c.change(f"""set -e
rm -f /usr/bin/*gcc* /usr/bin/cc /usr/bin/make /lib/modules/$A/build
{RPM} -i {built(FIRST)}
""")
    c.status(a=f"ours {FIRST}")
    said = c.look("for m in hv_vmbus hv_storvsc hv_netvsc; do tail -c 28 "
                  "/lib/modules/$A/extra/hv-lis/$m.ko; done")
    c.expect(said.count("Module signature appended") == 3, "the modules are not signed")


@step("kmod-kernel", "kmod-install", {"a": FIRST, "b": INBOX})
def kmod_kernel(c):
    """Kernel B, of another ABI, comes: it keeps its own drivers, without a word."""
    c.change("dpkg -i /var/cache/apt/archives/linux-image-$B*.deb")
    c.status(a=f"ours {FIRST}", b=INBOX)
    c.expect("hv-lis:" not in c.said, "we have something to say")


@step("kmod-upgrade", "kmod-kernel", {"a": NEXT})
def kmod_upgrade(c):
    """A newer version; rolled back before, it stays so, and comes with activate."""
    c.change(f"""hv-lis rollback && {RPM} -U {built(NEXT)} && hv-lis status &&
echo MIDDLE && hv-lis activate""")
    before = c.said.split("MIDDLE")[0].splitlines()
    c.expect(any(line.startswith(f"{c.a}: {INBOX}") for line in before[-2:]),
             "an upgrade ends a rollback")
    c.status(a=f"ours {NEXT}", b=INBOX)


@step("kmod-remove", "kmod-upgrade", {"a": INBOX, "b": INBOX})
def kmod_remove(c):
    """Erased: the kernel's own drivers, and no file left."""
    c.change(f"{RPM} -e kmod-hv-lis")
    as_before(c)
