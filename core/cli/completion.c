/* The completion script for bash (and zsh, by bashcompinit), from the tables. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/help.h"
#include "command/table.h"

static void put_options(struct str *out, const struct cli_option *options)
{
    for (; options && options->name; options++)
        str_addf(out, " --%s", options->name);
}

static size_t first_word(const struct cli_command *c)
{
    return strcspn(c->name, " ");
}

static bool same_first(const struct cli_command *a, const struct cli_command *b)
{
    return first_word(a) == first_word(b) && strncmp(a->name, b->name, first_word(a)) == 0;
}

/* Does no row before it begin with the same word? Rows of one word stand together. */
static bool is_new(const struct cli_table *table, size_t i)
{
    const struct cli_command *c = &table->commands[i];
    return !c->hidden && (i == 0 || !same_first(c, c - 1));
}

static void put_firsts(const struct cli_table *table, struct str *out)
{
    for (size_t i = 0; i < table->n; i++) {
        if (is_new(table, i))
            str_addf(out, " %.*s", (int)first_word(&table->commands[i]), table->commands[i].name);
    }
}

/* What may come after each first word. */
static void put_nexts(const struct cli_table *table, struct str *out)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct cli_command *c = &table->commands[i];
        if (!is_new(table, i) || text_equal(c->name, "inc"))
            continue;
        str_addf(out, "    %.*s)", (int)first_word(c), c->name);
        if (c->name[first_word(c)]) {
            str_add(out, " next=\"");
            for (size_t k = i; k < table->n && same_first(c, &table->commands[k]); k++)
                str_add(out, table->commands[k].name + first_word(c));
            str_addc(out, '"');
        } else if (c->options) {
            str_add(out, " own=\"");
            put_options(out, c->options);
            str_addc(out, '"');
        }
        if (text_equal(c->name, "completion"))
            str_add(out, " next=\"bash zsh\"");
        if (text_equal(c->name, "help")) {
            str_add(out, " [ -n \"$second\" ] || next=\"");
            put_firsts(table, out);
            str_addc(out, '"');
        }
        str_add(out, " ;;\n");
    }
}

static void put_pairs(const struct cli_table *table, struct str *out)
{
    for (size_t i = 0; i < table->n; i++) {
        if (!strchr(table->commands[i].name, ' ') || table->commands[i].hidden)
            continue;
        str_addf(out, "    '%s') next= own=\"", table->commands[i].name);
        put_options(out, table->commands[i].options);
        str_add(out, "\" ;;\n");
    }
}

static void put_chat_commands(struct str *out)
{
    size_t n;
    const char *const *words = command_words(&n);
    str_add(out, "    inc) [ -n \"$second\" ] || next=\"");
    for (size_t i = 0; i < n; i++) {
        if (words[i][0] != '?')
            str_addf(out, " %s", words[i]);
    }
    str_add(out, "\" ;;\n");
}

static const char head[] =
    "# Completion of tocsin for bash, and for zsh by bashcompinit. Made by `tocsin completion bash`.\n"
    "_tocsin() {\n"
    "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "  local first= second= next= own= i\n"
    "  COMPREPLY=()\n"
    "  case \"$before\" in\n"
    "    --config|--token-file|--socket) return ;;\n"
    "  esac\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    case \"${COMP_WORDS[i]}\" in\n"
    "      --config|--token-file|--url) ((i++)) ;;\n"
    "      -*) ;;\n"
    "      *) if [ -z \"$first\" ]; then first=\"${COMP_WORDS[i]}\"\n"
    "         elif [ -z \"$second\" ]; then second=\"${COMP_WORDS[i]}\"; fi ;;\n"
    "    esac\n"
    "  done\n";

static const char tail[] = "  case \"$word\" in\n"
                           "    -*) COMPREPLY=($(compgen -W \"$globals$own\" -- \"$word\")) ;;\n"
                           "    *) COMPREPLY=($(compgen -W \"$next\" -- \"$word\")) ;;\n"
                           "  esac\n"
                           "}\n"
                           "complete -o default -F _tocsin tocsin\n" /* nothing of ours: files */;

void cli_completion(const struct cli_table *table, struct str *out)
{
    str_add(out, head);
    str_add(out, "  local globals=\"");
    put_options(out, table->options);
    str_add(out, "\"\n  case \"$first\" in\n    '') next=\"");
    put_firsts(table, out);
    str_add(out, "\" ;;\n");
    put_chat_commands(out);
    put_nexts(table, out);
    str_add(out, "  esac\n  case \"$first $second\" in\n");
    put_pairs(table, out);
    str_add(out, "  esac\n");
    str_add(out, tail);
}

int cli_run_completion(struct cli *cli)
{
    CLEANUP_STR struct str out = {0};
    bool zsh = text_equal(cli->argv[0], "zsh");
    if (!zsh && !text_equal(cli->argv[0], "bash")) {
        fprintf(stderr, "tocsin: completion is for bash or zsh, not '%.40s'\n", cli->argv[0]);
        return CLI_USAGE;
    }
    if (zsh)
        str_add(&out, "autoload -U +X bashcompinit && bashcompinit\n");
    cli_completion(cli->table, &out);
    fputs(out.p, stdout);
    return CLI_OK;
}
