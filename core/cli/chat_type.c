#include "cli/chat_type.h"

#include <editline/readline.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "command/table.h"

#define HISTORY_LINES 1000
#define PROMPT        "> "

static const struct typing *typing;
static bool ended;
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

bool typing_interrupted(void)
{
    return interrupted;
}

static void on_typed(char *owned)
{
    if (!owned) {
        ended = true;
        typing->on_line(NULL);
        return;
    }
    char *typed = owned;
    for (size_t n = strlen(typed); n && typed[n - 1] == ' ';)
        typed[--n] = '\0';
    typed += strspn(typed, " ");
    if (*typed)
        add_history(typed);
    typing->on_line(typed);
    free(owned);
    rl_callback_handler_install(PROMPT, on_typed); /* libedit releases the terminal after each line */
}

static const char *const own_words[] = {"join", "rooms", "quit", "inc"};

static bool is_own(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_words); i++) {
        if (text_equal(own_words[i], word))
            return true;
    }
    return false;
}

/* Rooms after /join, commands after /inc. At the beginning of the line, the client's own words and then the commands. */
static const char *candidate(size_t index)
{
    size_t n;
    const char *const *words = command_words(&n);
    if (text_starts(rl_line_buffer, "/join "))
        return typing->room(index);
    if (text_starts(rl_line_buffer, "/inc "))
        return index < n ? words[index] : NULL;
    if (index < ARRAY_SIZE(own_words))
        return own_words[index];
    index -= ARRAY_SIZE(own_words);
    return index < n ? is_own(words[index]) ? "" : words[index] : NULL;
}

static char *complete_one(const char *text, int state)
{
    static size_t place;
    bool slash = *text == '/';
    place = state ? place : 0;
    for (const char *word; (word = candidate(place));) {
        place++;
        if (*word && text_starts(word, text + slash))
            return slash ? xasprintf("/%s", word) : xstrdup(word);
    }
    return NULL;
}

static char **complete(const char *text, int start, int end)
{
    (void)end;
    rl_attempted_completion_over = 1;
    bool useful = (start == 0 && *text == '/') || text_starts(rl_line_buffer, "/join ") ||
                  text_starts(rl_line_buffer, "/inc ");
    return useful ? rl_completion_matches(text, complete_one) : NULL;
}

void typing_begin(const struct typing *given)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    typing = given;
    ended = false;
    interrupted = 0;
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &action, NULL);
    rl_readline_name = (char *)(uintptr_t) "tocsin";
    rl_attempted_completion_function = complete;
    using_history();
    stifle_history(HISTORY_LINES);
    if (typing->history)
        read_history(typing->history);
    rl_callback_handler_install(PROMPT, on_typed);
}

void typing_read(void)
{
    rl_callback_read_char();
}

void typing_show(const char *text)
{
    fputs("\r\033[K", stdout);
    fputs(text, stdout);
    fflush(stdout);
    if (!ended)
        rl_forced_update_display();
}

void typing_end(void)
{
    rl_callback_handler_remove();
    if (typing->history && write_history(typing->history) == 0)
        chmod(typing->history, 0600); /* it may contain messages to customers */
    fputs("\n", stdout);
}
