#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probe.sh - ask a kernel build tree what it offers
#
#   compat/probe.sh KDIR OUT        writes OUT/compat-config.h and .mk
#
# The questions are in compat/probes/*.c (HVL_PROBES names another directory);
# the README there says how they are written.  All of them go through the compiler
# in one translation unit with the flags that Kbuild uses for a module; a line
# marker ahead of each question tells from the messages which ones failed.  One
# that disturbs the others is found by its canary and asked alone.
#
# The answers are kept until something changes that they hang on; OUT/probe.log
# says what the compiler said.  KCC is a compiler other than the kernel's own.
#
# For tests only: HVL_DENY=NAME,... has these questions answered with no, so that
# what compat/ does on kernels that lack a thing runs on one that has it.
set -u
LC_ALL=C
export LC_ALL

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
kdir=$1
out=$2
work=$out/.probe
log=$out/probe.log
probes=${HVL_PROBES:-$top/compat/probes}
: "${MAKE:=make}"

die()
{
	echo "hv-lis: probe: $*" >&2
	exit 1
}

# The program that knows how questions are written: ask VARIABLE=value... FILE...
ask()
{
	_what=$1
	shift
	awk -v what="$_what" -v only="${only-}" -f "$top/compat/probe.awk" "$@"
}

mkdir -p "$work" || exit 1
for f in "$probes"/*.c; do
	[ -f "$f" ] || die "there are no questions in $probes"
done

# ---- has anything changed? -----------------------------------------------------------

# What the flags come from is looked at instead of the flags themselves, which
# would take a run of make.  A kernel that is built again under the same name has
# another date in its generated headers.
key()
{
	{
		echo "$kdir ${HVL_DENY-} ${KCC-} ${KCFLAGS-} ${KCPPFLAGS-} ${ARCH-} ${CROSS_COMPILE-} $MAKE"
		[ ! -s "$work/flags.txt" ] || {
			read -r _cc <"$work/flags.txt"
			${_cc%% *} -v 2>&1
		}
		_src=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$kdir/Makefile")
		for _d in "$kdir" ${_src:+"$_src"}; do
			cat "$_d/Makefile" "$_d"/scripts/Makefile* "$_d"/scripts/Kbuild* \
				"$_d"/arch/x86/Makefile* "$_d"/arch/*/Makefile 2>/dev/null
		done
		cat "$kdir/.config" "$kdir/Module.symvers" "$kdir"/include/generated/compile.h \
			"$kdir"/include/generated/uts*.h "$kdir"/include/linux/compile.h \
			"$top"/compat/probe.* "$top"/compat/include/hvl-compat.h "$probes"/*.c 2>/dev/null
	} | cksum
}

if [ -f "$out/compat-config.h" ] && [ -f "$out/compat-config.mk" ] &&
   [ -f "$work/key" ] && [ "$(key)" = "$(cat "$work/key")" ]; then
	exit 0
fi
echo "hv-lis: asking the kernel in $kdir what it offers"
rm -f "$work/key" "$work/flags.txt"
echo "kernel build tree: $kdir" >"$log"

# ---- the flags of Kbuild ---------------------------------------------------------

cat >"$work/Kbuild" <<'END'
always-y := flags.raw
always := flags.raw
hvl_quoted = '$(subst ','\'',$(CC) $(c_flags))'
$(obj)/flags.raw: FORCE
	@printf '%s\n' $(hvl_quoted) >$@
END
rm -f "$work/flags.raw"
$MAKE -C "$kdir" M="$work" ${KCC:+CC="$KCC"} modules >>"$log" 2>&1
[ -s "$work/flags.raw" ] || {
	tail -n 5 "$log" >&2
	die "the kernel's build system in $kdir does not work; its messages are in $log"
}
# No dependency files; the rest as it is.
sed 's/-Wp,-MM*D,[^ ]*//g' "$work/flags.raw" >"$work/flags.txt" || exit 1
{ echo "compiler and flags:"; cat "$work/flags.txt"; } >>"$log"
read -r cc <"$work/flags.txt"
compiler=${cc%% *}
command -v "$compiler" >/dev/null 2>&1 ||
	die "that kernel is built with $compiler, which is not installed: install it, or" \
		"name another compiler with KCC=..."

# ---- compile -------------------------------------------------------------------------

# compile SOURCE MESSAGES FLAG...: with the compiler and flags of the kernel, which
# are a shell command line, quotes and all, and may hold paths relative to KDIR.
# A warning is an answer as well, so those that are only about style are off.
compile()
{
	_c=$1
	_m=$2
	shift 2
	(cd "$kdir" && eval "$(cat "$work/flags.txt") $quirks" -Wno-error -Wno-unused \
		-Wno-deprecated-declarations -Werror-implicit-function-declaration \
		'"$@" "$_c"') >"$_m" 2>&1
}

echo 'int hvl_nothing;' >"$work/t.c"
for quirks in '-ftrack-macro-expansion=0 -Wno-declaration-after-statement -Wno-address' \
	-Wno-declaration-after-statement 'no'; do
	[ "$quirks" != no ] || {
		cat "$work/t.log" >&2
		die "the compiler does not take the kernel's own flags; see $work/flags.txt"
	}
	compile "$work/t.c" "$work/t.log" -fsyntax-only && break
done

ask list "$probes"/*.c >"$work/list" || exit 1
if grep '^error ' "$work/list" >&2; then
	die "the questions in $probes are not right"
fi

# Headers that are nowhere on the compiler's path would stop everything behind them.
find_headers()
{
	compile "$work/t.c" "$work/path" -fsyntax-only -v
	awk '/^#include <\.\.\.>/ { on = 1; next } /^End of search/ { on = 0 } on { print $1 }' \
		"$work/path" >"$work/dirs"
	awk '$1 == "include" && !seen[$2]++ { print $2 }' "$work/list" |
	while read -r h; do
		a=no
		while read -r d; do
			case $d in /*) ;; *) d=$kdir/$d ;; esac
			[ -f "$d/$h" ] && { a=yes; break; }
		done <"$work/dirs"
		echo "$h $a"
	done >"$work/headers"
}

# A header that is there and cannot be read counts as missing: for those cases
# each is compiled on its own.
test_headers()
{
	cp "$work/headers" "$work/headers.found"
	while read -r h a; do
		if [ "$a" = yes ]; then
			echo "#include <$h>" >"$work/t.c"
			compile "$work/t.c" "$work/t.log" -fsyntax-only || {
				a=no
				{ echo "unreadable: $h"; cat "$work/t.log"; } >>"$log"
			}
		fi
		echo "$h $a"
	done <"$work/headers.found" >"$work/headers"
}

# The translation unit with these questions (all if none is named), judged.
only=
judged()
{
	only=$*
	{
		sed -n 's/^\([^ ]*\) yes$/#include <\1>/p' "$work/headers"
		echo '#define HVL_IS(e, t) __builtin_types_compatible_p(__typeof__(e), t)'
		ask unit "$probes"/*.c
	} >"$work/unit.c"
	compile "$work/unit.c" "$work/unit.log" -fsyntax-only
	grep -v '^canary:[A-Z0-9_]*:2:' "$work/unit.log" >>"$log"
	for _n in ${only:-$names}; do echo "$_n"; done >"$work/asked"
	ask judge "$work/asked" "$work/unit.log" >"$work/judged"
}

# Ask these each in a unit of its own; what is unsure even so, is a no.
alone()
{
	for _n in "$@"; do
		echo "-- alone: $_n" >>"$log"
		judged "$_n"
		sed -n "s/^$_n \(yes\)\$/$_n \1/p; s/^$_n [nu].*/$_n no/p" "$work/judged" >>"$work/answers"
	done
}

without()
{
	for _n in $names; do
		case " $* " in *" $_n "*) ;; *) printf '%s ' "$_n" ;; esac
	done
}

find_headers
names=$(sed -n 's/^probe //p' "$work/list" | tr '\n' ' ')
: >"$work/answers"
apart=$(sed -n 's/^alone //p' "$work/list" | sort -u | tr '\n' ' ')
rounds=0
tested=
while :; do
	# shellcheck disable=SC2046,SC2086 # names
	judged $(without $apart)
	if [ -z "$tested" ] && grep -q '^header ' "$work/judged"; then
		echo "-- a header is not right: trying each" >>"$log"
		tested=1
		test_headers
		continue
	fi
	culprit=$(sed -n 's/^\([A-Z0-9_]*\) unsure$/\1/p' "$work/judged" | head -n 1)
	[ -n "$culprit" ] || break
	rounds=$((rounds + 1))
	[ $rounds -le 6 ] || {
		grep -E 'error' "$work/unit.log" | head -n 5 >&2
		die "the compiler cannot be asked: $culprit and others disturb each other; see $log"
	}
	echo "-- $culprit disturbs the others" >>"$log"
	apart="$apart $culprit"
done
cp "$work/judged" "$work/together"
# Who was excused because another had already called the same undeclared function?
only=
told=$(ask implicit "$work/unit.log" "$probes"/*.c)
for n in $told; do
	grep -q "^$n yes\$" "$work/together" && apart="$apart $n"
done
# shellcheck disable=SC2086 # names
alone $apart

# ---- headers, symbols, groups ------------------------------------------------------------

{
# Who was asked alone is not judged by what the unit of all says.
awk -v apart=" $apart " '$1 != "header" && !index(apart, " " $1 " ")' "$work/together"
# linux/foo.h is HAVE_HEADER_LINUX_FOO_H
awk '{ n = toupper($1); gsub(/[.\/-]/, "_", n); print "HEADER_" n, $2 }' "$work/headers"
# Declared is not exported.
awk 'NR == FNR { if ($1 == "symbol") { name[++n] = $2; symbol[n] = $3 } next }
	{ exported[$2] = 1 }
	END { for (i = 1; i <= n; i++) print name[i], (symbol[i] in exported) ? "yes" : "no" }' \
	"$work/list" "$kdir/Module.symvers"
} >>"$work/answers"

for n in $(echo "${HVL_DENY-}" | tr ',' ' '); do
	grep -q "^$n " "$work/answers" || die "HVL_DENY: there is no question $n"
	sed "s/^$n yes\$/$n no/" "$work/answers" >"$work/denied" || exit 1
	mv "$work/denied" "$work/answers"
	echo "hv-lis: probe: $n is denied: a build for tests" | tee -a "$log"
done

# Is the engine itself sound?  One question must pass and one must fail.
grep -q '^SANITY_PASS yes$' "$work/answers" || {
	grep 'error' "$log" | head -n 5 >&2
	die "a question that every kernel passes has failed; see $log"
}
grep -q '^SANITY_FAIL no$' "$work/answers" ||
	die "a question that no kernel passes has passed; see $log"

# Of each group exactly one form is the kernel's; two or none is not a guess.
awk 'NR == FNR { answer[$1] = $2; next }
	$1 == "group" {
		won = ""; count = 0; forms = ""
		for (i = 3; i <= NF; i++) {
			forms = forms " " $i
			if (answer[$i] == "yes") { won = won " " $i; count++ }
		}
		if (count != 1)
			printf "group %s: exactly one of%s should fit this kernel, but %s\n",
				$2, forms, count ? "these do:" won : "none does"
	}' "$work/answers" "$work/list" >"$work/groups"
if [ -s "$work/groups" ]; then
	sed 's/^/hv-lis: probe: /' "$work/groups" | tee -a "$log" >&2
	die "this kernel is not supported yet; what the compiler said is in $log"
fi

# ---- write, and touch only what changed ---------------------------------------------------

sort "$work/answers" >"$work/sorted"
{ echo "answers:"; cat "$work/sorted"; } >>"$log"
{
	echo "/* Answers of compat/probes for $kdir; made by compat/probe.sh */"
	awk '{ printf $2 == "yes" ? "#define HAVE_%s 1\n" : "/* no %s */\n", $1 }' "$work/sorted"
	echo "#include \"$top/compat/include/hvl-compat.h\""
} >"$work/config.h"
awk '{ printf "HVL_%s := %s\n", $1, $2 == "yes" ? "y" : "" }' "$work/sorted" >"$work/config.mk"
for f in h mk; do
	cmp -s "$work/config.$f" "$out/compat-config.$f" ||
		cp "$work/config.$f" "$out/compat-config.$f" || exit 1
done
key >"$work/key"
