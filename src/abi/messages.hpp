// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fill.hpp"
#include "abi/verdict.hpp"

#include <span>
#include <string_view>

namespace kpkg::abi {

// Private to abi/: the messages that explain() knows. Where the judge has a finding for what a message says,
// the row names it; the texts here are for those who have only the line.

/// One message and what it means. In `cause` and `remedy` what the pattern found is filled in.
struct MessageRow {
  std::string_view id;          ///< stable: "symbol-unknown-or-gpl-only"
  std::string_view patterns;    ///< as match() takes them, a line each
  Severity severity;            ///< of what the message tells about loading the module
  std::string_view errno_name;  ///< what the loading program meets; empty: no error, or any
  std::string_view findings;    ///< the judge's names for it, separated by blanks; empty: it has none
  std::string_view cause;
  std::string_view remedy;
  std::string_view follows = {};  ///< ids of the messages that it only repeats where one stands before it
  void (*refine)(Particulars& found) = nullptr;  ///< makes words of what was found, such as a number
};

/// All of them, in the order in which they are tried: a message that is a case of another comes before it.
std::span<const std::span<const MessageRow>> messages();

// The tables, one file each.
std::span<const MessageRow> messages_of_files();       ///< ELF, struct module, vermagic, compression
std::span<const MessageRow> messages_of_symbols();     ///< versions, symbols, namespaces, exports
std::span<const MessageRow> messages_of_signatures();  ///< signatures, policies, taints
std::span<const MessageRow> messages_of_code();        ///< relocations, BTF, parameters, crashes
std::span<const MessageRow> messages_of_tools();       ///< modprobe, rmmod, depmod, modpost

/// What the tools say where the errno is none that the loader gives; tried last.
const MessageRow& message_of_other_errno();

}  // namespace kpkg::abi
