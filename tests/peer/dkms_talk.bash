# SPDX-License-Identifier: GPL-2.0-or-later
# A conversation with dkms about what its own suite does not ask: paths, scripts, -c, trees elsewhere, tarballs, match, kernels that come
# and go, originals, versions, keys, users and rpm. dkms_talk_test.py has it with stock DKMS and with kpkg, and compares.
K=$KERNEL_VER
A=$(uname -m)
export parallel_jobs=1
mkdir -p /etc/dkms/framework.conf.d
echo 'try_sign_modules=false' > /etc/dkms/framework.conf.d/talk.conf

run() { echo "\$ $*"; "$@" 2>&1; echo "[status $?]"; }
as_user() { run setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }

# source NAME VERSION DIRECTORY [LINE OF dkms.conf ...]; names that end in _test get no dots
source_of() {
  local place=$3/$1-$2
  mkdir -p "$place"
  printf 'obj-m := %s.o\n' "$1" > "$place/Makefile"
  printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_VERSION("%s");\n' "$2" > "$place/$1.c"
  {
    printf 'PACKAGE_NAME=%s\nPACKAGE_VERSION=%s\nBUILT_MODULE_NAME[0]=%s\nDEST_MODULE_LOCATION[0]=/kernel/misc\n' "$1" "$2" "$1"
    printf 'MAKE[0]="make -C $kernel_source_dir M=$dkms_tree/%s/%s/build modules"\n' "$1" "$2"
    shift 3
    printf '%s\n' "$@"
  } > "$place/dkms.conf"
}
source_of dkms_one_test 1.0 /usr/src AUTOINSTALL=yes
source_of dkms_two_test 2.0 /root/src 'POST_ADD="script.sh add"' 'PRE_BUILD="script.sh pre build"' 'POST_BUILD="script.sh"' \
  'PRE_INSTALL="script.sh pre"' 'POST_INSTALL="script.sh post"' 'POST_REMOVE="script.sh remove"'
printf '#!/bin/sh\necho "script: $*, in ${PWD##*/}"; echo "to stderr" >&2; exit "${SCRIPT_STATUS:-$(cat "${0%%/*}/status" 2>/dev/null || echo 0)}"\n' > /root/src/dkms_two_test-2.0/script.sh
chmod +x /root/src/dkms_two_test-2.0/script.sh

# options
run dkms -k=$K status
run dkms -m=x status
run dkms status -v
run dkms --kernelverse=$K status
run dkms build --config
run dkms -j status

# paths and scripts
cd /root/src
run dkms add dkms_two_test-2.0
run dkms status
run dkms add ./dkms_two_test-2.0/dkms.conf
run dkms build dkms_two_test/2.0 -k $K
run dkms install dkms_two_test/2.0 -k $K --verbose
run dkms status -k $K/$A
run dkms uninstall dkms_two_test/2.0 -k $K
run dkms remove dkms_two_test/2.0 --all
rm -rf /usr/src/dkms_two_test-2.0
run env SCRIPT_STATUS=3 dkms add dkms_two_test-2.0
echo 3 > /usr/src/dkms_two_test-2.0/status
run dkms build dkms_two_test/2.0 -k $K
rm /usr/src/dkms_two_test-2.0/status
run dkms build dkms_two_test/2.0 -k $K
run env SCRIPT_STATUS=3 dkms install dkms_two_test/2.0 -k $K
run env SCRIPT_STATUS=3 dkms install dkms_two_test/2.0 -k $K --force
run env SCRIPT_STATUS=3 dkms uninstall dkms_two_test/2.0 -k $K
run dkms remove dkms_two_test -v 2.0 -k $K
rm -rf /usr/src/dkms_two_test-2.0
chmod -x /root/src/dkms_two_test-2.0/script.sh
run dkms install dkms_two_test-2.0 -k $K
run dkms status
run dkms remove -m dkms_two_test/2.0 --all
rm -rf /usr/src/dkms_two_test-2.0
cd /

# directives and other configurations
run dkms build dkms_one_test/1.0 -k $K --directive=BUILT_MODULE_NAME=dkms_one_test --directive "POST_BUILD=nothing.sh"
run dkms status
run dkms remove dkms_one_test/1.0 --all
cp /usr/src/dkms_one_test-1.0/dkms.conf /root/other.conf
echo 'DEST_MODULE_NAME[0]=renamed' >> /root/other.conf
run dkms install dkms_one_test/1.0 -k $K -c /root/other.conf
run dkms status
run ls /lib/modules/$K/updates/dkms
run dkms uninstall dkms_one_test/1.0 -k $K -c /root/other.conf
run dkms remove dkms_one_test/1.0 --all
run dkms add dkms_one_test/1.0 -c /root/nowhere.conf
run dkms build dkms_one_test/1.0 -k $K -c /root/nowhere.conf
run dkms remove dkms_one_test/1.0 --all

# trees elsewhere
mkdir -p /root/tree /root/mods/$K /root/usrsrc
run dkms install dkms_one_test/1.0 -k $K --dkmstree /root/tree --installtree=/root/mods
run dkms status --dkmstree=/root/tree
run dkms build dkms_one_test/1.0 -k $K --dkmstree /root/tree --kernelsourcedir /lib/modules/$K/build
run dkms install dkms_one_test/1.0 -k $K --dkmstree /root/tree --installtree=/root/mods
run dkms status --dkmstree=/root/tree --installtree /root/mods
run find /root/mods /root/tree -name '*.ko'
run dkms remove dkms_one_test/1.0 --all --dkmstree /root/tree --installtree /root/mods
run find /root/mods /root/tree
run dkms add dkms_one_test/1.0 --sourcetree /root/usrsrc

# tarballs
run dkms build dkms_one_test/1.0 -k $K
run dkms mktarball dkms_one_test/1.0 -k $K
run dkms mktarball dkms_one_test/1.0 -k $K --archive=one.tar.gz
run ls /var/lib/dkms/dkms_one_test/1.0/tarball
run dkms mktarball dkms_one_test/1.0 -k $K --source-only --archive /root/out/src.tar.xz
run dkms mktarball dkms_one_test/1.0 -k $K --binaries-only --archive /root/out/bin.tar.gz
run dkms mktarball dkms_one_test/1.0 -k 6.0.0-none
run dkms mktarball dkms_one_test/1.0 --all --archive /root/out/all.tar
run dkms ldtarball /root/out/all.tar
run dkms ldtarball /root/out/all.tar --force
run dkms remove dkms_one_test/1.0 --all
rm -rf /usr/src/dkms_one_test-1.0
run dkms ldtarball /root/out/all.tar
run dkms status
run dkms install dkms_one_test/1.0 -k $K
run dkms remove dkms_one_test/1.0 --all
run dkms add /root/out/src.tar.xz
run dkms remove dkms_one_test/1.0 --all
mv /usr/src/dkms_one_test-1.0 /root/one
run dkms ldtarball /root/out/bin.tar.gz
run dkms status
run sh -c 'find /var/lib/dkms/dkms_one_test -type f | sort'
rm -rf /var/lib/dkms/dkms_one_test
mv /root/one /usr/src/dkms_one_test-1.0
run dkms ldtarball --archive=/root/out/bin.tar.gz
run dkms status
run dkms remove dkms_one_test/1.0 --all
tar -C /usr/src -czf /root/out/plain.tgz dkms_one_test-1.0
rm -rf /usr/src/dkms_one_test-1.0
run dkms ldtarball /root/out/plain.tgz
run dkms status
run dkms ldtarball /root/none.tgz
run dkms ldtarball --archive /root/none.tgz
echo nothing > /root/x.txt
tar -C /root -cf /root/out/nothing.tar x.txt
run dkms ldtarball /root/out/nothing.tar
run dkms install /root/out/plain.tgz -k $K
run dkms remove dkms_one_test/1.0 --all
run dkms install /root/out/plain.tgz -k $K
run dkms status

# match
run dkms match --templatekernel $K -k 6.0.0-none/$A
mkdir -p /lib/modules/6.0.0-none
ln -s "$(readlink -f /lib/modules/$K/build)" /lib/modules/6.0.0-none/build
run dkms match --templatekernel $K -k 6.0.0-none/$A
run dkms status
run dkms match --templatekernel $K -k 6.0.0-none/$A dkms_one_test
run dkms match --templatekernel $K -k 6.0.0-none/$A other
run dkms match --templatekernel $K -k $K
run dkms match -k $K

# kernels that come and go
run dkms kernel_prerm -k 6.0.0-none/$A
run ls /lib/modules
run dkms kernel_preinst -k $K
run dkms status
run dkms kernel_postinst -k $K
run dkms status
run dkms autoinstall -k $K
rm /lib/modules/$K/updates/dkms/dkms_one_test.ko
run dkms status
run dkms unbuild dkms_one_test/1.0 --all
run dkms --no-depmod install dkms_one_test/1.0 -k $K
run dkms --no-depmod uninstall dkms_one_test/1.0 -k $K
run dkms --symlink-modules install dkms_one_test/1.0 -k $K
run readlink /lib/modules/$K/updates/dkms/dkms_one_test.ko
run dkms status
run dkms -q remove dkms_one_test/1.0 --all
run dkms status

# originals
mkdir -p /lib/modules/$K/extra
echo foreign > /lib/modules/$K/extra/dkms_one_test.ko
run dkms install dkms_one_test/1.0 -k $K
run dkms status
run sh -c "find /var/lib/dkms/dkms_one_test/original_module /lib/modules/$K/extra -type f | sort"
run dkms remove dkms_one_test/1.0 --all
run cat /lib/modules/$K/extra/dkms_one_test.ko
rm -rf /lib/modules/$K/extra

# versions
source_of dkms_one_test 2.0 /usr/src AUTOINSTALL=yes
run dkms install dkms_one_test/1.0 -k $K
run dkms install dkms_one_test/2.0 -k $K
run dkms status
run dkms install dkms_one_test/1.0 -k $K
run dkms install dkms_one_test/1.0 -k $K --force
run dkms status
run dkms autoinstall -k $K
run dkms status
run dkms remove dkms_one_test/1.0 --all
run dkms remove dkms_one_test/2.0 --all

# keys
rm -f /var/lib/dkms/mok.*
run dkms generate_mok
run ls /var/lib/dkms
run dkms generate_mok

# users who are not root
as_user dkms add dkms_one_test/1.0
as_user dkms install dkms_one_test/1.0 -k $K
as_user dkms status
as_user dkms autoinstall -k $K
mkdir -p /tmp/tree
chown 1000:1000 /tmp/tree
as_user dkms build dkms_one_test/1.0 -k $K --dkmstree /tmp/tree
as_user dkms status --dkmstree /tmp/tree
as_user dkms remove dkms_one_test/1.0 --all --dkmstree /tmp/tree

# a command after each change
echo 'post_transaction="echo done for $kernelver"' > /etc/dkms/framework.conf.d/after.conf
run dkms install dkms_one_test/1.0 -k $K
run sed 's/elapsed time: .*/elapsed time:/' /var/lib/dkms/post_transaction.log
run dkms remove dkms_one_test/1.0 --all
rm /etc/dkms/framework.conf.d/after.conf

# packages of rpm, by a program that only tells that it was called
printf '#!/bin/sh\nfor last; do :; done\ngrep -q good "$last" && echo "rpm installs $last"\n' > /usr/bin/rpm
chmod +x /usr/bin/rpm
echo good > /root/good.rpm
echo bad > /root/bad.rpm
run dkms ldtarball /root/bad.rpm -k $K
run dkms ldtarball /root/good.rpm -k $K
run dkms ldtarball --archive=/root/good.rpm -k $K
rm /usr/bin/rpm
