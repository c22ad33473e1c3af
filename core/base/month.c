#include "base/month.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void month_name(instant t, char ret[MONTH_TEXT])
{
    struct wall wall = zone_to_wall(t, NULL);
    snprintf(ret, MONTH_TEXT, "%04d-%02d", wall.year, wall.month);
}

instant month_begins(instant t, int later)
{
    struct wall wall = zone_to_wall(t, NULL);
    struct wall first = {.year = wall.year, .month = wall.month + later, .day = 1};
    return zone_from_wall(&first, NULL);
}

static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};

void month_words(instant t, char ret[MONTH_WORDS])
{
    struct wall wall = zone_to_wall(t, NULL);
    snprintf(ret, MONTH_WORDS, "%s %04d", names[wall.month - 1], wall.year);
}

/* 1 to 12, by three letters and more; 0: none. *ret_rest: what follows it. */
static int month_word(const char *text, const char **ret_rest)
{
    size_t n = 0;
    while (isalpha((unsigned char)text[n]))
        n++;
    *ret_rest = text + n + strspn(text + n, " ");
    for (int i = 0; n >= 3 && i < 12; i++) {
        if (n <= strlen(names[i]) && strncasecmp(text, names[i], n) == 0)
            return i + 1;
    }
    return 0;
}

bool month_parse(const char *text, instant now, instant *ret)
{
    struct wall wall = {.day = 1}, today = zone_to_wall(now, NULL);
    const char *rest;
    int end = 0;
    if (strcasecmp(text, "last month") == 0 || strcasecmp(text, "this month") == 0) {
        *ret = month_begins(now, *text == 'l' || *text == 'L' ? -1 : 0);
        return true;
    }
    if (sscanf(text, "%4d-%2d%n", &wall.year, &wall.month, &end) != 2 || text[end]) {
        wall.month = month_word(text, &rest);
        wall.year = today.year - (wall.month > today.month);
        end = 0;
        if (*rest && (sscanf(rest, "%4d%n", &wall.year, &end) != 1 || rest[end]))
            return false;
    }
    if (wall.month < 1 || wall.month > 12 || wall.year < 1970 || wall.year > 9999)
        return false;
    *ret = zone_from_wall(&wall, NULL);
    return true;
}
