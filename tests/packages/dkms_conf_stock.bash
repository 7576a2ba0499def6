# SPDX-License-Identifier: GPL-2.0-or-later
# Prints what stock DKMS takes a dkms.conf for, in fields that end with NUL. It is asked by its own functions: those that stand in
# its program before the line that says where that starts.
#
#   dkms_conf_stock.bash DKMS MODULE VERSION KERNEL ARCH NAME=VALUE...

dkms=$1 module=$2 module_version=$3 wanted_kernel=$4 wanted_arch=$5
shift 5
settings=("$@")
set --
# shellcheck disable=SC1090
. <(sed '/Program Starts Here/,$d' "$dkms")
trap - EXIT

verbose='' symlink_modules='' tmp_location=/tmp current_os=Linux addon_modules_dir='' conf='' kernel_config=''
kconfig_fromcli='' ksourcedir_fromcli=true last_mvka='' last_mvka_conf='' die_is_fatal=yes
directive_array=()
for setting in "${settings[@]}"; do printf -v "${setting%%=*}" %s "${setting#*=}"; done

read_conf "$wanted_kernel" "$wanted_arch" >&2
status=$?

say() { printf '%s\0' "$@"; }
say $status "$PACKAGE_NAME" "$PACKAGE_VERSION" "$make_command" "$build_exclude" "$AUTOINSTALL"
say "$post_add" "$pre_build" "$post_build" "$pre_install" "$post_install" "$post_remove"
say "${#patch_array[@]}" "${patch_array[@]}" "${#BUILD_DEPENDS[@]}" "${BUILD_DEPENDS[@]}" "${#dest_module_name[@]}"
for ((index = 0; index < ${#dest_module_name[@]}; index++)); do
	say "${built_module_name[index]}" "${built_module_location[index]}" "${dest_module_name[index]}"
	say "${dest_module_location[index]}" "${strip[index]}"
done
