// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what it was compiled with to what the kernel has: two functions of
 * the kernel fill in an inode and a device, and what they wrote tells where the
 * kernel has the members. There is room for more than either thinks they need.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define ROOM 8192
#define UNTOUCHED 0xaa

/* inode_init_once() clears all of an inode, and nothing behind it. */
static size_t inode_size_of_kernel(u8 *room)
{
	size_t size = ROOM;

	memset(room, UNTOUCHED, ROOM);
	inode_init_once((struct inode *)room);
	while (size && room[size - 1] == UNTOUCHED)
		size--;
	return size;
}

/* Of the lists that device_initialize() makes empty, devres_head is the last. */
static size_t device_list_of_kernel(u8 *room)
{
	size_t at = ROOM - sizeof(struct list_head);

	memset(room, 0, ROOM);
	device_initialize((struct device *)room);
	while (at && !list_empty((struct list_head *)(room + at)))
		at -= sizeof(void *);
	return at;
}

static int __init sizes_init(void)
{
	u8 *room = kmalloc(ROOM, GFP_KERNEL);
	ssize_t inode, device;

	if (!room)
		return -ENOMEM;
	inode = sizeof(struct inode) - inode_size_of_kernel(room);
	device = offsetof(struct device, devres_head) -
		 device_list_of_kernel(room);
	kfree(room);
	pr_info("inode %+zd, device %+zd bytes from the kernel's\n", inode, device);
	return 0;
}

static void __exit sizes_exit(void)
{
}

module_init(sizes_init);
module_exit(sizes_exit);
MODULE_DESCRIPTION("What a kernel's structures are to it and to its headers");
MODULE_LICENSE("GPL");
