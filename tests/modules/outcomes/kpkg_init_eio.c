// SPDX-License-Identifier: GPL-2.0-only
/* A driver whose device did not work. */
#include <linux/errno.h>
#include <linux/module.h>

static int __init outcome_init(void)
{
	return -EIO;
}

static void __exit outcome_exit(void)
{
}

module_init(outcome_init);
module_exit(outcome_exit);
MODULE_DESCRIPTION("Init returns -EIO");
MODULE_LICENSE("GPL");
