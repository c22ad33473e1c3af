/*
 * feed - the posts of a page for readers of feeds and calendars: Atom, RSS 2.0, JSON Feed 1.1, iCalendar. Pure.
 */
#ifndef TOCSIN_PUBLIC_FEED_H
#define TOCSIN_PUBLIC_FEED_H

#include "public/render.h"

#define FEED_MOST 25 /* posts in a feed, the newest */

public_writer public_atom, public_rss, public_json_feed;
public_writer public_calendar; /* maintenance: what was planned, too */

#endif
