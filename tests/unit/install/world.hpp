// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/apply.hpp"
#include "install/state.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <map>
#include <string>
#include <vector>

namespace kpkg::install::world {

inline constexpr const char* kernel = "6.1.0-test";
inline constexpr const char* module_directory = "/usr/lib/modules/6.1.0-test";
inline constexpr const char* own_directory = "/usr/lib/modules/6.1.0-test/updates/kpkg";

/// Thrown where kill -9 would end the process: nothing of kpkg catches it.
struct Stopped {};

/// What goes wrong at the `at`-th operation that a double counts; 0: nothing does.
struct Fault {
  enum class Kind {
    none,
    before,    ///< the operation fails and has done nothing
    after,     ///< the operation fails and has been done
    for_good,  ///< it and every later one fails, as on a disk that is full
    stop,      ///< the process is gone before it
    journal,   ///< the journal keeps "applied" but says that it failed, and does not keep "undone"
  };

  Kind kind = Kind::none;
  int at = 0;
  int count = 0;
};

/// Everything that an operation of apply() goes through, with one fault in it.
struct World {
  system::TempDir directory;
  system::Root root;
  std::map<std::string, std::string> artifacts;            // digest to bytes
  std::vector<store::Transaction> transactions;            // the journal
  std::map<std::string, store::InstalledRecord> recorded;  // the ledger, by path
  Fault fault;
  std::vector<std::string> commands;

  /// Every file with its bytes and every directory, by path in the root.
  std::map<std::string, std::string> files() const;
  void write(const std::string& path, const std::string& bytes) const;
  std::vector<store::InstalledRecord> records() const;
};

/// A root with a merged /usr, a kernel with one in-tree module, and an index of it.
World a_world();

/// A wanted module whose bytes the world's artifacts have.
WantedModule a_module(World& world, const std::string& name, const std::string& bytes);

/// The recipe with these modules and a modules-load.d file of this content; empty: none.
Wish a_wish(std::vector<WantedModule> modules, const std::string& configuration,
            const std::string& recipe = "tty");

using Wishes = std::vector<Wish>;
using Plans = std::vector<Plan>;

/// One plan a wish, each made without knowing the others.
Plans plans_for(const World& world, const Wishes& wishes);

/// Performs and recovers with doubles that count and fail as the world's fault says.
Result<Receipt> perform(World& world, const Plans& plans);
Result<std::vector<Recovery>> recover_in(World& world);

/// Performs without faults; the world as it is afterwards.
void performed(World& world, const Wishes& wishes);

/// Tries every fault of one kind, one after the other, in worlds that `make` makes, each to be changed to
/// what `want` wants; after each, with recover(), the world must be the old or the new one. The number of
/// faults tried.
int survive(Fault::Kind kind, World (*make)(), Wishes (*want)(World&));

/// The same for kills of apply() and, after each, every kill of recover().
int survive_two_stops(World (*make)(), Wishes (*want)(World&));

}  // namespace kpkg::install::world
