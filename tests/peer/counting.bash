# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Read by a copy of DKMS's run_test.sh behind its functions: a check that fails is counted and no longer ends the run. One line a
# check goes to $KPKG_CHECKS: kind, outcome, line of the suite, what was run. The suite's own words go where they always went.
set +e

# Where the suite called what is being counted.
suite_line() { echo "${BASH_LINENO[${#BASH_LINENO[@]} - 2]}"; }

count() { # kind, status, what
	local outcome=passed
	[ "$2" -eq 0 ] || outcome=failed
	printf '%s\t%s\t%s\t%s\n' "$1" "$outcome" "$(suite_line)" "${3//[$'\n\t']/ }" >>"$KPKG_CHECKS"
	[ "$2" -eq 0 ] || echo "^^^ $1 failed at line $(suite_line)"
}

counted() { # kind, name of the function of the suite that becomes one that counts
	eval "of_suite_$(declare -f "$2")"
	eval "$2() { (set +u; builtin trap - ERR EXIT; of_suite_$2 \"\$@\"); count $1 \$? \"\$*\"; }"
}

counted command run_with_expected_error
counted status run_status_with_expected_output
counted log check_make_log_content
counted source check_module_source_tree_created
counted clean check_no_dkms_test

# What a failed block leaves must not fail the next one.
eval "counted_$(declare -f check_no_dkms_test)"
check_no_dkms_test() {
	counted_check_no_dkms_test
	[ "$(tail -n 1 "$KPKG_CHECKS" | cut -f 2)" = passed ] || clean_dkms_env >/dev/null 2>&1
}

# A hang is a failure.
stdbuf() { timeout --foreground 300 stdbuf "$@"; }

# Everything else in the main program that would have ended the suite: told, and not among the checks.
exit() {
	[ "$BASH_SUBSHELL" -eq 0 ] || builtin exit "$@"
	count direct "${1:-0}" "exit $*"
}
trap 'count direct $? "$BASH_COMMAND"' ERR
