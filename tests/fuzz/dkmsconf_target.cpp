// SPDX-License-Identifier: GPL-2.0-or-later
// What bash said of a dkms.conf, into which a dkms.conf can write, and the text of a dkms.conf itself. A text
// that is plain stays so when it is read once more.
#include "base/assert.hpp"
#include "base/text.hpp"
#include "dkmsconf/evaluation.hpp"
#include "dkmsconf/plain_file.hpp"
#include "dkmsconf/rules.hpp"
#include "fuzz/target.hpp"

namespace kpkg::fuzz {
namespace {

/// The words of `text`, each with a NUL.
std::string fields(std::string_view text) {
  std::string answer;
  for (const auto& word : words(text)) answer.append(word).push_back('\0');
  return answer;
}

}  // namespace

std::vector<std::string> seeds() {
  return {
      fields("start file /a retired CLEAN clean match MAKE_MATCH 1 0 option 0 !CONFIG_X 1 clang value "
             "PACKAGE_NAME "
             "0 driver value PACKAGE_VERSION 0 1.0 value MAKE 0 make value MAKE_MATCH 1 ^6 end"),
      fields(
          "start value BUILT_MODULE_NAME 0 driver value BUILT_MODULE_NAME 7 b.ko value DEST_MODULE_LOCATION "
          "0 "
          "/kernel/../.. value STRIP 0 no value BUILD_EXCLUSIVE_KERNEL_MAX 1 6.1 value OBSOLETE_BY 0 7 value "
          "PATCH 3 a value AUTOINSTALL 0 maybe end"),
      "PACKAGE_NAME=\"x\" # name\nMAKE[0]='make -C ${kernel_source_dir} $PACKAGE_NAME'\n# "
      "$(x)\nA=b${A[0]}$\n"};
}

void read(std::string_view bytes) {
  const std::string text(bytes);
  const auto evaluation =
      dkmsconf::parse_answer({.status = 0, .timed_out = false, .fields = text, .errors = text});
  const dkmsconf::ConfRequest request{.module = "m",
                                      .version = "1",
                                      .kernel = "6.1",
                                      .arch = "x86_64",
                                      .purpose = dkmsconf::Purpose::changing};
  const auto conf = dkmsconf::conclude(evaluation, request, dkmsconf::Framework());
  KPKG_ASSERT(conf.modules.size() <= 4096);

  std::set<std::string, std::less<>> known = {"kernel_source_dir"};
  if (dkmsconf::is_plain(text, known)) KPKG_ASSERT(dkmsconf::is_plain(text, known));
}

}  // namespace kpkg::fuzz
