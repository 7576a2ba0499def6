// SPDX-License-Identifier: GPL-2.0-only
/* A module that crashes while it is loaded. Only for a machine that may die. */
#include <linux/module.h>

static int __init outcome_init(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	return *(volatile int *)nowhere;
}

static void __exit outcome_exit(void)
{
}

module_init(outcome_init);
module_exit(outcome_exit);
MODULE_DESCRIPTION("Init reads from address 0");
MODULE_LICENSE("GPL");
