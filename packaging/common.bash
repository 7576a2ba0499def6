# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What quickstart and test share. The caller sets `me`, the name that its lines begin with, before it reads this.
: "${me:?}"
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
PATH=$PATH:/usr/sbin:/sbin # a user's path lacks depmod, su keeps that path

say() { printf '%s: %s\n' "$me" "$1" >&2; }

fail() { # message, hint, exit status
	say "error: $1"
	[ -z "${2-}" ] || say "hint: $2"
	exit "${3:-1}"
}

need_root() {
	[ "$(id -u)" -eq 0 ] || fail "$1 needs root" "sudo packaging/$me"
}

need_apt() {
	command -v apt-get >/dev/null || fail 'apt-get is not here' 'supported are Debian 12 and its descendants'
}

# Programs find descriptors and themselves under /proc. A plain chroot has none: it gets one for the time of this run.
need_proc() {
	[ ! -e /proc/self/status ] || return 0
	mkdir -p /proc
	mount -t proc proc /proc 2>/dev/null ||
		fail '/proc is not mounted and cannot be mounted here' 'from outside: mount -t proc proc CHROOT/proc'
	say 'mounted /proc until the end of this run'
	at_exit 'umount -l /proc'
}

exit_commands=()
clean_up() {
	local line
	for line in "${exit_commands[@]}"; do eval "$line"; done
}
at_exit() { # shell text, run at the end, last come first
	exit_commands=("$1" "${exit_commands[@]}")
	trap clean_up EXIT
}

# Runs a step whose output interests only when it fails. The log is kept then.
quietly() { # what it is, command…
	local what=$1 log
	shift
	log=$(mktemp "${TMPDIR:-/tmp}/kpkg-$me.XXXXXX.log")
	if "$@" >"$log" 2>&1 </dev/null; then
		rm -f -- "$log"
		return
	fi
	tail -n 40 -- "$log" >&2
	fail "$what failed" "everything it said is in $log"
}

repositories() { # apt-get's options: one line per archive, in apt's words
	apt-get "$@" indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u
}

# Whether there is a list of every archive and apt asked for them within a day. debootstrap leaves lists of the first only.
has_lists() {
	[ "$(repositories --no-release-info)" = "$(repositories)" ] || return 1
	[ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mtime -1 2>/dev/null)" ]
}

# An archive that cannot be reached may be one that nothing is wanted from, so this is no failure.
update_lists() {
	[ -z "${lists_were_updated-}" ] && ! has_lists || return 0
	lists_were_updated=yes
	say 'updating the package lists'
	apt-get -q update >/dev/null </dev/null || say 'apt-get update failed; going on with the lists that are there'
}

is_installed() { # package
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt_install() { # packages or .deb files, with apt-get's options
	quietly "apt-get install $*" apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold install "$@"
}

# Installs those of the packages that are not there.
install_packages() { # what for, packages
	local for=$1 package
	local -a missing=()
	shift
	for package; do
		is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	need_root "installing ${missing[*]}"
	update_lists
	say "installing $for: ${missing[*]}"
	apt_install "${missing[@]}"
}

# What debian/control names as Build-Depends, which is the only list of it.
install_build_dependencies() { # source directory, build profiles
	if command -v dpkg-checkbuilddeps >/dev/null && command -v dpkg-buildpackage >/dev/null &&
		dpkg-checkbuilddeps -P "$2" "$1/debian/control" 2>/dev/null; then
		return
	fi
	need_root 'installing what the build needs'
	update_lists
	say 'installing what the build needs'
	quietly 'apt-get build-dep' apt-get -q -y --no-install-recommends -P "$2" build-dep "$1/"
}

# Compilers that may run at once: g++ takes up to a gigabyte for one of our files.
compile_jobs() {
	local cores memory
	cores=$(nproc)
	memory=$(awk '/^MemTotal:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || true)
	[ "${memory:-0}" -ge 1 ] && [ "$memory" -lt "$cores" ] && cores=$memory
	echo "$cores"
}
