/*
 * assets - the files of web/status/: templates, style, scripts. The build embeds them.
 */
#ifndef TOCSIN_PUBLIC_ASSETS_H
#define TOCSIN_PUBLIC_ASSETS_H

struct public_asset {
    const char *name; /* "page.mustache"; NULL after the last one */
    const char *text;
};
extern const struct public_asset public_assets[];

/* The text of a file; "" when there is none. Static. */
const char *public_asset(const char *name);

#endif
