// SPDX-License-Identifier: GPL-2.0-only
// Uses what a kernel's configuration changes the layout of: locks, a device, a list. Its init does no more with them than
// any driver does.
#include <linux/device.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static LIST_HEAD(entries);
static DEFINE_SPINLOCK(entries_lock);
static DEFINE_MUTEX(entries_mutex);

struct entry {
	struct list_head list;
	struct device device;
};

static int __init kpkg_layout_init(void)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return -ENOMEM;
	mutex_lock(&entries_mutex);
	spin_lock(&entries_lock);
	list_add(&entry->list, &entries);
	list_del(&entry->list);
	spin_unlock(&entries_lock);
	mutex_unlock(&entries_mutex);
	kfree(entry);
	return 0;
}

static void __exit kpkg_layout_exit(void)
{
}

module_init(kpkg_layout_init);
module_exit(kpkg_layout_exit);
MODULE_DESCRIPTION("what depends on the configuration of a kernel");
MODULE_LICENSE("GPL");
