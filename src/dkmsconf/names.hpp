// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::dkmsconf {

// Private to dkmsconf/: which variables of a configuration file count, with blanks between them. Everything
// else that a file sets is its own. The order is that in which DKMS evaluates them, which shows where a value
// swallows the next ones. Source: dkms 3.4.3, dkms.conf and framework.conf in dkms(8), observed.

/// Of dkms.conf. The names in lower case are DKMS's own variables; files may set them, and some do.
inline constexpr std::string_view directive_names =
    "PACKAGE_NAME PACKAGE_VERSION POST_ADD POST_BUILD POST_INSTALL POST_REMOVE PRE_BUILD PRE_INSTALL "
    "BUILD_DEPENDS BUILD_EXCLUSIVE_ARCH BUILD_EXCLUSIVE_CONFIG BUILD_EXCLUSIVE_KERNEL "
    "BUILD_EXCLUSIVE_KERNEL_MIN BUILD_EXCLUSIVE_KERNEL_MAX build_exclude MAKE MAKE_MATCH PATCH PATCH_MATCH "
    "patch_array BUILT_MODULE_NAME built_module_name BUILT_MODULE_LOCATION built_module_location "
    "DEST_MODULE_NAME dest_module_name DEST_MODULE_LOCATION dest_module_location STRIP strip AUTOINSTALL "
    "NO_WEAK_MODULES BUILD_DEPENDS_REBUILD OBSOLETE_BY CLEAN REMAKE_INITRD MODULES_CONF "
    "MODULES_CONF_OBSOLETES MODULES_CONF_ALIAS_TYPE MODULES_CONF_OBSOLETE_ONLY";

/// Of dkms.conf: what has no effect any more, in the order in which that is told.
inline constexpr std::string_view retired_names =
    "CLEAN REMAKE_INITRD MODULES_CONF MODULES_CONF_OBSOLETES MODULES_CONF_ALIAS_TYPE "
    "MODULES_CONF_OBSOLETE_ONLY OBSOLETE_BY";

/// Of framework.conf. The last one is for what runs when a package is configured, not for dkms itself.
inline constexpr std::string_view framework_names =
    "source_tree dkms_tree install_tree tmp_location verbose symlink_modules autoinstall_all_kernels "
    "modprobe_on_install parallel_jobs compress_gzip_opts compress_xz_opts compress_zstd_opts "
    "build_environment post_transaction sign_file mok_signing_key mok_certificate try_sign_modules "
    "continue_on_error";

}  // namespace kpkg::dkmsconf
