#include "assist/kind.h"

#include "base/mem.h"
#include "base/str.h"

static const struct assist_kind kinds[] = {
    {"summary", "a summary", "summary", "Use it as the summary",
     "a summary of at most 60 words for people who join now: what is wrong, for whom, since when, and what is "
     "being done",
     2000, false, false},
    {"title", "a title", "title", "Use it as the title",
     "a title of at most 10 words that says what is wrong, without the name of a person or a number of an "
     "incident",
     200, true, true},
    {"draft", "a message to customers", "tell", "Draft it for approval",
     "a message of at most 80 words to customers: what they notice, and that we work on it or that it is over. "
     "No internal "
     "names, no cause that is not certain, no promise of a time",
     3000, false, false},
    {"cause", "likely causes", "note", "Note it",
     "the likely causes, at most three, the likeliest first, each in one sentence with what in the facts "
     "speaks for it and how "
     "to check it; past incidents tell what such a thing was before",
     3000, false, false},
};

const struct assist_kind *assist_kind_at(size_t i)
{
    return i < ARRAY_SIZE(kinds) ? &kinds[i] : NULL;
}

const struct assist_kind *assist_kind_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (text_equal_nocase(kinds[i].name, name))
            return &kinds[i];
    }
    return NULL;
}
