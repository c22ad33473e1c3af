/*
 * embed - what other sites show of a page: a badge, a frame, and a script that puts one line where it stands. Pure.
 */
#ifndef TOCSIN_PUBLIC_EMBED_H
#define TOCSIN_PUBLIC_EMBED_H

#include "public/render.h"

public_writer public_badge, public_widget_page, public_widget_script;

#endif
