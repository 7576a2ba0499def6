// SPDX-License-Identifier: GPL-2.0-only
/* A module without an exit function: once loaded, it stays. */
#include <linux/module.h>

static int __init outcome_init(void)
{
	return 0;
}

module_init(outcome_init);
MODULE_DESCRIPTION("Cannot be unloaded");
MODULE_LICENSE("GPL");
