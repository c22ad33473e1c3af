#include "command/heard.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define FILES_MOST 20

char *heard_text(const cJSON *object, const char *key, size_t most)
{
    const char *text = json_text_or(object, key, NULL);
    return text ? utf8_sanitize(text, strlen(text), most) : NULL;
}

static void put_files(const cJSON *files, struct json_out *j)
{
    const cJSON *file;
    size_t n = 0;
    json_key(j, "files");
    json_begin_array(j);
    cJSON_ArrayForEach(file, files)
    {
        CLEANUP_FREE char *name = heard_text(file, "name", NAME_BYTES), *url = heard_text(file, "url", 2000);
        if (++n > FILES_MOST)
            break;
        json_begin_object(j);
        json_put_text_if(j, "name", name);
        json_put_text_if(j, "url", url);
        json_end_object(j);
    }
    json_end_array(j);
}

void heard_data(const struct heard_about *about, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text_if(&j, "channel", about->channel);
    json_put_text_if(&j, "thread", about->thread);
    json_put_text_if(&j, "commonmark", about->commonmark);
    if (cJSON_GetArraySize(about->files) > 0)
        put_files(about->files, &j);
    json_end_object(&j);
}

static void add_size(int64_t bytes, struct str *out)
{
    if (bytes >= 1000000)
        str_addf(out, " (%.1f MB)", (double)bytes / 1e6);
    else if (bytes > 0)
        str_addf(out, " (%" PRId64 " kB)", (bytes + 999) / 1000);
}

static void add_file(const cJSON *file, struct str *out)
{
    CLEANUP_FREE char *name = heard_text(file, "name", NAME_BYTES), *url = heard_text(file, "url", 2000),
                      *path = heard_text(file, "path", 2000);
    str_add(out, text_empty(name) ? "a file" : name);
    add_size(json_int_or(file, "size", 0), out);
    if (!text_empty(url) && !url[strcspn(url, " <>\n")])
        str_addf(out, " <%s>", url);
    else if (!text_empty(path))
        str_addf(out, " in %s", path);
}

char *heard_whole(const char *text, const char *more, const cJSON *files)
{
    struct str out = {0};
    const cJSON *file;
    size_t n = 0, count = (size_t)cJSON_GetArraySize(files);
    str_add(&out, text ? text : "");
    if (!text_empty(more))
        str_addf(&out, "%s%s", out.len ? "\n" : "", more);
    cJSON_ArrayForEach(file, files)
    {
        if (++n > FILES_MOST)
            break;
        str_add(&out, n > 1 ? ", " : out.len ? " — " : "");
        add_file(file, &out);
    }
    if (count > FILES_MOST)
        str_addf(&out, " and %zu more", count - FILES_MOST);
    return str_take(&out);
}
