#include "journal/documents.h"

#include "base/mem.h"

/* The fields that a row can set. */
#define TAG(meaning)      .tag = meaning
#define AT(meaning)       .at = meaning
#define KEPT_FOR(setting) .keep = setting
#define PROVEN            .proven = true

static const struct document table[DOC_KINDS] = {
#define DOCUMENT(id, number, named, of_key, of_body, ...)                                                      \
    [number] = {.name = named, .key = of_key, .body = of_body, __VA_ARGS__},
#include "journal/documents.def"
};

const struct document *document(enum doc_kind kind)
{
    require((unsigned)kind < DOC_KINDS && table[kind].name);
    return &table[kind];
}

char *document_damaged(int kind, const char *key)
{
    bool known = kind > 0 && kind < DOC_KINDS;
    return xasprintf("document %s %s is damaged, or was edited: its checksum does not fit",
                     known ? table[kind].name : "of an unknown kind", key);
}
