/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KPKG_TTY_PAIR_H
#define KPKG_TTY_PAIR_H

/* How many pairs of connected terminals there are. */
unsigned int kpkg_tty_pair_count(void);

#endif
