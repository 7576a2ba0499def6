// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/doctor_rules.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using namespace kpkg::workflow;

namespace {

using Subject = CheckupSubject;

constexpr std::uint64_t megabyte = 1'000'000;

const Error forbidden{.kind = ErrorKind::permission, .message = "cannot open /x: Permission denied"};
const Error damaged{
    .kind = ErrorKind::corrupt, .message = "the store is damaged", .context = {}, .hint = "move it"};

/// A kernel about which nothing is wrong.
KernelSeen a_kernel() {
  KernelSeen seen{
      .kernel = {.release = "6.1", .module_directory = "/lib/modules/6.1", .image = "/boot/vmlinuz-6.1"}};
  seen.kernel.tree = kernel::KernelTree{.path = "/usr/src/linux-headers-6.1"};
  seen.kernel.has_modules = true;
  seen.depmod = "depmod 6.1";
  seen.knows_symbols = true;
  seen.checks_signatures = true;
  seen.demand = {.enforced = false, .locked_down = false};
  seen.tree.tree = seen.kernel.tree;
  seen.tree.steps = {
      {.origin = TreeOrigin::installed,
       .place = "/usr/src/linux-headers-6.1",
       .is_taken = true,
       .attestation = tree::Attestation{.standing = tree::Standing::exact, .observations = {}}}};
  seen.headers_hint = "apt-get install linux-headers-6.1";
  seen.recipes_in_order = 2;
  return seen;
}

/// The kernel without a tree, because of what the installed one is worth.
KernelSeen without_tree(tree::Standing standing, TreeOrigin origin = TreeOrigin::installed) {
  auto seen = a_kernel();
  seen.tree.tree.reset();
  auto& step = seen.tree.steps[0];
  step.origin = origin;
  step.is_taken = false;
  step.text = "its release is another";
  step.attestation = tree::Attestation{.standing = standing, .observations = {}};
  return seen;
}

CheckupPoint point_about(Subject subject, const KernelSeen& seen) {
  const auto points = kernel_points(seen);
  const auto found =
      std::find_if(points.begin(), points.end(), [&](const auto& point) { return point.subject == subject; });
  REQUIRE(found != points.end());
  return *found;
}

std::vector<Subject> subjects_of(const KernelSeen& seen) {
  std::vector<Subject> subjects;
  for (const auto& point : kernel_points(seen)) subjects.push_back(point.subject);
  return subjects;
}

Health health_of(Subject subject, const KernelSeen& seen) {
  return point_about(subject, seen).health;
}

SpaceSeen a_place(std::uint64_t free_megabytes) {
  return {.place = "/var/cache/kpkg",
          .purpose = "builds",
          .needed = 100 * megabyte,
          .wanted = 500 * megabyte,
          .has_programs = true,
          .on = {.free_bytes = free_megabytes * megabyte}};
}

HooksSeen the_hooks(bool is_executable) {
  return {
      .hooks = {{.path = "/etc/kernel/postinst.d/20-kpkg", .is_there = true, .is_executable = is_executable}},
      .has_program = true};
}

}  // namespace

TEST_CASE("a kernel about which nothing is wrong has good points only, each under its release") {
  const auto points = kernel_points(a_kernel());

  CHECK(subjects_of(a_kernel()) ==
        std::vector{Subject::kernel, Subject::signatures, Subject::tree, Subject::index, Subject::recipes});
  CHECK(std::all_of(points.begin(), points.end(), [](const auto& point) {
    return point.health == Health::good && point.kernel == "6.1" && point.meaning.empty() &&
           point.remedy.empty();
  }));
  CHECK(point_about(Subject::tree, a_kernel()).text == "/usr/src/linux-headers-6.1 (installed): exact");
}

TEST_CASE("a store that is damaged is a problem, one that may not be read is a note, none at all is good") {
  const auto broken = point_of(StoreSeen{.is_there = true, .trouble = damaged});
  const auto closed = point_of(StoreSeen{.is_there = true, .trouble = forbidden});

  CHECK(broken.health == Health::problem);
  CHECK(broken.text == "the store is damaged");
  CHECK(broken.remedy == "move it");
  CHECK(closed.health == Health::note);
  CHECK(closed.text.starts_with("not looked at: "));
  CHECK(closed.remedy == "run kpkg doctor as root");
  CHECK(point_of(StoreSeen{}).health == Health::good);
}

TEST_CASE("a lock that is held and a change that was cut off are notes, and a change under way is none") {
  const auto held = point_of(LockSeen{.is_held = true, .file = "/var/lib/kpkg/lock", .unfinished = 1});
  const auto cut = point_of(LockSeen{.unfinished = 1});

  CHECK(held.text == "another kpkg is at work");
  CHECK(held.remedy.find("fuser /var/lib/kpkg/lock") != std::string::npos);
  CHECK(cut.text == "1 earlier change was cut off");
  CHECK(cut.health == Health::note);
  CHECK(point_of(LockSeen{}).health == Health::good);
}

TEST_CASE("space that is short is a note, and too little of it a problem") {
  CHECK(point_of(a_place(600)).health == Health::good);
  CHECK(point_of(a_place(600)).text == "600 MB free in /var/cache/kpkg, for builds");
  CHECK(point_of(a_place(2500)).text == "2.5 GB free in /var/cache/kpkg, for builds");
  CHECK(point_of(a_place(499)).health == Health::note);
  CHECK(point_of(a_place(99)).health == Health::problem);
}

TEST_CASE("a place that is read-only, or runs no programs where it must, is a problem whatever its space") {
  auto read_only = a_place(9000);
  read_only.on.is_read_only = true;
  auto noexec = a_place(9000);
  noexec.on.runs_programs = false;
  auto of_records = noexec;
  of_records.has_programs = false;

  CHECK(point_of(read_only).text == "/var/cache/kpkg is on a read-only file system");
  CHECK(point_of(read_only).health == Health::problem);
  CHECK(point_of(noexec).text == "/var/cache/kpkg is mounted noexec");
  CHECK(point_of(noexec).health == Health::problem);
  CHECK(point_of(of_records).health == Health::good);
}

TEST_CASE("a program that every build needs is a problem, one that few need a note, each with its package") {
  const auto points = program_points({"make", "pahole"});

  REQUIRE(points.size() == 2);
  CHECK(points[0] == CheckupPoint{Subject::programs, Health::problem, "make is not installed",
                                  "nothing can be built", "apt-get install make"});
  CHECK(points[1].health == Health::note);
  CHECK(program_points({}).size() == 1);
  CHECK(program_points({"gcc", "cc"})[0].health == Health::good);
  CHECK(program_points({"gcc", "cc", "clang"})[0].health == Health::problem);
}

TEST_CASE("a sandbox that is not the strongest is a note with the reasons, and none at all is a problem") {
  const auto weak = point_of(SandboxSeen{
      .strength = system::SandboxStrength::landlock, .weaknesses = {"bubblewrap: no"}, .is_root = true});
  const auto none =
      point_of(SandboxSeen{.trouble = Error{.kind = ErrorKind::not_found, .message = "no helper"}});

  CHECK(weak.health == Health::note);
  CHECK(weak.text == "builds are confined by Landlock (landlock)");
  CHECK(weak.details == std::vector<std::string>{"bubblewrap: no"});
  CHECK(none.health == Health::problem);
  CHECK(point_of(SandboxSeen{.strength = system::SandboxStrength::namespaces}).health == Health::good);
}

TEST_CASE("hooks that do not run are a problem where recipes are wanted, else a note") {
  auto needed = the_hooks(false);
  needed.is_needed = true;
  auto without_program = the_hooks(true);
  without_program.has_program = false;

  CHECK(point_of(the_hooks(true)).health == Health::good);
  CHECK(point_of(the_hooks(false)).health == Health::note);
  CHECK(point_of(the_hooks(false)).details[0] == "/etc/kernel/postinst.d/20-kpkg is not executable");
  CHECK(point_of(needed).health == Health::problem);
  CHECK(point_of(without_program).health == Health::note);
}

TEST_CASE("a dkms beside kpkg is a note, and a problem for the kernel where both have one module") {
  auto shared = a_kernel();
  shared.shared_with_dkms = {"tty0tty"};

  CHECK(point_of(DkmsSeen{}).health == Health::good);
  CHECK(point_of(DkmsSeen{.is_installed = true, .packages = {"zfs"}}).text == "dkms manages zfs");
  CHECK(point_of(DkmsSeen{.is_installed = true}).health == Health::note);
  CHECK(health_of(Subject::dkms, shared) == Health::problem);
}

TEST_CASE(
    "a kernel that runs and takes no modules is a problem on its own system, and a note in a container") {
  const LoadingSeen here{.release = "6.1", .is_here = true, .takes_modules = false};
  const LoadingSeen container{.release = "6.1", .is_here = false, .takes_modules = false};
  const LoadingSeen off{.release = "6.1", .is_here = true, .takes_modules = true, .is_switched_off = true};

  CHECK(point_of(here).health == Health::problem);
  CHECK(point_of(container).health == Health::note);
  CHECK(point_of(off).text == "kernel.modules_disabled is 1");
  CHECK(point_of(off).health == Health::problem);
  CHECK(point_of(LoadingSeen{.release = "6.1", .is_here = true, .takes_modules = true}).health ==
        Health::good);
}

TEST_CASE("a demand for signatures is a problem by whichever way it is made, and a note where nobody knows") {
  auto enforced = a_kernel();
  enforced.demand.enforced = true;
  auto locked = a_kernel();
  locked.demand.locked_down = true;
  auto appraised = a_kernel();
  appraised.ima_appraises = true;
  auto unknown = a_kernel();
  unknown.demand = {};
  auto indifferent = enforced;
  indifferent.checks_signatures = false;

  CHECK(health_of(Subject::signatures, enforced) == Health::problem);
  CHECK(point_about(Subject::signatures, locked).text == "it is locked down, and loads signed modules only");
  CHECK(health_of(Subject::signatures, appraised) == Health::problem);
  CHECK(health_of(Subject::signatures, unknown) == Health::note);
  CHECK(health_of(Subject::signatures, indifferent) == Health::good);
}

TEST_CASE("a tree that is wrong is a problem with the reason and the package of the headers") {
  const auto point = point_about(Subject::tree, without_tree(tree::Standing::unusable));

  CHECK(point.health == Health::problem);
  CHECK(point.text == "no tree describes it");
  CHECK(point.details ==
        std::vector<std::string>{"/usr/src/linux-headers-6.1 (installed): its release is another"});
  CHECK(point.remedy == "apt-get install linux-headers-6.1");
}

TEST_CASE("a tree that kpkg can mend is a note, and so is one of which only a module could tell more") {
  auto mendable = without_tree(tree::Standing::unusable);
  mendable.tree.is_mendable = true;
  auto usable = a_kernel();
  usable.tree.steps[0].attestation->standing = tree::Standing::usable;

  CHECK(health_of(Subject::tree, mendable) == Health::note);
  CHECK(point_about(Subject::tree, mendable).remedy.find("--make") != std::string::npos);
  CHECK(health_of(Subject::tree, usable) == Health::note);
  CHECK(point_about(Subject::tree, usable).remedy == "kpkg kernel tree -k 6.1 looks closer");
  CHECK(health_of(Subject::tree, without_tree(tree::Standing::usable, TreeOrigin::mended)) == Health::note);
}

TEST_CASE("headers that are not installed are a problem") {
  auto bare = a_kernel();
  bare.tree = {};

  CHECK(point_about(Subject::tree, bare).text == "its headers are not installed");
  CHECK(health_of(Subject::tree, bare) == Health::problem);
}

TEST_CASE("an index that is absent, lacks modules or names what is gone is a problem, an older one a note") {
  auto absent = a_kernel();
  absent.index.absent = {"modules.dep", "modules.dep.bin"};
  auto unlisted = a_kernel();
  unlisted.index.unlisted = {"updates/kpkg/tty.ko"};
  auto gone = a_kernel();
  gone.index.gone = {"updates/kpkg/tty.ko"};
  auto older = a_kernel();
  older.index.newer = {"updates/kpkg/tty.ko"};

  CHECK(point_about(Subject::index, absent).text == "modules.dep and modules.dep.bin are absent");
  CHECK(point_about(Subject::index, absent).remedy == "depmod 6.1");
  CHECK(health_of(Subject::index, absent) == Health::problem);
  CHECK(point_about(Subject::index, unlisted).details == std::vector<std::string>{"updates/kpkg/tty.ko"});
  CHECK(health_of(Subject::index, unlisted) == Health::problem);
  CHECK(health_of(Subject::index, gone) == Health::problem);
  CHECK(health_of(Subject::index, older) == Health::note);
}

TEST_CASE("what is left of a kernel that went is one note, and no headers are missed for it") {
  KernelSeen left{.kernel = {.release = "5.10", .module_directory = "/lib/modules/5.10"}};

  CHECK(subjects_of(left) == std::vector{Subject::kernel});
  CHECK(health_of(Subject::kernel, left) == Health::note);
  CHECK(point_about(Subject::kernel, left).remedy == "if it is gone for good: rm -r /lib/modules/5.10");
}

TEST_CASE("a kernel that has headers alone is asked for them and for nothing that it cannot have") {
  auto headers_alone = a_kernel();
  headers_alone.kernel.has_modules = false;
  auto image_alone = headers_alone;
  image_alone.kernel.tree.reset();
  image_alone.recipes_in_order = 0;

  CHECK(subjects_of(headers_alone) == std::vector{Subject::kernel, Subject::tree, Subject::recipes});
  CHECK(subjects_of(image_alone) == std::vector{Subject::kernel});
  CHECK(point_about(Subject::kernel, image_alone).text == "it has no modules of its own");
}

TEST_CASE("a kernel that cannot be learned is a problem, or a note to who may not read it") {
  auto broken = a_kernel();
  broken.trouble = damaged;
  auto closed = a_kernel();
  closed.trouble = forbidden;
  auto without_image = a_kernel();
  without_image.kernel.image.reset();

  CHECK(health_of(Subject::kernel, broken) == Health::problem);
  CHECK(health_of(Subject::kernel, closed) == Health::note);
  CHECK(health_of(Subject::kernel, without_image) == Health::note);
}

TEST_CASE("each recipe that is not in order is told with where to ask why") {
  auto seen = a_kernel();
  seen.recipes = {{"tty0tty", "the last load failed", true}, {"hello", "an older build is loaded", false}};

  const auto points = kernel_points(seen);

  REQUIRE(points.size() == 6);
  CHECK(points[4].health == Health::problem);
  CHECK(points[4].text == "tty0tty: the last load failed");
  CHECK(points[4].remedy == "kpkg why tty0tty -k 6.1");
  CHECK(points[5].health == Health::note);
}

TEST_CASE("every subject of a checkup has its place in kpkg(8)") {
  const auto manual = *system::read_file(KPKG_MANUAL);
  std::vector<std::string> missing;
  for (int number = 0; number <= static_cast<int>(Subject::recipes); ++number) {
    const auto name = std::string(name_of(static_cast<Subject>(number)));
    if (manual.find("*" + name + "*\n:") == std::string::npos) missing.push_back(name);
  }

  CHECK(join(missing, ", ") == "");
}
