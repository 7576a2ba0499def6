// SPDX-License-Identifier: GPL-2.0-only
/* A driver that found no device of its own: the module is good. */
#include <linux/errno.h>
#include <linux/module.h>

static int __init outcome_init(void)
{
	return -ENODEV;
}

static void __exit outcome_exit(void)
{
}

module_init(outcome_init);
module_exit(outcome_exit);
MODULE_DESCRIPTION("Init returns -ENODEV");
MODULE_LICENSE("GPL");
