# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# lib.sh - sourced by the set-up scripts: messages, the cache, the mirror
#
# The cache is $HVLIS_CACHE, else hv-lis in the user's cache directory.  Each
# part of it is made under a name that ends in .part and renamed when complete,
# so an interrupted run leaves nothing that looks finished; runs at once wait
# for each other at a lock.

# shellcheck disable=SC2034 # used by those who source this
cache=${HVLIS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hv-lis}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say()
{
	echo "set-up: $*" >&2
}

die()
{
	echo "set-up: $*" >&2
	exit 1
}

# Run a command with its output in a log that is shown only if it fails.
logged()
{
	_log=$cache/log/$1
	shift
	mkdir -p "$cache/log"
	if ! "$@" >"$_log" 2>&1 </dev/null; then
		tail -n 15 "$_log" >&2
		say "failed: $1 (all of its output: $_log)"
		return 1
	fi
}

need_root()
{
	[ "$(id -u)" = 0 ] || die "$1 needs root: run the command as root" \
		"(only the first time; what is fetched stays in $cache)"
}

# lock NAME: hold it until this script ends.
lock()
{
	mkdir -p "$cache" || die "cannot write to $cache: set HVLIS_CACHE to a directory that can be written"
	exec 9>"$cache/.lock-$1"
	if ! flock -n 9; then
		say "another run is preparing $1; waiting for it"
		flock 9
	fi
}

# Where this machine gets Debian from, as its own apt configuration says.  The
# security archive is another place, and so are third parties.
mirror()
{
	_all=$({
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p'
		cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
			sed -n 's/^URIs: *//p' | tr ' ' '\n'
	} | sed 's,/*$,,' | grep -v security)
	# a private mirror may be called otherwise than the public ones
	echo "$_all" | grep '/debian$' | head -n 1 | grep . || echo "$_all" | head -n 1
}

# apt_configuration ROOT: what this machine says about names and proxies, for a root
apt_configuration()
{
	cp /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null
	for f in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf; do
		[ -f "$f" ] && cp "$f" "$1/etc/apt/apt.conf.d/"
	done
	:
}

# Security updates of older suites come from an archive of their own, which
# stands beside the other one.
mirror_of()
{
	_m=$(mirror)
	case $1 in
	*-security) [ -z "$_m" ] || echo "${_m%/debian}/debian-security" ;;
	*) echo "$_m" ;;
	esac
}

# Where the private apt state of SUITE and ARCHITECTURE is kept.
apt_state()
{
	[ "$2" = amd64 ] && echo "$cache/dl/apt-$1" || echo "$cache/dl/apt-$1-$2"
}

# apt with a private state for one suite, so that the machine's own configuration
# is neither used nor touched: apt_for SUITE ARCHITECTURE COMMAND...
apt_for()
{
	_a=$(apt_state "$1" "$2")
	_arch=$2
	_c=$3
	shift 3
	"$_c" -o Dir::Etc="$_a/etc" -o Dir::Etc::sourcelist="$_a/etc/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State="$_a" -o Dir::State::lists="$_a/lists" \
		-o Dir::State::status="$_a/status" -o Dir::Cache="$_a/cache" \
		-o APT::Architecture="$_arch" -o APT::Architectures="$_arch" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o Acquire::Check-Valid-Until=false \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		-o Acquire::Retries=3 "$@"
}

# Make that state and bring its lists up to date, once a run: SUITE ARCHITECTURE
apt_lists()
{
	_m=$(mirror_of "$1")
	[ -n "$_m" ] || die "no Debian mirror in /etc/apt/sources.list*: add one, then try again"
	_a=$(apt_state "$1" "$2")
	mkdir -p "$_a/etc" "$_a/lists/partial" "$_a/cache/archives/partial" || exit 1
	: >"$_a/status"
	echo "deb [signed-by=$keyring] $_m $1 main" >"$_a/etc/sources.list"
	say "reading the package lists of $1"
	logged "apt-$1-$2" apt_for "$1" "$2" apt-get update ||
		die "the package mirror cannot be reached, or has no suite $1: check the network" \
			"and /etc/apt, then try again"
}
