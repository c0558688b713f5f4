# SPDX-License-Identifier: GPL-2.0-only
#
# probe.awk - reads the questions of compat/probes and writes what probe.sh needs
#
#   awk -v what=unit [-v only="NAMES"] -f probe.awk QUESTIONS...
#	the translation unit with all questions, or with those named
#   awk -v what=list -f probe.awk QUESTIONS...
#	one line each: "probe NAME", "include HEADER", "symbol NAME SYMBOL",
#	"group NAME MEMBERS...", "alone NAME" for what must not share a unit, and
#	"error TEXT" for what cannot be right
#   awk -v what=judge -f probe.awk NAMES MESSAGES
#	"NAME yes", "NAME no" or "NAME unsure" for each of NAMES; "header TEXT" for
#	an error outside all questions
#   awk -v what=implicit -f probe.awk MESSAGES QUESTIONS...
#	the questions that name a function which another one's message calls
#	undeclared: the compiler says so once a unit, and excuses the next
#
# A question becomes a function.  Its canary's first line is wrong inside another
# function, so an open brace is seen; its second line is always wrong, so what
# swallows text (a comment, an #if, a macro's argument) is seen too.

function close_question() {
	if (name != "" && what == "unit" && wanted(name))
		printf "}\n# 1 \"canary:%s\"\nstatic int hvl_canary_%s(void);\n" \
			"extern char hvl_seen_%s[sizeof(struct hvl_seen_%s)];\n", \
			name, name, name, name
	name = ""
}

function wanted(n) {
	return only == "" || index(" " only " ", " " n " ") > 0
}

# An extern of one name in two shapes: the compiler compares them across functions.
function declared(line,    id) {
	id = line
	sub(/[ \t]*[;(\[].*/, "", id)
	sub(/.*[^A-Za-z0-9_]/, "", id)
	if (id in shape) {
		if (shape[id] != line) {
			print "alone " name
			print "alone " owner[id]
		}
	} else {
		shape[id] = line
		owner[id] = name
	}
}

function implicit(line,    id) {
	if (line !~ /implicit declaration of function/)
		return
	id = line
	sub(/.*implicit declaration of function[^A-Za-z_]*/, "", id)
	sub(/[^A-Za-z0-9_].*/, "", id)
	undeclared[id] = 1
}

FNR == 1 { file++; close_question() }

# ---- messages of the compiler -------------------------------------------------

what == "judge" && file == 1 { order[++count] = $1; next }
what == "judge" {
	if ($0 !~ /:[0-9]+: (fatal error|error|warning): /)
		next
	at = $0
	if (match(at, /^(probe|canary):[A-Z0-9_]+:[0-9]+/)) {
		split(substr(at, 1, RLENGTH), part, ":")
		if (part[1] == "probe")
			bad[part[2]] = 1
		else if (part[3] == 2)
			seen[part[2]] = 1
		else if ($0 ~ /error: /)
			inside[part[2]] = 1
	} else if ($0 ~ /error: /)
		print "header " $0
	next
}
what == "implicit" && file == 1 { implicit($0); next }

# ---- the questions --------------------------------------------------------------

/^\/\/\/ probe / {
	close_question()
	name = $3
	if (what == "list") {
		if (name !~ /^[A-Z0-9_]+$/)
			print "error " FILENAME ": a probe is called '" name "'"
		if (name in known)
			print "error there are two probes " name
		known[name] = 1
		print "probe " name
	}
	if (what == "unit" && wanted(name))
		printf "# 1 \"probe:%s\"\nvoid hvl_probe_%s(void);\n" \
			"void hvl_probe_%s(void)\n{\n", name, name, name
	next
}
/^\/\/\/ (include|symbol|group) / {
	close_question()
	if (what == "list") {
		sub(/^\/\/\/ /, "")
		print
	}
	next
}
/^\/\/\// {
	close_question()
	if (what == "list")
		print "error " FILENAME ": not understood: " $0
	next
}
name == "" { next }
what == "unit" && wanted(name) { print }
what == "list" && /^[ \t]*#[ \t]*(define|undef|include|pragma)/ { print "alone " name }
what == "list" && /^[ \t]*extern / { declared($0) }
what == "implicit" {
	text = $0
	while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
		if (substr(text, RSTART, RLENGTH) in undeclared && !(name in told)) {
			told[name] = 1
			print name
		}
		text = substr(text, RSTART + RLENGTH)
	}
}

END {
	close_question()
	for (i = 1; i <= count; i++) {
		n = order[i]
		if (!(n in seen) || n in inside)
			print n, "unsure"
		else
			print n, (n in bad) ? "no" : "yes"
	}
}
