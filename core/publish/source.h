/*
 * source - a status page as files that are published: one after another, each with its bytes, whether they were rendered already or not.
 *
 * Any thread.
 */
#ifndef TOCSIN_PUBLISH_SOURCE_H
#define TOCSIN_PUBLISH_SOURCE_H

#include "public/site.h"

struct publish_source {
    const struct public_page *page;
    /* Is it rendered already? The bytes are borrowed for as long as the source is. NULL: nothing is. */
    bool (*rendered)(void *ctx, const char *path, struct public_file *ret);
    void *ctx;
};

struct published { /* how many files */
    size_t written, same, removed;
};

typedef ARRAY(char *) publish_paths;
/* All paths of the page. */
void publish_list(const struct publish_source *source, publish_paths *ret);
void publish_paths_finish(publish_paths *paths);

/* The name under which a path of the page is kept: "" is "index.html", and a page gets .html. The caller frees it. */
char *publish_name(const char *path, bool is_page);

struct publish_file {
    struct public_file file;
    bool borrowed;
};
/* As public_render; the error names the path. */
int publish_read(const struct publish_source *source, const char *path, struct publish_file *ret,
                 struct error *err);
void publish_file_finish(struct publish_file *file);

#endif
