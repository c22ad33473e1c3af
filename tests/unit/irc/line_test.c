/* Lines of the protocol, and texts as lines. */
#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "irc/irc.h"

static struct irc_line parse(char *buffer, const char *text)
{
    struct irc_line line;
    strcpy(buffer, text);
    assert_true(irc_parse(buffer, &line));
    return line;
}

static void lines_are_split(void **state)
{
    char buffer[600], value[40];
    (void)state;
    struct irc_line line =
        parse(buffer,
              "@account=ana;msgid=x\\:\\s\\\\\\y;empty;+a= :ana!~a@host.example PRIVMSG  #inc :it is: slow  ");
    assert_string_equal(line.nick, "ana");
    assert_string_equal(line.user, "~a");
    assert_string_equal(line.host, "host.example");
    assert_string_equal(line.command, "PRIVMSG");
    assert_int_equal(line.n, 2);
    assert_string_equal(line.params[0], "#inc");
    assert_string_equal(line.last, "it is: slow  ");
    assert_string_equal(line.params[2], "");
    assert_true(irc_tag(&line, "msgid", value, sizeof(value)));
    assert_string_equal(value, "x; \\y");
    assert_true(irc_tag(&line, "empty", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_false(irc_tag(&line, "acc", value, sizeof(value)));
    assert_false(irc_tag(&line, "mpty", value, sizeof(value)));
    assert_true(irc_tag(&line, "account", value, 3));
    assert_string_equal(value, "an");
    line = parse(buffer, ":irc.example.com 005 tocsin WHOX :are supported");
    assert_string_equal(line.nick, "irc.example.com");
    assert_string_equal(line.user, "");
    assert_int_equal(line.n, 3);
    line = parse(buffer, "PING 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 :16");
    assert_int_equal(line.n, 15);
    assert_string_equal(line.last, "15 :16");
    line = parse(buffer, "ERROR");
    assert_string_equal(line.last, "");
    line = parse(buffer, ":ana!a@h PRIVMSG #inc :caf\xe9");
    assert_string_equal(line.last, "caf?");
    strcpy(buffer, ":only.a.prefix");
    assert_false(irc_parse(buffer, &line));
    strcpy(buffer, "");
    assert_false(irc_parse(buffer, &line));
}

static void channels_have_ids(void **state)
{
    static const struct {
        const char *name, *id;
    } rows[] = {{"incidents", "#incidents"},
                {"#Incidents", "#incidents"},
                {"&local", "&local"},
                {"inc-1-zähler", "#inc-1-zähler"}};
    static const char *const none[] = {"", "#", "a b", "a,b", "a\r\nJOIN 0", "a\x07", "@ana", "a:b"};
    char id[IRC_NAME];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(irc_channel(rows[i].name, id, sizeof(id)));
        assert_string_equal(id, rows[i].id);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_false(irc_channel(none[i], id, sizeof(id)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_split),
        cmocka_unit_test(channels_have_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
