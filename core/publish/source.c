#include "publish/source.h"

#include <string.h>

static void add_path(void *ctx, const char *path, bool front)
{
    publish_paths *paths = ctx;
    (void)front;
    *array_add(paths) = xstrdup(path);
}

void publish_list(const struct publish_source *source, publish_paths *ret)
{
    public_each(source->page, add_path, ret);
}

void publish_paths_finish(publish_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->v[i]);
    array_free(paths);
}

char *publish_name(const char *path, bool is_page)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    if (!*last)
        return xasprintf("%sindex.html", path);
    return xasprintf("%s%s", path, is_page && !strchr(last, '.') ? ".html" : "");
}

int publish_read(const struct publish_source *source, const char *path, struct publish_file *ret,
                 struct error *err)
{
    ret->borrowed = source->rendered && source->rendered(source->ctx, path, &ret->file);
    int rc = ret->borrowed ? 0 : public_render(source->page, path, "", &ret->file, err);
    return rc ? error_prefix(err, "/%s", path) : 0;
}

void publish_file_finish(struct publish_file *file)
{
    if (!file->borrowed)
        str_finish(&file->file.body);
}
