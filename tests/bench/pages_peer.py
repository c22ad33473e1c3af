# The peer of the responders' pages: a stock Flask application that reads the same SQLite, and shows the open incidents and one of them with what
# Tocsin's pages have: navigation, filters, clocks, the box with its commands, the timeline. It has no sessions, and private incidents are not its matter.
# pages_peer.py JOURNAL PORT
import datetime
import json
import re
import sqlite3
import sys
import time

from flask import Flask, abort, g, render_template, request
from jinja2 import DictLoader
from werkzeug.serving import WSGIRequestHandler

OPEN = ('triage', 'investigating', 'fixing', 'monitoring', 'paused')
ORDERS = (('newest', 'the newest first'), ('severity', 'the worst first'), ('owed', 'what is due first'), ('oldest', 'the oldest first'))
SHOW = ('all', 'words', 'status', 'people', 'customers', 'alerts', 'rooms', 'work')
PAGES = ('incidents', 'declare', 'past', 'groups', 'rules', 'oncall', 'customers', 'status', 'people', 'connectors', 'audit', 'health')
with open('docs/commands.md') as page:
    COMMANDS = re.findall(r'^### (\S+)|^\| `(\S+)', page.read(), re.M)
COMMANDS = sorted({first or second for first, second in COMMANDS})
VERBS = ('accept', 'fixing', 'monitor', 'resolve', 'decline')
FRAME = '''<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{% block title %}{% endblock %} · Tocsin</title></head><body>
<header><nav aria-label="Pages">{% for page in pages %}<a href="/app/{{ page }}"{% if page == here %} aria-current="page"{% endif %}>{{ page }}</a>
{% endfor %}</nav></header><main>{% block content %}{% endblock %}</main></body></html>'''
LIST = '''{% extends "frame.html" %}{% block title %}Open incidents{% endblock %}{% block content %}<h1>Open incidents</h1><form method="get">
<label>Severity <select name="severity"><option value="">any</option>{% for s in ('critical', 'major', 'minor') %}<option value="{{ s }}">{{ s }}</option>{% endfor %}</select></label>
<label>Status <select name="status"><option value="">any</option>{% for s in statuses %}<option value="{{ s }}">{{ s }}</option>{% endfor %}</select></label>
<label>Order <select name="sort">{% for value, label in orders %}<option value="{{ value }}">{{ label }}</option>{% endfor %}</select></label><button>Show</button></form>
<p>{{ incidents|length }} incidents</p><table><thead><tr><th>Incident</th><th>Status</th><th>Severity</th><th>Service</th><th>Team</th><th>Lead</th><th>Open for</th><th>Last event</th><th>Owed</th></tr></thead><tbody>
{% for i in incidents %}<tr><td><a href="/app/incidents/INC-{{ i.id }}">INC-{{ i.id }} {{ i.title }}</a></td><td>{{ i.status }}</td><td>{{ i.severity }}</td>
<td>{{ i.service }}</td><td>{{ i.team }}</td><td>{{ i.roles.lead if i.roles else '' }}</td><td>{{ i.entries[0].at|clock }}</td><td>{{ i.changed_at|clock }} ago</td><td>{% for o in i.owed %}{{ o.name }} {{ o.due|clock }}{% endfor %}</td></tr>
{% endfor %}</tbody></table>{% endblock %}'''
ONE = '''{% extends "frame.html" %}{% block title %}INC-{{ i.id }} {{ i.title }}{% endblock %}{% block content %}<h1>INC-{{ i.id }} {{ i.title }}</h1>
<dl><dt>Status</dt><dd>{{ i.status }}</dd><dt>Severity</dt><dd>{{ i.severity }}</dd><dt>Service</dt><dd>{{ i.service }}</dd><dt>Open for</dt><dd>{{ i.entries[0].at|clock }}</dd>
<dt>Declared by</dt><dd>{{ i.declared_by }}</dd><dt>Last event</dt><dd>{{ i.changed_at|moment }}</dd></dl>
<form method="post"><label for="command">Command</label><input id="command" name="line" list="lines"><datalist id="lines">{% for c in commands %}<option value="{{ c }} ">what {{ c }} does</option>{% endfor %}</datalist><button>Run</button></form>
<form method="post">{% for verb in verbs %}<button name="line" value="{{ verb }}">{{ verb }}</button>{% endfor %}</form>
<h2>Timeline</h2><form method="get"><select name="show">{% for s in show %}<option value="{{ s }}">{{ s }}</option>{% endfor %}</select>
<select name="who"><option value="">everybody</option>{% for p in i.members %}<option value="{{ p }}">{{ p }}</option>{% endfor %}</select><button>Show</button></form><ol>
{% for e in events %}<li id="e-{{ e.version }}"><a href="?before={{ e.version + 1 }}#e-{{ e.version }}">{{ e.at|moment }}</a><div><p>{{ e.by }} {{ e.type }}: {{ e.data.text }}</p></div></li>
{% endfor %}</ol>{% endblock %}'''

app = Flask(__name__)
app.jinja_loader = DictLoader({'frame.html': FRAME, 'list.html': LIST, 'one.html': ONE})


@app.template_filter('clock')
def clock(at):
    if not at:
        return ''
    minutes = int(abs(time.time() - at / 1000) / 60)
    return f'{minutes // 60}h {minutes % 60}m'


@app.template_filter('moment')
def moment(at):
    return datetime.datetime.fromtimestamp((at or 0) / 1000, datetime.UTC).strftime('%a %-d %b %H:%M')


def journal():
    if 'journal' not in g:
        g.journal = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
    return g.journal


@app.teardown_appcontext
def close(_):
    if 'journal' in g:
        g.pop('journal').close()


@app.get('/app/')
def incidents():
    rows = journal().execute(f"SELECT body FROM doc WHERE kind = 1 AND tag IN ({','.join('?' * len(OPEN))}) ORDER BY key DESC LIMIT 100", OPEN)
    found = [json.loads(body) for (body,) in rows]
    return render_template('list.html', here='incidents', pages=PAGES, statuses=OPEN, orders=ORDERS, incidents=found)


@app.get('/app/incidents/INC-<int:number>')
def incident(number):
    row = journal().execute('SELECT body FROM doc WHERE kind = 1 AND key = ?', (f'{number:010}',)).fetchone()
    if not row:
        abort(404)
    before = request.args.get('before', 1 << 60, type=int)
    rows = journal().execute(
        'SELECT version, at, "by", type, data FROM event WHERE stream = ? AND version < ? ORDER BY version DESC LIMIT 100', (f'INC-{number}', before))
    events = [{'version': version, 'at': at, 'by': by, 'type': kind, 'data': json.loads(data)} for version, at, by, kind, data in rows]
    return render_template('one.html', here='', pages=PAGES, i=json.loads(row[0]), events=events, commands=COMMANDS, verbs=VERBS, show=SHOW)


WSGIRequestHandler.protocol_version = 'HTTP/1.1'
app.run(port=int(sys.argv[2]))
