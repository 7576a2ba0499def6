// SPDX-License-Identifier: GPL-2.0-or-later
// The text of a Module.symvers; what was read must survive being written and read again.
#include "abi/symvers.hpp"
#include "base/assert.hpp"
#include "fuzz/target.hpp"

namespace kpkg::fuzz {

std::vector<std::string> seeds() {
  return {"0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL\n",
          "0x12345678\tprintk\t\tvmlinux\tEXPORT_SYMBOL_GPL\n0x00000000\tdma_buf_get\tDMA_"
          "BUF\tvmlinux\tEXPORT_SYMBOL\n",
          "0x12345678\tusb_get\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\t\n0x1\tkvm_x\tarch/x86/kvm/kvm\t"
          "EXPORT_SYMBOL_GPL\tmodule:kvm-intel,kvm-amd\n"};
}

void read(std::string_view bytes) {
  const auto table = abi::parse_symvers(bytes);
  if (!table) return;
  const auto again = abi::parse_symvers(abi::symvers_text(*table));
  KPKG_ASSERT(again && *again == *table);
}

}  // namespace kpkg::fuzz
