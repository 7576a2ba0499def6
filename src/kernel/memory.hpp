// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "base/shared_bytes.hpp"
#include "crypto/digest.hpp"
#include "kernel/learn.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::kernel {

/// Keeps what was slow to learn. That it forgets, or cannot keep anything, is no failure: it is learned
/// again.
class Memory {
 public:
  virtual ~Memory() = default;

  /// What keep() was given for the key, whole; nothing: it was never given anything, or has forgotten it.
  virtual std::optional<SharedBytes> recall(const std::string& key) = 0;

  /// Keeps `bytes` in place of what the key had.
  virtual void keep(const std::string& key, std::string_view bytes) = 0;
};

/// The key under which the BTF of that SHA-256 is kept: with it the facts that were learned of it can be
/// explained.
std::string btf_key(const crypto::Digest& digest);

/// Gives facts of which only the digest of the BTF is known its bytes, from memory. False: nobody remembers
/// them, or there is no BTF.
bool add_btf(abi::KernelBtf& btf, Memory& memory);

/// Gives facts of which learn() knows the BTF the table of its types, which is kept apart from them: from
/// memory, else made of the BTF that is at hand or in memory. Without either they stay as they are.
void add_type_table(abi::KernelFacts& facts, Memory& memory);

/// learn(), from memory where no file that it would read has changed: size, time and inode of each are the
/// stamp of what is kept, and so is what a running kernel says of itself. What is damaged, or was kept by
/// another kpkg, is learned again and replaced.
Result<Learned> learn(const system::Root& root, const Kernel& kernel, Memory& memory);

}  // namespace kpkg::kernel
