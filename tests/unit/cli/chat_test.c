/* The chat client and the console connector, each in its own process, with a small core between them. */
#include "../../support/check.h"
#include "../../support/small_core.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/chat.h"
#include "people/people.h"
#include "rooms/rooms.h"

/* A client: its output comes from `out`, its input goes to `in`. */
struct user {
    pid_t pid;
    int in, out;
    struct str text;
};

static char folder[64], path[100];

static int set_up(void **state)
{
    snprintf(folder, sizeof(folder), "/tmp/tocsin-chat-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/chat", folder);
    return small_core_set_up(state);
}

static bool is_answered(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    bool answered = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return answered;
}

/* A confined connector makes its socket, but cannot remove it: the next one does. */
static int tear_down(void **state)
{
    int rc = small_core_tear_down(state);
    char file[160];
    assert_false(is_answered());
    unlink(path);
    snprintf(file, sizeof(file), "%s/history", folder);
    unlink(file);
    rmdir(folder);
    return rc;
}

static void start_console(void)
{
    CLEANUP_FREE char *settings = xasprintf("{\"socket\":\"%s\",\"trust\":true}", path);
    int ups = core.ups;
    small_core_add("console", settings);
    wait_for(core.ups == ups + 1);
}

static void be_client(const char *name, bool plain)
{
    close_range(3, ~0U, 0); /* the pipes of other clients, which would stay open */
    CLEANUP_FREE char *history = xasprintf("%s/history", folder);
    struct chat_options options = {
        .socket = path, .user = name, .zone = "UTC", .history = plain ? NULL : history, .plain = plain};
    struct error err = {0};
    int rc = chat_main(&options, &err);
    if (rc)
        printf("error: %s\n", err.text);
    fflush(stdout);
    _exit(rc ? 1 : 0);
}

static struct user user_start(const char *name)
{
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
    struct user user = {.pid = fork(), .in = in[1], .out = out[0]};
    if (user.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        be_client(name, true);
    }
    close(in[0]);
    close(out[1]);
    fcntl(user.out, F_SETFL, O_NONBLOCK);
    return user;
}

static struct user user_at_terminal(const char *name)
{
    int fd;
    struct user user = {0};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    user.pid = forkpty(&fd, NULL, NULL, &size);
    if (user.pid == 0) {
        setenv("TERM", "xterm", 1);
        be_client(name, false);
    }
    user.in = user.out = fd;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return user;
}

static void type(const struct user *user, const char *text)
{
    assert_int_equal(write(user->in, text, strlen(text)), strlen(text));
}

static bool sees(struct user *user, const char *text)
{
    char bytes[4096];
    for (ssize_t n; (n = read(user->out, bytes, sizeof(bytes))) > 0;)
        str_addn(&user->text, bytes, (size_t)n);
    return strstr(str_text(&user->text), text) != NULL;
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs the core until the user sees the text, then clears the output. */
static void wait_to_see(struct user *user, const char *text)
{
    uv_timer_t timer;
    uv_timer_init(&core.loop, &timer);
    uv_timer_start(&timer, on_tick, 10, 10);
    wait_for(sees(user, text));
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&core.loop, UV_RUN_NOWAIT);
    str_clear(&user->text);
}

static int user_end(struct user *user)
{
    int status = -1;
    if (user->in != user->out)
        close(user->in);
    while (waitpid(user->pid, &status, WNOHANG) == 0) {
        sees(user, "never");
        uv_run(&core.loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    close(user->out);
    str_finish(&user->text);
    return status;
}

static void do_action(const char *kind, const char *key, const char *body)
{
    static uint64_t id;
    int results = core.results;
    small_core_perform("console", ++id, kind, key, body);
    wait_for(core.results == results + 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
}

static void people_talk_and_press(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_start("ana"), ben = user_start("ben");
    wait_to_see(&ana, "-- #incidents: Where incidents are announced");
    wait_to_see(&ben, "-- #incidents");
    type(&ana, "checkout is **slow**\n");
    wait_to_see(&ben, "#incidents ana checkout is slow");
    wait_for(strstr(str_text(&core.all_events), "checkout is **slow**"));
    assert_non_null(strstr(core.all_events.p, "\"user\":{\"id\":\"ana\",\"name\":\"ana\",\"zone\":\"UTC\"}"));
    do_action("post", "k1",
              "{\"channel\":\"incidents\",\"card\":{\"title\":\"INC-1\",\"buttons\":[{\"label\":\"Accept\","
              "\"command\":"
              "\"INC-1 accept\"}]}}");
    wait_to_see(&ben, "[1] Accept (a)");
    type(&ben, "a\n/accept now\n");
    wait_for(strstr(core.all_events.p, "\"type\":\"press\"") && strstr(core.all_events.p, "/inc accept now"));
    assert_non_null(strstr(core.all_events.p, "\"command\":\"INC-1 accept\""));
    CLEANUP_FREE char *edit = xasprintf(
        "{\"channel\":\"incidents\",\"message\":\"%s\",\"text\":\"accepted by ben\"}", core.remote_id);
    do_action("edit", "k2", edit);
    wait_to_see(&ana, "(changed) accepted by ben");
    user_end(&ana);
    user_end(&ben);
}

static void rooms_are_created_and_private_ones_stay_private(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_start("ana"), ben = user_start("ben");
    wait_to_see(&ana, "-- #incidents");
    wait_to_see(&ben, "-- #incidents");
    do_action("channel.open", "o1", "{\"name\":\"inc-1\",\"topic\":\"all\",\"private\":false}");
    assert_string_equal(core.remote_id, "inc-1");
    do_action("channel.open", "o1", "{\"name\":\"inc-1\",\"topic\":\"all\",\"private\":false}");
    assert_string_equal(core.remote_id, "inc-1"); /* the same key, the same room */
    do_action("channel.open", "o2", "{\"name\":\"inc-1\",\"private\":true,\"members\":[\"ana\"]}");
    assert_string_equal(core.remote_id, "inc-1-2");
    wait_to_see(&ana, "you are invited to #inc-1-2");
    do_action("post", "p1", "{\"channel\":\"inc-1-2\",\"text\":\"a secret\"}");
    type(&ben, "/join inc-1-2\n");
    wait_to_see(&ben, "! There is no such room");
    type(&ben, "still where I was\n"); /* ben stays in his room if he cannot join the other */
    wait_to_see(&ana, "#incidents ben still where I was");
    type(&ben, "/rooms\n");
    wait_to_see(&ben, "#inc-1  all");
    assert_false(sees(&ben, "inc-1-2"));
    type(&ana, "/join\n"); /* the room of the newest invitation */
    wait_to_see(&ana, "tocsin a secret");
    do_action("channel.invite", "i1", "{\"channel\":\"inc-1-2\",\"users\":[\"ben\"]}");
    wait_to_see(&ben, "you are invited to #inc-1-2");
    type(&ben, "/join #inc-1-2\n");
    wait_to_see(&ben, "tocsin a secret");
    do_action("channel.topic", "t1", "{\"channel\":\"inc-1-2\",\"topic\":\"who is \\u001b[1m here\"}");
    wait_to_see(&ana, "-- the topic of #inc-1-2 is now: who is [1m here");
    do_action("post", "p2", "{\"channel\":\"inc-1-2\",\"to\":\"ana\",\"text\":\"for you\"}");
    wait_to_see(&ana, "(to you) for you");
    do_action("channel.remove", "r1", "{\"channel\":\"inc-1-2\",\"who\":\"ben\"}");
    do_action("channel.remove", "r2", "{\"channel\":\"inc-1-2\",\"who\":\"ben\"}");
    wait_to_see(&ben, "you were removed from #inc-1-2");
    do_action("post", "p3", "{\"channel\":\"inc-1-2\",\"text\":\"not for ben\"}");
    wait_to_see(&ana, "not for ben");
    do_action("channel.archive", "a1", "{\"channel\":\"inc-1\"}");
    type(&ana, "/rooms\n");
    wait_to_see(&ana, "#incidents");
    assert_false(sees(&ben, "for you"));
    assert_false(sees(&ben, "not for ben"));
    user_end(&ana);
    user_end(&ben);
}

static void history_and_pages_survive_a_restart(void **state)
{
    (void)state;
    struct error err;
    start_console();
    for (int i = 1; i <= 270; i++) { /* more than there are slots */
        CLEANUP_FREE char *key = xasprintf("k%d", i);
        CLEANUP_FREE char *body = xasprintf("{\"channel\":\"incidents\",\"text\":\"line %d.\"}", i);
        do_action("post", key, body);
    }
    do_action("page", "g1", "{\"user\":\"ana\",\"text\":\"wake up\"}");
    assert_int_equal(supervisor_restart(core.supervisor, "console", &err), 0);
    wait_for(core.ups == 2);
    struct user ana = user_start("ana");
    wait_to_see(&ana, "#incidents tocsin line 270.");
    core.again = true;
    do_action("post", "k270",
              "{\"channel\":\"incidents\",\"text\":\"line 270.\"}"); /* a duplicate, by its key */
    core.again = false;
    do_action("post", "k271", "{\"channel\":\"incidents\",\"text\":\"the end\"}");
    wait_for(sees(&ana, "the end"));
    assert_false(sees(&ana, "line 270."));
    user_end(&ana);
    ana = user_start("ana");
    wait_for(sees(&ana, "the end"));
    assert_true(sees(&ana, "wake up"));
    assert_true(sees(&ana, "line 72.") && sees(&ana, "line 270."));
    assert_false(sees(&ana, "line 71."));
    user_end(&ana);
}

static void text_that_is_not_stored_is_reported(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_start("ana");
    wait_to_see(&ana, "-- #incidents");
    core.answer = TOCSIN_EMIT_RETRY;
    type(&ana, "hello\n");
    wait_to_see(&ana, "! That was not kept");
    core.answer = TOCSIN_EMITTED;
    type(&ana, "bad \xff bytes\n");
    wait_to_see(&ana, "!");
    type(&ana, "good\n");
    wait_to_see(&ana, "ana good");
    do_action("post", "k", "{\"channel\":\"incidents\",\"text\":\"still here\"}");
    wait_to_see(&ana, "still here");
    user_end(&ana);
}

static void scripts_get_their_answers(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_start("ana");
    type(&ana, "/rooms"); /* the end of input ends the line; the client waits for the answer */
    close(ana.in);
    ana.in = open("/dev/null", O_WRONLY | O_CLOEXEC);
    wait_to_see(&ana, "#incidents  Where");
    assert_int_equal(user_end(&ana), 0);
}

static void a_terminal_is_redrawn_and_restored(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_at_terminal("ana");
    wait_to_see(&ana, "-- #incidents");
    type(&ana, "half a li");
    wait_to_see(&ana, "half a li");
    do_action("post", "k1", "{\"channel\":\"incidents\",\"text\":\"**news**\"}");
    wait_to_see(&ana, "\033[1mnews\033[22m"); /* in colour; then the typed text again */
    type(&ana, "ne\r");
    wait_for(strstr(str_text(&core.all_events), "half a line"));
    type(&ana, "/jo\t");
    type(&ana, "inci\t\r");
    wait_to_see(&ana, "-- #incidents");
    type(&ana, "\003"); /* ^C */
    assert_int_equal(user_end(&ana), 0);
    CLEANUP_FREE char *file = xasprintf("%s/history", folder);
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_true(status.st_size > 10);
}

static void post_card(int number)
{
    CLEANUP_FREE char *key = xasprintf("card%d", number);
    CLEANUP_FREE char *body = xasprintf(
        "{\"channel\":\"incidents\",\"card\":{\"title\":\"INC-%d\",\"buttons\":[{\"label\":\"Decline\","
        "\"command\":\"INC-%d decline @~s1\"}]}}",
        number, number);
    do_action("post", key, body);
}

/* "d" is typed for the card that was there; the one that comes before Enter is not meant. */
static void a_card_that_comes_while_typing_is_not_pressed(void **state)
{
    (void)state;
    start_console();
    struct user ana = user_at_terminal("ana");
    wait_to_see(&ana, "-- #incidents");
    post_card(4);
    wait_to_see(&ana, "[1] ");
    type(&ana, "dqqqq");
    wait_to_see(&ana, "dqqqq");
    post_card(5);
    wait_to_see(&ana, "[2] ");
    type(&ana, "\177\177\177\177\r"); /* backspaces */
    wait_for(strstr(str_text(&core.all_events), "INC-4 decline @~s1"));
    type(&ana, "d\r");
    wait_for(strstr(str_text(&core.all_events), "INC-5 decline @~s1"));
    type(&ana, "a\r");
    wait_to_see(&ana, "Nothing was done");
    type(&ana, "1\r/quit\r");
    assert_int_equal(user_end(&ana), 0);
    assert_null(strstr(core.all_events.p, "\"text\":\"a\""));
}

static void the_socket_replaces_no_other_file(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    CLEANUP_FREE char *settings = xasprintf("{\"socket\":\"%s\"}", path);
    small_core_add("console", settings);
    wait_for(small_core_info("console")->reason);
    assert_non_null(strstr(small_core_info("console")->reason, "cannot take the place"));
    assert_int_equal(unlink(path), 0); /* it is still there */
    wait_for(core.ups == 1);           /* after its removal, the next try succeeds */
    CLEANUP_FREE char *twin = xstrdup(small_core_info("console")->file);
    CLEANUP_JSON cJSON *same = cJSON_Parse(settings);
    struct error err;
    struct connector_config config = {"twin", twin, same, 0, false};
    assert_int_equal(supervisor_add(core.supervisor, &config, &err), 0);
    wait_for(small_core_info("twin")->reason);
    assert_non_null(strstr(small_core_info("twin")->reason, "in use"));
}

static void the_kernel_says_who_a_user_is(void **state)
{
    (void)state;
    CLEANUP_FREE char *settings = xasprintf("{\"socket\":\"%s\"}", path);
    small_core_add("console", settings);
    wait_for(core.ups == 1);
    struct user eve = user_start("somebody-else");
    wait_to_see(&eve, "-- #incidents");
    type(&eve, "hello\n");
    wait_for(strstr(str_text(&core.all_events), "hello"));
    assert_null(strstr(core.all_events.p, "\"id\":\"somebody-else\""));
    assert_non_null(strstr(core.all_events.p, "\"name\":\"somebody-else\""));
    user_end(&eve);
}

#define WITH_CHAT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHAT(people_talk_and_press),
        WITH_CHAT(rooms_are_created_and_private_ones_stay_private),
        WITH_CHAT(history_and_pages_survive_a_restart),
        WITH_CHAT(text_that_is_not_stored_is_reported),
        WITH_CHAT(scripts_get_their_answers),
        WITH_CHAT(a_terminal_is_redrawn_and_restored),
        WITH_CHAT(a_card_that_comes_while_typing_is_not_pressed),
        WITH_CHAT(the_socket_replaces_no_other_file),
        WITH_CHAT(the_kernel_says_who_a_user_is),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
