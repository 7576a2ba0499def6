// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::abi {

/// Whether the kernel skips the release when it compares: it trusts CRCs more than a number.
enum class FirstWord { compared, skipped };

/// Whether a kernel that says `kernel` takes a module that says `module`; every byte counts, also a blank at
/// the end. Source: linux kernel/module (same_magic), 4.9 to 7.3.
bool is_same_vermagic(std::string_view module, std::string_view kernel, FirstWord first_word);

/// Why they are not the same, for people: "the release is 6.1.0-55-amd64 instead of 6.1.0-56-amd64; 'preempt'
/// is missing".
std::string vermagic_difference(std::string_view module, std::string_view kernel, FirstWord first_word);

/// Whether they are the same but for the release, in the first word.
bool only_release_differs(std::string_view module, std::string_view kernel);

}  // namespace kpkg::abi
