// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/explain.hpp"
#include "abi/symvers.hpp"
#include "abi/verdict.hpp"
#include "workflow/targets.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// What is to be explained, and with which module and kernel at hand.
struct ExplainRequest {
  std::string text;
  std::string module_file;  ///< of the host; empty: the modules that the text names, if they are installed
  std::vector<std::string> kernels;  ///< as of -k; of several the first counts
};

/// A module that the text is about, and what the judge says of it.
struct JudgedFile {
  std::string file;
  abi::Verdict verdict;
};

/// One explanation, and the findings of the judge that are its reason here.
struct ExplainedMessage {
  abi::Explanation explanation;
  std::optional<abi::KernelSymbol> exported;  ///< its symbol, as the kernel or one of its modules exports it
  std::string file;                           ///< whose module was judged; empty: none is at hand
  std::string release;                        ///< of the kernel that was at hand; empty: none
  abi::Decision decision = abi::Decision::unknown;  ///< of the judged module
  std::vector<abi::Finding> findings = {};  ///< empty: none was judged, or the judge has no such finding
};

struct ExplainOutcome {
  std::vector<ExplainedMessage> messages;
  std::vector<JudgedFile> judged;
  std::vector<std::string> unknown;  ///< lines without an explanation
};

/// Explains `request.text`. Where a module and a kernel are at hand, the judge says which of its findings a
/// message is. That none is at hand is no failure unless they were named.
///
/// Errors: those of reading the module and the kernel that were named.
Result<ExplainOutcome> explain(const Workspace& workspace, const ExplainRequest& request);

/// The kernel's messages since it started.
///
/// Errors: usage: the root is not this system, whose kernel alone has a log; those of system::KernelLog.
Result<std::string> kernel_log(const Workspace& workspace);

}  // namespace kpkg::workflow
