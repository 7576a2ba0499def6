// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/conf.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using dkmsconf::Conf;
using dkmsconf::ConfModule;
using dkmsconf::Standing;
using test::DkmsWorld;
using test::said;

using Texts = std::vector<std::string>;

TEST_CASE("a plain dkms.conf becomes the values that it writes, and DKMS's own where it is silent") {
  DkmsWorld world;
  world.more_conf("AUTOINSTALL=\"yes\"\n");

  const auto conf = world.read();

  CHECK(said(conf).empty());
  CHECK(conf == Conf{.package_name = "driver",
                     .package_version = "1.0",
                     .modules = {{.built_name = "driver",
                                  .built_location = "",
                                  .installed_name = "driver",
                                  .installed_location = "/updates/dkms",
                                  .declared_location = "/kernel/drivers/misc"}},
                     .make_command = "make -C /lib/modules/6.1.0-test/build M=/var/lib/dkms/driver/1.0/build",
                     .is_installed_by_itself = true});
}

TEST_CASE("every directive finds its place") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=driver\nPACKAGE_VERSION=1.0\n"
      "BUILT_MODULE_NAME[0]=one BUILT_MODULE_LOCATION[0]=sub/one DEST_MODULE_NAME[0]=uno\n"
      "BUILT_MODULE_NAME[1]=two BUILT_MODULE_LOCATION[1]=sub/\n"
      "DEST_MODULE_LOCATION[0]=/extra DEST_MODULE_LOCATION[1]=/updates/two\n"
      "STRIP[1]=No\nMAKE='make all'\nPATCH=(a.patch b.patch)\n"
      "POST_ADD='a x' PRE_BUILD=b POST_BUILD=c PRE_INSTALL=d POST_INSTALL=e POST_REMOVE=f\n"
      "BUILD_DEPENDS[0]=spl BUILD_DEPENDS[3]=core BUILD_DEPENDS_REBUILD=Yes NO_WEAK_MODULES=YES\n"
      "OBSOLETE_BY=7.0\n");

  const auto conf = world.read();

  CHECK(conf == Conf{.package_name = "driver",
                     .package_version = "1.0",
                     .modules = {{.built_name = "one",
                                  .built_location = "sub/one/",
                                  .installed_name = "uno",
                                  .installed_location = "/updates/dkms",
                                  .declared_location = "/extra"},
                                 {.built_name = "two",
                                  .built_location = "sub/",
                                  .installed_name = "two",
                                  .installed_location = "/updates/dkms",
                                  .declared_location = "/updates/two",
                                  .is_stripped = false}},
                     .make_command = "make all",
                     .patches = {"a.patch", "b.patch"},
                     .scripts = {.post_add = "a x",
                                 .pre_build = "b",
                                 .post_build = "c",
                                 .pre_install = "d",
                                 .post_install = "e",
                                 .post_remove = "f"},
                     .build_depends = {"spl", "core"},
                     .is_rebuilt_after_these = true,
                     .has_no_weak_modules = true,
                     .obsolete_by = "7.0",
                     .has_exclusions = true});
}

TEST_CASE("values are evaluated a second time, blanks collapse and a carriage return at the end goes") {
  DkmsWorld world;
  world.more_conf(
      "MAKE='make   KVER=$kernelver\n  J=${parallel_jobs+-j$parallel_jobs} $(echo \"$arch\" | tr 6 7)'\r\n");

  CHECK(world.read().make_command == "make KVER=6.1.0-test J=-j2 x87_74");
}

TEST_CASE("a value with a quote in it swallows what bash makes it swallow") {
  DkmsWorld world;
  world.more_conf("MAKE='true dq=\"a b\"'\nPOST_ADD=later\n");

  const auto conf = world.read();

  CHECK(conf.make_command.starts_with("make -C "));
  CHECK(conf.scripts.post_add.empty() == false);
  CHECK(said(conf).find("b: command not found") != std::string::npos);
}

TEST_CASE("a pattern of files stays a pattern, whatever directory DKMS is called in") {
  DkmsWorld world;
  world.more_conf("MAKE='make ; find . -name *.ko * -print'\n");

  CHECK(world.read().make_command == "make ; find . -name *.ko * -print");
}

TEST_CASE("a dkms.conf runs loops and programs, and reads the kernel's configuration as bash does") {
  DkmsWorld world;
  world.configuration("CONFIG_PCI=y\nCONFIG_LOCALVERSION=\"-x y\"\n");
  world.conf(
      "PACKAGE_NAME=driver\nPACKAGE_VERSION=1.0\ni=0\n. $kernel_source_dir/.config\n"
      "for name in one two; do\n"
      "  if [ \"$CONFIG_PCI\" = y ]; then\n"
      "    BUILT_MODULE_NAME[$i]=$name; DEST_MODULE_LOCATION[$i]=/extra; i=$((i+1))\n"
      "  fi\n"
      "done\n"
      "MAKE=\"make V=$(basename $kernel_source_dir) L='$CONFIG_LOCALVERSION'\"\n");

  const auto conf = world.read();

  REQUIRE(conf.modules.size() == 2);
  CHECK(conf.modules[1].built_name == "two");
  CHECK(conf.make_command == "make V=build L='-x y'");
}

TEST_CASE("a dkms.conf finds itself and what lies beside it") {
  DkmsWorld world;
  world.file("/usr/src/driver-1.0/version.sh", "PACKAGE_VERSION=1.0\n");
  world.more_conf(
      "pushd `dirname $BASH_SOURCE`\n. ./version.sh\nPOST_ADD=\"add $(cat version.sh)\"\npopd\n"
      "POST_REMOVE=$BASH_SOURCE\n");

  const auto conf = world.read();

  CHECK(conf.scripts.post_add == "add PACKAGE_VERSION=1.0");
  CHECK(conf.scripts.post_remove == "/var/lib/dkms/driver/1.0/source/dkms.conf");
}

TEST_CASE("DKMS's variables are those of the request and of the framework") {
  DkmsWorld world;
  world.framework.source_tree = "/usr/src";
  world.more_conf(
      "POST_ADD=\"$module $module_version $kernelver $arch\"\n"
      "PRE_BUILD=\"$kernel_source_dir $kernel_config\"\n"
      "POST_BUILD=\"$dkms_tree $source_tree $install_tree $tmp_location\"\n"
      "PRE_INSTALL=\"$running_distribution $current_os\"\n");

  const auto scripts = world.read().scripts;

  CHECK(scripts.post_add == "driver 1.0 6.1.0-test x86_64");
  CHECK(scripts.pre_build == "/lib/modules/6.1.0-test/build /lib/modules/6.1.0-test/build/.config");
  CHECK(scripts.post_build == "/var/lib/dkms /usr/src /lib/modules /tmp");
  CHECK(scripts.pre_install == "debian Linux");
}

TEST_CASE("what a dkms.conf does to the shell is gone after it") {
  DkmsWorld world;
  world.file("/etc/dkms/driver.conf", "POST_ADD=\"$(type -t helper)-$leftover\"\n");
  world.more_conf("helper() { :; }\nleftover=x\nIFS=:\nset -f\n");

  CHECK(world.read().scripts.post_add == "-");
}

TEST_CASE("DKMS_DIRECTIVE variables set directives, of the file and of the environment") {
  DkmsWorld world;
  world.framework.escapes = {"DKMS_DIRECTIVE_2=POST_REMOVE=mine"};
  world.more_conf("DKMS_DIRECTIVE_1=POST_ADD=hers\n");

  const auto scripts = world.read().scripts;

  CHECK(scripts.post_add == "hers");
  CHECK(scripts.post_remove == "mine");
}

TEST_CASE("the last MAKE whose expression matches the kernel is taken, by the rules of bash") {
  DkmsWorld world;
  world.more_conf(
      "MAKE[0]=zero\nMAKE[1]=one\nMAKE_MATCH[1]='^6\\.[0-9]+'\nMAKE[2]=two\nMAKE_MATCH[2]='test$'\n"
      "MAKE[3]=three\nMAKE_MATCH[3]='^5'\nMAKE[4]=four\n");

  CHECK(world.read().make_command == "two");
}

TEST_CASE(
    "a MAKE[0] with an expression is only for kernels that match, and the generic command for the others") {
  DkmsWorld world;
  world.more_conf("MAKE[0]=zero\nMAKE_MATCH[0]='^5'\n");

  CHECK(world.read().make_command.starts_with("make -C /lib/modules/6.1.0-test/build M="));
}

TEST_CASE("an expression that is none matches nothing") {
  DkmsWorld world;
  world.more_conf("MAKE[0]=zero\nMAKE[1]=one\nMAKE_MATCH[1]='('\n");

  CHECK(world.read().make_command == "zero");
}

TEST_CASE("a kernel that clang compiled is built for with LLVM=1") {
  DkmsWorld world;
  world.configuration("CONFIG_CC_IS_CLANG=y\n").more_conf("MAKE='make all'\n");

  CHECK(world.read().make_command == "make all LLVM=1");
}

TEST_CASE("patches are those without an expression and those whose expression matches") {
  DkmsWorld world;
  world.more_conf("PATCH[0]=a\nPATCH[1]=b\nPATCH_MATCH[1]='^5'\nPATCH[2]=c\nPATCH_MATCH[2]='^6'\n");

  CHECK(world.read().patches == Texts{"a", "c"});
}

TEST_CASE("STRIP[0] is the default of the records that say nothing") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=d\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME=(a b c)\n"
      "DEST_MODULE_LOCATION=(/extra /extra /extra)\nSTRIP[0]=no\nSTRIP[2]=yes\n");

  const auto modules = world.read().modules;

  REQUIRE(modules.size() == 3);
  CHECK_FALSE(modules[0].is_stripped);
  CHECK_FALSE(modules[1].is_stripped);
  CHECK(modules[2].is_stripped);
}

TEST_CASE("the only module is named like the package if nothing names it") {
  DkmsWorld world;
  world.conf("PACKAGE_NAME=driver\nPACKAGE_VERSION=1.0\nDEST_MODULE_LOCATION[0]=/extra\n");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::valid);
  CHECK(conf.modules == std::vector{ConfModule{.built_name = "driver",
                                               .built_location = "",
                                               .installed_name = "driver",
                                               .installed_location = "/updates/dkms",
                                               .declared_location = "/extra"}});
}

TEST_CASE("where modules go is the distribution's word, and the record's where it has none") {
  DkmsWorld world;
  world.more_conf("");
  world.framework.running_distribution = "rhel fedora";
  const auto fedora = world.read();
  world.framework.running_distribution = "gentoo";
  const auto gentoo = world.read();
  world.framework.addon_modules_dir = "mine";
  const auto mine = world.read();

  CHECK(fedora.modules.front().installed_location == "/extra");
  CHECK(gentoo.modules.front().installed_location == "/kernel/drivers/misc");
  CHECK(mine.modules.front().installed_location == "/mine");
}

TEST_CASE("make as the first word gets the jobs and the release, and nothing else does") {
  CHECK(dkmsconf::command_with_jobs("make all", "4", "6.1") == "make -j4 KERNELRELEASE=6.1 all");
  CHECK(dkmsconf::command_with_jobs("make all", "", "6.1") == "make -j KERNELRELEASE=6.1 all");
  CHECK(dkmsconf::command_with_jobs("'make' all", "4", "6.1") == "'make' all");
  CHECK(dkmsconf::command_with_jobs("env X=1 make all", "4", "6.1") == "env X=1 make all");
}
