/* Past posts that are like one that somebody writes, by the words of its title and by its components. */
#include <string.h>
#include <strings.h>

#include "public/names.h"
#include "statuspage/inside.h"

#define LOOKED_AT  500 /* the newest posts */
#define GIVEN_MOST 8
#define WORDS_MOST 16 /* of a title */
#define WORD_BYTES 4  /* shorter words say nothing */
/* Weight of a component that both have; a word that both have weighs 1, and as much again in both titles. */
#define OF_COMPONENT 2

struct words {
    struct {
        const char *p;
        size_t n;
    } v[WORDS_MOST];
    size_t n;
};

static void take_words(const char *text, struct words *ret)
{
    ret->n = 0;
    for (size_t n; ret->n < WORDS_MOST && (n = text_word(&text)); text += n) {
        if (n >= WORD_BYTES)
            ret->v[ret->n++] = (__typeof__(ret->v[0])){text, n};
    }
}

static bool has_word(const char *text, const char *word, size_t n)
{
    for (size_t k; (k = text_word(&text)); text += k) {
        if (k == n && strncasecmp(text, word, n) == 0)
            return true;
    }
    return false;
}

static int weigh(const struct kept_post *post, const struct words *words, const struct posting *like)
{
    int weight = 0;
    for (size_t i = 0; i < words->n; i++) {
        bool titled = has_word(post->title, words->v[i].p, words->v[i].n);
        weight += titled ? 2 : has_word(post->words.v[0].text, words->v[i].p, words->v[i].n);
    }
    for (size_t i = 0; i < post->holds.n; i++) {
        for (size_t k = 0; k < like->n; k++)
            weight +=
                text_equal_nocase(post->holds.v[i].component, like->components[k].name) ? OF_COMPONENT : 0;
    }
    return weight;
}

static bool is_past(const struct kept_post *post)
{
    enum public_status status = kept_status(post);
    return public_status_is_over(status) && !public_status_is_maintenance(status);
}

struct found {
    const struct kept_post *post;
    int weight;
};

/* The best first; of those that weigh the same, the one that came first. */
static void keep(struct found *found, size_t *n, struct found new)
{
    size_t i = *n < GIVEN_MOST ? (*n)++ : GIVEN_MOST - 1;
    if (i == GIVEN_MOST - 1 && found[i].post && found[i].weight >= new.weight)
        return;
    for (; i && found[i - 1].weight < new.weight; i--)
        found[i] = found[i - 1];
    found[i] = new;
}

void statuspage_each_like(const struct core *core, const struct posting *like,
                          bool (*on)(void *ctx, const struct standing_post *post), void *ctx)
{
    const struct statuspage *statuspage = statuspage_of(core);
    struct found found[GIVEN_MOST] = {0};
    struct words words;
    size_t n = 0, all = statuspage->posts.n;
    const struct kept_post *of = like->post ? kept_find(core, like->post) : NULL;
    take_words(like->title ? like->title : of ? of->title : "", &words);
    for (size_t i = all; i-- > 0 && all - i <= LOOKED_AT;) {
        const struct kept_post *post = statuspage->posts.v[i];
        int weight = post != of && is_past(post) ? weigh(post, &words, like) : 0;
        if (weight)
            keep(found, &n, (struct found){post, weight});
    }
    for (size_t i = 0; i < n; i++) {
        struct standing_post standing;
        if (statuspage_post(core, found[i].post->number, &standing) && !on(ctx, &standing))
            return;
    }
}
