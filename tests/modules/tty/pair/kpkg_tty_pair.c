// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of terminals joined by a null-modem cable: what is written to
 * /dev/kpkgtty0 is read from /dev/kpkgtty1 and the other way round, likewise 2
 * and 3, and so on. Three wires, no flow control: what the other end has no
 * room for, or what comes while nobody has it open, is lost.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/version.h>

#include "kpkg_tty_pair.h"

#define MAX_PAIRS 16
#define ROOM 4096

/* v6.6 "tty: propagate u8 data to tty_operations::write()" and its series. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
typedef ssize_t write_result;
typedef u8 write_byte;
typedef size_t write_count;
#else
typedef int write_result;
typedef unsigned char write_byte;
typedef int write_count;
#endif

/* v5.14 "tty: make tty_operations::write_room return uint". */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
typedef unsigned int room_result;
#else
typedef int room_result;
#endif

struct cable_end {
	struct tty_port port;
	spinlock_t lock; /* one producer at a time for the flip buffer of port */
};

static unsigned int pairs = 1;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "number of connected pairs (1 to 16)");

static struct tty_driver *driver;
static struct cable_end *ends;

unsigned int kpkg_tty_pair_count(void)
{
	return pairs;
}
EXPORT_SYMBOL_GPL(kpkg_tty_pair_count);

static int cable_open(struct tty_struct *tty, struct file *file)
{
	return tty_port_open(&ends[tty->index].port, tty, file);
}

static void cable_close(struct tty_struct *tty, struct file *file)
{
	tty_port_close(&ends[tty->index].port, tty, file);
}

static void cable_hangup(struct tty_struct *tty)
{
	tty_port_hangup(&ends[tty->index].port);
}

static write_result cable_write(struct tty_struct *tty,
				const write_byte *bytes, write_count count)
{
	struct cable_end *other = &ends[tty->index ^ 1];
	unsigned long flags;

	spin_lock_irqsave(&other->lock, flags);
	if (tty_port_initialized(&other->port)) {
		tty_insert_flip_string(&other->port, bytes, count);
		tty_flip_buffer_push(&other->port);
	}
	spin_unlock_irqrestore(&other->lock, flags);
	return count;
}

static room_result cable_write_room(struct tty_struct *tty)
{
	return ROOM;
}

static const struct tty_operations cable_operations = {
	.open = cable_open,
	.close = cable_close,
	.hangup = cable_hangup,
	.write = cable_write,
	.write_room = cable_write_room,
};

static const struct tty_port_operations end_operations = {};

static void remove_ends(unsigned int count)
{
	while (count--) {
		tty_unregister_device(driver, count);
		tty_port_destroy(&ends[count].port);
	}
}

static int add_ends(unsigned int count)
{
	struct device *device;
	unsigned int i;

	for (i = 0; i < count; i++) {
		tty_port_init(&ends[i].port);
		ends[i].port.ops = &end_operations;
		spin_lock_init(&ends[i].lock);
		device = tty_port_register_device(&ends[i].port, driver, i, NULL);
		if (IS_ERR(device)) {
			tty_port_destroy(&ends[i].port);
			remove_ends(i);
			return PTR_ERR(device);
		}
	}
	return 0;
}

static struct tty_driver *make_driver(void)
{
	struct tty_driver *made;

	made = tty_alloc_driver(2 * pairs, TTY_DRIVER_REAL_RAW |
					   TTY_DRIVER_DYNAMIC_DEV);
	if (IS_ERR(made))
		return made;
	made->driver_name = "kpkg_tty_pair";
	made->name = "kpkgtty";
	made->type = TTY_DRIVER_TYPE_SERIAL;
	made->subtype = SERIAL_TYPE_NORMAL;
	made->init_termios = tty_std_termios;
	/* Raw from the start: two ends that echo would echo for ever. */
	made->init_termios.c_iflag = 0;
	made->init_termios.c_oflag = 0;
	made->init_termios.c_lflag = 0;
	made->init_termios.c_cflag = B9600 | CS8 | CREAD | HUPCL | CLOCAL;
	tty_set_operations(made, &cable_operations);
	return made;
}

static int __init cable_init(void)
{
	int failed;

	if (!pairs || pairs > MAX_PAIRS)
		return -EINVAL;
	ends = kcalloc(2 * pairs, sizeof(*ends), GFP_KERNEL);
	if (!ends)
		return -ENOMEM;
	driver = make_driver();
	if (IS_ERR(driver)) {
		failed = PTR_ERR(driver);
		goto free_ends;
	}
	failed = tty_register_driver(driver);
	if (failed)
		goto put_driver;
	failed = add_ends(2 * pairs);
	if (failed)
		goto unregister;
	return 0;

unregister:
	tty_unregister_driver(driver);
put_driver:
	tty_driver_kref_put(driver);
free_ends:
	kfree(ends);
	return failed;
}

static void __exit cable_exit(void)
{
	remove_ends(2 * pairs);
	tty_unregister_driver(driver);
	tty_driver_kref_put(driver);
	kfree(ends);
}

module_init(cable_init);
module_exit(cable_exit);
MODULE_DESCRIPTION("Pairs of terminals joined by a null-modem cable");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
