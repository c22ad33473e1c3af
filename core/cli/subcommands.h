/*
 * subcommands - the table of all subcommands, and their handlers, one file for each area.
 *
 * A handler returns an enum cli_exit. It reaches the table only through struct cli.
 */
#ifndef TOCSIN_CLI_SUBCOMMANDS_H
#define TOCSIN_CLI_SUBCOMMANDS_H

#include "cli/help.h"

/* In the order of the help and the manual. */
extern const struct cli_table cli_table;

/* init.c, start.c */
int cli_run_init(struct cli *cli);
int cli_run_start(struct cli *cli); /* `tocsin run` */
/* talk.c: incidents and alerts, through the daemon */
int cli_run_chat(struct cli *cli);
int cli_run_inc(struct cli *cli);
int cli_run_declare(struct cli *cli);
int cli_run_rotation_propose(struct cli *cli);
int cli_run_list(struct cli *cli);
int cli_run_show(struct cli *cli);
int cli_run_timeline(struct cli *cli);
int cli_run_alert(struct cli *cli);
/* top.c: the open incidents, live */
int cli_run_top(struct cli *cli);
/* mail.c: a mail that a mail server hands over */
int cli_run_mail(struct cli *cli);
/* admin.c: what an operator asks of the daemon */
int cli_run_policy_show(struct cli *cli);
int cli_run_policy_reload(struct cli *cli);
int cli_run_reload(struct cli *cli);
int cli_run_connector_list(struct cli *cli);
int cli_run_connector_check(struct cli *cli);
int cli_run_connector_restart(struct cli *cli);
int cli_run_token_create(struct cli *cli);
int cli_run_token_list(struct cli *cli);
int cli_run_token_revoke(struct cli *cli);
/* mcp.c: the Model Context Protocol, through the daemon */
int cli_run_mcp(struct cli *cli);
/* customers.c: the directory of customers, through the daemon */
int cli_run_customers_import(struct cli *cli);
int cli_run_customers_export(struct cli *cli);
/* insights.c: where reactive work goes, through the daemon */
int cli_run_insights_export(struct cli *cli);
/* writeup.c: what was learned from an incident, through the daemon */
int cli_run_writeup(struct cli *cli);
/* people.c: who is who, through the daemon */
int cli_run_people_show(struct cli *cli);
int cli_run_people_unlink(struct cli *cli);
/* subscribers.c: who is told of what a status page says */
int cli_run_subscribers_import(struct cli *cli);
int cli_run_subscribers_list(struct cli *cli);
int cli_run_subscribers_remove(struct cli *cli);

/* statuspage.c: what the public reads, without a daemon */
int cli_run_statuspage_export(struct cli *cli);
int cli_run_statuspage_push(struct cli *cli);
int cli_run_statuspage_link(struct cli *cli);
/* files.c: configuration and policy, without a daemon */
int cli_run_check(struct cli *cli);
int cli_run_connector_show(struct cli *cli);
int cli_run_policy_check(struct cli *cli);
int cli_run_policy_test(struct cli *cli);
/* conform.c: a connector, tried in its runner */
int cli_run_connector_test(struct cli *cli);
/* moving.c: what a team had in another tool, without a daemon */
int cli_run_moving(struct cli *cli);
/* keep.c: the journal, without a daemon */
int cli_run_verify(struct cli *cli);
int cli_run_backup(struct cli *cli);
int cli_run_export(struct cli *cli);
int cli_run_import(struct cli *cli);

#endif
