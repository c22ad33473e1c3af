/* What Slack sends, shaped as in its own packages -> events. Each row: what arrived, and the event it becomes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/check.h"
#include "../../support/slack.h"

struct row {
    const char *what, *kind, *payload, *event; /* event NULL: none. Its users are reduced to their ids */
};

#define EVENT(event) "{\"type\":\"event_callback\",\"event_id\":\"Ev1\",\"team_id\":\"T1\",\"event\":" event "}"
#define MESSAGE(members)                                                                                       \
    EVENT("{\"type\":\"message\",\"channel\":\"C1\",\"channel_type\":\"channel\"," members "}")
#define SAID(text) MESSAGE("\"user\":\"U1\",\"team\":\"T1\",\"ts\":\"1700000000.000100\",\"text\":\"" text "\"")
#define HEARD(members)                                                                                         \
    "{\"type\":\"message\",\"id\":\"message/C1/1700000000.000100\",\"channel\":\"C1\",\"user\":\"U1\","        \
    "\"message\":\"1700000000.000100\"," members "}"

static const struct row messages[] = {
    {"a plain message", "events_api", SAID("db is slow"), HEARD("\"text\":\"db is slow\"")},
    {"a reply in a thread", "events_api",
     MESSAGE(
         "\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"thread_ts\":\"1699999999.000001\",\"text\":\"why\""),
     HEARD("\"thread\":\"1699999999.000001\",\"text\":\"why\"")},
    {"the first message of a thread is not a reply", "events_api",
     MESSAGE(
         "\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"thread_ts\":\"1700000000.000100\",\"text\":\"why\""),
     HEARD("\"text\":\"why\"")},
    {"a reply that was also sent to the channel", "events_api",
     MESSAGE(
         "\"subtype\":\"thread_broadcast\",\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"thread_ts\":\"1.2\","
         "\"text\":\"found\""),
     HEARD("\"thread\":\"1.2\",\"text\":\"found\"")},
    {"/me", "events_api",
     MESSAGE("\"subtype\":\"me_message\",\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"text\":\"looks\""),
     HEARD("\"text\":\"looks\"")},
    {"a message that begins with our mention", "events_api", SAID("<@U0BOT> declare db down"),
     HEARD("\"mention\":true,\"text\":\"declare db down\"")},
    {"a message that begins with our mention and name", "events_api", SAID("  <@U0BOT|tocsin>: who"),
     HEARD("\"mention\":true,\"text\":\"who\"")},
    {"a user whose id begins like ours", "events_api", SAID("<@U0BOTX> hi"),
     HEARD("\"text\":\"<@U0BOTX> hi\"")},
    {"a message that mentions us further on", "events_api", SAID("ask <@U0BOT>"),
     HEARD("\"named\":true,\"text\":\"ask <@U0BOT>\"")},
    {"the same message as an app_mention", "events_api",
     EVENT("{\"type\":\"app_mention\",\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"channel\":\"C1\","
           "\"text\":\"<@U0BOT> declare db down\"}"),
     HEARD("\"mention\":true,\"text\":\"declare db down\"")},
    {"a direct message", "events_api",
     EVENT("{\"type\":\"message\",\"channel\":\"D1\",\"channel_type\":\"im\",\"user\":\"U1\",\"ts\":\"1.1\","
           "\"text\":\"me\"}"),
     "{\"type\":\"message\",\"id\":\"message/D1/1.1\",\"channel\":\"D1\",\"user\":\"U1\",\"direct\":true,"
     "\"message\":\"1.1\",\"text\":\"me\"}"},
    {"files", "events_api",
     MESSAGE("\"subtype\":\"file_share\",\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"text\":\"\",\"files\":["
             "{\"id\":\"F1\",\"name\":\"graph.png\",\"permalink\":\"https://acme.slack.com/files/U1/F1/"
             "graph.png\"},"
             "{\"id\":\"F2\",\"title\":\"log\",\"permalink\":\"https://acme.slack.com/files/U1/F2\"}]"),
     HEARD("\"text\":\"\",\"files\":[{\"name\":\"graph.png\",\"url\":\"https://acme.slack.com/files/U1/F1/"
           "graph.png\"},"
           "{\"name\":\"log\",\"url\":\"https://acme.slack.com/files/U1/F2\"}]")},
    {"our own message", "events_api",
     MESSAGE("\"user\":\"U0BOT\",\"bot_id\":\"B0BOT\",\"ts\":\"1.1\",\"text\":\"hello\""), NULL},
    {"a message of another bot", "events_api",
     MESSAGE(
         "\"subtype\":\"bot_message\",\"bot_id\":\"B9\",\"username\":\"CI\",\"ts\":\"1.1\",\"text\":\"red\""),
     "{\"type\":\"message\",\"id\":\"message/C1/1.1\",\"channel\":\"C1\",\"user\":\"CI (bot "
     "B9)\",\"message\":\"1.1\","
     "\"text\":\"red\"}"},
    {"a message of an app", "events_api",
     MESSAGE("\"user\":\"U8\",\"bot_id\":\"B9\",\"bot_profile\":{\"name\":\"GitHub\"},\"ts\":\"1.1\",\"text\":"
             "\"deployed\""),
     "{\"type\":\"message\",\"id\":\"message/C1/1.1\",\"channel\":\"C1\",\"user\":\"GitHub (bot "
     "U8)\",\"message\":"
     "\"1.1\",\"text\":\"deployed\"}"},
    {"a person's message through an app", "events_api",
     MESSAGE(
         "\"user\":\"U1\",\"bot_id\":\"B9\",\"bot_profile\":{\"name\":\"Giphy\"},\"ts\":\"1700000000.000100\","
         "\"text\":\"rolled back\""),
     HEARD("\"via\":\"Giphy\",\"text\":\"rolled back\"")},
    {"a forwarded message", "events_api",
     MESSAGE(
         "\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"text\":\"\",\"attachments\":[{\"is_share\":true,"
         "\"author_name\":\"Ben\",\"text\":\"the db is at 100% &amp; more\",\"fallback\":\"x\",\"from_url\":"
         "\"https://acme.slack.com/archives/C2/p11\"}]"),
     HEARD("\"text\":\"\",\"more\":\"forwarded from Ben: the db is at 100% & more "
           "(https://acme.slack.com/archives/C2/p11)\"")},
    {"a link preview is not part of the message", "events_api",
     MESSAGE("\"user\":\"U1\",\"ts\":\"1700000000.000100\",\"text\":\"<https://x.example>\",\"attachments\":[{"
             "\"from_url\":\"https://x.example\",\"title\":\"X\",\"text\":\"we sell x\"}]"),
     HEARD("\"text\":\"https://x.example\"")},
    {"an alert in attachments", "events_api",
     MESSAGE("\"subtype\":\"bot_message\",\"bot_id\":\"B9\",\"ts\":\"1.1\",\"text\":\"\",\"attachments\":[{"
             "\"title\":"
             "\"[FIRING:1] High error rate\",\"text\":\"5% of checkout\",\"fallback\":\"x\"}]"),
     "{\"type\":\"message\",\"id\":\"message/C1/1.1\",\"channel\":\"C1\",\"user\":\"an app (bot "
     "B9)\",\"message\":"
     "\"1.1\",\"text\":\"\",\"more\":\"[FIRING:1] High error rate\\n5% of checkout\"}"},
    {"an alert in blocks", "events_api",
     MESSAGE("\"subtype\":\"bot_message\",\"bot_id\":\"B9\",\"ts\":\"1.1\",\"text\":\"\",\"blocks\":[{\"type\":"
             "\"header\",\"text\":{\"type\":\"plain_text\",\"text\":\"Down\"}},{\"type\":\"section\","
             "\"fields\":[{\"type\":"
             "\"mrkdwn\",\"text\":\"*eu*\"}]},{\"type\":\"rich_text\",\"elements\":[{\"type\":\"rich_text_"
             "section\","
             "\"elements\":[{\"type\":\"text\",\"text\":\"see "
             "\"},{\"type\":\"link\",\"url\":\"https://x\"}]}]},{\"type\":"
             "\"actions\",\"elements\":[{\"type\":\"button\",\"text\":{\"text\":\"Silence\"}}]}]"),
     "{\"type\":\"message\",\"id\":\"message/C1/1.1\",\"channel\":\"C1\",\"user\":\"an app (bot "
     "B9)\",\"message\":"
     "\"1.1\",\"text\":\"\",\"more\":\"Down\\n*eu*\\nsee https://x\"}"},
    {"a join message", "events_api",
     MESSAGE("\"subtype\":\"channel_join\",\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"joined\""), NULL},
    {"an unknown subtype", "events_api",
     MESSAGE("\"subtype\":\"hologram\",\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"x\""), NULL},
    {"a message without a user", "events_api", MESSAGE("\"ts\":\"1.1\",\"text\":\"x\""), NULL},
    {"a message without a ts", "events_api", MESSAGE("\"user\":\"U1\",\"text\":\"x\""), NULL},
    {"an edited message", "events_api",
     MESSAGE("\"subtype\":\"message_changed\",\"ts\":\"2.2\",\"message\":{\"user\":\"U1\",\"ts\":\"1.1\","
             "\"text\":\"new &amp; "
             "true\"},\"previous_message\":{\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"old\"}"),
     "{\"type\":\"edited\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\",\"text\":"
     "\"new & true\"}"},
    {"an edit that removed a file", "events_api",
     MESSAGE(
         "\"subtype\":\"message_changed\",\"ts\":\"2.2\",\"message\":{\"user\":\"U1\",\"ts\":\"1.1\",\"text\":"
         "\"a\",\"edited\":{\"ts\":\"3.000004\"},\"files\":[{\"id\":\"F1\",\"mode\":\"tombstone\"},{\"id\":"
         "\"F2\",\"name\":"
         "\"b\"}]},\"previous_message\":{\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"a\",\"files\":[{\"id\":"
         "\"F1\"},{"
         "\"id\":\"F2\"}]}"),
     "{\"type\":\"edited\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\",\"text\":"
     "\"a\","
     "\"files\":[{\"name\":\"b\"}],\"order\":3000004}"},
    {"an edit that only added a preview", "events_api",
     MESSAGE("\"subtype\":\"message_changed\",\"ts\":\"2.2\",\"message\":{\"user\":\"U1\",\"ts\":\"1.1\","
             "\"text\":\"a\"},"
             "\"previous_message\":{\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"a\"}"),
     NULL},
    {"an edit of our own message", "events_api",
     MESSAGE(
         "\"subtype\":\"message_changed\",\"ts\":\"2.2\",\"message\":{\"user\":\"U0BOT\",\"bot_id\":\"B0BOT\","
         "\"ts\":\"1.1\",\"text\":\"a\"},\"previous_message\":{\"text\":\"b\"}"),
     NULL},
    {"a deleted message", "events_api",
     MESSAGE("\"subtype\":\"message_deleted\",\"ts\":\"2.2\",\"deleted_ts\":\"1.1\",\"previous_message\":{"
             "\"user\":\"U1\","
             "\"ts\":\"1.1\",\"text\":\"a\"}"),
     "{\"type\":\"deleted\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\"}"},
    {"a deleted message that has a thread", "events_api",
     MESSAGE("\"subtype\":\"message_changed\",\"ts\":\"2.2\",\"message\":{\"subtype\":\"tombstone\",\"user\":"
             "\"USLACKBOT\","
             "\"ts\":\"1.1\",\"text\":\"This message was "
             "deleted.\"},\"previous_message\":{\"user\":\"U1\",\"ts\":\"1.1\","
             "\"text\":\"a\"}"),
     "{\"type\":\"deleted\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\"}"},
};

#define CUSTOMER(user, members)                                                                                \
    EVENT("{\"type\":\"message\",\"channel\":\"C9\",\"user\":\"" user "\",\"ts\":\"1.1\"," members "}")
#define REPLIED(user, text)                                                                                    \
    "{\"type\":\"reply\",\"id\":\"message/C9/1.1\",\"channel\":\"C9\",\"user\":\"" user                        \
    "\",\"customer\":\"globex\",\"message\":\"1.1\",\"text\":\"" text                                          \
    "\",\"link\":\"https://acme.slack.com/archives/C9/p11\"}"
#define OURS(user)                                                                                             \
    "{\"type\":\"message\",\"id\":\"message/C9/1.1\",\"channel\":\"C9\",\"user\":\"" user                      \
    "\",\"message\":\"1.1\",\"text\":\"we look\"}"

static const struct row customers[] = {
    {"a customer", "events_api", CUSTOMER("U5", "\"user_team\":\"T2\",\"text\":\"still down\""),
     REPLIED("U5", "still down")},
    {"a customer whose workspace only Slack's answer gives", "events_api", CUSTOMER("U5", "\"text\":\"x\""),
     REPLIED("U5", "x")},
    {"a customer whose workspace only the event gives", "events_api",
     CUSTOMER("U7", "\"source_team\":\"T2\",\"text\":\"x\""), REPLIED("U7", "x")},
    {"a customer's mention of us is not a command", "events_api",
     EVENT("{\"type\":\"app_mention\",\"channel\":\"C9\",\"user\":\"U5\",\"ts\":\"1.1\",\"team\":\"T2\","
           "\"text\":\"<@U0BOT> resolve\"}"),
     REPLIED("U5", "<@U0BOT> resolve")},
    {"a customer's file", "events_api",
     CUSTOMER("U5",
              "\"subtype\":\"file_share\",\"user_team\":\"T2\",\"text\":\"\",\"files\":[{\"name\":\"a.png\","
              "\"permalink\":\"https://x/a\"}]"),
     REPLIED("U5", "a.png (https://x/a)")},
    {"a customer's edit", "events_api",
     EVENT("{\"type\":\"message\",\"subtype\":\"message_changed\",\"channel\":\"C9\",\"message\":{\"user\":"
           "\"U5\",\"ts\":"
           "\"1.1\",\"user_team\":\"T2\",\"text\":\"AT "
           "ALL\"},\"previous_message\":{\"user\":\"U5\",\"ts\":\"1.1\",\"text\":\"a\"}}"),
     "{\"type\":\"reply\",\"id\":\"Ev1\",\"channel\":\"C9\",\"user\":\"U5\",\"customer\":\"globex\","
     "\"message\":\"1.1\",\"text\":"
     "\"AT ALL\",\"link\":\"https://acme.slack.com/archives/C9/p11\",\"change\":\"edited\"}"},
    {"a customer's deletion", "events_api",
     EVENT("{\"type\":\"message\",\"subtype\":\"message_deleted\",\"channel\":\"C9\",\"deleted_ts\":\"1.1\","
           "\"previous_message\":{\"user\":\"U5\",\"ts\":\"1.1\",\"user_team\":\"T2\",\"text\":\"a\"}}"),
     "{\"type\":\"reply\",\"id\":\"Ev1\",\"channel\":\"C9\",\"user\":\"U5\",\"customer\":\"globex\","
     "\"message\":\"1.1\",\"text\":\"a\",\"link\":\"https://acme.slack.com/archives/C9/"
     "p11\",\"change\":\"deleted\"}"},
    {"an edit of a colleague in a customer's channel", "events_api",
     EVENT("{\"type\":\"message\",\"subtype\":\"message_changed\",\"channel\":\"C9\",\"message\":{\"user\":"
           "\"U1\",\"ts\":\"1.1\",\"text\":\"b\"},\"previous_message\":{\"user\":\"U1\",\"ts\":\"1.1\","
           "\"text\":\"a\"}}"),
     "{\"type\":\"edited\",\"id\":\"Ev1\",\"channel\":\"C9\",\"user\":\"U1\",\"message\":\"1.1\",\"text\":"
     "\"b\"}"},
    {"a colleague in a customer's channel", "events_api",
     CUSTOMER("U1", "\"user_team\":\"T1\",\"text\":\"we look\""), OURS("U1")},
    {"a colleague of another workspace of our enterprise", "events_api",
     CUSTOMER("U6", "\"user_team\":\"T2\",\"text\":\"we look\""), OURS("U6")},
};

static const struct row others[] = {
    {"a reaction", "events_api",
     EVENT("{\"type\":\"reaction_added\",\"user\":\"U1\",\"reaction\":\"pushpin\",\"item_user\":\"U2\","
           "\"item\":{\"type\":"
           "\"message\",\"channel\":\"C1\",\"ts\":\"1.1\"},\"event_ts\":\"2.2\"}"),
     "{\"type\":\"reaction\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\",\"emoji\":"
     "\"pushpin\"}"},
    {"a removed reaction with a skin tone", "events_api",
     EVENT("{\"type\":\"reaction_removed\",\"user\":\"U1\",\"reaction\":\"+1::skin-tone-3\",\"item\":{\"type\":"
           "\"message\","
           "\"channel\":\"C1\",\"ts\":\"1.1\"}}"),
     "{\"type\":\"reaction\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"message\":\"1.1\",\"emoji\":"
     "\"+1\","
     "\"removed\":true}"},
    {"a reaction to a file", "events_api",
     EVENT("{\"type\":\"reaction_added\",\"user\":\"U1\",\"reaction\":\"x\",\"item\":{\"type\":\"file\","
           "\"file\":\"F1\"}}"),
     NULL},
    {"our own reaction", "events_api",
     EVENT("{\"type\":\"reaction_added\",\"user\":\"U0BOT\",\"reaction\":\"x\",\"item\":{\"type\":\"message\","
           "\"channel\":"
           "\"C1\",\"ts\":\"1.1\"}}"),
     NULL},
    {"a reaction without a user", "events_api",
     EVENT("{\"type\":\"reaction_added\",\"reaction\":\"x\",\"item\":{\"type\":\"message\",\"channel\":\"C1\","
           "\"ts\":\"1.1\"}}"),
     NULL},
    {"somebody joined", "events_api",
     EVENT("{\"type\":\"member_joined_channel\",\"user\":\"U1\",\"channel\":\"C1\",\"channel_type\":\"C\","
           "\"team\":\"T1\"}"),
     "{\"type\":\"join\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\"}"},
    {"somebody left", "events_api",
     EVENT("{\"type\":\"member_left_channel\",\"user\":\"U1\",\"channel\":\"C1\"}"),
     "{\"type\":\"leave\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\"}"},
    {"we joined", "events_api",
     EVENT("{\"type\":\"member_joined_channel\",\"user\":\"U0BOT\",\"channel\":\"C1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"change\":\"added\"}"},
    {"a renamed channel", "events_api",
     EVENT("{\"type\":\"channel_rename\",\"channel\":{\"id\":\"C1\",\"name\":\"new\",\"created\":1}}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"change\":\"renamed\","
     "\"name\":\"new\"}"},
    {"a renamed private channel", "events_api",
     EVENT("{\"type\":\"group_rename\",\"channel\":{\"id\":\"G1\",\"name\":\"n\"}}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"G1\",\"change\":\"renamed\","
     "\"name\":\"n\",\"private\":true}"},
    {"an archived channel", "events_api",
     EVENT("{\"type\":\"channel_archive\",\"channel\":\"C1\",\"user\":\"U1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"change\":\"archived\"}"},
    {"an unarchived channel", "events_api",
     EVENT("{\"type\":\"channel_unarchive\",\"channel\":\"C1\",\"user\":\"U1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"user\":\"U1\",\"change\":\"unarchived\"}"},
    {"an unarchived private channel", "events_api",
     EVENT("{\"type\":\"group_unarchive\",\"channel\":\"G1\",\"user\":\"U1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"G1\",\"user\":\"U1\",\"change\":\"unarchived\","
     "\"private\":true}"},
    {"we were removed", "events_api",
     EVENT("{\"type\":\"member_left_channel\",\"user\":\"U0BOT\",\"channel\":\"C1\",\"channel_type\":\"C\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"change\":\"removed\"}"},
    {"we were removed from a private channel", "events_api",
     EVENT("{\"type\":\"group_left\",\"channel\":\"G1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"G1\",\"change\":\"removed\",\"private\":true}"},
    {"a deleted channel", "events_api", EVENT("{\"type\":\"channel_deleted\",\"channel\":\"C1\"}"),
     "{\"type\":\"channel\",\"id\":\"Ev1\",\"channel\":\"C1\",\"change\":\"archived\"}"},
    {"a channel that we archived", "events_api",
     EVENT("{\"type\":\"channel_archive\",\"channel\":\"C1\",\"user\":\"U0BOT\"}"), NULL},
    {"an unknown event", "events_api", EVENT("{\"type\":\"telepathy\",\"user\":\"U1\"}"), NULL},
    {"no event", "events_api", "{\"type\":\"event_callback\"}", NULL},
    {"an unknown kind", "hello", "{}", NULL},
};

static const struct row interactions[] = {
    {"/inc", "slash_commands",
     "{\"command\":\"/inc\",\"text\":\"declare db "
     "&lt;down&gt;\",\"user_id\":\"U1\",\"user_name\":\"ana\",\"channel_id\":\"C1\","
     "\"team_id\":\"T1\",\"trigger_id\":\"13.4.abc\"}",
     "{\"type\":\"command\",\"id\":\"13.4.abc\",\"channel\":\"C1\",\"user\":\"U1\",\"text\":\"declare db "
     "<down>\","
     "\"trigger\":\"13.4.abc\"}"},
    {"/inc without text", "slash_commands",
     "{\"command\":\"/"
     "inc\",\"text\":\"\",\"user_id\":\"U1\",\"channel_id\":\"C1\",\"trigger_id\":\"13.4.abc\"}",
     "{\"type\":\"command\",\"id\":\"13.4.abc\",\"channel\":\"C1\",\"user\":\"U1\",\"text\":\"\",\"trigger\":"
     "\"13.4.abc\"}"},
    {"a pressed button", "interactive",
     "{\"type\":\"block_actions\",\"user\":{\"id\":\"U1\",\"team_id\":\"T1\"},\"trigger_id\":\"t1\","
     "\"container\":{\"type\":"
     "\"message\",\"message_ts\":\"1.1\",\"channel_id\":\"C1\"},\"channel\":{\"id\":\"C1\"},\"message\":{"
     "\"ts\":\"1.1\"},"
     "\"actions\":[{\"type\":\"button\",\"action_id\":\"b0\",\"block_id\":\"x\",\"value\":\"accept INC-4\","
     "\"action_ts\":\"2.2\"}]}",
     "{\"type\":\"press\",\"id\":\"t1\",\"channel\":\"C1\",\"user\":\"U1\",\"command\":\"accept "
     "INC-4\",\"message\":\"1.1\","
     "\"trigger\":\"t1\"}"},
    {"a pressed button of an ephemeral message", "interactive",
     "{\"type\":\"block_actions\",\"user\":{\"id\":\"U1\"},\"trigger_id\":\"t1\",\"container\":{\"type\":"
     "\"message\","
     "\"message_ts\":\"1.1\",\"channel_id\":\"C1\",\"is_ephemeral\":true},\"actions\":[{\"type\":\"button\","
     "\"value\":\"who\"}]}",
     "{\"type\":\"press\",\"id\":\"t1\",\"channel\":\"C1\",\"user\":\"U1\",\"command\":\"who\",\"message\":\"1."
     "1\","
     "\"trigger\":\"t1\"}"},
    {"a link that looks like a button", "interactive",
     "{\"type\":\"block_actions\",\"user\":{\"id\":\"U1\"},\"actions\":[{\"type\":\"button\",\"url\":\"https://"
     "x\"}]}",
     NULL},
    {"a form", "interactive",
     "{\"type\":\"view_submission\",\"user\":{\"id\":\"U1\"},\"view\":{\"id\":\"V1\",\"callback_id\":\"form\","
     "\"private_metadata\":\"{\\\"command\\\":\\\"declare\\\",\\\"channel\\\":\\\"C1\\\"}\",\"state\":{"
     "\"values\":{"
     "\"title\":{\"value\":{\"type\":\"plain_text_input\",\"value\":\"db down\"}},"
     "\"lead\":{\"value\":{\"type\":\"users_select\",\"selected_user\":\"U2\"}},"
     "\"note\":{\"value\":{\"type\":\"plain_text_input\",\"value\":null}},"
     "\"severity\":{\"value\":{\"type\":\"static_select\",\"selected_option\":{\"value\":\"sev2\"}}}}}}}",
     "{\"type\":\"form\",\"id\":\"V1\",\"channel\":\"C1\",\"user\":\"U1\",\"command\":\"declare\",\"values\":{"
     "\"title\":"
     "\"db down\",\"lead\":\"<@U2>\",\"severity\":\"sev2\"},\"people\":[\"U2\"]}"},
    {"a view of another app", "interactive",
     "{\"type\":\"view_submission\",\"user\":{\"id\":\"U1\"},\"view\":{\"id\":\"V1\",\"callback_id\":\"other\","
     "\"private_metadata\":\"{\\\"command\\\":\\\"declare\\\"}\"}}",
     NULL},
    {"a view without its command", "interactive",
     "{\"type\":\"view_submission\",\"user\":{\"id\":\"U1\"},\"view\":{\"id\":\"V1\",\"callback_id\":\"form\","
     "\"private_metadata\":\"[]\"}}",
     NULL},
    {"a closed view", "interactive", "{\"type\":\"view_closed\",\"user\":{\"id\":\"U1\"},\"view\":{}}", NULL},
    {"declare from a message", "interactive",
     "{\"type\":\"message_action\",\"callback_id\":\"declare\",\"trigger_id\":\"t1\",\"user\":{\"id\":\"U1\"},"
     "\"channel\":"
     "{\"id\":\"C1\"},\"message_ts\":\"1700000000.000100\",\"message\":{\"type\":\"message\",\"user\":\"U2\","
     "\"ts\":"
     "\"1700000000.000100\",\"text\":\"db &gt; 90 %\"}}",
     "{\"type\":\"command\",\"id\":\"t1\",\"channel\":\"C1\",\"user\":\"U1\",\"text\":\"declare\",\"trigger\":"
     "\"t1\",\"about\":"
     "{\"text\":\"db > 90 %\",\"link\":\"https://acme.slack.com/archives/C1/p1700000000000100\"}}"},
    {"declare from a message with mentions and links", "interactive",
     "{\"type\":\"message_action\",\"callback_id\":\"declare\",\"trigger_id\":\"t1\",\"user\":{\"id\":\"U1\"},"
     "\"channel\":{\"id\":\"C1\"},\"message\":{\"user\":\"U2\",\"ts\":\"1.1\",\"text\":\"<!channel> "
     "<@U02BEN001> "
     "<https://x.example/1|the db> is down, see <https://x.example/2>\"}}",
     "{\"type\":\"command\",\"id\":\"t1\",\"channel\":\"C1\",\"user\":\"U1\",\"text\":\"declare\",\"trigger\":"
     "\"t1\",\"about\":{\"text\":\"@channel <@U02BEN001> the db is down, see https://x.example/2\",\"link\":"
     "\"https://acme.slack.com/archives/C1/p11\"}}"},
    {"declare from an alert without a text, in a thread", "interactive",
     "{\"type\":\"message_action\",\"callback_id\":\"declare\",\"trigger_id\":\"t1\",\"user\":{\"id\":\"U1\"},"
     "\"channel\":{\"id\":\"C1\"},\"message\":{\"bot_id\":\"B9\",\"ts\":\"1.2\",\"thread_ts\":\"1.1\",\"text\":"
     "\"\","
     "\"attachments\":[{\"fallback\":\"[FIRING:1] High error rate\"}]}}",
     "{\"type\":\"command\",\"id\":\"t1\",\"channel\":\"C1\",\"user\":\"U1\",\"text\":\"declare\",\"trigger\":"
     "\"t1\",\"about\":{\"text\":\"[FIRING:1] High error rate\",\"link\":"
     "\"https://acme.slack.com/archives/C1/p12?thread_ts=1.1&cid=C1\"}}"},
    {"declare from anywhere", "interactive",
     "{\"type\":\"shortcut\",\"callback_id\":\"declare\",\"trigger_id\":\"t1\",\"user\":{\"id\":\"U1\"}}",
     "{\"type\":\"command\",\"id\":\"t1\",\"channel\":\"U1\",\"user\":\"U1\",\"text\":\"declare\",\"trigger\":"
     "\"t1\"}"},
    {"a shortcut that nobody pressed", "interactive",
     "{\"type\":\"shortcut\",\"callback_id\":\"declare\",\"trigger_id\":\"t1\"}",
     "{\"type\":\"command\",\"id\":\"t1\",\"user\":\"\",\"text\":\"declare\",\"trigger\":"
     "\"t1\"}"},
};

/* Reduces people to their ids, and machines to "name (bot id)". */
static void shorten(cJSON *event)
{
    cJSON *user = cJSON_GetObjectItem(event, "user"), *people = cJSON_GetObjectItem(event, "people");
    if (cJSON_IsObject(user)) {
        struct kit_text who = {0};
        kit_text_add(&who, kit_json_text(user, "id"));
        if (kit_json_true(user, "bot")) {
            kit_text_finish(&who);
            who = (struct kit_text){0};
            kit_text_addf(&who, "%s (bot %s)", kit_json_text(user, "name"), kit_json_text(user, "id"));
        }
        cJSON_ReplaceItemInObject(event, "user", cJSON_CreateString(kit_text_get(&who)));
        kit_text_finish(&who);
    }
    for (int i = 0; i < cJSON_GetArraySize(people); i++)
        cJSON_ReplaceItemInArray(people, i,
                                 cJSON_CreateString(kit_json_text(cJSON_GetArrayItem(people, i), "id")));
    if (people && (!cJSON_GetArraySize(people) || strcmp(kit_json_text(event, "type"), "form") != 0))
        cJSON_DeleteItemFromObject(event, "people");
}

static void run(struct slack_fake *fake, const struct row *row)
{
    cJSON *payload = cJSON_Parse(row->payload), *want = row->event ? cJSON_Parse(row->event) : NULL;
    if (!payload || !want != !row->event)
        fail_msg("%s: the row is not JSON", row->what);
    cJSON *event = slack_event(&fake->slack, row->kind, "envelope", payload, &(bool){0});
    shorten(event);
    char *got = event ? cJSON_PrintUnformatted(event) : NULL;
    if (!event != !want || (want && !cJSON_Compare(event, want, true)))
        fail_msg("%s:\n  got  %s\n  want %s", row->what, got ? got : "nothing",
                 row->event ? row->event : "nothing");
    cJSON_free(got);
    cJSON_Delete(event);
    cJSON_Delete(payload);
    cJSON_Delete(want);
}

static void run_all(const struct row *rows, size_t n)
{
    struct slack_fake fake;
    slack_fake_init(&fake, NULL);
    cJSON_AddStringToObject(fake.slack.customers, "C9", "globex");
    for (size_t i = 0; i < n; i++)
        run(&fake, &rows[i]);
    slack_fake_finish(&fake);
}
#define RUN(rows) run_all(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_messages(void **state)
{
    (void)state;
    RUN(messages);
}

static void test_customers(void **state)
{
    (void)state;
    RUN(customers);
}

static void test_other_events(void **state)
{
    (void)state;
    RUN(others);
}

static void test_interactions(void **state)
{
    (void)state;
    RUN(interactions);
}

static cJSON *event_of(struct slack_fake *fake, const char *kind, const char *text)
{
    cJSON *payload = cJSON_Parse(text);
    assert_non_null(payload);
    cJSON *event = slack_event(&fake->slack, kind, "envelope", payload, &(bool){0});
    cJSON_Delete(payload);
    return event;
}

static void test_the_actor_and_the_mentioned_are_named(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, NULL);
    cJSON *event = event_of(&fake, "events_api", SAID("<@U0BOT> lead <@U02BEN001|ben> <@U02BEN001> <@nobody>"));
    const cJSON *user = kit_json_member(event, "user"), *people = kit_json_member(event, "people");
    assert_string_equal(kit_json_text(user, "name"), "Ana");
    assert_string_equal(kit_json_text(user, "email"), "ana@example.com");
    assert_string_equal(kit_json_text(user, "zone"), "Europe/Madrid");
    assert_int_equal(cJSON_GetArraySize(people), 1);
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(people, 0), "id"), "U02BEN001");
    assert_string_equal(kit_json_text(event, "text"), "lead <@U02BEN001> <@U02BEN001> <@nobody>");
    cJSON_Delete(event);
    cJSON_Delete(event_of(&fake, "events_api", SAID("again")));
    assert_int_equal(slack_fake_calls(&fake, "users.info"), 2); /* one call for each person */
    slack_fake_finish(&fake);
}

/* People of another organisation are marked, and their e-mail address is left out. */
static void test_people_of_other_organisations_are_outside(void **state)
{
    static const struct {
        const char *user, *more;
        bool outside;
    } rows[] = {{"U1", "", false},
                {"U5", "", true},
                {"U6", ",\"user_team\":\"T2\"", false},
                {"U7", "", false},
                {"U7", ",\"user_team\":\"T1\"", false},
                {"U7", ",\"user_team\":\"T2\"", true}};
    struct slack_fake fake;
    char text[300];
    (void)state;
    slack_fake_init(&fake, NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(text, sizeof(text),
                 "{\"event_id\":\"Ev1\",\"event\":{\"type\":\"message\",\"channel\":\"C1\",\"user\":\"%s\","
                 "\"ts\":\"1.1\","
                 "\"text\":\"x\"%s}}",
                 rows[i].user, rows[i].more);
        cJSON *event = event_of(&fake, "events_api", text);
        const cJSON *user = kit_json_member(event, "user");
        assert_int_equal(kit_json_true(user, "outside"), rows[i].outside);
        assert_true(!rows[i].outside || !kit_json_member(user, "email"));
        cJSON_Delete(event);
    }
    cJSON *press = event_of(
        &fake, "interactive",
        "{\"type\":\"block_actions\",\"user\":{\"id\":\"U7\",\"team_id\":\"T2\"},\"trigger_id\":\"t1\","
        "\"channel\":{\"id\":\"C1\"},\"actions\":[{\"type\":\"button\",\"value\":\"resolve\"}]}");
    assert_true(kit_json_true(kit_json_member(press, "user"), "outside"));
    cJSON_Delete(press);
    slack_fake_finish(&fake);
}

static cJSON *departed(const char *method, const cJSON *arguments)
{
    (void)method;
    return cJSON_Parse(
        strcmp(kit_json_text(arguments, "user"), "U02DORA01") == 0
            ? "{\"ok\":true,\"user\":{\"team_id\":\"T1\",\"deleted\":true,\"real_name\":\"Dora\"}}"
            : "{\"ok\":false,\"error\":\"user_not_found\"}");
}

static void test_people_without_an_account_are_gone(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, departed);
    cJSON *event = event_of(&fake, "events_api", SAID("<@U02DORA01> <@U0NOBODY99>"));
    const cJSON *people = kit_json_member(event, "people");
    assert_int_equal(cJSON_GetArraySize(people), 2);
    assert_true(kit_json_true(cJSON_GetArrayItem(people, 0), "gone"));
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(people, 0), "name"), "Dora");
    assert_true(kit_json_true(cJSON_GetArrayItem(people, 1), "gone"));
    cJSON_Delete(event);
    slack_fake_finish(&fake);
}

/* A text with a thousand mentions does not cost a thousand calls. */
static void test_a_text_looks_up_at_most_20_mentions(void **state)
{
    struct slack_fake fake;
    struct kit_text payload = {0};
    (void)state;
    slack_fake_init(&fake, NULL);
    kit_text_add(
        &payload,
        "{\"event_id\":\"Ev1\",\"event\":{\"type\":\"message\",\"channel\":\"C1\",\"user\":\"U1\",\"ts\":"
        "\"1.1\",\"text\":\"");
    for (int i = 0; i < 1000; i++)
        kit_text_addf(&payload, "<@U0%07d>", i);
    kit_text_add(&payload, "\"}}");
    cJSON *event = event_of(&fake, "events_api", kit_text_get(&payload));
    assert_int_equal(cJSON_GetArraySize(kit_json_member(event, "people")), 20);
    assert_true(slack_fake_calls(&fake, "users.info") <= 21);
    cJSON_Delete(event);
    kit_text_finish(&payload);
    slack_fake_finish(&fake);
}

/* The app made C1, somebody else made C2; G1 is private, P1 archived. Slack does not answer about C5, nor lets the app join C4 now. */
static cJSON *channels(const char *method, const cJSON *arguments)
{
    const char *id = kit_json_text(arguments, "channel");
    struct kit_text answer = {0};
    if (strcmp(id, "C5") == 0 || (strcmp(id, "C4") == 0 && strcmp(method, "conversations.join") == 0))
        return NULL;
    kit_text_addf(
        &answer, "{\"ok\":true,\"channel\":{\"creator\":\"%s\",\"is_private\":%s,\"is_archived\":%s}}",
        strcmp(id, "C2") == 0 ? "U1" : "U0BOT", *id == 'G' ? "true" : "false", *id == 'P' ? "true" : "false");
    bool lost = strcmp(id, "C3") == 0 && strcmp(method, "conversations.join") == 0;
    cJSON *json = cJSON_Parse(lost ? "{\"ok\":false,\"error\":\"missing_scope\"}" : kit_text_get(&answer));
    kit_text_finish(&answer);
    return json;
}

static void test_the_app_rejoins_public_channels_that_it_made(void **state)
{
    static const struct {
        const char *type, *channel;
        int joins;
        bool removed, later;
    } rows[] = {{"member_left_channel", "C1", 1, false, false}, {"channel_left", "C1", 1, false, false},
                {"member_left_channel", "C2", 0, true, false},  {"channel_left", "C3", 1, true, false},
                {"member_left_channel", "G1", 0, true, false},  {"group_left", "G1", 0, true, false},
                {"channel_left", "P1", 0, true, false},         {"channel_left", "C4", 1, false, true},
                {"member_left_channel", "C5", 0, false, true}};
    char text[300];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct slack_fake fake;
        slack_fake_init(&fake, channels);
        snprintf(text, sizeof(text), EVENT("{\"type\":\"%s\",\"channel\":\"%s\",\"user\":\"U0BOT\"}"),
                 rows[i].type, rows[i].channel);
        bool later;
        cJSON *payload = cJSON_Parse(text);
        cJSON *event = slack_event(&fake.slack, "events_api", "envelope", payload, &later);
        cJSON_Delete(payload);
        assert_int_equal(later, rows[i].later);
        assert_string_equal(kit_json_text(event, "change"), rows[i].removed ? "removed" : "");
        assert_int_equal(slack_fake_calls(&fake, "conversations.join"), rows[i].joins);
        cJSON_Delete(event);
        slack_fake_finish(&fake);
    }
}

static cJSON *file_info(const char *method, const cJSON *arguments)
{
    if (strcmp(method, "files.info") != 0)
        return cJSON_Parse("{\"ok\":true,\"user\":{\"team_id\":\"T1\",\"real_name\":\"Ana\"}}");
    return cJSON_Parse(
        strcmp(kit_json_text(arguments, "file"), "F1") == 0
            ? "{\"ok\":true,\"file\":{\"name\":\"graph.png\",\"permalink\":\"https://x.test/F1\"}}"
            : "{\"ok\":false,\"error\":\"file_not_found\"}");
}

/* In a shared channel Slack sends only a file's id. */
static void test_files_of_a_shared_channel_are_looked_up(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, file_info);
    cJSON *event =
        event_of(&fake, "events_api",
                 MESSAGE("\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"look\",\"files\":[{\"id\":\"F1\",\"mode\":"
                         "\"file_access\",\"file_access\":\"check_file_info\"},{\"id\":\"F2\",\"file_access\":"
                         "\"check_file_info\"}]"));
    char *files = cJSON_PrintUnformatted(kit_json_member(event, "files"));
    assert_string_equal(files,
                        "[{\"name\":\"graph.png\",\"url\":\"https://x.test/F1\"},{\"name\":\"a file\"}]");
    cJSON_free(files);
    cJSON_Delete(event);
    slack_fake_finish(&fake);
}

static cJSON *unreachable(const char *method, const cJSON *arguments)
{
    (void)method, (void)arguments;
    return NULL;
}

static void test_an_event_without_an_answer_has_only_the_id(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, unreachable);
    cJSON *event = event_of(&fake, "events_api", SAID("hi <@U02BEN001> <@U02EVA001>"));
    assert_int_equal(slack_fake_calls(&fake, "users.info"), 1); /* the others are not waited for */
    char *user = cJSON_PrintUnformatted(kit_json_member(event, "user"));
    assert_string_equal(user, "{\"id\":\"U1\"}");
    cJSON_free(user);
    cJSON_Delete(event);
    slack_fake_finish(&fake);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* Slack does not answer until the gate is opened. */
static cJSON *behind_the_gate(const char *method, const cJSON *arguments)
{
    (void)method, (void)arguments;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return cJSON_Parse("{\"ok\":true,\"user\":{\"team_id\":\"T1\",\"real_name\":\"Ana\"}}");
}

/* An event whose deadline has passed goes on without a name; the answer serves the next one. */
static void test_late_events_do_not_wait_for_names(void **state)
{
    struct slack_fake fake;
    (void)state;
    pthread_mutex_lock(&gate);
    slack_fake_init(&fake, behind_the_gate);
    cJSON *payload = cJSON_Parse(SAID("hi"));
    for (int i = 0; i < 5; i++)
        assert_int_equal(slack_receive(&fake.slack, "events_api", "e", payload, 60000), TOCSIN_EMITTED);
    const cJSON *user = kit_json_member(cJSON_GetArrayItem(fake.emitted, 4), "user");
    assert_string_equal(kit_json_text(user, "id"), "U1");
    assert_string_equal(kit_json_text(user, "name"), "");
    pthread_mutex_unlock(&gate);
    cJSON *person = slack_person(&fake.slack, "U1");
    assert_string_equal(kit_json_text(person, "name"), "Ana");
    assert_int_equal(slack_fake_calls(&fake, "users.info"), 1);
    cJSON_Delete(person);
    cJSON_Delete(payload);
    slack_fake_finish(&fake);
}

static void test_what_the_operator_must_know_is_logged(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, NULL);
    assert_null(event_of(&fake, "events_api", EVENT("{\"type\":\"app_uninstalled\"}")));
    assert_null(
        event_of(&fake, "events_api", EVENT("{\"type\":\"tokens_revoked\",\"tokens\":{\"bot\":[\"U0BOT\"]}}")));
    assert_null(event_of(&fake, "events_api", "{\"type\":\"app_rate_limited\",\"team_id\":\"T1\"}"));
    assert_int_equal(cJSON_GetArraySize(fake.logged), 3);
    slack_fake_finish(&fake);
}

static void test_an_event_that_is_not_kept_is_retried(void **state)
{
    struct slack_fake fake;
    (void)state;
    slack_fake_init(&fake, NULL);
    cJSON *payload = cJSON_Parse(SAID("hi")), *nothing = cJSON_Parse("{}");
    fake.emit = TOCSIN_EMIT_RETRY;
    assert_int_equal(slack_receive(&fake.slack, "events_api", "e", payload, 0), TOCSIN_EMIT_RETRY);
    assert_int_equal(slack_receive(&fake.slack, "events_api", "e", nothing, 0), TOCSIN_EMITTED);
    assert_int_equal(cJSON_GetArraySize(fake.emitted), 1);
    cJSON_Delete(payload);
    cJSON_Delete(nothing);
    slack_fake_finish(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_customers),
        cmocka_unit_test(test_other_events),
        cmocka_unit_test(test_interactions),
        cmocka_unit_test(test_the_actor_and_the_mentioned_are_named),
        cmocka_unit_test(test_people_of_other_organisations_are_outside),
        cmocka_unit_test(test_people_without_an_account_are_gone),
        cmocka_unit_test(test_a_text_looks_up_at_most_20_mentions),
        cmocka_unit_test(test_the_app_rejoins_public_channels_that_it_made),
        cmocka_unit_test(test_files_of_a_shared_channel_are_looked_up),
        cmocka_unit_test(test_an_event_without_an_answer_has_only_the_id),
        cmocka_unit_test(test_late_events_do_not_wait_for_names),
        cmocka_unit_test(test_what_the_operator_must_know_is_logged),
        cmocka_unit_test(test_an_event_that_is_not_kept_is_retried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
