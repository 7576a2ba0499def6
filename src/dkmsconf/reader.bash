# SPDX-License-Identifier: GPL-2.0-or-later
# What kpkg gives to bash, so that DKMS's configuration files are read by the shell that they are written for.
#
# The arguments are what is asked (src/dkmsconf/interpreter.cpp writes them), stdout is the answer: fields that end with NUL.
# stderr is what the files say; a NUL ends what one file or one directive said. The names are long, because the files see them.

# shellcheck shell=bash disable=SC2034,SC2154
exec {kpkg_stdout}>&1 1>&2 # what a file prints is no answer
ulimit -v 1048576 2>/dev/null # KiB: a file that fills the memory ends, and not the machine
ulimit -f 65536 2>/dev/null   # KiB a file

kpkg_answer() { printf '%s\0' "$@" >&"$kpkg_stdout"; }

# Prints the variables that are asked for as assignments for a second evaluation. A value is split into words, patterns among
# them become the files they name, one blank joins them again, and a carriage return at the end goes. All of that, and all of
# what the second evaluation does to quotes and dollar signs, is how DKMS has always read these files.
kpkg_print_assignments() {
	for kpkg_name in "${kpkg_names[@]}"; do
		eval "printf -v kpkg_indices '%s ' \"\${!${kpkg_name}[@]}\""
		for kpkg_index in ${kpkg_indices% }; do
			eval "echo ${kpkg_name}[\$kpkg_index]=\\\"\${${kpkg_name}[\$kpkg_index]%\$kpkg_return}\\\""
		done
	done
	kpkg_escapes=("${!DKMS_DIRECTIVE@}")
	((${#kpkg_escapes[@]})) || return 0
	# A variable DKMS_DIRECTIVE… holds NAME=value, which goes past the list of names; the value ends at the next "=".
	for kpkg_escape in $(set | sed -n 's/^DKMS_DIRECTIVE[^=]*=\([^=]*=\{0,1\}[^=]*\).*/\1/p'); do
		echo "${kpkg_escape%%=*}=\"${kpkg_escape#*=}\""
	done
}

# Runs a file where it can change nothing but what this prints.
kpkg_print_file() {
	# shellcheck disable=SC1090
	. "$1" >/dev/null
	kpkg_print_assignments
}

kpkg_tell_file() {
	kpkg_answer file "$1"
	for kpkg_name in "${kpkg_retired[@]}"; do
		declare -n kpkg_array=$kpkg_name
		((${#kpkg_array[@]} == 0)) || kpkg_answer retired "$kpkg_name" "${kpkg_array[0]}"
	done
	printf '\0' >&2
}

# Regular expressions are bash's, so bash compares them.
kpkg_compare() { # name text
	declare -n kpkg_array=$1
	for kpkg_index in "${!kpkg_array[@]}"; do
		[[ $2 =~ ${kpkg_array[kpkg_index]} ]]
		kpkg_answer match "$1" "$kpkg_index" $?
	done 2>/dev/null
}

# Each word of the value is an option that the kernel's configuration must have, or with "!" must not. It is a pattern of grep.
kpkg_search_configuration() { # name
	[[ -e $kernel_config ]] || return 0
	declare -n kpkg_array=$1
	for kpkg_index in "${!kpkg_array[@]}"; do
		for kpkg_word in ${kpkg_array[kpkg_index]}; do
			grep -q "^${kpkg_word#!}=[ym]" "$kernel_config" 2>/dev/null
			kpkg_answer option "$kpkg_index" "$kpkg_word" $?
		done
	done
}

kpkg_look_for_clang() {
	if [[ -e $kernel_source_dir/vmlinux ]]; then
		readelf -p .comment "$kernel_source_dir/vmlinux" 2>&1 | grep -q clang
	else
		[[ -e $kernel_config ]] && grep -q CONFIG_CC_IS_CLANG=y "$kernel_config"
	fi && kpkg_answer clang
}

kpkg_tell_values() {
	for kpkg_name in "${kpkg_names[@]}" "${kpkg_variables[@]}"; do
		declare -n kpkg_array=$kpkg_name
		for kpkg_index in "${!kpkg_array[@]}"; do
			kpkg_answer value "$kpkg_name" "$kpkg_index" "${kpkg_array[kpkg_index]}"
		done
	done
}

kpkg_answer start
kpkg_return=$'\r'
kpkg_names=() kpkg_variables=() kpkg_retired=() kpkg_steps=()
while (($#)); do
	case $1 in
	variable)
		printf -v "$2" %s "$3"
		kpkg_variables+=("$2")
		shift 3
		;;
	name)
		kpkg_names+=("$2")
		shift 2
		;;
	retired)
		kpkg_retired+=("$2")
		shift 2
		;;
	*) # what is to be done, in its order: a word and two arguments
		kpkg_steps=("$@")
		break
		;;
	esac
done
set --

for ((kpkg_step = 0; kpkg_step < ${#kpkg_steps[@]}; kpkg_step += 3)); do
	kpkg_first=${kpkg_steps[kpkg_step + 1]} kpkg_second=${kpkg_steps[kpkg_step + 2]}
	case ${kpkg_steps[kpkg_step]} in
	read)
		[[ -r $kpkg_first ]] || kpkg_answer unreadable "$kpkg_first"
		kpkg_text=$(kpkg_print_file "$kpkg_first")
		eval "$kpkg_text"
		kpkg_tell_file "$kpkg_first"
		;;
	export)
		export "$kpkg_first"="$kpkg_second"
		printf '\0' >&2
		;;
	compare) kpkg_compare "$kpkg_first" "$kpkg_second" ;;
	search) kpkg_search_configuration "$kpkg_first" ;;
	clang) kpkg_look_for_clang ;;
	esac
done
kpkg_tell_values
kpkg_answer end
