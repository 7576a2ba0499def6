// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/verdict.hpp"
#include "crypto/digest.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::store {

/// A kernel as it was when it was judged against: the same release can be another kernel tomorrow.
struct KernelRecord {
  std::string release;
  crypto::Digest digest;  ///< of the facts that the judge used
  std::string build_id;   ///< hexadecimal; empty: unknown
  std::string facts;      ///< JSON text, as much as the caller wants to be able to tell later
  std::int64_t when = 0;  ///< first seen, seconds since the epoch

  bool operator==(const KernelRecord&) const = default;
};

/// What the judge said of one artifact and one kernel.
struct VerdictRecord {
  crypto::Digest artifact;
  std::string kernel;           ///< release
  crypto::Digest kernel_facts;  ///< KernelRecord::digest
  abi::Decision decision = abi::Decision::unknown;
  std::string findings;       ///< JSON text
  std::string overridden_by;  ///< the flag that let it be installed all the same; empty: none
  std::int64_t when = 0;      ///< seconds since the epoch

  bool operator==(const VerdictRecord&) const = default;
};

/// Remembers the kernel; the same release and digest again changes nothing.
Status remember_kernel(Store& store, const KernelRecord& kernel);

/// Every kernel that was ever seen under that release, newest first; an empty release means all.
Result<std::vector<KernelRecord>> kernels_seen(Store& store, const std::string& release);

/// Remembers the verdict in place of an older one on the same artifact and facts.
Status record_verdict(Store& store, const VerdictRecord& verdict);

/// The newest verdict on the artifact for the kernel of that release.
Result<std::optional<VerdictRecord>> find_verdict(Store& store, const crypto::Digest& artifact,
                                                  const std::string& kernel);

}  // namespace kpkg::store
