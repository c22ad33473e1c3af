/*
 * month - months of UTC, in which what is counted is kept. Pure.
 */
#ifndef TOCSIN_BASE_MONTH_H
#define TOCSIN_BASE_MONTH_H

#include "base/zone.h"

#define MONTH_TEXT 16
void month_name(instant t, char ret[MONTH_TEXT]); /* "2026-11" */
#define MONTH_WORDS 24
void month_words(instant t, char ret[MONTH_WORDS]); /* "November 2026" */
instant month_begins(instant t, int later);         /* that many months later than the one of `t` */
/* Reads "2026-11", "november", "nov 2026", "last month"; a name without a year is the latest one. False: it is none. *ret: its begin. */
bool month_parse(const char *text, instant now, instant *ret);

#endif
