// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_probe_source.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace kpkg::tree {
namespace {

/// A header of the kernel and the structs of it that are compared, with all that they use.
struct HeaderRow {
  std::string_view header;
  std::string_view structs;
};

constexpr std::array<HeaderRow, 66> headers = {{
    {"linux/module.h", "module kernel_param"},
    {"linux/device.h", "device device_driver bus_type class kobject device_node"},
    {"linux/sched.h", "task_struct"},
    {"linux/sched/signal.h", "signal_struct sighand_struct"},
    {"linux/sched/user.h", "user_struct"},
    {"linux/cred.h", "cred"},
    {"linux/key.h", "key"},
    {"linux/mm.h", "mm_struct vm_area_struct page"},
    {"linux/fs.h", "inode file super_block address_space file_operations"},
    {"linux/dcache.h", "dentry"},
    {"linux/fs_context.h", "fs_context"},
    {"linux/mount.h", "vfsmount"},
    {"linux/seq_file.h", "seq_file"},
    {"linux/kernfs.h", "kernfs_node"},
    {"linux/cgroup.h", "cgroup cgroup_subsys_state"},
    {"linux/user_namespace.h", "user_namespace"},
    {"linux/pid_namespace.h", "pid_namespace"},
    {"linux/workqueue.h", "work_struct delayed_work"},
    {"linux/hrtimer.h", "hrtimer"},
    {"linux/irq.h", "irq_desc irq_chip irq_data"},
    {"linux/interrupt.h", "tasklet_struct irqaction"},
    {"linux/rwsem.h", "rw_semaphore"},
    {"linux/mutex.h", "mutex"},
    {"linux/completion.h", "completion"},
    {"linux/percpu-rwsem.h", "percpu_rw_semaphore"},
    {"linux/srcu.h", "srcu_struct"},
    {"linux/kthread.h", "kthread_worker"},
    {"linux/platform_device.h", "platform_device platform_driver"},
    {"linux/pci.h", "pci_dev pci_bus pci_driver"},
    {"linux/usb.h", "usb_device usb_interface usb_driver urb usb_bus"},
    {"linux/usb/gadget.h", "usb_gadget"},
    {"linux/i2c.h", "i2c_client i2c_adapter i2c_driver"},
    {"linux/spi/spi.h", "spi_device spi_controller"},
    {"linux/tty.h", "tty_struct tty_port"},
    {"linux/tty_driver.h", "tty_driver tty_operations"},
    {"linux/serial_core.h", "uart_port"},
    {"linux/usb/serial.h", "usb_serial"},
    {"linux/input.h", "input_dev"},
    {"linux/hid.h", "hid_device"},
    {"linux/cdev.h", "cdev"},
    {"linux/miscdevice.h", "miscdevice"},
    {"linux/blkdev.h", "request_queue gendisk block_device"},
    {"linux/bio.h", "bio"},
    {"linux/blk-mq.h", "request blk_mq_tag_set blk_mq_hw_ctx"},
    {"linux/netdevice.h", "net_device net_device_ops napi_struct"},
    {"linux/skbuff.h", "sk_buff"},
    {"net/sock.h", "sock proto"},
    {"net/net_namespace.h", "net"},
    {"linux/etherdevice.h", "ethhdr"},
    {"linux/phy.h", "phy_device"},
    {"linux/netfilter.h", "nf_hook_ops"},
    {"linux/netfilter/x_tables.h", "xt_table xt_match"},
    {"net/cfg80211.h", "wiphy wireless_dev"},
    {"scsi/scsi_device.h", "scsi_device"},
    {"scsi/scsi_host.h", "Scsi_Host"},
    {"linux/gpio/driver.h", "gpio_chip"},
    {"linux/clk-provider.h", "clk_hw"},
    {"linux/regulator/driver.h", "regulator_dev"},
    {"linux/power_supply.h", "power_supply"},
    {"linux/rtc.h", "rtc_device"},
    {"linux/thermal.h", "thermal_zone_device"},
    {"linux/leds.h", "led_classdev"},
    {"linux/fb.h", "fb_info"},
    {"linux/perf_event.h", "perf_event"},
    {"linux/trace_events.h", "trace_event_call"},
    {"linux/proc_fs.h", "proc_ops"},
}};

}  // namespace

std::string probe_source(ProbeHeaders probe_headers) {
  std::string text;
  for (const auto& row : headers) {
    if (probe_headers == ProbeHeaders::only_module && &row != headers.data()) break;
    text += fmt::format("#if __has_include(<{0}>)\n#include <{0}>\n", row.header);
    for (const auto& name : words(row.structs)) text += fmt::format("struct {0} *kpkg_{0};\n", name);
    text += "#endif\n";
  }
  return text +
         "static int __init kpkg_probe_init(void)\n{\n\treturn 0;\n}\n"
         "static void __exit kpkg_probe_exit(void)\n{\n}\n"
         "module_init(kpkg_probe_init);\nmodule_exit(kpkg_probe_exit);\n"
         "MODULE_DESCRIPTION(\"shows what a kernel tree makes of the kernel's types\");\n"
         "MODULE_LICENSE(\"GPL\");\n";
}

}  // namespace kpkg::tree
