#include "public/model.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct public_page *public_create(void)
{
    struct public_page *page = xcalloc(1, sizeof(*page));
    page->references = 1;
    return page;
}

struct public_page *public_ref(struct public_page *page)
{
    __atomic_fetch_add(&page->references, 1, __ATOMIC_RELAXED);
    return page;
}

static void finish_word(struct public_word *word)
{
    for (size_t i = 0; i < word->translations.n; i++) {
        free(word->translations.v[i].language);
        free(word->translations.v[i].title);
        free(word->translations.v[i].text);
    }
    array_free(&word->translations);
    array_free(&word->affected);
    free(word->text);
}

static void finish_post(struct public_post *post)
{
    for (size_t i = 0; i < post->words.n; i++)
        finish_word(&post->words.v[i]);
    array_free(&post->words);
    array_free(&post->components);
    free(post->title);
}

static void finish_components(struct public_page *page)
{
    for (size_t i = 0; i < page->groups.n; i++)
        free(page->groups.v[i].name);
    for (size_t i = 0; i < page->components.n; i++) {
        free(page->components.v[i].name);
        free(page->components.v[i].description);
        array_free(&page->components.v[i].past);
    }
    array_free(&page->groups);
    array_free(&page->components);
}

static void finish_texts(struct public_page *page)
{
    char *const texts[] = {page->name,           page->title,     page->url,       page->zone,
                           page->language,       page->contact,   page->look.logo, page->look.accent,
                           page->look.template_, page->look.words};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < page->languages.n; i++)
        free(page->languages.v[i]);
    array_free(&page->languages);
}

void public_unref(struct public_page *page)
{
    if (!page || __atomic_sub_fetch(&page->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (size_t i = 0; i < page->posts.n; i++)
        finish_post(&page->posts.v[i]);
    array_free(&page->posts);
    finish_components(page);
    finish_texts(page);
    free(page);
}

const struct public_component *public_component(const struct public_page *page, const char *name)
{
    for (size_t i = 0; i < page->components.n; i++) {
        if (text_equal_nocase(page->components.v[i].name, name))
            return &page->components.v[i];
    }
    return NULL;
}

const char *public_language(const struct public_page *page, const char *wanted)
{
    for (size_t i = 0; wanted && i < page->languages.n; i++) {
        if (text_equal(page->languages.v[i], wanted))
            return page->languages.v[i];
    }
    return NULL;
}

void public_id(const char *what, const char *name, char ret[PUBLIC_ID])
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    unsigned char hash[16];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, (const unsigned char *)name, strlen(name));
    crypto_generichash_final(&state, hash, sizeof(hash));
    for (size_t i = 0; i < PUBLIC_ID - 1; i++)
        ret[i] = digits[hash[i] % (sizeof(digits) - 1)];
    ret[PUBLIC_ID - 1] = '\0';
}

void public_component_id(const char *name, char ret[PUBLIC_ID])
{
    CLEANUP_FREE char *key = text_lower(name);
    public_id("component", key, ret);
}
