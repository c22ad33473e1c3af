#include "cli/chat.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/zone.h"
#include "cli/chat_keys.h"
#include "cli/chat_render.h"
#include "cli/chat_type.h"
#include "cli/cli.h"

#define LINE_MOST  (1 << 20)
#define LINGER_MS  1000   /* of silence after the end of input, before the client ends */
#define SHOWN_MOST 100000 /* ids remembered */
#define RETRY_MS   500    /* between tries to reach a connector that went away */

/* A process has one chat. */
static struct chat_state {
    const struct chat_options *options;
    int fd; /* -1: the connector went away */
    bool colour, tty, over;
    bool ended;      /* end of input; answers may still arrive */
    bool show_rooms; /* false for the first list, which is only for completion */
    bool returned;   /* connected again, and in the same room since */
    char *room, *zone;
    char *left;    /* the previous room, to return to if the join fails; NULL: no join is pending */
    char *invited; /* the room of the newest invitation */
    struct str in;
    struct map shown;      /* ids of messages that were shown */
    struct chat_keys keys; /* of the buttons on the screen */
    char *rooms[512];
    size_t n_rooms;
} chat;

static void show(const char *text)
{
    if (chat.tty) {
        typing_show(text);
        return;
    }
    fputs(text, stdout);
    fflush(stdout);
}

static void send_line(cJSON *line)
{
    if (chat.fd < 0) {
        show("! Not connected: that was not sent. Press the arrow up to have it back.\n");
        cJSON_Delete(line);
        return;
    }
    CLEANUP_STR struct str text = {0};
    json_tree(&(struct json_out){&text, false}, line);
    str_addc(&text, '\n');
    cJSON_Delete(line);
    for (size_t sent = 0; sent < text.len;) {
        ssize_t n = send(chat.fd, text.p + sent, text.len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return; /* the next read reports the error */
        sent += n > 0 ? (size_t)n : 0;
    }
}

static cJSON *line_of(const char *verb, const char *key, const char *value)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "do", verb);
    if (chat.room)
        cJSON_AddStringToObject(line, "room", chat.room);
    if (key)
        cJSON_AddStringToObject(line, key, value);
    return line;
}

static void join(const char *room)
{
    free(chat.left);
    chat.left = steal(chat.room);
    chat.room = xstrdup(chat_find_room(chat.rooms, chat.n_rooms, room));
    send_line(line_of("join", NULL, NULL));
}

/* The server's answer to a join. If it failed, the previous room stays, or the next text would go nowhere. */
static void settle_join(const char *event)
{
    if (text_equal(event, "joined"))
        replace_text(&chat.left, NULL);
    else if (text_equal(event, "error") && chat.left)
        replace_text(&chat.room, chat.left);
}

/* Presses the button that has this number or letter. False: the line is no key. */
static bool press(const char *typed)
{
    CLEANUP_FREE char *why = NULL;
    const struct chat_key *key = chat_keys_find(&chat.keys, typed, &why);
    if (why)
        show(why);
    if (!key)
        return why != NULL;
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "do", "press");
    cJSON_AddStringToObject(line, "room", key->room);
    cJSON_AddStringToObject(line, "message", key->message);
    cJSON_AddStringToObject(line, "command", key->command);
    send_line(line);
    return true;
}

static void take_slash(const char *typed)
{
    if (text_equal(typed, "/quit")) {
        chat.over = true;
    } else if (text_equal(typed, "/rooms")) {
        send_line(line_of("rooms", NULL, NULL));
    } else if (text_equal(typed, "/join") && !chat.invited) {
        show("! Name a room: /join inc-1. /rooms lists them.\n");
    } else if (text_equal(typed, "/join") || text_starts(typed, "/join ")) {
        chat.returned = false;
        join(typed[5] ? typed + strlen("/join ") : chat.invited);
    } else {
        CLEANUP_FREE char *command = xasprintf("/inc %s", typed + 1);
        bool whole = text_starts(typed, "/inc ") || text_equal(typed, "/inc");
        send_line(line_of("say", "text", whole ? typed : command));
    }
}

static void take_typed(const char *typed)
{
    bool pressed = press(typed);
    chat_keys_settle(&chat.keys);
    if (text_empty(typed) || pressed)
        return;
    if (*typed == '/')
        take_slash(typed);
    else
        send_line(line_of("say", "text", typed));
}

/* A terminal shows a changed card only in the current room. In another room, /join shows it in its new form. */
static bool is_elsewhere(const cJSON *message)
{
    return chat.tty && text_equal(json_text_or(message, "event", ""), "edited") &&
           !text_equal(json_text_or(message, "room", ""), chat.room);
}

/* The history of the room comes again with a new connection, and a message may come again after a crash. */
static bool is_repeated(const cJSON *message)
{
    const char *id = json_text_or(message, "id", NULL);
    if (!id || !text_equal(json_text_or(message, "event", ""), "message"))
        return false;
    if (chat.shown.n == SHOWN_MOST)
        map_finish(&chat.shown);
    bool known = map_put(&chat.shown, id, &chat) != NULL;
    return known && (chat.returned || !json_bool_or(message, "old", false));
}

static void take_message(const cJSON *message)
{
    if (is_elsewhere(message) || is_repeated(message))
        return;
    CLEANUP_STR struct str text = {0};
    chat_render(message, chat.colour, chat.zone, &chat.keys, &text);
    if (json_bool_or(message, "page", false) && chat.tty)
        str_add(&text, "\a");
    if (cJSON_GetArraySize(json_member(json_member(message, "card"), "buttons")))
        chat_keys_show(&chat.keys, message, chat.tty && typing_begun());
    show(text.p);
}

static void add_room(const char *name)
{
    for (size_t i = 0; i < chat.n_rooms; i++) {
        if (text_equal(chat.rooms[i], name))
            return;
    }
    if (chat.n_rooms < ARRAY_SIZE(chat.rooms))
        chat.rooms[chat.n_rooms++] = xstrdup(name);
}

static void take_rooms(const cJSON *line)
{
    CLEANUP_STR struct str text = {0};
    const cJSON *room;
    for (size_t i = 0; i < chat.n_rooms; i++)
        free(chat.rooms[i]);
    chat.n_rooms = 0;
    cJSON_ArrayForEach(room, json_member(line, "rooms"))
    {
        chat_render_room(room, &text);
        add_room(json_text_or(room, "name", ""));
    }
    if (chat.show_rooms)
        show(str_text(&text));
    chat.show_rooms = true;
}

static void take_notice(const cJSON *line)
{
    CLEANUP_STR struct str text = {0};
    chat_render_line(line, &text);
    const char *event = json_text_or(line, "event", ""), *room = json_text_or(line, "room", "");
    settle_join(event);
    if (text_equal(event, "invited")) {
        add_room(room);
        replace_text(&chat.invited, room);
    }
    if (text.len)
        show(text.p);
}

static void take_welcome(const cJSON *line)
{
    send_line(line_of("rooms", NULL, NULL)); /* for completion */
    join(chat.room ? chat.room : json_text_or(line, "room", "incidents"));
}

static void take_line(const char *text, size_t n)
{
    CLEANUP_JSON cJSON *line = NULL;
    if (json_parse(text, n, LINE_MOST, JSON_DEPTH, "line", &line, NULL))
        return;
    const char *event = json_text_or(line, "event", "");
    if (text_equal(event, "message") || text_equal(event, "edited"))
        take_message(line);
    else if (text_equal(event, "rooms"))
        take_rooms(line);
    else if (text_equal(event, "welcome"))
        take_welcome(line);
    else
        take_notice(line);
}

/* False: the connection ended. */
static bool read_socket(void)
{
    char bytes[65536];
    ssize_t n = recv(chat.fd, bytes, sizeof(bytes), 0);
    if (n == 0 || (n < 0 && errno != EINTR))
        return false;
    str_addn(&chat.in, bytes, n > 0 ? (size_t)n : 0);
    size_t from = 0;
    for (char *end; (end = memchr(chat.in.p + from, '\n', chat.in.len - from));
         from = (size_t)(end - chat.in.p) + 1)
        take_line(chat.in.p + from, (size_t)(end - chat.in.p) - from);
    memmove(chat.in.p, chat.in.p + from, chat.in.len - from);
    chat.in.len -= from;
    return chat.in.len < LINE_MOST;
}

static void on_line(const char *typed)
{
    if (typed)
        take_typed(typed);
    else
        chat.over = true;
}

static const char *room_name(size_t index)
{
    return index < chat.n_rooms ? chat.rooms[index] : NULL;
}

static void take_plain(struct str *typed)
{
    take_typed(str_text(typed));
    str_clear(typed);
}

static void read_plain(struct str *typed)
{
    char bytes[4096];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            take_plain(typed);
        else
            str_addc(typed, bytes[i]);
    }
    if (n <= 0)
        take_plain(typed);
    chat.ended = n <= 0;
}

static int connect_to(const char *path, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(err, ERR_INVALID, "%s: the path of a socket can have at most 107 bytes", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
        chat.fd = fd;
        return 0;
    }
    int rc =
        error_set(err, ERR_IO, "%s: %s; is tocsind running, with a console connector?", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

static void hello(const struct chat_options *options)
{
    const struct passwd *entry = getpwuid(getuid());
    const char *login = entry ? entry->pw_name : "somebody";
    cJSON *line = line_of("hello", NULL, NULL);
    cJSON_AddStringToObject(line, "name",
                            options->name   ? options->name
                            : options->user ? options->user
                                            : login);
    if (options->user)
        cJSON_AddStringToObject(line, "user", options->user);
    if (chat.zone)
        cJSON_AddStringToObject(line, "zone", chat.zone);
    send_line(line);
}

/* ---- the connection ---- */

/* The connector went away. A daemon that restarts, or a connector that is upgraded, is back in a moment. */
static int lose(struct error *err)
{
    close(chat.fd);
    chat.fd = -1;
    str_clear(&chat.in);
    if (!chat.tty || chat.options->owns_daemon)
        return error_set(err, ERR_IO,
                         "lost the connection to the chat: tocsind or its console connector stopped; "
                         "`tocsin connector list` shows its state");
    show("! Lost the connection: tocsind or its console connector stopped. Waiting for it to come back; /quit "
         "ends the chat.\n");
    return 0;
}

static void try_again(void)
{
    struct error ignored;
    if (connect_to(chat.options->socket, &ignored))
        return;
    show("-- connected again\n");
    chat.returned = true;
    hello(chat.options);
}

/* A script's first line may join a room by a part of its name, so it waits for the list of rooms. */
static bool may_read(void)
{
    return !chat.ended && (chat.tty || chat.show_rooms);
}

/* 0: go on; 1: end. */
static int turn(struct str *typed, struct error *err)
{
    struct pollfd fds[] = {{chat.fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    int n = poll(fds, may_read() ? 2 : 1, chat.fd < 0 ? RETRY_MS : chat.ended ? LINGER_MS : -1), rc = 0;
    if (n < 0 && errno != EINTR)
        return error_set(err, ERR_IO, "chat: %s", strerror(errno));
    if (n == 0 && chat.fd >= 0)
        return 1;
    if (n > 0 && fds[0].revents && !read_socket())
        rc = lose(err);
    if (n > 0 && fds[1].revents && chat.tty)
        typing_read();
    else if (n > 0 && fds[1].revents)
        read_plain(typed);
    if (chat.fd < 0 && rc == 0 && n == 0)
        try_again();
    return rc ? rc : chat.over || (chat.tty && typing_interrupted());
}

static int run(struct error *err)
{
    CLEANUP_STR struct str typed = {0};
    int rc = 0;
    while (rc == 0)
        rc = turn(&typed, err);
    return rc < 0 ? rc : 0;
}

static void finish(void)
{
    if (chat.fd >= 0)
        close(chat.fd);
    free(chat.room);
    free(chat.left);
    free(chat.invited);
    free(chat.zone);
    str_finish(&chat.in);
    map_finish(&chat.shown);
    chat_keys_finish(&chat.keys);
    for (size_t i = 0; i < chat.n_rooms; i++)
        free(chat.rooms[i]);
    memset(&chat, 0, sizeof(chat));
}

int chat_main(const struct chat_options *options, struct error *err)
{
    const struct typing typing = {.on_line = on_line,
                                  .room = room_name,
                                  .history = options->history,
                                  .question = options->owns_daemon
                                                  ? "! Ctrl-C ends the chat and stops tocsind. Press "
                                                    "it again to do so, or go on typing.\n"
                                                  : NULL};
    chat = (struct chat_state){.options = options, .fd = -1, .room = xstrdup(options->room)};
    chat.tty = !options->plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    chat.colour = chat.tty && !getenv("NO_COLOR");
    chat.zone = options->zone ? xstrdup(options->zone) : cli_zone();
    int rc = connect_to(options->socket, err);
    if (!rc) {
        hello(options);
        if (chat.tty)
            typing_begin(&typing);
        rc = run(err);
        if (chat.tty)
            typing_end();
    }
    finish();
    return rc;
}
