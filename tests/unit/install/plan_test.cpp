// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using namespace kpkg::install;

namespace {

using Id = PlanFinding::Id;

const std::string directory = "/usr/lib/modules/6.1";
const std::string module_path = directory + "/updates/kpkg/tty.ko";
const std::string configuration_path = "/etc/modprobe.d/kpkg-tty.conf";

crypto::Digest digest_of(std::string_view text) {
  return crypto::sha256(text);
}

WantedModule a_module(const std::string& name, std::string_view bytes) {
  return {.name = name,
          .file_name = name + ".ko",
          .digest = digest_of(bytes),
          .size = bytes.size(),
          .decision = abi::Decision::loads};
}

Wish a_wish() {
  return {.recipe = "tty", .version = "2", .kernel = "6.1", .modules = {a_module("tty", "new")}};
}

RootState a_state() {
  return {.kernel = "6.1",
          .module_directory = directory,
          .is_host = true,
          .search_order = {"updates", "built-in"},
          .free_bytes = std::uint64_t{1} << 30};
}

OurFile our_module(std::string_view recorded, std::optional<std::string> now) {
  OurFile file;
  file.record = {.recipe = "tty",
                 .version = "1",
                 .kernel = "6.1",
                 .module = "tty",
                 .path = module_path,
                 .digest = digest_of(recorded)};
  if (now) file.now = digest_of(*now);
  return file;
}

OurFile our_configuration(std::string_view recorded, std::optional<std::string> now) {
  auto file = our_module(recorded, std::move(now));
  file.record.path = configuration_path;
  file.record.kernel = file.record.module = "";
  file.record.kind = store::FileKind::configuration;
  return file;
}

OtherModule another(OtherModule::Place place, const std::string& path) {
  return {.module = "tty", .place = place, .path = path, .now = digest_of("foreign")};
}

std::vector<StepKind> kinds_of(const Plan& plan) {
  std::vector<StepKind> kinds;
  std::transform(plan.steps.begin(), plan.steps.end(), std::back_inserter(kinds),
                 [](const Step& step) { return step.kind; });
  return kinds;
}

std::vector<Id> ids_of(const Plan& plan) {
  std::vector<Id> ids;
  std::transform(plan.findings.begin(), plan.findings.end(), std::back_inserter(ids),
                 [](const PlanFinding& finding) { return finding.id; });
  return ids;
}

using Kinds = std::vector<StepKind>;
using Ids = std::vector<Id>;

}  // namespace

TEST_CASE("a new module is put, indexed and looked for, in this order") {
  const auto result = plan(a_wish(), a_state(), {});

  CHECK(kinds_of(result) == Kinds{StepKind::put_module, StepKind::index, StepKind::check});
  CHECK(result.steps[0].path == module_path);
  CHECK(result.steps[0].digest == digest_of("new"));
  CHECK_FALSE(result.steps[0].before.has_value());
  CHECK(result.findings.empty());
  CHECK(lines_of(result) == std::vector<std::string>{"add " + module_path, "run depmod for 6.1",
                                                     "check that modprobe finds tty"});
}

TEST_CASE("a module that is in place already is kept, and nothing runs") {
  auto state = a_state();
  state.ours = {our_module("new", "new")};
  state.occupied = {{module_path, digest_of("new")}};

  const auto result = plan(a_wish(), state, {});

  CHECK(kinds_of(result) == Kinds{StepKind::keep_file});
  CHECK(changes_nothing(result));
}

TEST_CASE("an installed module that is not what was installed is replaced, and that is said") {
  auto state = a_state();
  state.ours = {our_module("old", "tampered")};
  state.occupied = {{module_path, digest_of("tampered")}};

  const auto result = plan(a_wish(), state, {});

  CHECK(result.steps[0].kind == StepKind::put_module);
  CHECK(result.steps[0].before == digest_of("tampered"));
  CHECK(ids_of(result) == Ids{Id::changed_module});
  CHECK_FALSE(is_refused(result));
}

TEST_CASE("a wish without modules removes what is recorded of the recipe and kernel, and nothing else") {
  auto wish = a_wish();
  wish.modules.clear();
  auto state = a_state();
  auto of_other_recipe = our_module("x", "x");
  of_other_recipe.record.recipe = "other";
  auto of_other_kernel = our_module("x", "x");
  of_other_kernel.record.kernel = "6.12";
  state.ours = {our_module("old", "old"), of_other_recipe, of_other_kernel, our_configuration("c", "c")};

  const auto result = plan(wish, state, {});

  CHECK(kinds_of(result) == Kinds{StepKind::remove_file, StepKind::index});
  CHECK(result.steps[0].path == module_path);
}

TEST_CASE("a recorded file that is gone is only forgotten") {
  auto wish = a_wish();
  wish.modules.clear();
  auto state = a_state();
  state.ours = {our_module("old", std::nullopt)};

  const auto result = plan(wish, state, {});

  CHECK(kinds_of(result) == Kinds{StepKind::remove_file});
  CHECK(changes_nothing(result));
  CHECK(lines_of(result) == std::vector<std::string>{"forget " + module_path + ", which is gone already"});
}

TEST_CASE("a configuration file that a person changed or removed is respected at an upgrade") {
  auto wish = a_wish();
  wish.modules.clear();
  wish.configuration = std::vector<WantedFile>{{configuration_path, "new"}};
  auto changed = a_state();
  changed.ours = {our_configuration("old", "mine")};
  changed.occupied = {{configuration_path, digest_of("mine")}};
  auto removed = a_state();
  removed.ours = {our_configuration("old", std::nullopt)};
  auto unrecorded = a_state();
  unrecorded.occupied = {{configuration_path, digest_of("mine")}};

  CHECK(ids_of(plan(wish, changed, {})) == Ids{Id::changed_configuration});
  CHECK(ids_of(plan(wish, removed, {})) == Ids{Id::changed_configuration});
  CHECK(ids_of(plan(wish, unrecorded, {})) == Ids{Id::changed_configuration});
  CHECK(changes_nothing(plan(wish, changed, {})));
  CHECK(changes_nothing(plan(wish, removed, {})));
  CHECK(changes_nothing(plan(wish, unrecorded, {})));
}

TEST_CASE("a configuration file that is as installed is replaced by the new one") {
  auto wish = a_wish();
  wish.modules.clear();
  wish.configuration = std::vector<WantedFile>{{configuration_path, "new"}};
  auto state = a_state();
  state.ours = {our_configuration("old", "old")};
  state.occupied = {{configuration_path, digest_of("old")}};

  const auto result = plan(wish, state, {});

  CHECK(kinds_of(result) == Kinds{StepKind::put_configuration});
  CHECK(result.steps[0].content == "new");
}

TEST_CASE("a removal takes unchanged configuration away and leaves a changed one") {
  auto wish = a_wish();
  wish.modules.clear();
  wish.configuration.emplace();
  auto unchanged = a_state();
  unchanged.ours = {our_configuration("old", "old")};
  auto changed = a_state();
  changed.ours = {our_configuration("old", "mine")};

  CHECK(kinds_of(plan(wish, unchanged, {})) == Kinds{StepKind::remove_file});
  CHECK(kinds_of(plan(wish, changed, {})) == Kinds{StepKind::leave_file});
}

TEST_CASE("another tool's module of the same name is refused, naming kpkg adopt, and taken over if asked") {
  auto state = a_state();
  const auto path = directory + "/updates/dkms/tty.ko";
  state.others = {another(OtherModule::Place::foreign, path)};

  const auto refused = plan(a_wish(), state, {});
  const auto adopted = plan(a_wish(), state, {.foreign = Foreign::take_over});

  CHECK(is_refused(refused));
  CHECK(refusal_of(refused) == Error{.kind = ErrorKind::conflict,
                                     .message = path + " was installed by another tool",
                                     .context = {},
                                     .hint = "take it over with `kpkg adopt tty`"});
  CHECK_FALSE(is_refused(adopted));
  CHECK(kinds_of(adopted) ==
        Kinds{StepKind::put_module, StepKind::remove_file, StepKind::index, StepKind::check});
  CHECK(adopted.steps[1].before == digest_of("foreign"));
}

TEST_CASE(
    "a module of that name of another recipe is refused, whether it is written with dash or underscore") {
  auto state = a_state();
  auto other = our_module("x", "x");
  other.record.recipe = "other";
  other.record.module = "my-tty";
  other.record.path = directory + "/updates/kpkg/my-tty.ko";
  state.ours = {other};
  auto wish = a_wish();
  wish.modules = {a_module("my_tty", "new")};

  const auto result = plan(wish, state, {});

  CHECK(is_refused(result));
  CHECK(ids_of(result) == Ids{Id::other_owner});
}

TEST_CASE("an in-tree module is shadowed if depmod prefers updates, and the plan is refused if not") {
  auto state = a_state();
  state.others = {another(OtherModule::Place::in_tree, directory + "/kernel/tty.ko")};
  auto reversed = state;
  reversed.search_order = {"built-in", "updates"};
  auto missing = state;
  missing.search_order = {"extra"};
  auto overridden = state;
  overridden.depmod_overrides = {"extra"};
  auto narrow = state;
  narrow.search_order = {"updates/kpkg", "built-in"};

  CHECK(ids_of(plan(a_wish(), state, {})) == Ids{Id::shadows_in_tree});
  CHECK_FALSE(is_refused(plan(a_wish(), state, {})));
  CHECK_FALSE(is_refused(plan(a_wish(), narrow, {})));
  CHECK(ids_of(plan(a_wish(), reversed, {})) == Ids{Id::search_order});
  CHECK(is_refused(plan(a_wish(), reversed, {})));
  CHECK(is_refused(plan(a_wish(), missing, {})));
  CHECK(is_refused(plan(a_wish(), overridden, {})));
}

TEST_CASE("a module that is built in is refused") {
  auto state = a_state();
  state.others = {another(OtherModule::Place::built_in, directory + "/kernel/tty.ko")};

  CHECK(refusal_of(plan(a_wish(), state, {})).kind == ErrorKind::unsupported);
}

TEST_CASE("a verdict that says no is refused, and a flag that overrides it is noted with its name") {
  auto wish = a_wish();
  wish.modules[0].decision = abi::Decision::broken;
  auto forced = wish;
  forced.modules[0].overridden_by = "--force";

  const auto refused = plan(wish, a_state(), {});
  const auto allowed = plan(forced, a_state(), {});

  CHECK(refusal_of(refused).kind == ErrorKind::incompatible);
  CHECK_FALSE(is_refused(allowed));
  CHECK(allowed.findings[0].text == "the verdict on tty is \"broken\", overridden by --force");
}

TEST_CASE("a flag that lets a module in though nothing proves its tree is noted, and stands in the step") {
  auto wish = a_wish();
  wish.modules[0].allowed_by = "--allow-unverified";

  const auto allowed = plan(wish, a_state(), {});

  CHECK_FALSE(is_refused(allowed));
  CHECK(ids_of(allowed) == Ids{Id::unproved_tree});
  CHECK(allowed.findings[0].text ==
        "nothing proves the tree that tty was built in; --allow-unverified lets it in");
  CHECK(allowed.steps[0].allowed_by == "--allow-unverified");
  CHECK(plans_from_json(json_text_of(std::vector{allowed})).value() == std::vector{allowed});
}

TEST_CASE("too little space for the new files and the index is refused before anything is written") {
  auto state = a_state();
  state.free_bytes = 1000;
  auto unknown = a_state();
  unknown.free_bytes.reset();

  CHECK(refusal_of(plan(a_wish(), state, {})).kind == ErrorKind::no_space);
  CHECK_FALSE(is_refused(plan(a_wish(), unknown, {})));
}

TEST_CASE("names that lead elsewhere and text that becomes other lines are refused") {
  auto up = a_wish();
  up.modules[0].file_name = "../../../etc/cron.d/x.ko";
  auto not_module = a_wish();
  not_module.modules[0].file_name = "tty.conf";
  auto hidden = a_wish();
  hidden.recipe = "../x";
  auto lines = a_wish();
  lines.modules[0].options = "a=1\ninstall tty /bin/sh";
  auto joined = a_wish();
  joined.modules[0].options = "a=1 \\";
  auto elsewhere = a_wish();
  elsewhere.configuration = std::vector<WantedFile>{{"/etc/shadow", "x"}};
  auto below = a_wish();
  below.configuration = std::vector<WantedFile>{{"/etc/modprobe.d/../shadow", "x"}};
  auto twice = a_wish();
  twice.modules.push_back(a_module("tty", "other"));

  CHECK(refusal_of(plan(up, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(not_module, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(hidden, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(lines, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(joined, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(elsewhere, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(below, a_state(), {})).kind == ErrorKind::invalid);
  CHECK(refusal_of(plan(twice, a_state(), {})).kind == ErrorKind::invalid);
}

TEST_CASE("under the dkms name an unrecorded file in updates/dkms is another tool's") {
  auto wish = a_wish();
  wish.destination = Destination::dkms;
  auto state = a_state();
  state.occupied = {{directory + "/updates/dkms/tty.ko", digest_of("by dkms")}};

  CHECK(ids_of(plan(wish, state, {})) == Ids{Id::other_owner});
}

TEST_CASE("the initial RAM disk is updated once on this machine, and only spoken of in another root") {
  auto wish = a_wish();
  wish.initramfs = Initramfs::update;
  auto elsewhere = a_state();
  elsewhere.is_host = false;

  CHECK(plan(wish, a_state(), {}).steps.back().kind == StepKind::initramfs);
  CHECK(ids_of(plan(wish, elsewhere, {})) == Ids{Id::initramfs_not_updated});
}

TEST_CASE("a plan comes back from JSON as it was") {
  auto wish = a_wish();
  wish.configuration = std::vector<WantedFile>{{configuration_path, "options tty a=\"1\"\n"}};
  wish.initramfs = Initramfs::update;
  auto state = a_state();
  state.index_files = {"modules.dep", "modules.dep.bin"};
  state.new_directories = {directory + "/updates"};
  state.others = {another(OtherModule::Place::foreign, directory + "/extra/tty.ko")};
  state.ours = {our_module("old", "old")};
  state.occupied = {{module_path, digest_of("old")}};
  const auto result = plan(wish, state, {.foreign = Foreign::take_over});

  CHECK(plans_from_json(json_text_of(std::vector{result, result})).value() == std::vector{result, result});
}

TEST_CASE("an intent without plans, or with plans for two kernels, is corrupt") {
  const auto here = plan(a_wish(), a_state(), {});
  auto elsewhere = here;
  elsewhere.kernel = "6.1.0-other";

  CHECK(plans_from_json("[]").error().kind == ErrorKind::corrupt);
  CHECK(plans_from_json(json_text_of(std::vector{here, elsewhere})).error().message ==
        "the plans of the intent are for several kernels");
}

TEST_CASE("text that is no plan, an unknown step and a newer format are corrupt, not a crash") {
  const auto text = json_text_of(std::vector{plan(a_wish(), a_state(), {})});
  const auto put = text.find("put-module");
  const auto format = text.find("\"format\": 1");

  CHECK(plans_from_json("").error().kind == ErrorKind::corrupt);
  CHECK(plans_from_json("[1]").error().kind == ErrorKind::corrupt);
  CHECK(plans_from_json("{}").error().kind == ErrorKind::corrupt);
  CHECK(plans_from_json(std::string(text).replace(put, 3, "eat")).error().kind == ErrorKind::corrupt);
  CHECK(plans_from_json(std::string(text).replace(format, 11, "\"format\": 2")).error().message ==
        "the plan has format 2, which this kpkg does not know");
  CHECK(plans_from_json(R"([{"format": 1, "recipe": 7}])").error().kind == ErrorKind::corrupt);
}
