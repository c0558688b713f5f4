# SPDX-License-Identifier: GPL-2.0-only
"""hv-lis-dkms as a Debian package, with real dpkg, dkms and initramfs-tools."""
from .steps import INBOX, step

FIRST, NEXT = "5.0.0", "5.0.1"
# Without this one no form of the kernel's interrupt hooks fits.
PROBE = "HV_SETUP_VMBUS_HANDLER"
INSTALL_B = "dpkg -i /var/cache/apt/archives/linux-*-$B*.deb /var/cache/apt/archives/" \
            "linux-headers-$(echo $B | sed s/-amd64//)-common_*.deb"


def packages(version):
    return f"/mnt/hv-lis-dkms_{version}_all.deb"


@step("deb-base", boots={"a": INBOX})
def base(c):
    """A system with kernel A, dkms and initramfs-tools, and kernel B at hand."""
    c.change(r"""set -e
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 update
mkdir -p /etc/initramfs-tools/conf.d		# images hold the same, and are made sooner
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
apt-get -y -q --no-install-recommends install dkms initramfs-tools \
	linux-headers-$A linux-image-$A
apt-get -y -q --no-install-recommends install --download-only linux-image-$B linux-headers-$B
""")


@step("deb-install", "deb-base", {"a": FIRST})
def install(c):
    """The package on kernel A: built, signed, in the initramfs."""
    c.change(f"dpkg -i {packages(FIRST)}")
    c.status(a=f"ours {FIRST}")
    said = c.look("for m in hv_vmbus hv_storvsc; do tail -c 28 "
                  "/lib/modules/$A/updates/dkms/$m.ko; done")
    c.expect(said.count("Module signature appended") == 2, "the modules are not signed")
    said = c.look("ls /boot; udevadm verify --version >/dev/null 2>&1; "
                  "modprobe -c | grep '^softdep ata_piix'")
    c.expect(f"initrd.img-{c.a}.hv-lis-previous" in said, "the previous initramfs is not kept")
    c.expect("hv_storvsc" in said.splitlines()[-1], "ata_piix does not wait for hv_storvsc")


@step("deb-kernel", "deb-install", {"a": FIRST, "b": FIRST})
def kernel(c):
    """Kernel B comes: rebuilt without a word from us."""
    c.change(INSTALL_B)
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")
    c.expect(not any(line.startswith("hv-lis:") for line in c.said.splitlines()),
             "we have something to say")


@step("deb-upgrade", "deb-kernel", {"a": NEXT, "b": NEXT})
def upgrade(c):
    """A newer version of ours, for both kernels."""
    c.change(f"dpkg -i {packages(NEXT)}")
    c.status(a=f"ours {NEXT}", b=f"ours {NEXT}")


@step("deb-downgrade", "deb-upgrade", {"a": FIRST, "b": FIRST})
def downgrade(c):
    """Back to the older version, for both kernels."""
    c.change(f"dpkg -i {packages(FIRST)}")
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("deb-rollback", "deb-kernel", {"a": INBOX, "b": INBOX})
def rollback(c):
    """hv-lis rollback: the kernel's own drivers in both images, checked before it says so."""
    c.change("hv-lis rollback")
    c.status(a=INBOX, b=INBOX)
    c.expect("the next boot uses the kernel's own drivers" in c.said, "rollback does not say so")


@step("deb-activate", "deb-rollback", {"b": FIRST})
def activate(c):
    """And back to ours."""
    c.change("hv-lis activate")
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("deb-remove", "deb-kernel", {"a": INBOX, "b": INBOX})
def remove(c):
    """Removed: in-box drivers back in both initramfs."""
    c.change("dpkg -r hv-lis-dkms")
    said = c.look("for k in $A $B; do lsinitramfs /boot/initrd.img-$k | "
                  "grep -E '/(hv_vmbus|hv_storvsc).ko'; done")
    c.expect(said.count("kernel/drivers/") == 4 and "updates" not in said,
             f"the images do not hold the kernel's own drivers:\n{said}")


@step("deb-purge", "deb-remove", {"a": INBOX})
def purge(c):
    """Purged: no file is left."""
    c.change("dpkg -P hv-lis-dkms")
    said = c.look("find / -xdev \\( -name '*hv-lis*' -o -name '*hv_lis*' \\) "
                  "! -path '/proc/*' ! -path '/mnt/*' ! -path '/var/log/*' | sort; "
                  "find /lib/modules/*/updates 2>/dev/null; ls -a /boot")
    left = [line for line in said.splitlines() if line.startswith("/")]
    c.expect(not left, "left over: " + " ".join(left))


@step("deb-headers", "deb-install", {"a": FIRST, "b": INBOX})
def headers(c):
    """Kernel B without its headers: boots with its own drivers, and one is told."""
    c.change("dpkg -i /var/cache/apt/archives/linux-image-$B*.deb")
    c.status(a=f"ours {FIRST}", b=INBOX)
    c.expect(f"hv-lis: the headers of {c.b} are not installed" in c.said, "nobody is told")


@step("deb-late", "deb-headers", {"b": FIRST})
def late(c):
    """The headers come later: modules are built and the image is built again."""
    c.change(INSTALL_B)
    c.status(a=f"ours {FIRST}", b=f"ours {FIRST}")


@step("deb-compiler", "deb-install", {"a": FIRST, "b": INBOX})
def compiler(c):
    """Kernel B with a broken compiler: nothing half installed, and one is told."""
    c.change(f"""
printf '#!/bin/sh\\nexit 1\\n' >/usr/bin/gcc-12
{INSTALL_B}
echo "dpkg said $?"
dpkg -l "linux-image-$B" hv-lis-dkms
""")
    c.status(a=f"ours {FIRST}", b=INBOX)
    c.expect(f"hv-lis: no modules for {c.b}, which keeps its own drivers" in c.said,
             "nobody is told")
    c.expect("ii  hv-lis-dkms" in c.said and "ii  linux-image" in c.said,
             "a package is left half installed")


@step("deb-probe", "deb-install", {"a": FIRST, "b": INBOX})
def probe(c):
    """A kernel that fits no known variant: declined by the probes, boots with its own."""
    c.change(f"export HVL_DENY={PROBE}; {INSTALL_B}")
    c.expect(f"hv-lis: no modules for {c.b}, which keeps its own drivers" in c.said,
             "nobody is told")
    c.status(a=f"ours {FIRST}", b=INBOX)


# What the running kernel of a machine shows that wants signatures, and trusts nobody
# but its maker.
ENFORCED = r"""
mkdir -p /tmp/facts/proc /tmp/facts/sys/module/module/parameters
echo Y >/tmp/facts/sys/module/module/parameters/sig_enforce
echo "0a I------ 1 perm 1f030000 0 0 asymmetri Debian Secure Boot CA:" \
	"6ccece7e4c6c0d1f6149f3dd27dfcc5cbb419ea1: X509.rsa 419ea1 []" >/tmp/facts/proc/keys
export HVL_FACTS=/tmp/facts
"""


@step("deb-enforce", "deb-base", {"a": INBOX}, cmdline="module.sig_enforce=1")
def enforce(c):
    """Signatures are enforced and dkms' key is not enrolled: boots, with its own drivers."""
    c.change(ENFORCED + f"dpkg -i {packages(FIRST)}")
    c.status(a=INBOX)
    c.expect(f"hv-lis: {c.a} keeps its own drivers: signatures are enforced" in c.said,
             "nobody is told")
    c.expect("mokutil --import /var/lib/dkms/mok.pub" in c.said, "nobody is told what to do")


@step("deb-enrolled", "deb-enforce")
def enrolled(c):
    """The key is enrolled: hv-lis activate has ours in the image, and no complaint."""
    c.change(ENFORCED + r"""
id=$(openssl x509 -inform DER -in /var/lib/dkms/mok.pub -noout -ext subjectKeyIdentifier |
	sed -n 's/^ *\([0-9A-F:]*\)$/\1/p' | tr -d : | tr A-F a-f)
echo "0b I------ 1 perm 1f030000 0 0 asymmetri DKMS module signing key: $id: X509.rsa x []" \
	>>/tmp/facts/proc/keys
hv-lis activate && hv-lis status && echo FINE
""")
    c.status(a=f"ours {FIRST}")
    c.expect("FINE" in c.said and "NOT SIGNED" not in c.said, "there is a complaint left")


@step("deb-unsigned", "deb-install")
def unsigned(c):
    """What was installed before signatures were wanted is told, and repaired."""
    c.change(ENFORCED + "hv-lis status && echo FINE; hv-lis repair; hv-lis status")
    said = c.said.split("keeps its own drivers")
    c.expect("NOT SIGNED" in said[0] and "FINE" not in c.said, "status does not tell")
    c.status(a=INBOX)


@step("deb-ide", "deb-install", {"a": FIRST}, where="ide")
def ide(c):
    """The root disk on IDE, which Hyper-V offers both ways."""
    c.change(":")


@step("deb-cost", "deb-install")
def cost(c):
    """dkms costs at most 1.3 times what the bare build does, in processor time."""
    c.change(f"""
cp -a /usr/src/hv-lis-{FIRST} /root/bare
dkms unbuild -m hv-lis -v {FIRST} -k $A >/dev/null
bash -c 'TIMEFORMAT="cpu bare %U %S"; time make -j2 -C /root/bare modules KDIR=/lib/modules/$A/build \
	O=/root/out >/dev/null'
bash -c 'TIMEFORMAT="cpu dkms %U %S"; time dkms build -j 2 -m hv-lis -v {FIRST} -k $A >/dev/null'
""".replace("bash -c '", "A=$A bash -c '"))
    spent = {}
    for line in c.said.splitlines():
        words = line.split()
        if words[:1] == ["cpu"]:
            spent[words[1]] = float(words[2]) + float(words[3])
    c.expect(set(spent) == {"bare", "dkms"} and spent["bare"] > 1, "a build did not run")
    c.expect(spent["dkms"] <= 1.3 * spent["bare"], f"dkms costs too much: {spent}")
