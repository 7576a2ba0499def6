// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit/install/world.hpp"

#include "base/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

namespace kpkg::install::world {
namespace {

Error injected() {
  return {.kind = ErrorKind::io, .message = "the injected failure", .context = {}, .hint = ""};
}

/// Performs one operation as the fault says.
template <typename T>
Result<T> through(Fault& fault, const std::function<Result<T>()>& operation) {
  const bool is_it = ++fault.count == fault.at;
  if (is_it && fault.kind == Fault::Kind::stop) throw Stopped{};
  if (is_it && fault.kind == Fault::Kind::before) return fail(injected());
  if (fault.count >= fault.at && fault.kind == Fault::Kind::for_good) return fail(injected());
  auto result = operation();
  if (is_it && fault.kind == Fault::Kind::after) return fail(injected());
  return result;
}

class FaultyDisk final : public Disk {
 public:
  explicit FaultyDisk(World& world) : fault_(world.fault), disk_(world.root) {}

  Result<std::optional<std::string>> read_if_present(const std::string& path) override {
    return through<std::optional<std::string>>(fault_, [&] { return disk_.read_if_present(path); });
  }
  Result<std::optional<std::vector<system::DirectoryEntry>>> list(const std::string& path) override {
    return through<std::optional<std::vector<system::DirectoryEntry>>>(fault_,
                                                                       [&] { return disk_.list(path); });
  }
  Status make_directories(const std::string& path) override {
    return through<void>(fault_, [&] { return disk_.make_directories(path); });
  }
  Status write(const std::string& path, std::string_view bytes) override {
    return through<void>(fault_, [&] { return disk_.write(path, bytes); });
  }
  Status rename(const std::string& from, const std::string& to) override {
    return through<void>(fault_, [&] { return disk_.rename(from, to); });
  }
  Status link(const std::string& from, const std::string& to) override {
    return through<void>(fault_, [&] { return disk_.link(from, to); });
  }
  Status remove(const std::string& path) override {
    return through<void>(fault_, [&] { return disk_.remove(path); });
  }
  Status remove_if_empty(const std::string& path) override {
    return through<void>(fault_, [&] { return disk_.remove_if_empty(path); });
  }
  std::string directory() const override { return disk_.directory(); }
  Result<std::string> host_path(const std::string& path) const override { return disk_.host_path(path); }

 private:
  Fault& fault_;
  RootDisk disk_;
};

/// What depmod and modprobe do, as far as a name and a path go: updates/ before kernel/, only names in ".ko".
class ModuleTools final : public system::Runner {
 public:
  explicit ModuleTools(World& world) : world_(world) {}

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& /*on_line*/) override {
    world_.commands.push_back(command.program);
    return through<system::Outcome>(world_.fault, [&] { return answer(command); });
  }

 private:
  Result<system::Outcome> answer(const system::Command& command) {
    if (command.program == "depmod") return depmod();
    if (command.program == "modprobe") return modprobe(command.arguments.back());
    return system::Outcome{};
  }

  Result<system::Outcome> depmod() {
    std::string index;
    for (const auto& [path, bytes] : world_.files())
      if (path.starts_with(module_directory) && path.ends_with(".ko"))
        index += path.substr(std::string(module_directory).size() + 1) + ": " + bytes + "\n";
    world_.write(std::string(module_directory) + "/modules.dep", index);
    // The second file is missing from the old index: undoing must remove it again.
    world_.write(std::string(module_directory) + "/modules.weakdep", index);
    return system::Outcome{};
  }

  Result<system::Outcome> modprobe(const std::string& name) {
    const auto index = lines(world_.root.read(std::string(module_directory) + "/modules.dep").value());
    for (const std::string directory : {"updates/", "kernel/"})
      for (const auto& line : index)
        if (line.starts_with(directory) && line.find("/" + name + ".ko:") != std::string::npos)
          return system::Outcome{.output = "insmod " + world_.directory.path() + "/lib/modules/" + kernel +
                                           "/" + line.substr(0, line.find(':')) + " \n"};
    return system::Outcome{.status = 1, .errors = "modprobe: FATAL: Module " + name + " not found."};
  }

  World& world_;
};

class FaultyJournal final : public store::Journal {
 public:
  explicit FaultyJournal(World& world) : world_(world) {}

  Result<std::int64_t> begin(const std::string& release, const std::string& intent) override {
    return through<std::int64_t>(world_.fault, [&]() -> Result<std::int64_t> {
      const auto id = static_cast<std::int64_t>(world_.transactions.size()) + 1;
      world_.transactions.push_back({id, release, intent, store::TransactionState::intended, 1});
      return id;
    });
  }
  Status advance(std::int64_t id, store::TransactionState state) override {
    const bool is_lying = world_.fault.kind == Fault::Kind::journal;
    if (is_lying && state == store::TransactionState::undone) return fail(injected());
    const auto advanced = through<void>(world_.fault, [&]() -> Status {
      world_.transactions.at(static_cast<std::size_t>(id) - 1).state = state;
      return {};
    });
    if (is_lying) return fail(injected());
    return advanced;
  }
  Result<std::vector<store::Transaction>> unfinished() override {
    return through<std::vector<store::Transaction>>(
        world_.fault, [&]() -> Result<std::vector<store::Transaction>> {
          auto open = world_.transactions;
          open.erase(std::remove_if(open.begin(), open.end(),
                                    [](const store::Transaction& transaction) {
                                      return transaction.state == store::TransactionState::concluded ||
                                             transaction.state == store::TransactionState::undone;
                                    }),
                     open.end());
          return open;
        });
  }

 private:
  World& world_;
};

class FaultyLedger final : public Ledger {
 public:
  explicit FaultyLedger(World& world) : world_(world) {}

  Status record(std::int64_t transaction, const Plan& plan) override {
    return through<void>(world_.fault, [&]() -> Status {
      for (const auto& step : plan.steps) record_step(transaction, plan, step);
      return {};
    });
  }

 private:
  void record_step(std::int64_t transaction, const Plan& plan, const Step& step) {
    if (step.kind == StepKind::remove_file || step.kind == StepKind::leave_file)
      world_.recorded.erase(step.path);
    if (step.kind != StepKind::put_module && step.kind != StepKind::put_configuration) return;
    const bool is_module = step.kind == StepKind::put_module;
    world_.recorded[step.path] = {
        .recipe = plan.recipe,
        .version = plan.version,
        .kernel = is_module ? plan.kernel : "",
        .module = step.module,
        .path = step.path,
        .digest = *step.digest,
        .kind = is_module ? store::FileKind::module : store::FileKind::configuration,
        .transaction = transaction};
  }

  World& world_;
};

/// The digests in the ledger; ids of transactions differ between an old and a retried world.
std::map<std::string, std::string> ledger_of(const World& world) {
  std::map<std::string, std::string> digests;
  for (const auto& [path, record] : world.recorded) digests[path] = record.digest.hex();
  return digests;
}

struct Picture {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> ledger;

  bool operator==(const Picture&) const = default;
};

Picture picture_of(const World& world) {
  return {world.files(), ledger_of(world)};
}

struct Trial {
  World world;
  Plans plans;
  Picture before;
  Picture after;
};

/// A world about to be changed, and what it and its changed twin look like. Bytes of both are the same.
Trial a_trial(World (*make)(), Wishes (*want)(World&)) {
  auto twin = make();
  performed(twin, want(twin));
  auto world = make();
  auto plans = plans_for(world, want(world));
  auto before = picture_of(world);
  return {std::move(world), std::move(plans), std::move(before), picture_of(twin)};
}

/// Memory where there is some: thousands of worlds are synced to disk here, which is not what is tested.
std::string parent_of_worlds() {
  return system::status_of("/dev/shm").value().has_value() ? "/dev/shm" : "/tmp";
}

bool is_old_or_new(const Trial& trial) {
  const auto now = picture_of(trial.world);
  return now == trial.before || now == trial.after;
}

/// Performs; whether the process lived to the end.
bool lives(World& world, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const Stopped&) {
    world.fault = {};
    return false;
  }
}

}  // namespace

std::map<std::string, std::string> World::files() const {
  std::map<std::string, std::string> found;
  const auto top = directory.path();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
    const auto path = entry.path().string();
    found[path.substr(top.size())] = entry.is_regular_file() && !entry.is_symlink()
                                         ? system::read_file(path).value()
                                         : "directory or link";
  }
  return found;
}

void World::write(const std::string& path, const std::string& bytes) const {
  REQUIRE(root.make_directories(path.substr(0, path.rfind('/'))));
  REQUIRE(root.write(path, bytes));
}

std::vector<store::InstalledRecord> World::records() const {
  std::vector<store::InstalledRecord> found;
  for (const auto& [path, record] : recorded) found.push_back(record);
  return found;
}

World a_world() {
  auto directory = system::TempDir::create(parent_of_worlds(), "kpkg-install-test-").value();
  auto root = system::Root::open(directory.path()).value();
  World world{.directory = std::move(directory), .root = std::move(root)};
  world.write(std::string(module_directory) + "/kernel/drivers/tty.ko", "the kernel's");
  world.write(std::string(module_directory) + "/modules.order", "kernel/drivers/tty.ko\n");
  world.write(std::string(module_directory) + "/modules.dep", "kernel/drivers/tty.ko: the kernel's\n");
  world.write("/etc/modules-load.d/other.conf", "other\n");
  std::filesystem::create_symlink("usr/lib", world.directory.path() + "/lib");
  return world;
}

WantedModule a_module(World& world, const std::string& name, const std::string& bytes) {
  WantedModule module;
  module.name = name;
  module.file_name = name + ".ko";
  module.digest = crypto::sha256(bytes);
  module.size = bytes.size();
  module.decision = abi::Decision::loads;
  world.artifacts[module.digest.hex()] = bytes;
  return module;
}

Wish a_wish(std::vector<WantedModule> modules, const std::string& configuration, const std::string& recipe) {
  Wish wish;
  wish.recipe = recipe;
  wish.version = "1.0";
  wish.kernel = kernel;
  wish.modules = std::move(modules);
  wish.configuration.emplace();
  if (!configuration.empty())
    wish.configuration->push_back({"/etc/modules-load.d/kpkg-" + recipe + ".conf", configuration});
  return wish;
}

Plans plans_for(const World& world, const Wishes& wishes) {
  Plans plans;
  for (const auto& wish : wishes) {
    const auto state = observe(world.root, wish, world.records());
    REQUIRE(state);
    plans.push_back(plan(wish, *state, Policy{}));
  }
  return plans;
}

Result<Receipt> perform(World& world, const Plans& plans) {
  FaultyDisk disk(world);
  ModuleTools tools(world);
  FaultyJournal journal(world);
  FaultyLedger ledger(world);
  return apply(
      plans, Site{disk, tools, journal, ledger},
      [&](const crypto::Digest& digest) -> Result<std::string> { return world.artifacts.at(digest.hex()); });
}

Result<std::vector<Recovery>> recover_in(World& world) {
  FaultyDisk disk(world);
  ModuleTools tools(world);
  FaultyJournal journal(world);
  FaultyLedger ledger(world);
  return recover(Site{disk, tools, journal, ledger});
}

void performed(World& world, const Wishes& wishes) {
  const auto receipt = perform(world, plans_for(world, wishes));
  REQUIRE(receipt);
  REQUIRE(receipt->unfinished.empty());
}

int survive(Fault::Kind kind, World (*make)(), Wishes (*want)(World&)) {
  for (int at = 1;; ++at) {
    auto trial = a_trial(make, want);
    CAPTURE(at);
    trial.world.fault = {.kind = kind, .at = at};
    bool succeeded = false;
    const bool lived = lives(trial.world, [&] { succeeded = perform(trial.world, trial.plans).has_value(); });
    const bool was_hit = !lived || trial.world.fault.count >= at;
    trial.world.fault = {};
    // One failure is undone at once; a second one, or a stop, by the next command.
    if (lived && !succeeded && kind == Fault::Kind::before) CHECK(picture_of(trial.world) == trial.before);
    CHECK(recover_in(trial.world));
    CHECK(is_old_or_new(trial));
    if (succeeded) CHECK(picture_of(trial.world) == trial.after);
    if (!was_hit) return at - 1;
  }
}

int survive_two_stops(World (*make)(), Wishes (*want)(World&)) {
  int tried = 0;
  for (int first = 1;; first += 3) {
    bool first_was_hit = false;
    for (int second = 1;; second += 2, ++tried) {
      auto trial = a_trial(make, want);
      CAPTURE(first);
      CAPTURE(second);
      trial.world.fault = {.kind = Fault::Kind::stop, .at = first};
      first_was_hit = !lives(trial.world, [&] { static_cast<void>(perform(trial.world, trial.plans)); });
      trial.world.fault = {.kind = Fault::Kind::stop, .at = second};
      const bool second_was_hit = !lives(trial.world, [&] { static_cast<void>(recover_in(trial.world)); });
      trial.world.fault = {};
      CHECK(recover_in(trial.world));
      CHECK(is_old_or_new(trial));
      if (!second_was_hit) break;
    }
    if (!first_was_hit) return tried;
  }
}

}  // namespace kpkg::install::world
