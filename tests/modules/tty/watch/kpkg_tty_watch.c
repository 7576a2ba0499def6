// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how many pairs kpkg_tty_pair has, in
 * /sys/module/kpkg_tty_watch/parameters/pairs. It exists to need a symbol of
 * another module that is not part of the kernel.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

/* Declared here and not included: a recipe of its own sees only its source. */
extern unsigned int kpkg_tty_pair_count(void);

static int show_pairs(char *buffer, const struct kernel_param *parameter)
{
	return sprintf(buffer, "%u\n", kpkg_tty_pair_count());
}

static const struct kernel_param_ops pairs_operations = {
	.get = show_pairs,
};
module_param_cb(pairs, &pairs_operations, NULL, 0444);
MODULE_PARM_DESC(pairs, "number of pairs that kpkg_tty_pair has (read only)");

static int __init watch_init(void)
{
	pr_info("kpkg_tty_watch: %u pairs\n", kpkg_tty_pair_count());
	return 0;
}

static void __exit watch_exit(void)
{
}

module_init(watch_init);
module_exit(watch_exit);
MODULE_DESCRIPTION("Shows how many pairs of terminals are joined");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
