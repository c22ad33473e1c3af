/* Whose export a document is. What cannot be told is left to the reader, which names what it does not know. */
#include "moving/reading.h"
#include "moving/sources.h"

static bool bears(const cJSON *node, const struct moving_marks *marks)
{
    for (size_t i = 0; marks[i].has[0]; i++) {
        if (is_marked(node, &marks[i]))
            return true;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        if (bears(child, marks))
            return true;
    }
    return false;
}

/* NULL: it can be the source's own, or nobody's. */
static const struct moving_source *other(const struct moving_source *own, const cJSON *json)
{
    const struct moving_source *source;
    if (bears(json, own->marks))
        return NULL;
    for (size_t i = 0; (source = moving_source_at(i)) && !bears(json, source->marks); i++)
        ;
    return source;
}

int moving_recognise(const struct moving *m, struct error *err)
{
    for (size_t i = 0; i < m->documents.n; i++) {
        const char *file = m->documents.v[i].file;
        const struct moving_source *source = other(m->source, m->documents.v[i].json);
        if (source)
            return error_set(err, ERR_INVALID, "%s is an export of %s, not of %s; type `tocsin import %s %s`",
                             file, source->title, m->source->title, source->name, file);
    }
    return 0;
}
